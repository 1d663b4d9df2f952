using MesChain.Sandbox;

namespace MesChain.Bench;

/// <summary>The marketplace is away for an hour, and comes back to a shop that has gone on selling and changing.</summary>
static class OutageBench
{
    const int Offers = 10_000;
    const int Changes = 5000;
    const int Orders = 500;
    const int Steps = 50;
    const int Speed = 20;

    static readonly TimeSpan Outage = TimeSpan.FromHours(1);

    public static async Task RunAsync()
    {
        var clock = new FastClock(Speed);
        await using var shop = await WaveShop.OpenAsync("", Offers, clock);
        shop.Sandbox.AddFault(new() { Kind = FaultKind.Status, Status = 503, Count = 0 });
        Report.Progress($"the marketplace is away for an hour, {Changes} quantities change, {Orders} orders are placed");
        for (var step = 0; step < Steps; step++)
        {
            await ChangeAsync(shop, step);
            for (var i = 0; i < Orders / Steps; i++)
                shop.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = WaveShop.Barcode(Changes + (step * Orders / Steps) + i), Quantity = 1 }] });
            await Task.Delay(Outage / Steps, clock);
        }

        var ended = clock.GetUtcNow().ToUnixTimeMilliseconds();
        shop.Sandbox.ClearFaults();
        Report.Progress("the marketplace is back");
        await WaveShop.UntilAsync("all orders in and all changes out", async () =>
            await shop.CountAsync("select count(*) from orders where store_id = @Store") == Orders
            && await shop.CountAsync("select count(*) from offers where store_id = @Store and stock_state in ('dirty', 'in_flight')") == 0);

        var ordersIn = await shop.CountAsync("select max(created_ms) from orders where store_id = @Store") - ended;
        var changesOut = shop.Sandbox.Calls().Where(call => call is { Endpoint: "price-and-inventory", Status: 200 }).Max(call => call.AtMs) - ended;
        var name = $"{shop.Server.Engine}.wave.outage";
        var how = $"after an hour without the marketplace; a clock {Speed} times as fast counts all work {Speed} times, {shop.Against}";
        Report.Line($"{name}.orders", ordersIn / 1000.0, "s", $"until the last of {Orders} orders is in, {how}");
        Report.Line($"{name}.changes", changesOut / 1000.0, "s", $"until the last of {Changes} changes is out; goal <= 600, and after the last order");
    }

    /// <summary>Every other one up: those wait for the orders.</summary>
    static Task ChangeAsync(WaveShop shop, int step)
    {
        const int each = Changes / Steps;
        return shop.ReportStockAsync(step + 1, Enumerable.Range(step * each, each).Select(number => (number, number % 2 == 0 ? WaveShop.Units - 500 : WaveShop.Units + 500)));
    }
}
