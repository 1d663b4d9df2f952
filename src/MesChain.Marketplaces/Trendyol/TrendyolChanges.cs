using System.Globalization;
using System.Text.Json;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>Changes of products that are there: four services, chosen by whether the product is approved and by what changes.</summary>
sealed partial class TrendyolMarketplace : IListingMending, IContentTarget, IVariantTarget, ILeadTimeTarget
{
    const int AuditPageSize = 100;
    const int AuditPagesMax = 100;

    public async Task<ListingReceipt> MendListingsAsync(SellerAccess access, IReadOnlyList<ListingDraft> drafts, CancellationToken cancel)
    {
        ThrowIfRefused(CheckBatch(drafts).Select(Judge));
        var call = Call(access, HttpMethod.Post, "update-unapproved", Groups.ProductWrite, Routes.Products(access, "unapproved-bulk-update"));
        return await SendAsync(access, call, new([.. drafts.Select(ToMended)]), TrendyolChangeJson.Default.MendedProducts, cancel);
    }

    public async Task<ListingReceipt> ChangeContentAsync(SellerAccess access, IReadOnlyList<ContentChange> changes, CancellationToken cancel)
    {
        ThrowIfRefused(CheckBatch(changes).Select(Judge));
        var call = Call(access, HttpMethod.Post, "update-content", Groups.ProductWrite, Routes.Products(access, "content-bulk-update"));
        return await SendAsync(access, call, new([.. changes.Select(ToItem)]), TrendyolChangeJson.Default.ContentChanges, cancel);
    }

    public async Task<IReadOnlyList<ContentVerdict>> ReadContentVerdictsAsync(SellerAccess access, string cardId, CancellationToken cancel)
    {
        // Nobody says whether pages begin at 0 or at 1, so the first is asked for without a number, and tells its own.
        List<ContentVerdict> verdicts = [];
        for (int? page = null, first = null; ;)
        {
            var query = page is null ? Invariant($"size={AuditPageSize}") : Invariant($"page={page}&size={AuditPageSize}");
            var call = Call(access, HttpMethod.Get, "update-audits", Groups.ProductRead, $"{Routes.Products(access, Uri.EscapeDataString(cardId))}/update-audits?{query}") with { WaitsItsTurn = true };
            var answer = await AskAsync(access, call, TrendyolChangeJson.Default.AuditPage, cancel);
            var content = answer.Content ?? throw MarketplaceHttp.Malformed(call, "Trendyol's list of changes has no content.");
            verdicts.AddRange(content.SelectMany(entry => (entry.Updates ?? []).Select(update => ToVerdict(entry, update))));

            first ??= answer.Page ?? 0;
            page = (page ?? first) + 1;
            var read = page - first;
            if (content.Count == 0 || read >= (answer.TotalPage ?? 1) || read >= AuditPagesMax)
                return verdicts;
        }
    }

    public async Task<ListingReceipt> ChangeVariantsAsync(SellerAccess access, IReadOnlyList<VariantChange> changes, CancellationToken cancel)
    {
        ThrowIfRefused(CheckBatch(changes).Select(Judge));
        var call = Call(access, HttpMethod.Post, "update-variants", Groups.ProductWrite, Routes.Products(access, "variant-bulk-update"));
        return await SendAsync(access, call, new([.. changes.Select(ToItem)]), TrendyolChangeJson.Default.VariantChanges, cancel);
    }

    public async Task<ListingReceipt> ChangeLeadTimesAsync(SellerAccess access, IReadOnlyList<(string Barcode, int LeadDays)> changes, CancellationToken cancel)
    {
        ThrowIfRefused(CheckBatch(changes).Select(change => TrendyolListingRules.JudgeBarcode(change.Barcode) ?? TrendyolListingRules.JudgeTerms(new() { LeadDays = change.LeadDays })));
        var call = Call(access, HttpMethod.Post, "update-delivery", Groups.ProductWrite, Routes.Products(access, "delivery-info-bulk-update"));
        var body = new DeliveryChanges([.. changes.Select(change => new DeliveryChangeItem(Squeeze(change.Barcode), new(change.LeadDays)))]);
        return await SendAsync(access, call, body, TrendyolChangeJson.Default.DeliveryChanges, cancel);
    }

