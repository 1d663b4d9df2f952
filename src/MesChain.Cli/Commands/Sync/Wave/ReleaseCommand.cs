using System.CommandLine;
using MesChain.Cli.Commands.Sync.Connection;

namespace MesChain.Cli.Commands.Sync.Wave;

/// <summary>Lets a stopped wave go.</summary>
static class ReleaseCommand
{
    public static Command Make(Runner runner) => runner.Command("release", "Sends a stopped wave: exactly these offers go to zero.", RunAsync, Accounts.Name, Decision.Seen);

    static Task<int> RunAsync(Session session, ParseResult parsed) => Decision.TakeAsync(
        session,
        parsed,
        async (store, connection, offers) =>
        {
            var answer = await session.Channel.Offers.ReleaseWaveAsync(new() { StoreId = store, ConnectionId = connection, Offers = offers }, cancellationToken: session.Stop);
            return (answer, answer.Released);
        },
        "go to zero.");
}
