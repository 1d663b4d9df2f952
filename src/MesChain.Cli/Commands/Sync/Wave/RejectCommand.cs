using System.CommandLine;
using MesChain.Cli.Commands.Sync.Connection;

namespace MesChain.Cli.Commands.Sync.Wave;

/// <summary>Drops a stopped wave.</summary>
static class RejectCommand
{
    public static Command Make(Runner runner) => runner.Command("reject", "Drops a stopped wave: its offers stay on sale until the shop says another quantity.", RunAsync, Accounts.Name, Decision.Seen);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Accounts.MeantAsync(session, parsed);
        var answer = await session.Channel.Offers.RejectWaveAsync(new() { StoreId = store, ConnectionId = connection.Id, Offers = parsed.GetRequiredValue(Decision.Seen) }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line(answer.Rejected == 0
                ? "Nothing waited any more."
                : $"{Terminal.Number(answer.Rejected)} offers of {connection.Name} stay on sale. Correct their quantities in the shop; an order lowers them as always.");
        return ExitCode.Fine;
    }
}