    public MarketplaceFault? Judge(ContentChange change) => TrendyolListingRules.Judge(change, ListingManners);

    public MarketplaceFault? Judge(VariantChange change) => TrendyolListingRules.Judge(change);

    static void ThrowIfRefused(IEnumerable<MarketplaceFault?> faults)
    {
        if (faults.FirstOrDefault(fault => fault is not null) is { } refused)
            throw refused;
    }

    static MendedProduct ToMended(ListingDraft draft) => new()
    {
        Barcode = Squeeze(draft.Barcode),
        Title = draft.Title,
        Description = draft.DescriptionHtml,
        ProductMainId = draft.GroupId,
        BrandId = ToId(draft.BrandId),
        CategoryId = ToId(draft.CategoryId),
        StockCode = draft.Sku,
        Origin = NullIfEmpty(draft.OriginCountry),
        DimensionalWeight = draft.Desi,
        VatRate = draft.VatBasisPoints / 100,
        LotNumber = NullIfEmpty(draft.LotNumber),
        CargoProviders = NullIfEmpty(draft.Terms.Carriers),
        ShipmentAddressId = ToOptionalId(draft.Terms.ShippingAddressId),
        ReturningAddressId = ToOptionalId(draft.Terms.ReturningAddressId),
        DeliveryOption = draft.Terms.LeadDays is { } days ? new(days) : null,
        Images = ToImages(draft.Images),
        Attributes = [.. draft.Attributes.Select(ToPlural)],
    };

    static ContentChangeItem ToItem(ContentChange change) => new()
    {
        ContentId = ToId(change.CardId),
        Title = change.Title,
        Description = change.DescriptionHtml,
        Images = change.Images is { } images ? ToImages(images) : null,
        Attributes = change.Attributes is { } attributes ? [.. attributes.Select(ToPlural)] : null,
    };

    static VariantChangeItem ToItem(VariantChange change) => new()
    {
        Barcode = Squeeze(change.Barcode),
        StockCode = change.Sku,
        Origin = NullIfEmpty(change.OriginCountry),
        VatRate = change.VatBasisPoints / 100,
        DimensionalWeight = change.Desi,
        ShipmentAddressId = ToOptionalId(change.Terms.ShippingAddressId),
        ReturningAddressId = ToOptionalId(change.Terms.ReturningAddressId),
        LotNumber = NullIfEmpty(change.LotNumber),
        CargoProviders = NullIfEmpty(change.Terms.Carriers),
    };

    static PluralAttribute ToPlural(ListingAttribute attribute) => new(
        ToId(attribute.Id),
        attribute.OptionIds.Count > 0 ? [.. attribute.OptionIds.Select(ToId)] : null,
        NullIfEmpty(attribute.Text));

    static ContentVerdict ToVerdict(AuditEntry entry, AuditUpdate update)
    {
        var state = update.Status switch
        {
            "SUCCESS" => VerdictState.Accepted,
            "FAIL" => VerdictState.Refused,
            _ => VerdictState.Pending,
        };
        var fault = state == VerdictState.Refused
            ? TrendyolListingErrors.OfReview([.. (update.RejectReasons ?? []).Select(reason => $"{reason.Type}: {reason.Reason} {reason.Detail}".Trim(' ', ':'))])
            : null;
        return new(entry.BatchRequestId, ToInstant(entry.RequestDate), update.Type, state, fault);
    }

    // Text here, while every other instant of Trendyol's is a number.
    static DateTimeOffset? ToInstant(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) ? instant : null;

    static partial class Routes
    {
        public static string Products(SellerAccess access, string what) => $"product/sellers/{Seller(access)}/products/{what}";
    }
}
