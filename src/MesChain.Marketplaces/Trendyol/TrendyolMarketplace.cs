using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>
/// Trendyol knows offers by barcode, answers a push with a batch whose items must be asked for later, refuses an equal body
/// for a quarter of an hour, and lists orders as packages whose id changes when a part of them is cancelled.
/// </summary>
sealed partial class TrendyolMarketplace(MarketplaceHttp http) : IMarketplace, IConnectionTest, IItemSource, IOfferTarget
{
    const int ItemPageSize = 100;
    const int PagedItemsMax = 10_000;
    const int BarcodesPerQuery = 50;
    const long PriceMinorMax = 100_000_000_00;

    /// <summary>As published for the smallest listing tier: a seller of a larger one is served more slowly than allowed, never refused.</summary>
    internal static readonly IReadOnlyList<Limit> Limits =
    [
        new("", 50, TimeSpan.FromSeconds(10), LimitScope.Endpoint),
        new(Groups.ProductRead, 1000, TimeSpan.FromMinutes(1), LimitScope.Seller),
        new(Groups.ProductWrite, 200, TimeSpan.FromMinutes(1), LimitScope.Seller),
        new(Groups.InventoryWrite, 350, TimeSpan.FromMinutes(1), LimitScope.Seller),
        .. OrderLimits,
        .. PaperLimits,
        .. ClaimLimits,
        .. QuestionLimits,
        .. StatementLimits,
    ];

    public string Code => "trendyol";

    public Manners Manners { get; } = new()
    {
        BatchMax = 1000,
        IdenticalBodyWindow = TimeSpan.FromMinutes(15),
        // Thirty a minute are allowed, by Trendyol's clock and not by ours.
        PriceInterval = TimeSpan.FromSeconds(3),
        ReceiptLife = TimeSpan.FromHours(4),
        OrderWindowMax = TimeSpan.FromDays(14) - QuerySkew - TimeSpan.FromMinutes(1),
        OrderHistory = TimeSpan.FromDays(90),
        OrderOverlap = QuerySkew + TimeSpan.FromMinutes(30),
        QuantityMax = 20_000,
        PartialBody = true,
    };

    public async Task<IReadOnlyList<ProbeAnswer>> ProbeAsync(SellerAccess access, CancellationToken cancel)
    {
        List<ProbeAnswer> answers = [];
        var (fault, latency) = await ProbeAsync(access, ItemsCall(access, "page=0&size=1"), TrendyolJson.Default.ApprovedPage, cancel);

        // Any answer at all proves that the address is reached; what it says is the second question.
        var unreached = fault is { Kind: FaultKind.Unavailable or FaultKind.Malformed or FaultKind.Throttled } or { Code: FaultCodes.AddressRefused };
        answers.Add(new("reach", unreached ? fault : null, latency));
        if (unreached)
            return answers;

        answers.Add(new("credential", fault, latency));
        if (fault is not null)
            return answers;

        (fault, latency) = await ProbeAsync(access, StreamCall(access, "size=1"), TrendyolOrderJson.Default.PackageStream, cancel);
        answers.Add(new("orders", fault, latency));
        return answers;
    }

    public async IAsyncEnumerable<IReadOnlyList<MarketplaceItem>> ReadItemsAsync(SellerAccess access, [EnumeratorCancellation] CancellationToken cancel)
    {
        var token = "";
        for (var page = 0; ; page++)
        {
            // Page numbers reach no further than 10,000 items; from there on only the token of the page before leads on.
            var beyond = (page + 1) * ItemPageSize > PagedItemsMax;
            var at = beyond ? $"nextPageToken={Uri.EscapeDataString(token)}" : Invariant($"page={page}");
            var call = ItemsCall(access, Invariant($"{at}&size={ItemPageSize}"));
            var answer = await AskAsync(access, call, TrendyolJson.Default.ApprovedPage, cancel);
            var contents = answer.Content ?? throw MarketplaceHttp.Malformed(call, "Trendyol's list of products has no content.");

            yield return [.. contents.SelectMany(ToItems)];

            if (contents.Count == 0 || (!beyond && page + 1 >= (answer.TotalPages ?? int.MaxValue)))
                yield break;

            var needsToken = (page + 2) * ItemPageSize > PagedItemsMax;
            if (needsToken && answer.NextPageToken.Length == 0)
                yield break;
            if (beyond && answer.NextPageToken == token)
                throw MarketplaceHttp.Malformed(call, "Trendyol's list of products leads in a circle.");
            token = answer.NextPageToken;
        }
    }

