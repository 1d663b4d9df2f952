using System.CommandLine;
using MesChain.Cli.Commands.Sync.Catalog;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Listings;

/// <summary>Listings with how far they have come and what keeps them.</summary>
static class ListCommand
{
    static readonly Option<ListingState?> State = new("--state") { Description = "Only listings in this state, such as blocked or rejected" };

    public static Command Make(Runner runner) => runner.Command("list", "Lists what was listed from here: how far it has come, and what keeps it.", RunAsync, Place.Connection, State, Place.Max);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Place.OfAsync(session, parsed);
        var found = await Session.PagesAsync(
            token => session.Channel.Offers.ListListingsAsync(
                new() { StoreId = store, ConnectionId = connection, PageSize = 200, PageToken = token, State = parsed.GetValue(State) ?? ListingState.Unspecified },
                cancellationToken: session.Stop).ResponseAsync,
            page => page.Listings,
            page => page.NextPageToken,
            parsed.GetValue(Place.Max));
        session.Terminal.List(
            found,
            "There is no such listing.",
            ["variant", "barcode", "title", "state", "since", "what keeps it"],
            one => [one.ShopVariantId, one.Barcode, one.Title, Terminal.Word(one.State), Terminal.Time(one.ChangeTime), Text(one.Causes)]);
        return ExitCode.Fine;
    }

    public static string Text(IEnumerable<ListingCause> causes) =>
        string.Join("; ", causes.Select(cause => $"{(cause.Field.Length > 0 ? cause.Field + ": " : "")}{(cause.MarketplaceText.Length > 0 ? cause.MarketplaceText : cause.Detail)} [{cause.Code}]"));
}
