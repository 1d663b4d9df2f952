using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Catalog;

/// <summary>The marketplace's brands.</summary>
static class BrandsCommand
{
    public static Command Make(Runner runner) => runner.Command("brands", "Lists the marketplace's brands.", RunAsync, Place.Connection, Place.Query, Place.Max);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Place.OfAsync(session, parsed);
        ListBrandsResponse last = new();
        var found = await Session.PagesAsync(
            async token => last = await session.Channel.Catalog.ListBrandsAsync(
                new() { StoreId = store, ConnectionId = connection, PageSize = 200, PageToken = token, Query = parsed.GetValue(Place.Query) ?? "" },
                cancellationToken: session.Stop),
            page => page.Brands,
            page => page.NextPageToken,
            parsed.GetValue(Place.Max));
        session.Terminal.List(found, Place.Nothing(last.ReadTime, "There is no such brand."), ["id", "name"], one => [one.Id, one.Name]);
        return Place.Fresh(session, last.ReadTime, last.Reading);
    }
}
