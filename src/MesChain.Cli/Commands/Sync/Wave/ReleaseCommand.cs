using System.CommandLine;
using MesChain.Cli.Commands.Sync.Connection;

namespace MesChain.Cli.Commands.Sync.Wave;

/// <summary>Lets a stopped wave go.</summary>
static class ReleaseCommand
{
    public static Command Make(Runner runner) => runner.Command("release", "Sends a stopped wave: exactly these offers go to zero.", RunAsync, Accounts.Name, Decision.Seen);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Accounts.MeantAsync(session, parsed);
        var answer = await session.Channel.Offers.ReleaseWaveAsync(new() { StoreId = store, ConnectionId = connection.Id, Offers = parsed.GetRequiredValue(Decision.Seen) }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line(answer.Released == 0 ? "Nothing waited any more." : $"{Terminal.Number(answer.Released)} offers of {connection.Name} go to zero.");
        return ExitCode.Fine;
    }
}
