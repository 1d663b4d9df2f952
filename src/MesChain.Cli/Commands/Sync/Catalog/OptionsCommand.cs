using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Catalog;

/// <summary>The values that an attribute offers.</summary>
static class OptionsCommand
{
    static readonly Argument<string> Attribute = new("attribute") { Description = "The attribute's id, as 'sync catalog attributes' shows it" };

    public static Command Make(Runner runner) => runner.Command("options", "Lists the values that an attribute offers in a category.", RunAsync, Place.Category, Attribute, Place.Connection, Place.Query, Place.Max);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Place.OfAsync(session, parsed);
        ListAttributeOptionsResponse last = new();
        var found = await Session.PagesAsync(
            async token => last = await session.Channel.Catalog.ListAttributeOptionsAsync(
                new()
                {
                    StoreId = store,
                    ConnectionId = connection,
                    CategoryId = parsed.GetRequiredValue(Place.Category),
                    AttributeId = parsed.GetRequiredValue(Attribute),
                    PageSize = 200,
                    PageToken = token,
                    Query = parsed.GetValue(Place.Query) ?? "",
                },
                cancellationToken: session.Stop),
            page => page.Options,
            page => page.NextPageToken,
            parsed.GetValue(Place.Max));
        session.Terminal.List(found, Place.Nothing(last.ReadTime, "There is no such option."), ["id", "name"], one => [one.Id, one.Name]);
        return Place.Fresh(session, last.ReadTime, last.Reading);
    }
}
