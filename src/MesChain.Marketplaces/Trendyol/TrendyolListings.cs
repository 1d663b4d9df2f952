using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>New products and their fate: queued in a batch, checked item by item, then reviewed by people.</summary>
sealed partial class TrendyolMarketplace : IListingTarget, IListingSource
{
    const int UnapprovedPageSize = 1000;

    public ListingManners ListingManners { get; } = new()
    {
        BatchMax = 1000,
        TitleMax = 100,
        DescriptionMax = 30_000,
        ImagesMax = 8,
        ReceiptLife = TimeSpan.FromHours(4),
    };

    public async Task<ListingReceipt> CreateListingsAsync(SellerAccess access, IReadOnlyList<ListingDraft> drafts, CancellationToken cancel)
    {
        ThrowIfRefused(CheckBatch(drafts).Select(Judge));
        var call = Call(access, HttpMethod.Post, "create-products", Groups.ProductWrite, Routes.Create(access));
        return await SendAsync(access, call, new([.. drafts.Select(ToNewProduct)]), TrendyolProductJson.Default.NewProducts, cancel);
    }

    public async Task<ListingReceiptAnswer> ReadListingReceiptAsync(SellerAccess access, string receiptId, CancellationToken cancel)
    {
        var call = Call(access, HttpMethod.Get, "batch-requests", Groups.ProductRead, Routes.Batch(access, receiptId));
        var answer = await http.SendAsync(access.Connection, call, cancel);
        if (answer.Status is 404 or 410)
            throw new MarketplaceFault(FaultKind.Missing, FaultCodes.ReceiptLost, "Trendyol no longer knows the batch.");

        TrendyolErrors.ThrowIfFailed(http, call, answer);
        var batch = Parse(call, answer, TrendyolProductJson.Default.ProductBatch);
        var items = batch.Items ?? [];
        List<ListingReceiptItem> decided = [];
        foreach (var item in items)
        {
            if (item.RequestItem is not { Key.Length: > 0 } request)
                continue;
            if (item.Status.Equals("SUCCESS", StringComparison.OrdinalIgnoreCase))
                decided.Add(new(request.Key, null));
            else if (item.Status.Equals("FAILED", StringComparison.OrdinalIgnoreCase))
                decided.Add(new(request.Key, TrendyolListingErrors.OfItem(item.FailureReasons)));
        }

        // A batch that calls itself complete is not while an item is open; one that is in progress may still add items.
        var open = batch.Status.Equals("IN_PROGRESS", StringComparison.OrdinalIgnoreCase);
        return new(decided, Terminal: !open && items.Count > 0 && decided.Count == items.Count && decided.Count >= (batch.ItemCount ?? 0));
    }

    public MarketplaceFault? Judge(ListingDraft draft) => TrendyolListingRules.Judge(draft, ListingManners, Manners.QuantityMax, PriceMinorMax);

    public async IAsyncEnumerable<IReadOnlyList<ListingStatus>> ReadUnapprovedAsync(SellerAccess access, [EnumeratorCancellation] CancellationToken cancel)
    {
        // Asked for by state: what an answer itself says of the state is not documented. Pending ones first, because a review
        // that ends in between must show a product twice and not hide it.
        foreach (var (word, state) in new[] { ("pendingApproval", ListingState.Pending), ("rejected", ListingState.Rejected) })
        {
            for (var page = 0; ; page++)
            {
                var query = Invariant($"status={word}&page={page}&size={UnapprovedPageSize}");
                var call = Call(access, HttpMethod.Get, "unapproved-products", Groups.ProductRead, $"{Routes.Unapproved(access)}?{query}") with { WaitsItsTurn = true };
                var answer = await AskAsync(access, call, TrendyolProductJson.Default.UnapprovedPage, cancel);
                var products = answer.Content ?? throw MarketplaceHttp.Malformed(call, "Trendyol's list of unapproved products has no content.");
                if (products.Count > 0)
                    yield return [.. products.Where(product => product.Barcode.Length > 0).Select(product => ToStatus(product, state))];
                if (products.Count == 0 || page + 1 >= (answer.TotalPages ?? int.MaxValue))
                    break;
            }
        }
    }

    public async Task<IReadOnlyList<ListingStatus>> ReadListingsAsync(SellerAccess access, IReadOnlyCollection<string> barcodes, CancellationToken cancel)
    {
        var missing = barcodes.Select(Squeeze).ToHashSet(StringComparer.Ordinal);
        List<ListingStatus> found = [];
        foreach (var some in missing.Chunk(BarcodesPerQuery))
        {
            var query = Invariant($"page=0&size={ItemPageSize}&barcodes={string.Join(',', some.Select(Uri.EscapeDataString))}");
            var answer = await AskAsync(access, ItemsCall(access, query), TrendyolJson.Default.ApprovedPage, cancel);
            var asked = some.ToHashSet(StringComparer.Ordinal);
            found.AddRange(
                from content in answer.Content ?? []
                from variant in content.Variants ?? []
                where asked.Contains(variant.Barcode)
                select ToStatus(content, variant));
        }

        missing.ExceptWith(found.Select(status => status.Barcode));
        if (missing.Count == 0)
            return found;

        // Unapproved products cannot be asked for by many barcodes; their pages are ten times as long.
        await foreach (var page in ReadUnapprovedAsync(access, cancel))
        {
            found.AddRange(page.Where(status => missing.Remove(status.Barcode)));
            if (missing.Count == 0)
                break;
        }

        return found;
    }

