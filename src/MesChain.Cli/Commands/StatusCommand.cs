using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands;

/// <summary>Version, health and the front-page numbers. Exit code 1 where something is not well.</summary>
static class StatusCommand
{
    public static Command Make(Runner runner) => runner.Command("status", "Says how the server and its stores are.", RunAsync);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var version = await session.Channel.Ops.GetVersionAsync(new(), cancellationToken: session.Stop);
        var health = await session.Channel.Ops.GetHealthAsync(new(), cancellationToken: session.Stop);
        var stores = new List<GetOverviewResponse>();
        foreach (var store in await session.StoresAsync())
            stores.Add(await session.Channel.Sync.GetOverviewAsync(new() { StoreId = store.Id }, cancellationToken: session.Stop));

        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(("version", Terminal.ToJson(version)), ("health", Terminal.ToJson(health)), ("stores", Terminal.ToJson(stores)));
        }
        else
        {
            terminal.Line($"MesChain-Sync {version.Version} on {version.Engine}: {(health.Healthy ? "well" : "not well")}");
            terminal.Table(["component", "state", "cause", "fix"], health.Components.Select(one => new[] { one.Name, one.Healthy ? "well" : "not well", one.Cause, one.Fix }));
            if (stores.Count > 0)
                terminal.Table(["store", "connections", "offers waiting", "orders to book", "orders today", "open issues", "last order"], stores.Select(Row));
        }

        return health.Healthy ? ExitCode.Fine : ExitCode.Failed;
    }

    static string[] Row(GetOverviewResponse store) =>
    [
        store.Store.Slug,
        Terminal.Number(store.Connections.Count),
        Terminal.Number(store.OffersWaiting),
        Terminal.Number(store.OrdersUnacknowledged),
        Terminal.Number(store.OrdersToday),
        Terminal.Number(store.IssuesOpen),
        Terminal.Time(store.LastOrderTime),
    ];
}