    public async Task<IReadOnlyList<MarketplaceItem>> ReadItemsAsync(SellerAccess access, IReadOnlyCollection<string> barcodes, CancellationToken cancel)
    {
        List<MarketplaceItem> found = [];
        foreach (var some in barcodes.Select(Squeeze).Distinct(StringComparer.Ordinal).Chunk(BarcodesPerQuery))
        {
            var query = Invariant($"page=0&size={ItemPageSize}&barcodes={string.Join(',', some.Select(Uri.EscapeDataString))}");
            var answer = await AskAsync(access, ItemsCall(access, query), TrendyolJson.Default.ApprovedPage, cancel);

            // A content carries all its variants, also those that nobody asked for.
            var asked = some.ToHashSet(StringComparer.Ordinal);
            found.AddRange((answer.Content ?? []).SelectMany(ToItems).Where(item => asked.Contains(item.Barcode)));
        }

        return found;
    }

    public async Task<PushReceipt> PushAsync(SellerAccess access, IReadOnlyList<OfferPush> offers, CancellationToken cancel)
    {
        Check(offers);
        var call = Call(access, HttpMethod.Post, "price-and-inventory", Groups.InventoryWrite, Routes.PriceAndInventory(access)) with { Body = Body(offers) };
        var answer = await http.SendAsync(access.Connection, call, cancel);
        TrendyolErrors.ThrowIfFailed(http, call, answer, FaultCodes.OfferRefused);
        var accepted = Parse(call, answer, TrendyolJson.Default.BatchAccepted);
        return accepted.BatchRequestId.Length > 0
            ? new(accepted.BatchRequestId)
            : throw MarketplaceHttp.Malformed(call, "Trendyol accepted a batch without naming it.");
    }

    public async Task<ReceiptAnswer> ReadReceiptAsync(SellerAccess access, string receiptId, CancellationToken cancel)
    {
        var call = Call(access, HttpMethod.Get, "batch-requests", Groups.ProductRead, Routes.Batch(access, receiptId));
        var answer = await http.SendAsync(access.Connection, call, cancel);
        if (answer.Status is 404 or 410)
            throw new MarketplaceFault(FaultKind.Missing, FaultCodes.ReceiptLost, "Trendyol no longer knows the batch.");

        TrendyolErrors.ThrowIfFailed(http, call, answer);
        var batch = Parse(call, answer, TrendyolJson.Default.BatchResult);
        var items = batch.Items ?? [];
        List<ReceiptItem> decided = [];
        foreach (var item in items)
        {
            if (item.RequestItem is not { Barcode.Length: > 0 } request)
                continue;
            if (item.Status.Equals("SUCCESS", StringComparison.OrdinalIgnoreCase))
                decided.Add(new(request.Barcode, null));
            else if (item.Status.Equals("FAILED", StringComparison.OrdinalIgnoreCase))
                decided.Add(new(request.Barcode, TrendyolErrors.OfItem(item.FailureReasons)));
        }

        return new(decided, Terminal: items.Count > 0 && decided.Count == items.Count && decided.Count >= (batch.ItemCount ?? 0));
    }

    public ReadOnlyMemory<byte> Body(IReadOnlyList<OfferPush> offers)
    {
        var body = new PriceAndInventory([.. offers.Select(offer => new PriceAndInventoryItem
        {
            Barcode = Squeeze(offer.Barcode),
            Quantity = offer.Quantity,
            SalePrice = offer.SalePriceMinor is { } sale ? Minor.ToDecimal(sale) : null,
            ListPrice = offer.ListPriceMinor is { } list ? Minor.ToDecimal(list) : null,
        })]);
        return JsonSerializer.SerializeToUtf8Bytes(body, TrendyolJson.Default.PriceAndInventory);
    }

    public MarketplaceFault? Judge(OfferPush offer) => offer switch
    {
        { Barcode: "" } => Refused(FaultCodes.BarcodeUnknown, "An offer needs a barcode."),
        { Quantity: null, SalePriceMinor: null, ListPriceMinor: null } => Refused(FaultCodes.NothingToSet, "An offer sets a quantity or prices."),
        { Quantity: < 0 } => Refused(FaultCodes.QuantityOutOfRange, "A quantity is not negative."),
        { Quantity: { } quantity } when quantity > Manners.QuantityMax => Refused(FaultCodes.QuantityOutOfRange, "A quantity is at most 20,000."),
        { SalePriceMinor: null, ListPriceMinor: not null } or { SalePriceMinor: not null, ListPriceMinor: null } =>
            Refused(FaultCodes.PriceRuleBroken, "Sale and list price go together."),
        { SalePriceMinor: <= 0 } or { ListPriceMinor: <= 0 } or { SalePriceMinor: > PriceMinorMax } or { ListPriceMinor: > PriceMinorMax } =>
            Refused(FaultCodes.PriceRuleBroken, "A price is above zero and below 100,000,000."),
        { SalePriceMinor: { } sale, ListPriceMinor: { } list } when sale > list => Refused(FaultCodes.PriceRuleBroken, "The list price is not below the sale price."),
        _ => null,
    };

