using System.Security.Cryptography;
using System.Text.Json;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Mappings;
using MesChain.Server.Sync.Reference;

namespace MesChain.Server.Sync.Listings;

/// <summary>
/// Says of a variant what would be sent, or everything that keeps it from being sent, without a call: what the marketplace would refuse
/// for its schema is found here (AC-13), and what is missing is named by the field that mends it.
/// </summary>
public sealed class Preflight(CatalogStore catalog, MappingStore mappings, ReferenceStore lists, ReferenceLists asked)
{
    /// <summary>The same content is not sent a fourth time.</summary>
    const int RefusalsMax = 3;

    /// <param name="goods">Variants of the store.</param>
    public Task<IReadOnlyList<Judged>> JudgeAsync(
        Tx tx, Guid storeId, Guid connectionId, IMarketplace marketplace, IReadOnlyList<VariantRow> goods, IReadOnlyDictionary<Guid, Listing> listings) =>
        JudgeAsync(tx, storeId, connectionId, marketplace, goods, listings, live: false);

    /// <summary>The same of variants that are listed: what is fixed by then, or goes another way, keeps nothing.</summary>
    public Task<IReadOnlyList<Judged>> JudgeLiveAsync(Tx tx, Guid storeId, Guid connectionId, IMarketplace marketplace, IReadOnlyList<VariantRow> goods) =>
        JudgeAsync(tx, storeId, connectionId, marketplace, goods, new Dictionary<Guid, Listing>(), live: true);

    async Task<IReadOnlyList<Judged>> JudgeAsync(
        Tx tx, Guid storeId, Guid connectionId, IMarketplace marketplace, IReadOnlyList<VariantRow> goods, IReadOnlyDictionary<Guid, Listing> listings, bool live)
    {
        var source = await asked.SourceAsync(tx, storeId, connectionId);
        var products = (await catalog.ProductsAsync(tx, storeId, goods.Select(row => row.ProductId).Distinct())).ToDictionary(row => row.Id);
        var said = await mappings.OfAsync(tx, storeId, source, products.Values, goods.Select(row => row.ShopVariantId));
        var schemas = new Dictionary<string, IReadOnlyList<AttributeRow>?>(StringComparer.Ordinal);
        var judged = new List<Judged>(goods.Count);
        foreach (var variant in goods)
        {
            var product = products[variant.ProductId];
            var mapped = said.Of(product, variant.ShopVariantId);
            var causes = new List<ListingCause>();
            if (!live)
                await JudgeBarcodeAsync(tx, storeId, connectionId, variant, causes);
            JudgeProduct(((IListingTarget)marketplace).ListingManners, product, variant, mapped, causes);
            if (live)
                causes.RemoveAll(cause => cause.Field is "price" or "brand" or "category");
            IReadOnlySet<string> own = new HashSet<string>(StringComparer.Ordinal);
            if (mapped.CategoryId.Length > 0)
            {
                if (!schemas.TryGetValue(mapped.CategoryId, out var schema))
                    schemas[mapped.CategoryId] = schema = await SchemaAsync(tx, storeId, connectionId, source, mapped.CategoryId);
                await JudgeAttributesAsync(tx, source, mapped, schema, variant, causes);
                own = (schema ?? []).Where(row => row.Role == "variant").Select(row => row.Id).ToHashSet(StringComparer.Ordinal);
            }

            var done = live ? FinishLive(product, variant, mapped, causes) : Finish((IListingTarget)marketplace, product, variant, mapped, causes, listings.GetValueOrDefault(variant.Id));
            judged.Add(done with { Own = own });
        }

        return judged;
    }

