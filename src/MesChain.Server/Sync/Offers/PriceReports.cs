using System.Globalization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Listings;

namespace MesChain.Server.Sync.Offers;

/// <summary>What the shop asks for its variants.</summary>
public sealed class PriceReports(CatalogStore catalog, Desire desire, ListingStore listings)
{
    public async Task<IReadOnlyList<ItemOutcome>> RecordAsync(Tx tx, Guid storeId, PriceReport report)
    {
        var variants = (await catalog.HoldPresentAsync(tx, storeId, report.Levels.Select(level => level.ShopVariantId)))
            .ToDictionary(row => row.ShopVariantId, StringComparer.Ordinal);
        var changed = new List<Guid>();
        var results = new List<ItemOutcome>(report.Levels.Count);
        foreach (var level in report.Levels)
            results.Add(await RecordOneAsync(tx, storeId, report.ShopSequence, level, variants.GetValueOrDefault(level.ShopVariantId), changed));

        if (changed.Count > 0)
            await desire.RepriceAsync(tx, storeId, changed);
        await listings.RecheckAsync(tx, storeId, changed);
        return results;
    }

    static async Task<ItemOutcome> RecordOneAsync(Tx tx, Guid storeId, long sequence, PriceLevelInput level, VariantRow? variant, List<Guid> changed)
    {
        if (variant is null)
            return ItemOutcome.Refused(level.ShopVariantId, Reasons.UnknownVariant, "the shop has not sent such a variant, or has removed it");
        var same = variant.PriceMinor == level.SaleMinor && variant.ListPriceMinor == level.ListMinor;
        if (sequence == variant.PriceShopSequence && same)
            return ItemOutcome.Stored(level.ShopVariantId);

        var taken = await tx.ExecuteAsync(
            """
            update variants set price_minor = @SaleMinor, list_price_minor = @ListMinor, price_shop_sequence = @sequence
            where store_id = @storeId and id = @Id and price_shop_sequence < @sequence
            """,
            new { storeId, variant.Id, level.SaleMinor, level.ListMinor, sequence });
        if (taken == 0)
            return ItemOutcome.Refused(
                level.ShopVariantId, Reasons.StaleSequence, string.Create(CultureInfo.InvariantCulture, $"shop_sequence {variant.PriceShopSequence} has been recorded already"));

        if (!same)
            changed.Add(variant.Id);
        return ItemOutcome.Stored(level.ShopVariantId);
    }
}

public sealed record PriceReport(long ShopSequence, IReadOnlyList<PriceLevelInput> Levels);

public readonly record struct PriceLevelInput(string ShopVariantId, long SaleMinor, long ListMinor);
