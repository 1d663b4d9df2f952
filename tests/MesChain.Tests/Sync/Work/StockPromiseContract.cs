using MesChain.Sandbox;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Offers;

namespace MesChain.Tests.Sync.Work;

/// <summary>What is promised of numbers that go back and forth, and of a marketplace that promises and does not keep it.</summary>
public abstract class StockPromiseContract(Engine engine) : WorkContract(engine)
{
    const string Push = "price-and-inventory";

    [Fact] // AC-06
    public async Task AC06_One_none_one_none_one_within_a_minute_ends_at_one_and_no_change_is_taken_for_an_old_one()
    {
        var variant = await SellingAsync("a", 1);
        await SellingAsync("b", 5, sequence: 2);
        for (var flip = 0; flip < 4; flip++)
        {
            await Rig.ReportAsync(10 + flip, [new("a", flip % 2)]);
            await Rig.PumpAsync(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(5));
        }

        await Rig.PumpAsync(TimeSpan.FromMinutes(20), TimeSpan.FromSeconds(30));
        var stock = (await Rig.OfferAsync(variant)).Stock;
        Assert.Equal((1, AxisStates.Clean, stock.DesiredVersion), (Rig.Sandbox.QuantityOf("869a"), stock.State, stock.AckedVersion));
        Assert.Equal(stock.DesiredVersion, await Rig.ScalarAsync<long>("select stock_version from variants where store_id = @StoreId and id = @variant", new { Rig.StoreId, variant }));
        // The first report and the four flips: each moved the stock once.
        Assert.Equal(5, await Rig.ScalarAsync<long>("select count(*) from stock_movements where store_id = @StoreId and variant_id = @variant", new { Rig.StoreId, variant }));
        Assert.Equal(0, await Rig.ScalarAsync<long>("select count(*) from push_items where store_id = @StoreId and outcome = ''", new { Rig.StoreId }));
        AssertNoRepeat();
    }

    [Fact] // AC-19
    public async Task AC19_Five_four_five_four_shows_four_within_a_minute_and_no_flip_is_done_before_its_own_receipt()
    {
        const int receiptSeconds = 20;
        var variant = await SellingAsync("a", 9);
        await SellingAsync("b", 20, sequence: 2);
        Rig.Sandbox.Set(new() { ReceiptSecondsMin = receiptSeconds, ReceiptSecondsMax = receiptSeconds });
        for (var flip = 0; flip < 4; flip++)
        {
            var wanted = flip % 2 == 0 ? 5 : 4;
            var told = await ConfirmedAsync();
            // Up in company, so that it need not wait for the window; the last one alone, which makes the body of the second again.
            await Rig.ReportAsync(10 + flip, flip % 2 == 0 ? [new("a", wanted), new("b", 21 + flip)] : [new("a", wanted)]);
            for (var seconds = 5; seconds <= 60; seconds += 5)
            {
                await Rig.PumpAsync(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
                var stock = (await Rig.OfferAsync(variant)).Stock;
                if (seconds < receiptSeconds)
                    Assert.False(stock.State == AxisStates.Clean || stock.AckedVersion == stock.DesiredVersion || await ConfirmedAsync() > told, $"flip {flip} is done after {seconds} s");
            }

            Assert.Equal(wanted, Rig.Sandbox.QuantityOf("869a"));
            Assert.Equal((AxisStates.Clean, told + 1), ((await Rig.OfferAsync(variant)).Stock.State, await ConfirmedAsync()));
        }

        AssertNoRepeat();
    }

    [Theory] // AC-10
    [InlineData(true)]
    [InlineData(false)]
    public async Task AC10_What_was_accepted_and_is_never_applied_is_told_and_never_counts_as_done(bool receiptSucceeds)
    {
        const int cycles = 2;
        var variant = await SellingAsync("a", 7);
        var told = await ConfirmedAsync();
        Rig.Sandbox.Set(new() { ApplyNothing = true, ReceiptSecondsMin = 4, ReceiptSecondsMax = 4 });
        if (!receiptSucceeds)
            Rig.Sandbox.AddFault(new() { Kind = FaultKind.Late, Endpoint = Push, Seconds = 4 * 3600, Count = 0 });
        await Rig.ReportAsync(2, [new("a", 4)]);
        await Rig.PumpAsync();
        HashSet<string> states = [];
        var until = TimeSpan.FromSeconds(6) + (cycles * Outcomes.VerifyAfter);
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMinutes(5); passed += TimeSpan.FromSeconds(1))
        {
            await Rig.PumpAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            states.Add((await Rig.OfferAsync(variant)).Stock.State);
            Assert.Equal((false, told), (states.Contains(AxisStates.Clean), await ConfirmedAsync()));
            if (passed >= until)
                Assert.Equal(receiptSucceeds ? "open" : null, await IssueAsync("OFFER_DIVERGED"));
        }

        if (!receiptSucceeds)
            Assert.Equal([AxisStates.Awaiting], states);
        Rig.Sandbox.ClearFaults();
        Rig.Sandbox.Set(new());
        await Rig.PumpAsync(TimeSpan.FromHours(4), TimeSpan.FromMinutes(1));
        Assert.Equal((4, AxisStates.Clean), (Rig.Sandbox.QuantityOf("869a"), (await Rig.OfferAsync(variant)).Stock.State));
        Assert.NotEqual("open", await IssueAsync("OFFER_DIVERGED"));
    }

    Task<long> ConfirmedAsync() =>
        Rig.ScalarAsync<long>("select count(*) from events where store_id = @StoreId and kind = 'offer.confirmed' and subject = '869a'", new { Rig.StoreId });

    /// <summary>No body went out twice within the window, and none was refused.</summary>
    void AssertNoRepeat()
    {
        var calls = Rig.Sandbox.Calls().Where(call => call.Endpoint == Push).ToList();
        Assert.DoesNotContain(calls, call => call.Status == 400);
        foreach (var same in calls.GroupBy(call => call.Body, StringComparer.Ordinal))
            Assert.All(same.Zip(same.Skip(1)), pair => Assert.True(pair.Second.AtMs - pair.First.AtMs >= 15 * 60_000, same.Key));
    }
}

public sealed class StockPromisesOnSqlite() : StockPromiseContract(Engine.Sqlite);

public sealed class StockPromisesOnPostgres() : StockPromiseContract(Engine.Postgres);
