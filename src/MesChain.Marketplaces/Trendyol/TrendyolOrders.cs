using System.Globalization;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>Orders are read by their last change from the stream, which knows no names, and by name from the pages, which reach back a month.</summary>
sealed partial class TrendyolMarketplace : IOrderSource, IPackageSource
{
    const int PackagePageSize = 200;
    const int PackagesPerQuery = 50;

    /// <summary>
    /// Query times are documented as Turkish time, the stamps in the answers behave like UTC: a window that ends three hours later holds
    /// what was meant either way. The beginning needs nothing, because Sync overlaps its windows by more than that.
    /// </summary>
    static readonly TimeSpan QuerySkew = TimeSpan.FromHours(3);

    static readonly TimeSpan PageWindow = TimeSpan.FromDays(14) - TimeSpan.FromMinutes(1);
    static readonly TimeSpan PageDepth = TimeSpan.FromDays(30);

    // A property and no field: which file's fields are set first is not said anywhere.
    static IEnumerable<Limit> OrderLimits =>
    [
        new(OrderGroups.Read, 30, TimeSpan.FromMinutes(1), LimitScope.Seller),
        new(OrderGroups.Write, 300, TimeSpan.FromMinutes(1), LimitScope.Seller),
        new(OrderGroups.Change, 100, TimeSpan.FromMinutes(1), LimitScope.Endpoint),
        new(OrderGroups.HandOver, 1000, TimeSpan.FromMinutes(1), LimitScope.Endpoint),
    ];

    public async Task<OrderPage> ReadOrdersAsync(SellerAccess access, DateTimeOffset from, DateTimeOffset to, string? cursor, CancellationToken cancel)
    {
        var query = Invariant($"size={PackagePageSize}&lastModifiedStartDate={from.ToUnixTimeMilliseconds()}&lastModifiedEndDate={(to + QuerySkew).ToUnixTimeMilliseconds()}");
        if (cursor is not null)
            query += $"&nextCursor={Uri.EscapeDataString(cursor)}";

        var call = StreamCall(access, query);
        var page = await AskAsync(access, call, TrendyolOrderJson.Default.PackageStream, cancel);
        List<MarketplacePackage> packages = [];
        List<string> unreadable = [];
        foreach (var element in page.Content ?? throw MarketplaceHttp.Malformed(call, "Trendyol's stream of packages has no content."))
        {
            // One that nobody understands must not keep the orders of all other buyers away.
            if (TrendyolPackages.Read(element) is { } package)
                packages.Add(package);
            else
                unreadable.Add(TrendyolPackages.NameOf(element));
        }

        var more = page.HasMore is true;
        if (more && (page.NextCursor.Length == 0 || page.NextCursor == cursor))
            throw MarketplaceHttp.Malformed(call, "Trendyol's stream of packages leads nowhere.");
        return new(packages, more ? page.NextCursor : null) { Unreadable = unreadable };
    }

    public async Task<IReadOnlyList<MarketplacePackage>> ReadOrderAsync(SellerAccess access, string orderNumber, CancellationToken cancel)
    {
        // Nothing says that the packages of an order have the same time, so that none of the windows may be left out.
        Dictionary<string, MarketplacePackage> found = new(StringComparer.Ordinal);
        foreach (var window in PageWindows())
            await CollectAsync(access, $"{window}&orderNumber={Uri.EscapeDataString(orderNumber)}", found, cancel);
        return [.. found.Values];
    }

    public async Task<IReadOnlyList<MarketplacePackage>> ReadPackagesAsync(SellerAccess access, IReadOnlyCollection<string> packageIds, CancellationToken cancel)
    {
        CheckCount(packageIds, 1000);
        Dictionary<string, MarketplacePackage> found = new(StringComparer.Ordinal);
        foreach (var some in packageIds.Distinct(StringComparer.Ordinal).Chunk(PackagesPerQuery))
        {
            var ids = string.Join(',', some.Select(Uri.EscapeDataString));
            foreach (var window in PageWindows())
            {
                await CollectAsync(access, $"{window}&shipmentPackageIds={ids}", found, cancel);
                if (Array.TrueForAll(some, found.ContainsKey))
                    break;
            }
        }

        return [.. packageIds.Distinct(StringComparer.Ordinal).Where(found.ContainsKey).Select(id => found[id])];
    }

