using MesChain.Tests.Simulation;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Amounts;

/// <summary>What a buyer paid is what the shop books, to the kuruş. A seed is five hundred orders.</summary>
public sealed class OrderMoneyTests
{
    const int OrdersOfASeed = 500;

    [Fact]
    [Trait(Soak.Trait, "yes")]
    public Task AC15_What_the_shop_is_handed_sums_to_what_the_buyer_pays() =>
        Soak.RunAsync("order-money-by-500", 100_000 / OrdersOfASeed, async seed =>
        {
            var clock = new SeededClock(Start, seed);
            using var copy = await TemplateDatabase.CopyFileAsync(clock, TimeSpan.Zero);
            await using var rig = await SyncRig.OpenAsync(copy.Database, clock, seed);
            await SellAsync(rig, seed, OrdersOfASeed);
        });

    [Fact]
    [Trait(Soak.Trait, "yes")]
    public Task AC15_The_same_holds_on_PostgreSQL() =>
        Soak.RunAsync("order-money-postgres-by-100", 20, async seed =>
        {
            var clock = new SeededClock(Start, seed);
            using var copy = await TemplateDatabase.CopyServerAsync(clock);
            await using var rig = await SyncRig.OpenAsync(copy.Database, clock, seed);
            await SellAsync(rig, seed, 100);
        });

    static readonly DateTimeOffset Start = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    static async Task SellAsync(SyncRig rig, int seed, int orders)
    {
        try
        {
            var till = new Till(rig, seed);
            await till.OpenAsync();
            await till.SellAsync(orders);
            await till.CancelAsync(orders / 10);
        }
        catch (Xunit.Sdk.XunitException fault)
        {
            Assert.Fail(FormattableString.Invariant($"Seed {seed} fails (MESCHAIN_SEED={seed} replays it): {fault.Message}"));
        }
    }
}
