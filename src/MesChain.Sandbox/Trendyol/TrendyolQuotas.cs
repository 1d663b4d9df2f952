namespace MesChain.Sandbox.Trendyol;

/// <summary>The two ceilings: 50 requests in 10 seconds for each endpoint, and a quota a minute for each group by listing tier.</summary>
static class TrendyolQuotas
{
    public static readonly string[] Tiers = ["50k", "75k", "150k", "500k", "unlimited"];

    static readonly Dictionary<string, int[]> PerMinute = new(StringComparer.Ordinal)
    {
        ["product-read"] = [1000, 1250, 1500, 1750, 2000],
        ["product-write"] = [200, 300, 400, 500, 600],
        ["inventory-write"] = [350, 500, 1000, 1500, 2000],
        ["order-read"] = [30, 40, 50, 100, 100],
        ["order-write"] = [300, 300, 500, int.MaxValue, int.MaxValue],
        ["order-change"] = [100, 100, 200, int.MaxValue, int.MaxValue],
        ["order-hand-over"] = [1000, 1000, 1500, int.MaxValue, int.MaxValue],
        ["label"] = [100, 100, 100, 100, 100],
        ["finance"] = [100, 100, 100, 100, 100],
        ["claim-read"] = [1000, 1000, 1000, 1000, 1000],
        ["claim-decide"] = [5, 5, 5, 5, 5],
        ["question-read"] = [1000, 1000, 1000, 1000, 1000],
        ["question-answer"] = [500, 500, 500, 500, 500],
    };

    // Their quota is that of each endpoint, not of all together.
    static readonly string[] EachItsOwn = ["order-change", "order-hand-over", "label", "claim-read", "claim-decide", "finance"];

    /// <summary>Counts the request; false means it is one too many.</summary>
    public static bool Take(Seller seller, string endpoint, string group, DateTimeOffset now)
    {
        var burst = Window(seller, $"endpoint {endpoint}", TimeSpan.FromSeconds(10), now);
        var minute = Window(seller, EachItsOwn.Contains(group, StringComparer.Ordinal) ? $"group {group} {endpoint}" : $"group {group}", TimeSpan.FromMinutes(1), now);
        var quota = PerMinute.TryGetValue(group, out var quotas) ? quotas[Array.IndexOf(Tiers, seller.Tier)] : int.MaxValue;
        if (burst.Count >= 50 || minute.Count >= quota)
            return false;

        burst.Enqueue(now);
        minute.Enqueue(now);
        return true;
    }

    static Queue<DateTimeOffset> Window(Seller seller, string name, TimeSpan length, DateTimeOffset now)
    {
        if (!seller.Calls.TryGetValue(name, out var calls))
            seller.Calls[name] = calls = new();
        while (calls.TryPeek(out var oldest) && oldest + length <= now)
            calls.Dequeue();
        return calls;
    }
}
