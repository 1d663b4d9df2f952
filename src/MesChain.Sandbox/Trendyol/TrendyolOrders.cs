using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Reading packages, by page and by stream. Runs inside the sandbox's lock.</summary>
static class TrendyolOrders
{
    const int SizeMax = 200;
    const int PageWindowMax = 10_000;
    static readonly TimeSpan QueryWindowMax = TimeSpan.FromDays(14);
    static readonly TimeSpan PageDepth = TimeSpan.FromDays(30);
    static readonly TimeSpan StreamDepth = TimeSpan.FromDays(90);

    public static ApiAnswer Page(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        var now = sandbox.Clock.GetUtcNow();
        if (!request.TryNumber("page", 0, out var page) || !request.TryNumber("size", SizeMax, out var size) || page is < 0 or > PageWindowMax || size is < 1 or > SizeMax)
            return ApiAnswer.OrderError(400, "size 1-200 olmalıdır.");
        if ((page + 1) * size > PageWindowMax)
            return ApiAnswer.OrderError(400, "page x size 10.000'i aşamaz.");
        if (request.List("shipmentPackageIds").Count > 50)
            return ApiAnswer.OrderError(400, "En fazla 50 paket sorgulanabilir.");
        if (!TryWindow(request, "startDate", "endDate", now, TimeSpan.FromDays(7), out var from, out var to))
            return ApiAnswer.OrderError(400, "Tarih aralığı en fazla 14 gün olabilir.");

        var byChange = request.Text("orderByField") == "PackageLastModifiedDate";
        DateTimeOffset Stamp(Package package) => byChange ? package.ModifiedAt : package.OrderedAt;
        var statuses = request.List("status");
        var ids = request.List("shipmentPackageIds");
        var fitting = seller.Packages
            .Where(package => sandbox.Shows(package, now)
                && package.OrderedAt >= now - PageDepth
                && Stamp(package) >= from && Stamp(package) <= to
                && (statuses.Count == 0 || statuses.Contains(package.Status, StringComparer.Ordinal))
                && (ids.Count == 0 || ids.Contains(TrendyolSales.Text(package.Id), StringComparer.Ordinal))
                && (request.Text("orderNumber") is not { } number || number == package.OrderNumber))
            .ToList();
        var sorted = request.Text("orderByDirection") == "ASC"
            ? fitting.OrderBy(Stamp).ThenBy(package => package.Id)
            : fitting.OrderByDescending(Stamp).ThenByDescending(package => package.Id);

        return ApiAnswer.Ok(new JsonObject
        {
            ["totalElements"] = fitting.Count,
            ["totalPages"] = (fitting.Count + size - 1) / size,
            ["page"] = page,
            ["size"] = size,
            ["content"] = new JsonArray([.. sorted.Skip((int)(page * size)).Take((int)size).Select(package => TrendyolPackageJson.Of(seller, package, now))]),
        });
    }

    public static ApiAnswer Stream(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        var now = sandbox.Clock.GetUtcNow();
        if (!request.TryNumber("size", 50, out var size) || size is < 1 or > SizeMax)
            return ApiAnswer.OrderError(400, "size 1-200 olmalıdır.");
        if (!TryWindow(request, "lastModifiedStartDate", "lastModifiedEndDate", now, QueryWindowMax, out var from, out var to))
            return ApiAnswer.OrderError(400, "Tarih aralığı en fazla 14 gün olabilir.");

        var filters = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{request.Text("lastModifiedStartDate")}|{request.Text("lastModifiedEndDate")}|{request.Text("packageItemStatuses")}|{size}")))[..16];
        var (beforeMs, beforeId) = (long.MaxValue, long.MaxValue);
        if (request.Text("nextCursor") is { } cursor && !TryRead(cursor, filters, out beforeMs, out beforeId))
            return ApiAnswer.OrderError(400, "cursor.filter.mismatch");

        var statuses = request.List("packageItemStatuses");
        var shown = seller.Packages
            .Where(package => sandbox.Shows(package, now)
                && package.ModifiedAt >= now - StreamDepth
                && package.ModifiedAt >= from && package.ModifiedAt <= to
                && (statuses.Count == 0 || statuses.Contains(package.Status, StringComparer.Ordinal)))
            .Select(package => (Package: package, Ms: package.ModifiedAt.ToUnixTimeMilliseconds()))
            .Where(entry => entry.Ms < beforeMs || (entry.Ms == beforeMs && entry.Package.Id < beforeId))
            .OrderByDescending(entry => entry.Ms).ThenByDescending(entry => entry.Package.Id)
            .Take((int)size + 1)
            .ToList();
        var hasMore = shown.Count > size;
        if (hasMore)
            shown.RemoveAt(shown.Count - 1);

        return ApiAnswer.Ok(new JsonObject
        {
            ["size"] = size,
            ["hasMore"] = hasMore,
            ["nextCursor"] = hasMore ? Cursor(filters, shown[^1].Ms, shown[^1].Package.Id) : null,
            ["content"] = new JsonArray([.. shown.Select(entry => TrendyolPackageJson.Of(seller, entry.Package, now))]),
        });
    }

    static bool TryWindow(ApiRequest request, string startName, string endName, DateTimeOffset now, TimeSpan usual, out DateTimeOffset from, out DateTimeOffset to)
    {
        from = to = default;
        if (!request.TryNumber(endName, now.ToUnixTimeMilliseconds(), out var end) || !IsInstant(end))
            return false;

        to = DateTimeOffset.FromUnixTimeMilliseconds(end);
        if (!request.TryNumber(startName, (to - usual).ToUnixTimeMilliseconds(), out var start) || !IsInstant(start))
            return false;

        from = DateTimeOffset.FromUnixTimeMilliseconds(start);
        return from <= to && to - from <= QueryWindowMax;
    }

    static bool IsInstant(long milliseconds) => milliseconds is >= 0 and < 4_102_444_800_000;

    static string Cursor(string filters, long ms, long id) => Convert.ToBase64String(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{filters}:{ms}:{id}")));

    static bool TryRead(string cursor, string filters, out long ms, out long id)
    {
        (ms, id) = (0, 0);
        var bytes = new byte[128];
        return Convert.TryFromBase64String(cursor, bytes, out var length)
            && Encoding.ASCII.GetString(bytes, 0, length).Split(':') is [var theirs, var first, var second]
            && theirs == filters
            && long.TryParse(first, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out ms)
            && long.TryParse(second, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out id);
    }
}
