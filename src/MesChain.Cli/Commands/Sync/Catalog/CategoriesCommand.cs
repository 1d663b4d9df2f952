using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Catalog;

/// <summary>The marketplace's categories.</summary>
static class CategoriesCommand
{
    static readonly Option<bool> Leaves = new("--leaves") { Description = "Only categories that take products" };

    public static Command Make(Runner runner) => runner.Command("categories", "Lists the marketplace's categories.", RunAsync, Place.Connection, Place.Query, Leaves, Place.Max);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Place.OfAsync(session, parsed);
        ListCategoriesResponse last = new();
        var found = await Session.PagesAsync(
            async token => last = await session.Channel.Catalog.ListCategoriesAsync(
                new()
                {
                    StoreId = store,
                    ConnectionId = connection,
                    PageSize = 200,
                    PageToken = token,
                    Query = parsed.GetValue(Place.Query) ?? "",
                    LeavesOnly = parsed.GetValue(Leaves),
                },
                cancellationToken: session.Stop),
            page => page.Categories,
            page => page.NextPageToken,
            parsed.GetValue(Place.Max));
        session.Terminal.List(found, Place.Nothing(last.ReadTime, "There is no such category."), ["id", "takes products", "path"], one => [one.Id, one.Leaf ? "yes" : "no", one.Path]);
        return Place.Fresh(session, last.ReadTime, last.Reading);
    }
}
