using System.Text.Json;
using MesChain.Contracts.Common.V1;
using MesChain.Contracts.Sync.V1;
using MesChain.Sandbox;
using MesChain.Server.Platform.Data;

namespace MesChain.Bench;

/// <summary>
/// Waves through the real program against the sandbox at its published limits, on the real clock: 200,000 offers are forty seconds of
/// calls there, so nothing has to be pretended.
/// </summary>
static class WaveBench
{
    const string Push = "price-and-inventory";
    const int LevelsAtOnce = 100;
    const int SendersAtOnce = 8;

    // As Trendyol publishes it for one endpoint (fact sheet §3).
    const double Burst = 50;
    const double PerSecond = 5;

    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(5);

    /// <summary>How much of what the marketplace allows a wave uses, and how soon its values are known to stand there.</summary>
    public static async Task LimitsAsync(string postgres, int offers, bool price)
    {
        await using var shop = await WaveShop.OpenAsync(postgres, offers);
        var name = $"{shop.Server.Engine}.wave.{(price ? "price" : "stock")}";
        await PauseAsync(shop, "paused");
        Report.Progress($"{offers} {(price ? "prices" : "quantities")} are reported");
        await ReportAsync(shop, price, offers);
        await PauseAsync(shop, "live");
        await SendOneAsync(shop, price);

        long seen = 0;
        List<SandboxCall> calls = [];
        var told = TimeProvider.System.GetTimestamp();
        var axis = price ? "price" : "stock";
        await WaveShop.UntilAsync("the end of the wave", async () =>
        {
            await Task.Delay(Tick, TimeProvider.System);
            calls.AddRange(shop.Calls(ref seen));
            var open = await OpenAsync(shop, axis);
            if (TimeProvider.System.GetElapsedTime(told) >= TellEvery)
            {
                told = TimeProvider.System.GetTimestamp();
                Report.Progress($"{calls.Count(call => call.Endpoint == Push && call.Status == 200)} calls sent, {open} offers are not confirmed");
            }

            return open == 0;
        });

        var pushes = calls.Where(call => call.Endpoint == Push).ToList();
        var taken = pushes.Where(call => call.Status == 200).ToList();
        var seconds = (taken.Max(call => call.AtMs) - taken.Min(call => call.AtMs)) / 1000.0;
        Report.Line($"{name}.calls", taken.Count, "calls", $"{offers} offers, {shop.Against}");
        Report.Line($"{name}.sending", seconds, "s", "first call to last");
        Report.Line($"{name}.use", taken.Count / (Burst + PerSecond * seconds), "sent/allowed", "50 at once and 5 a second; goal >= 0.9");
        Report.Line($"{name}.refused", calls.Count(call => call.Status == 429), "429s", "all endpoints; goal 0");
        Report.Line($"{name}.confirm.p95", await ConfirmedAfterAsync(shop, 0.95), "s", "sent to confirmed, less the sandbox's own 3 to 30 s; goal <= 10, reckoned with 50 questions in 10 s, 200 batches end at about 20");
    }

    /// <summary>One change in the shop until its request is at the marketplace.</summary>
    public static async Task SingleAsync(string postgres)
    {
        const int changes = 100;
        await using var shop = await WaveShop.OpenAsync(postgres, 1000);
        List<TimeSpan> times = [];
        for (var i = 0; i < changes; i++)
        {
            times.Add(await ArrivesAsync(shop, sequence: i + 1, offer: i, quantity: 500 + i));
            // Below the limit, which is not what is measured.
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        }

        var result = new Result(0, [.. times.Order()]);
        var name = $"{shop.Server.Engine}.wave.single";
        Report.Line($"{name}.p50", result.Percentile(0.5).TotalMilliseconds, "ms", $"{changes} changes, report to request, {shop.Against}");
        Report.Line($"{name}.p95", result.Percentile(0.95).TotalMilliseconds, "ms", "the same; goal <= 1000");
    }

    /// <summary>Something is sold out while prices are on their way.</summary>
    public static async Task ZeroAsync(string postgres)
    {
        const int offers = 50_000;
        const int changes = 20;
        await using var shop = await WaveShop.OpenAsync(postgres, offers);
        await PauseAsync(shop, "paused");
        Report.Progress($"{offers} prices are reported");
        await ReportAsync(shop, price: true, offers);
        await PauseAsync(shop, "live");
        await SendOneAsync(shop, price: true);
        await WaveShop.UntilAsync("the begin of the wave", () => Task.FromResult(shop.Sandbox.Calls().Any(call => call.Endpoint == Push)));
        List<TimeSpan> times = [];
        var during = 0;
        for (var i = 0; i < changes; i++)
        {
            during += await OpenAsync(shop, "price") > 0 ? 1 : 0;
            times.Add(await ArrivesAsync(shop, sequence: i + 1, offer: i, quantity: 0));
            // Over more than one window of the limit: before the burst is used up, and after.
            await Task.Delay(Tick, TimeProvider.System);
        }

        var result = new Result(0, [.. times.Order()]);
        var name = $"{shop.Server.Engine}.wave.zero";
        Report.Line($"{name}.during", during, $"of {changes} changes", "while prices of the wave were not confirmed");
        Report.Line($"{name}.p50", result.Percentile(0.5).TotalSeconds, "s", $"{changes} changes to zero during {offers} prices, {shop.Against}");
        Report.Line($"{name}.p95", result.Percentile(0.95).TotalSeconds, "s", "the same; goal <= 10");
    }

