using System.Text.Json;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>Taking products off sale and away, opening locked ones, and who is shown first.</summary>
sealed partial class TrendyolMarketplace : IListingArchive, IListingDeletion, IListingUnlock, IBuyboxSource
{
    const int BuyboxBarcodesMax = 10;

    public TimeSpan ArchivedBeforeDeletion { get; } = TimeSpan.FromDays(1);

    public async Task<ListingReceipt> ArchiveAsync(SellerAccess access, IReadOnlyCollection<string> barcodes, bool archived, CancellationToken cancel)
    {
        var call = Call(access, HttpMethod.Put, "archive-products", Groups.ProductWrite, Routes.Products(access, "archive-state"));
        var body = new ArchiveStates([.. CheckBarcodes(barcodes).Select(barcode => new ArchiveState(barcode, archived))]);
        return await SendAsync(access, call, body, TrendyolChangeJson.Default.ArchiveStates, cancel);
    }

    public async Task<ListingReceipt> DeleteAsync(SellerAccess access, IReadOnlyCollection<string> barcodes, CancellationToken cancel)
    {
        var call = Call(access, HttpMethod.Delete, "delete-products", Groups.ProductWrite, Routes.AllProducts(access));
        return await SendAsync(access, call, Named(barcodes), TrendyolChangeJson.Default.BarcodeItems, cancel);
    }

    public async Task<ListingReceipt> UnlockAsync(SellerAccess access, IReadOnlyCollection<string> barcodes, CancellationToken cancel)
    {
        var call = Call(access, HttpMethod.Put, "unlock-products", Groups.ProductWrite, Routes.Products(access, "unlock"));
        return await SendAsync(access, call, Named(barcodes), TrendyolChangeJson.Default.BarcodeItems, cancel);
    }

    public async Task<IReadOnlyList<BuyboxPlace>> ReadBuyboxAsync(SellerAccess access, IReadOnlyCollection<string> barcodes, CancellationToken cancel)
    {
        List<BuyboxPlace> places = [];
        foreach (var some in barcodes.Select(Squeeze).Distinct(StringComparer.Ordinal).Chunk(BuyboxBarcodesMax))
        {
            var call = Call(access, HttpMethod.Post, "buybox", Groups.ProductWrite, Routes.Products(access, "buybox-information")) with
            {
                Body = JsonSerializer.SerializeToUtf8Bytes(new(some), TrendyolChangeJson.Default.BuyboxQuestion),
                ChangesNothing = true,
                WaitsItsTurn = true,
            };
            var answer = await AskAsync(access, call, TrendyolChangeJson.Default.BuyboxAnswer, cancel);
            var entries = answer.BuyboxInfo ?? throw MarketplaceHttp.Malformed(call, "Trendyol's buybox answer holds no list.");
            places.AddRange(
                from entry in entries
                where entry is { Barcode.Length: > 0, BuyboxOrder: > 0 }
                select new BuyboxPlace(entry.Barcode, entry.BuyboxOrder!.Value, Minor.From(entry.BuyboxPrice), entry.HasMultipleSeller is true));
        }

        return places;
    }

    BarcodeItems Named(IReadOnlyCollection<string> barcodes) => new([.. CheckBarcodes(barcodes).Select(barcode => new BarcodeItem(barcode))]);

    IReadOnlyList<string> CheckBarcodes(IReadOnlyCollection<string> barcodes)
    {
        ThrowIfRefused(barcodes.Select(TrendyolListingRules.JudgeBarcode));
        return CheckBatch<string>([.. barcodes.Select(Squeeze)]);
    }

    static partial class Routes
    {
        public static string AllProducts(SellerAccess access) => $"product/sellers/{Seller(access)}/products";
    }
}