    static Judged Finish(IListingTarget target, ProductRow product, VariantRow variant, Mapped mapped, List<ListingCause> causes, Listing? listing)
    {
        if (causes.Count > 0)
            return new(variant, null, "", causes);
        var draft = ToDraft(product, variant, mapped);
        var hash = Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(draft)));
        if (target.Judge(draft) is { } fault)
            causes.Add(new(fault.Code, variant.Barcode, "", fault.Message));
        else if (listing is { Refusals: >= RefusalsMax } && listing.ContentHash == hash)
            causes.Add(new(FaultCodes.ListingRefused, variant.Barcode, "", "the marketplace has refused the same content three times; change it first"));
        return causes.Count > 0 ? new(variant, null, hash, causes) : new(variant, draft, hash, []);
    }

    /// <summary>Judged as a change by who sends it; its price goes another way.</summary>
    static Judged FinishLive(ProductRow product, VariantRow variant, Mapped mapped, List<ListingCause> causes) =>
        new(variant, causes.Count > 0 ? null : ToDraft(product, variant with { PriceMinor = variant.PriceMinor ?? 0 }, mapped), "", causes);

    /// <summary>
    /// Made with nothing to sell: a review may last for days, and what the shop has by then is sent when the listing is live and orders are
    /// fresh, as any other stock.
    /// </summary>
    static ListingDraft ToDraft(ProductRow product, VariantRow variant, Mapped mapped) => new()
    {
        Barcode = variant.Barcode,
        Title = product.Title,
        GroupId = product.Model.Length > 0 ? product.Model : product.ShopProductId,
        CategoryId = mapped.CategoryId,
        BrandId = mapped.BrandId,
        BrandName = product.Brand,
        Sku = variant.Sku.Length > 0 ? variant.Sku : variant.Barcode,
        DescriptionHtml = product.Description,
        Quantity = 0,
        SalePriceMinor = variant.PriceMinor!.Value,
        ListPriceMinor = variant.ListPriceMinor ?? variant.PriceMinor.Value,
        VatBasisPoints = (int)variant.VatBasisPoints!.Value,
        Images = [.. Pictures(product).Select(address => new Uri(address))],
        Attributes = [.. mapped.Attributes.Select(value => new ListingAttribute(value.AttributeId, value.OptionIds, value.Text))],
        Desi = product.DesiHundredths > 0 ? product.DesiHundredths / 100m : 1,
    };

    static IEnumerable<string> Pictures(ProductRow product) =>
        product.Pictures.Prepend(product.ImageUrl).Where(address => address.Length > 0).Distinct(StringComparer.Ordinal);

    static async Task JudgeBarcodeAsync(Tx tx, Guid storeId, Guid connectionId, VariantRow variant, List<ListingCause> causes)
    {
        if (variant.RemovedMs is not null)
            causes.Add(new(FaultCodes.ListingFieldInvalid, variant.ShopVariantId, "shop_variant_id", "the shop has removed it"));
        if (variant.Barcode.Length == 0)
        {
            causes.Add(new(FaultCodes.BarcodeInvalid, variant.ShopVariantId, "barcode", "the variant has none"));
            return;
        }

        var taken = (await tx.OneAsync<Taken>(
            """
            select (select count(*) from variants v where v.store_id = @storeId and v.barcode = @Barcode and v.removed_ms is null) as carriers,
              (select count(*) from marketplace_items i where i.store_id = @storeId and i.connection_id = @connectionId and i.barcode = @Barcode) as items
            """,
            new { storeId, connectionId, variant.Barcode }))!;
        if (taken.Carriers > 1)
            causes.Add(new(FaultCodes.BarcodeTwice, variant.Barcode, "barcode", "several variants of the shop carry it"));
        if (taken.Items > 0)
            causes.Add(new(FaultCodes.BarcodeExists, variant.Barcode, "barcode", "the marketplace lists it already: link the variant with it"));
    }

    static void JudgeProduct(ListingManners manners, ProductRow product, VariantRow variant, Mapped mapped, List<ListingCause> causes)
    {
        void Add(bool wrong, string code, string subject, string field, string detail)
        {
            if (wrong)
                causes.Add(new(code, subject, field, detail));
        }

        var own = variant.Barcode.Length > 0 ? variant.Barcode : variant.ShopVariantId;
        var pictures = Pictures(product).ToList();
        Add(product.Title.Length > manners.TitleMax, FaultCodes.ListingFieldInvalid, own, "title", $"has {product.Title.Length} characters; the marketplace takes {manners.TitleMax}");
        Add(product.Description.Length == 0, FaultCodes.ListingFieldInvalid, own, "description_html", "is empty");
        Add(product.Description.Length > manners.DescriptionMax, FaultCodes.ListingFieldInvalid, own, "description_html", $"has more than {manners.DescriptionMax} characters");
        Add(pictures.Count == 0, FaultCodes.ImageRefused, own, "image_url", "there is no picture");
        Add(pictures.Count > manners.ImagesMax, FaultCodes.ImageRefused, own, "more_image_urls", $"there are {pictures.Count} pictures; the marketplace takes {manners.ImagesMax}");
        Add(pictures.Exists(address => !address.StartsWith("https://", StringComparison.OrdinalIgnoreCase)), FaultCodes.ImageRefused, own, "image_url", "a picture is not at an https address");
        Add(variant.VatBasisPoints is null, FaultCodes.VatRateInvalid, own, "vat_basis_points", "is unknown, and never guessed");
        Add(variant.PriceMinor is null, IssueCatalog.PriceMissing, own, "price", "the shop has reported none");
        Add(mapped.BrandId.Length == 0, IssueCatalog.BrandNotMapped, product.Brand.Length > 0 ? MappingKey.Brand(product.Brand).Key : own, "brand", $"'{product.Brand}' is mapped to no brand of the marketplace");
        Add(
            mapped.CategoryId.Length == 0, IssueCatalog.CategoryNotMapped, product.Category.Length > 0 ? MappingKey.Category(product.Category).Key : own, "category",
            $"neither the product nor its category '{product.Category}' is mapped to a category of the marketplace");
    }

    async Task JudgeAttributesAsync(Tx tx, string source, Mapped mapped, IReadOnlyList<AttributeRow>? schema, VariantRow variant, List<ListingCause> causes)
    {
        if (schema is null)
        {
            causes.Add(new(Reasons.SchemaNotRead, "", "attributes", "what the category asks for is being read; repeat in a few seconds"));
            return;
        }

        var known = schema.ToDictionary(row => row.Id, StringComparer.Ordinal);
        foreach (var missing in schema.Where(row => row.Required && mapped.Attributes.All(value => value.AttributeId != row.Id)))
            causes.Add(new(FaultCodes.AttributeMissing, variant.Barcode, "attributes." + missing.Id, $"the category asks for {missing.Name}"));
        foreach (var value in mapped.Attributes)
        {
            // The list may have changed since the mapping was judged by it.
            if (!known.TryGetValue(value.AttributeId, out var row))
                causes.Add(new(FaultCodes.AttributeInvalid, variant.Barcode, "attributes." + value.AttributeId, "the category no longer has it"));
            else if ((value.Text.Length > 0 && !row.TakesText) || (value.OptionIds.Count > 1 && !row.TakesMany)
                || (await lists.KnownOptionsAsync(tx, source, mapped.CategoryId, value.AttributeId, value.OptionIds)).Count < value.OptionIds.Count)
                causes.Add(new(FaultCodes.AttributeInvalid, variant.Barcode, "attributes." + value.AttributeId, $"{row.Name} no longer takes this value"));
        }
    }

    async Task<IReadOnlyList<AttributeRow>?> SchemaAsync(Tx tx, Guid storeId, Guid connectionId, string source, string category) =>
        (await asked.AskAsync(tx, storeId, connectionId, source, ReferenceStore.OfCategory(category))).ReadMs is null
            ? null
            : await lists.ListAttributesAsync(tx, source, category, -1, MappingRules.AttributesMax);

    sealed class Taken
    {
        public long Carriers { get; init; }

        public long Items { get; init; }
    }
}

/// <param name="Draft">Null when something keeps it from being sent.</param>
/// <param name="Hash">Of the content.</param>
public sealed record Judged(VariantRow Variant, ListingDraft? Draft, string Hash, IReadOnlyList<ListingCause> Causes)
{
    /// <summary>Attributes that tell the variants of a card apart.</summary>
    public IReadOnlySet<string> Own { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Only a list that is being read keeps it: that is nobody's fault.</summary>
    public bool Waits => Causes.Count > 0 && Causes.All(cause => cause.Code == Reasons.SchemaNotRead);

    /// <summary>What a person can mend.</summary>
    public IReadOnlyList<ListingCause> Faults => [.. Causes.Where(cause => cause.Code != Reasons.SchemaNotRead)];
}