    static void CheckCount(IReadOnlyCollection<string> ids, int max)
    {
        if (ids.Count == 0 || ids.Count > max)
            throw new ArgumentOutOfRangeException(nameof(ids), Invariant($"1 to {max} are taken at once."));
    }

    /// <summary>The last month in pieces that one query may hold, newest first.</summary>
    IEnumerable<string> PageWindows()
    {
        var end = http.Clock.GetUtcNow() + QuerySkew;
        var oldest = end - QuerySkew - PageDepth;
        for (; end > oldest; end -= PageWindow)
        {
            var start = end - PageWindow > oldest ? end - PageWindow : oldest;
            yield return Invariant($"orderByField=PackageLastModifiedDate&orderByDirection=DESC&startDate={start.ToUnixTimeMilliseconds()}&endDate={end.ToUnixTimeMilliseconds()}");
        }
    }

    async Task CollectAsync(SellerAccess access, string query, Dictionary<string, MarketplacePackage> found, CancellationToken cancel)
    {
        for (var page = 0; ; page++)
        {
            var call = Call(access, HttpMethod.Get, "orders", OrderGroups.Read, Invariant($"{OrderRoutes.Pages(access)}?page={page}&size={PackagePageSize}&{query}"));
            var answer = await AskAsync(access, call, TrendyolOrderJson.Default.PackagePage, cancel);
            foreach (var package in ToPackages(call, answer))
            {
                // A package that changed between two pages stands on both.
                if (!found.TryGetValue(package.PackageId, out var known) || known.ChangedAt < package.ChangedAt)
                    found[package.PackageId] = package;
            }

            if (answer.Content!.Count == 0 || page + 1 >= (answer.TotalPages ?? 0))
                return;
        }
    }

    static List<MarketplacePackage> ToPackages(MarketplaceCall call, PackagePage page) =>
        (page.Content ?? throw MarketplaceHttp.Malformed(call, "Trendyol's list of packages has no content."))
            .Select(package => package.ToPackage() ?? throw MarketplaceHttp.Malformed(call, "A package of Trendyol lacks its number, time, amounts or barcodes."))
            .ToList();

    static MarketplaceCall StreamCall(SellerAccess access, string query) =>
        Call(access, HttpMethod.Get, "orders-stream", OrderGroups.Read, $"{OrderRoutes.Stream(access)}?{query}");

    static class OrderGroups
    {
        public const string Read = "order-read";
        public const string Write = "order-write";

        /// <summary>What changes the shape or the terms of a package: each endpoint has a count of its own.</summary>
        public const string Change = "order-change";

        public const string HandOver = "order-hand-over";
    }

    static class OrderRoutes
    {
        public static string Stream(SellerAccess access) => $"{Orders(access)}/orders/stream";

        public static string Pages(SellerAccess access) => $"{Orders(access)}/v2/orders";

        public static string Package(SellerAccess access, string id) => $"{Orders(access)}/shipment-packages/{Uri.EscapeDataString(id)}";

        public static string Manual(SellerAccess access, string step, string tracking) => $"{Orders(access)}/{step}/{Uri.EscapeDataString(tracking)}";

        public static string Orders(SellerAccess access) => $"order/sellers/{Routes.Seller(access)}";
    }

    /// <summary>A cursor of ours where Trendyol counts pages.</summary>
    static int PageOf(string? cursor) => cursor is null ? 0 : int.Parse(cursor, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Ids are text to us and numbers to Trendyol.</summary>
    static long Number(string id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw Refused(FaultCodes.OrderActionRefused, "A number of a package or a line of Trendyol has digits only.");
}
