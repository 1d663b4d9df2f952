using System.CommandLine;
using MesChain.Cli.Commands.Sync.Catalog;

namespace MesChain.Cli.Commands.Sync.Listings;

/// <summary>Takes listings off sale.</summary>
static class StopCommand
{
    public static Command Make(Runner runner) => runner.Command("stop", "Takes listings off sale: they offer nothing from now on, and go into the marketplace's archive.", RunAsync, Shelf.Variants, Shelf.Barcodes, Shelf.Preview, Place.Connection);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Place.OfAsync(session, parsed);
        var answer = await session.Channel.Offers.StopListingsAsync(
            new()
            {
                StoreId = store,
                ConnectionId = connection,
                ShopVariantIds = { parsed.GetValue(Shelf.Variants) ?? [] },
                Barcodes = { parsed.GetValue(Shelf.Barcodes) ?? [] },
                Preview = parsed.GetValue(Shelf.Preview),
            },
            cancellationToken: session.Stop);
        return Shelf.Show(session, answer.Results);
    }
}
