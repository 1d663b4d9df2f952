using System.CommandLine;
using System.Globalization;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync;

/// <summary>Offers with their three values: wanted, confirmed, shown.</summary>
static class OffersCommand
{
    static readonly Option<string> Connection = new("--connection") { Description = "Only this connection, by name or id" };
    static readonly Option<OfferState?> State = new("--state") { Description = "Only offers whose stock is in this state, such as dirty or failed" };
    static readonly Option<string> Query = new("--query") { Description = "Only offers whose title, sku or barcode contains this" };
    static readonly Option<int> Max = new("--max") { Description = "At most this many of a connection", DefaultValueFactory = _ => 200 };

    public static Command Make(Runner runner) => runner.Command("offers", "Lists offers: what should be shown, what is confirmed, what is shown.", RunAsync, Connection, State, Query, Max);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var offers = new List<Offer>();
        foreach (var connection in await session.ConnectionsAsync(store, parsed.GetValue(Connection)))
        {
            offers.AddRange(await Session.PagesAsync(
                token => session.Channel.Offers.ListOffersAsync(
                    new()
                    {
                        StoreId = store,
                        ConnectionId = connection.Id,
                        PageSize = 200,
                        PageToken = token,
                        State = parsed.GetValue(State) ?? OfferState.Unspecified,
                        Query = parsed.GetValue(Query) ?? "",
                    },
                    cancellationToken: session.Stop).ResponseAsync,
                page => page.Offers,
                page => page.NextPageToken,
                parsed.GetValue(Max)));
        }

        session.Terminal.List(offers, "There is no such offer.", ["barcode", "title", "stock", "wanted", "confirmed", "shown", "price", "confirmed at", "issue"], Row);
        return ExitCode.Fine;
    }

    static string[] Row(Offer offer) =>
    [
        offer.Barcode,
        offer.Title,
        Terminal.Word(offer.StockState),
        Terminal.Number(offer.DesiredQuantity),
        offer.HasAckedQuantity ? offer.AckedQuantity.ToString(CultureInfo.InvariantCulture) : "–",
        offer.HasObservedQuantity ? offer.ObservedQuantity.ToString(CultureInfo.InvariantCulture) : "–",
        Terminal.Money(offer.DesiredPrice),
        Terminal.Time(offer.AckedTime),
        offer.IssueCode,
    ];
}