    static async Task<TimeSpan> ArrivesAsync(WaveShop shop, long sequence, int offer, int quantity)
    {
        var seen = 0L;
        shop.Calls(ref seen);
        var barcode = WaveShop.Barcode(offer);
        var began = TimeProvider.System.GetUtcNow();
        await shop.ReportStockAsync(sequence, (offer, quantity));
        SandboxCall? arrived = null;
        while (arrived is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
            arrived = shop.Calls(ref seen).FirstOrDefault(call => call is { Endpoint: Push, Status: 200 } && Sets(call.Body, barcode, quantity));
        }

        return DateTimeOffset.FromUnixTimeMilliseconds(arrived.AtMs) - began;
    }

    static bool Sets(string body, string barcode, int quantity)
    {
        // A body that was cut short is one of many prices.
        if (!body.EndsWith('}'))
            return false;
        using var document = JsonDocument.Parse(body);
        return document.RootElement.GetProperty("items").EnumerateArray().Any(item =>
            item.GetProperty("barcode").GetString() == barcode && item.TryGetProperty("quantity", out var units) && units.ValueKind == JsonValueKind.Number && units.GetInt32() == quantity);
    }

    static Task<long> OpenAsync(WaveShop shop, string axis) =>
        shop.CountAsync($"select count(*) from offers where store_id = @Store and connection_id = @Connection and {axis}_state in ('dirty', 'in_flight', 'awaiting')");

    static Task<int> PauseAsync(WaveShop shop, string mode) =>
        shop.Db.WriteAsync(tx => tx.ExecuteAsync("update connections set mode = @mode where id = @Connection", new { mode, shop.Connection }), default);

    /// <summary>The change that sets the program going, as a shop's next change would.</summary>
    static Task SendOneAsync(WaveShop shop, bool price) => price ? PricesAsync(shop, 2_000_000, [0], 1) : shop.ReportStockAsync(2_000_000, (0, WaveShop.Units - 2));

    static async Task ReportAsync(WaveShop shop, bool price, int offers)
    {
        using var free = new SemaphoreSlim(SendersAtOnce);
        await Task.WhenAll(Enumerable.Range(0, offers).Chunk(LevelsAtOnce).Select(async (chunk, i) =>
        {
            await free.WaitAsync();
            try
            {
                // Down, so that no read of orders has to be waited for.
                await (price ? PricesAsync(shop, i + 1, chunk, 0) : shop.ReportStockAsync(i + 1, chunk.Select(number => (number, WaveShop.Units - 1))));
            }
            finally
            {
                free.Release();
            }
        }));
    }

    static async Task PricesAsync(WaveShop shop, long sequence, int[] offers, long more)
    {
        Money Lira(long minor) => new() { CurrencyCode = "TRY", Minor = minor };
        await shop.Server.Channel.Offers.ReportPricesAsync(new()
        {
            StoreId = shop.Server.StoreId,
            ShopSequence = sequence,
            Levels = { offers.Select(number => new PriceLevel { ShopVariantId = WaveShop.Variant(number), SalePrice = Lira(WaveShop.PriceMinor + 50 + more), ListPrice = Lira(WaveShop.PriceMinor + 100) }) },
        });
    }

    /// <summary>In seconds, without the time that the sandbox itself took to decide.</summary>
    static async Task<double> ConfirmedAfterAsync(WaveShop shop, double share)
    {
        var took = shop.Sandbox.With("", seller => seller.Batches.Values.ToDictionary(batch => batch.Id, batch => (batch.ReadyAt - batch.CreatedAt).TotalMilliseconds, StringComparer.Ordinal));
        var batches = await shop.Db.ReadAsync(tx => tx.QueryAsync<Decided>("select receipt_id, sent_ms, done_ms from push_batches where state = 'done'"), default);
        var late = batches.Where(batch => took.ContainsKey(batch.ReceiptId)).Select(batch => batch.DoneMs - batch.SentMs - took[batch.ReceiptId]).Order().ToList();
        return late[Math.Min(late.Count - 1, (int)(late.Count * share))] / 1000;
    }

    sealed class Decided
    {
        public string ReceiptId { get; init; } = "";

        public long SentMs { get; init; }

        public long DoneMs { get; init; }
    }
}
