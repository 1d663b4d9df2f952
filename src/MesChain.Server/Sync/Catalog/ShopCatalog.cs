using System.Globalization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Listings;
using MesChain.Server.Sync.Offers;

namespace MesChain.Server.Sync.Catalog;

/// <summary>What the shop says it sells. Takes products one by one, so that a refused one never keeps the others out.</summary>
public sealed class ShopCatalog(CatalogStore store, StockLedger stock, Desire desire, ListingStore listings, ChangeStore changes, IssueStore issues, TimeProvider clock)
{
    /// <summary>Variants in one call.</summary>
    public const int VariantsMax = 200;

    /// <summary>Creates or replaces products. Answers one result per product, in their order.</summary>
    public async Task<IReadOnlyList<ItemOutcome>> UpsertAsync(Tx tx, Guid storeId, IReadOnlyList<ProductInput> products)
    {
        var good = products.Where(product => product.Fault is null).ToList();
        var known = (await store.HoldProductsAsync(tx, storeId, good.Select(product => product.ShopProductId)))
            .ToDictionary(row => row.ShopProductId, StringComparer.Ordinal);
        var variants = (await store.HoldVariantsAsync(
                tx, storeId, known.Values.Select(row => row.Id), good.SelectMany(product => product.Variants.Select(variant => variant.ShopVariantId))))
            .ToDictionary(row => row.ShopVariantId, StringComparer.Ordinal);

        var work = new Changes();
        var results = new List<ItemOutcome>(products.Count);
        foreach (var product in products)
            results.Add(product.Fault is { } fault
                ? ItemOutcome.Refused(product.ShopProductId, Reasons.InvalidField, fault)
                : await UpsertOneAsync(tx, storeId, product, known, variants, work));
        await FinishAsync(tx, storeId, work);
        await listings.RecheckAsync(tx, storeId, [.. variants.Values.Select(row => row.Id)]);
        await changes.OutdateAsync(tx, storeId, work.Content);
        return results;
    }

    /// <summary>Removes products; what is linked is offered with nothing first. Answers how many were there.</summary>
    public async Task<int> DeleteAsync(Tx tx, Guid storeId, IReadOnlyList<string> shopProductIds)
    {
        var products = await store.HoldProductsAsync(tx, storeId, shopProductIds);
        var variants = await store.HoldVariantsAsync(tx, storeId, products.Select(row => row.Id), []);
        var present = variants.Where(row => row.RemovedMs is null).ToList();
        var work = new Changes();
        foreach (var variant in present)
            await RemoveAsync(tx, storeId, variant, work);
        work.Products.UnionWith(products.Select(row => row.Id));
        await FinishAsync(tx, storeId, work);
        return present.Select(row => row.ProductId).Distinct().Count();
    }

    async Task<ItemOutcome> UpsertOneAsync(
        Tx tx, Guid storeId, ProductInput product, Dictionary<string, ProductRow> known, Dictionary<string, VariantRow> variants, Changes work)
    {
        var before = known.GetValueOrDefault(product.ShopProductId);
        var row = new ProductRow
        {
            Id = before?.Id ?? Ids.New(clock),
            ShopProductId = product.ShopProductId,
            Title = product.Title,
            Brand = product.Brand,
            Model = product.Model,
            ImageUrl = product.ImageUrl,
            Category = product.Category,
            Description = product.Description,
            MoreImages = product.MoreImages,
            DesiHundredths = product.DesiHundredths,
        };
        var taken = product.Variants.FirstOrDefault(variant =>
            variants.GetValueOrDefault(variant.ShopVariantId) is { RemovedMs: null } holder && holder.ProductId != row.Id);
        if (taken is not null)
            return ItemOutcome.Refused(product.ShopProductId, Reasons.VariantTaken, $"variants: {taken.ShopVariantId} belongs to another product");

        if (row != before)
            await store.SaveProductAsync(tx, storeId, row);
        known[product.ShopProductId] = row;
        if (before is not null && row != before)
            work.Content.UnionWith(variants.Values.Where(variant => variant.ProductId == row.Id).Select(variant => variant.Id));
        foreach (var variant in product.Variants)
            await UpsertVariantAsync(tx, storeId, row.Id, variant, variants, work);

        var sent = product.Variants.Select(variant => variant.ShopVariantId).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in variants.Values.Where(other => other.ProductId == row.Id && other.RemovedMs is null && !sent.Contains(other.ShopVariantId)).ToList())
        {
            await RemoveAsync(tx, storeId, gone, work);
            variants[gone.ShopVariantId] = gone with { RemovedMs = 0 };
            work.Products.Add(row.Id);
        }

