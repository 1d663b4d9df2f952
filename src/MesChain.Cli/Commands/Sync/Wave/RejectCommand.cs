using System.CommandLine;
using MesChain.Cli.Commands.Sync.Connection;

namespace MesChain.Cli.Commands.Sync.Wave;

/// <summary>Drops a stopped wave.</summary>
static class RejectCommand
{
    public static Command Make(Runner runner) => runner.Command("reject", "Drops a stopped wave: its offers stay on sale until the shop says another quantity.", RunAsync, Accounts.Name, Decision.Seen);

    static Task<int> RunAsync(Session session, ParseResult parsed) => Decision.TakeAsync(
        session,
        parsed,
        async (store, connection, offers) =>
        {
            var answer = await session.Channel.Offers.RejectWaveAsync(new() { StoreId = store, ConnectionId = connection, Offers = offers }, cancellationToken: session.Stop);
            return (answer, answer.Rejected);
        },
        "stay on sale. Correct their quantities in the shop; an order lowers them as always.");
}
