using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Catalog;

/// <summary>What a category wants to know of a product.</summary>
static class AttributesCommand
{
    public static Command Make(Runner runner) => runner.Command("attributes", "Lists what a category wants to know of a product.", RunAsync, Place.Category, Place.Connection);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Place.OfAsync(session, parsed);
        ListCategoryAttributesResponse last = new();
        var found = await Session.PagesAsync(
            async token => last = await session.Channel.Catalog.ListCategoryAttributesAsync(
                new() { StoreId = store, ConnectionId = connection, CategoryId = parsed.GetRequiredValue(Place.Category), PageSize = 200, PageToken = token },
                cancellationToken: session.Stop),
            page => page.Attributes,
            page => page.NextPageToken);
        session.Terminal.List(
            found,
            Place.Nothing(last.ReadTime, "The category asks for nothing."),
            ["id", "name", "needed", "role", "options", "several", "own text"],
            one =>
            [
                one.Id, one.Name, one.Required ? "yes" : "no", Terminal.Word(one.Role), Terminal.Number(one.OptionCount), one.TakesMany ? "yes" : "no",
                one.TakesText ? "yes" : "no",
            ]);
        return Place.Fresh(session, last.ReadTime, last.Reading);
    }
}