    void Check(IReadOnlyList<OfferPush> offers)
    {
        if (offers.Count is 0 || offers.Count > Manners.BatchMax)
            throw new ArgumentOutOfRangeException(nameof(offers), "A batch holds 1 to 1000 offers.");
        if (offers.Select(Judge).FirstOrDefault(fault => fault is not null) is { } refused)
            throw refused;
    }

    async Task<(MarketplaceFault? Fault, TimeSpan Latency)> ProbeAsync<T>(SellerAccess access, MarketplaceCall call, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var started = http.Clock.GetTimestamp();
        try
        {
            await AskAsync(access, call with { WaitsItsTurn = false }, type, cancel);
            return (null, http.Clock.GetElapsedTime(started));
        }
        catch (MarketplaceFault fault)
        {
            return (fault, http.Clock.GetElapsedTime(started));
        }
    }

    async Task<T> AskAsync<T>(SellerAccess access, MarketplaceCall call, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var answer = await http.SendAsync(access.Connection, call, cancel);
        TrendyolErrors.ThrowIfFailed(http, call, answer);
        return Parse(call, answer, type);
    }

    static T Parse<T>(MarketplaceCall call, MarketplaceAnswer answer, JsonTypeInfo<T> type)
    {
        try
        {
            if (answer.LooksLikeJson && JsonSerializer.Deserialize(answer.Json.Span, type) is { } parsed)
                return parsed;
        }
        catch (JsonException)
        {
            // What the parser says quotes the answer, and the answer may hold anything.
        }

        throw MarketplaceHttp.Malformed(call, "Trendyol's answer is not the JSON it should be.");
    }

    static IEnumerable<MarketplaceItem> ToItems(ApprovedContent content) =>
        from variant in content.Variants ?? []
        where variant.Barcode.Length > 0
        select new MarketplaceItem
        {
            Barcode = variant.Barcode,
            ExternalId = variant.VariantId.Length > 0 ? variant.VariantId : content.ContentId,
            Title = content.Title,
            Sku = variant.StockCode,
            Quantity = variant.Stock?.Quantity,
            SalePriceMinor = Minor.From(variant.Price?.SalePrice),
            ListPriceMinor = Minor.From(variant.Price?.ListPrice),
            OnSale = variant is { OnSale: true, Archived: not true, Locked: not true, Blacklisted: not true },
        };

    /// <summary>Trendyol stores a barcode without the blanks inside it and knows it only in that form.</summary>
    static string Squeeze(string barcode) => barcode.Contains(' ', StringComparison.Ordinal) ? barcode.Replace(" ", "", StringComparison.Ordinal) : barcode;

    static MarketplaceFault Refused(string code, string message) => new(FaultKind.Rejected, code, message);

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    static MarketplaceCall ItemsCall(SellerAccess access, string query) =>
        Call(access, HttpMethod.Get, "approved-products", Groups.ProductRead, $"{Routes.Approved(access)}?{query}") with { WaitsItsTurn = true };

    static MarketplaceCall Call(SellerAccess access, HttpMethod method, string endpoint, string group, string route)
    {
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{access.ApiKey}:{access.ApiSecret}"));
        return new()
        {
            Method = method,
            Address = new Uri(Routes.Base(access), route),
            Endpoint = endpoint,
            Group = group,
            Headers =
            [
                ("Authorization", $"Basic {pair}"),
                ("User-Agent", $"{access.SellerId} - SelfIntegration"),
                ("Accept", "application/json"),
            ],
            Secrets = [pair, access.ApiSecret, access.ApiKey],
        };
    }

    static partial class Groups
    {
        public const string ProductRead = "product-read";
        public const string InventoryWrite = "inventory-write";
    }

    static partial class Routes
    {
        const string Root = "integration/";

        /// <summary>A sandbox may be named with or without the part that every address of Trendyol has.</summary>
        public static Uri Base(SellerAccess access) =>
            access.BaseAddress.AbsolutePath.EndsWith($"/{Root}", StringComparison.Ordinal) ? access.BaseAddress : new Uri(access.BaseAddress, Root);

        public static string Approved(SellerAccess access) => $"product/sellers/{Seller(access)}/products/approved";

        public static string Batch(SellerAccess access, string id) => $"product/sellers/{Seller(access)}/products/batch-requests/{Uri.EscapeDataString(id)}";

        public static string PriceAndInventory(SellerAccess access) => $"inventory/sellers/{Seller(access)}/products/price-and-inventory";

        public static string Seller(SellerAccess access) => Uri.EscapeDataString(access.SellerId);
    }
}
