using System.CommandLine;

namespace MesChain.Cli.Commands.Sync;

/// <summary>Connections with their health and offers by state.</summary>
static class ConnectionsCommand
{
    public static Command Make(Runner runner) => runner.Command("connections", "Lists the store's connections to marketplaces.", RunAsync);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var connections = await session.ConnectionsAsync(await session.StoreIdAsync());
        session.Terminal.List(
            connections,
            "There is no connection yet.",
            ["name", "marketplace", "environment", "mode", "health", "seller", "offers", "last order read", "last confirmed", "id"],
            one =>
            [
                one.Name, one.Marketplace, Terminal.Word(one.Environment), Terminal.Word(one.Mode), Terminal.Word(one.Health), one.SellerId,
                string.Join(", ", one.OfferCounts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Value} {count.Key}")),
                Terminal.Time(one.LastOrderReadTime), Terminal.Time(one.LastConfirmedTime), one.Id,
            ]);
        return ExitCode.Fine;
    }
}