    async Task<ListingReceipt> SendAsync<T>(SellerAccess access, MarketplaceCall call, T body, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var sent = call with { Body = JsonSerializer.SerializeToUtf8Bytes(body, type) };
        var answer = await http.SendAsync(access.Connection, sent, cancel);
        TrendyolListingErrors.ThrowIfFailed(http, sent, answer);
        var accepted = Parse(sent, answer, TrendyolJson.Default.BatchAccepted);
        return accepted.BatchRequestId.Length > 0
            ? new(accepted.BatchRequestId)
            : throw MarketplaceHttp.Malformed(sent, "Trendyol accepted a batch without naming it.");
    }

    IReadOnlyList<T> CheckBatch<T>(IReadOnlyList<T> items) => items.Count is > 0 && items.Count <= ListingManners.BatchMax
        ? items
        : throw new ArgumentOutOfRangeException(nameof(items), "A batch holds 1 to 1000 listings.");

    static NewProduct ToNewProduct(ListingDraft draft) => new()
    {
        Barcode = Squeeze(draft.Barcode),
        Title = draft.Title,
        Description = draft.DescriptionHtml,
        ProductMainId = draft.GroupId,
        BrandId = ToId(draft.BrandId),
        CategoryId = ToId(draft.CategoryId),
        Quantity = draft.Quantity,
        StockCode = draft.Sku,
        Origin = NullIfEmpty(draft.OriginCountry),
        DimensionalWeight = draft.Desi,
        ListPrice = Minor.ToDecimal(draft.ListPriceMinor),
        SalePrice = Minor.ToDecimal(draft.SalePriceMinor),
        VatRate = draft.VatBasisPoints / 100,
        LotNumber = NullIfEmpty(draft.LotNumber),
        CargoProviders = NullIfEmpty(draft.Terms.Carriers),
        ShipmentAddressId = ToOptionalId(draft.Terms.ShippingAddressId),
        ReturningAddressId = ToOptionalId(draft.Terms.ReturningAddressId),
        DeliveryOption = draft.Terms.LeadDays is { } days ? new(days) : null,
        Images = ToImages(draft.Images),
        Attributes = [.. draft.Attributes.SelectMany(ToSingular)],
    };

    /// <summary>An entry for each value: the create service knows no list of them.</summary>
    static IEnumerable<SingularAttribute> ToSingular(ListingAttribute attribute)
    {
        foreach (var option in attribute.OptionIds)
            yield return new(ToId(attribute.Id), ToId(option), null);
        if (attribute.Text.Length > 0)
            yield return new(ToId(attribute.Id), null, attribute.Text);
    }

    static ListingStatus ToStatus(UnapprovedProduct product, ListingState state)
    {
        var reasons = (product.RejectReasonDetails ?? []).Select(reason => $"{reason.Reason}: {reason.Detail}".Trim(' ', ':')).Where(text => text.Length > 0).ToList();
        return new()
        {
            Barcode = product.Barcode,
            State = state,
            Fault = state == ListingState.Rejected
                ? new(FaultKind.Rejected, FaultCodes.ListingRejected, "Trendyol's review rejected the product.", string.Join("; ", reasons))
                : null,
        };
    }

    static ListingStatus ToStatus(ApprovedContent content, ApprovedVariant variant) => new()
    {
        Barcode = variant.Barcode,
        CardId = content.ContentId,
        State = variant switch
        {
            { Blacklisted: true } => ListingState.Stopped,
            { Locked: true } => ListingState.Locked,
            { Archived: true } => ListingState.Archived,
            _ => ListingState.Approved,
        },
        Fault = variant switch
        {
            { Blacklisted: true } => new(FaultKind.Rejected, FaultCodes.ListingStopped, "Trendyol has stopped the product."),
            { Locked: true } => new(FaultKind.Rejected, FaultCodes.ListingLocked, "Trendyol has locked the product.", variant.LockReason),
            _ => null,
        },
    };

    static long ToId(string id) => long.Parse(id, NumberStyles.None, CultureInfo.InvariantCulture);

    static long? ToOptionalId(string id) => id.Length > 0 ? ToId(id) : null;

    static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;

    static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string> texts) => texts.Count > 0 ? texts : null;

    static IReadOnlyList<ProductImage> ToImages(IReadOnlyList<Uri> images) => [.. images.Select(image => new ProductImage(image.AbsoluteUri))];

    static partial class Groups
    {
        public const string ProductWrite = "product-write";
    }

    static partial class Routes
    {
        public static string Create(SellerAccess access) => $"product/sellers/{Seller(access)}/v2/products";

        public static string Unapproved(SellerAccess access) => $"product/sellers/{Seller(access)}/products/unapproved";
    }
}