        return ItemOutcome.Stored(product.ShopProductId);
    }

    async Task UpsertVariantAsync(Tx tx, Guid storeId, Guid productId, VariantInput variant, Dictionary<string, VariantRow> variants, Changes work)
    {
        var before = variants.GetValueOrDefault(variant.ShopVariantId);
        var row = (before ?? new VariantRow { Id = Ids.New(clock), ProductId = productId, ShopVariantId = variant.ShopVariantId, Sku = "", Barcode = "", Title = "" }) with
        {
            ProductId = productId,
            Sku = variant.Sku,
            Barcode = variant.Barcode,
            Title = variant.Title,
            VatBasisPoints = variant.VatBasisPoints,
            RemovedMs = null,
        };
        if (row == before)
            return;

        await store.SaveVariantAsync(tx, storeId, row);
        variants[variant.ShopVariantId] = row;
        if (before is not null)
            work.Content.Add(row.Id);
        if (before?.RemovedMs is not null || before?.Barcode != row.Barcode)
            work.Barcodes.UnionWith([before?.Barcode ?? "", row.Barcode]);
    }

    async Task RemoveAsync(Tx tx, Guid storeId, VariantRow variant, Changes work)
    {
        if (variant.OnHand != 0)
            await stock.RecordAsync(tx, storeId, variant, 0, string.Create(CultureInfo.InvariantCulture, $"removed:{variant.Id.ToWire()}:{variant.StockVersion + 1}"));
        await store.MarkRemovedAsync(tx, storeId, variant.Id);
        work.Stock.Add(variant.Id);
        work.Barcodes.Add(variant.Barcode);
    }

    async Task FinishAsync(Tx tx, Guid storeId, Changes work)
    {
        if (work.Stock.Count > 0)
            await desire.RecomputeAsync(tx, storeId, work.Stock);
        if (work.Products.Count > 0)
            await store.SweepAsync(tx, storeId, work.Products);
        foreach (var barcode in work.Barcodes.Where(barcode => barcode.Length > 0).Order(StringComparer.Ordinal))
        {
            var carriers = await store.CarriersAsync(tx, storeId, barcode, 2);
            if (carriers.Count > 1)
                await issues.OpenAsync(
                    tx, storeId, IssueCatalog.BarcodeTwice, null, barcode,
                    new Dictionary<string, string>(StringComparer.Ordinal) { ["barcode"] = barcode, ["first"] = carriers[0], ["second"] = carriers[1] });
            else
                await issues.ResolveAsync(tx, storeId, IssueCatalog.BarcodeTwice, null, barcode);
        }
    }

    /// <summary>What a call touched, for what has to follow once at its end.</summary>
    sealed class Changes
    {
        public HashSet<Guid> Stock { get; } = [];

        public HashSet<Guid> Content { get; } = [];

        public HashSet<Guid> Products { get; } = [];

        public HashSet<string> Barcodes { get; } = new(StringComparer.Ordinal);
    }
}

/// <summary>A product as the shop sent it. One with a <see cref="Fault"/> is refused and has no other field that counts.</summary>
public sealed record ProductInput(string ShopProductId, string Title, string Brand, string Model, string ImageUrl, IReadOnlyList<VariantInput> Variants)
{
    public string? Fault { get; init; }

    public string Category { get; init; } = "";

    /// <summary>HTML.</summary>
    public string Description { get; init; } = "";

    /// <summary>A JSON list of addresses; empty when there are none.</summary>
    public string MoreImages { get; init; } = "";

    public int DesiHundredths { get; init; }
}

/// <param name="Barcode">Without blanks.</param>
public sealed record VariantInput(string ShopVariantId, string Sku, string Barcode, string Title, int? VatBasisPoints);

/// <summary>What became of one item of a batch.</summary>
public readonly record struct ItemOutcome(string Id, string Reason, string Detail)
{
    public bool Ok => Reason.Length == 0;

    public static ItemOutcome Stored(string id) => new(id, "", "");

    public static ItemOutcome Refused(string id, string reason, string detail) => new(id, reason, detail);
}
