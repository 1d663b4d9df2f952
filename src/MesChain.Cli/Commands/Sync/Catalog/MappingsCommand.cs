using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Catalog;

/// <summary>What of the shop is said in the marketplace's words.</summary>
static class MappingsCommand
{
    public static Command Make(Runner runner) => runner.Command("mappings", "Lists the mappings that stand.", RunAsync, Place.Connection, Place.Max);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Place.OfAsync(session, parsed);
        var found = await Session.PagesAsync(
            token => session.Channel.Catalog.ListMappingsAsync(new() { StoreId = store, ConnectionId = connection, PageSize = 200, PageToken = token }, cancellationToken: session.Stop).ResponseAsync,
            page => page.Mappings,
            page => page.NextPageToken,
            parsed.GetValue(Place.Max));
        session.Terminal.List(
            found,
            "There is no mapping yet.",
            ["what", "brand", "category", "attributes", "version", "changed"],
            one =>
            [
                Keys.Text(one.Key), one.BrandId, one.CategoryId,
                string.Join(", ", one.Attributes.Select(value => $"{value.AttributeId}={(value.Text.Length > 0 ? $"'{value.Text}'" : string.Join('+', value.OptionIds))}")),
                Terminal.Number(one.Version), Terminal.Time(one.ChangeTime),
            ]);
        return ExitCode.Fine;
    }
}
