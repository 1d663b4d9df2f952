using System.CommandLine;
using MesChain.Cli.Commands.Sync.Catalog;

namespace MesChain.Cli.Commands.Sync.Listings;

/// <summary>Puts listings on sale again.</summary>
static class ResumeCommand
{
    public static Command Make(Runner runner) => runner.Command("resume", "Puts listings on sale again; their stock follows the shop.", RunAsync, Shelf.Variants, Shelf.Barcodes, Shelf.Preview, Place.Connection);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Place.OfAsync(session, parsed);
        var answer = await session.Channel.Offers.ResumeListingsAsync(
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
