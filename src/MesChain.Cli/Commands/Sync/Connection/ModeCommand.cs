using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Connection;

/// <summary>Sets what a connection does.</summary>
static class ModeCommand
{
    static readonly Argument<ConnectionMode> Mode = new("mode") { Description = "shadow (computes and sends nothing), live, or paused (does nothing at all; what is offered stays as it is)" };

    public static Command Make(Runner runner) => runner.Command("mode", "Lets a connection watch, trade or rest.", RunAsync, Accounts.Name, Mode);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Accounts.MeantAsync(session, parsed);
        var answer = await session.Channel.Stores.SetConnectionModeAsync(
            new() { StoreId = store, ConnectionId = connection.Id, Mode = parsed.GetRequiredValue(Mode) }, cancellationToken: session.Stop);
        return Accounts.Show(session, answer.Connection, $"{connection.Name} is {Terminal.Word(answer.Connection.Mode)}: " + answer.Connection switch
        {
            { Mode: ConnectionMode.Live, PriceEnabled: true } => "stock and prices go out, orders come in.",
            { Mode: ConnectionMode.Live } => "stock goes out, orders come in. Prices too: meschain sync connection update NAME --prices true",
            { Mode: ConnectionMode.Paused } => "nothing is read or sent. What the marketplace offers stays as it is.",
            _ => "it reads and computes, and sends nothing.",
        });
    }
}
