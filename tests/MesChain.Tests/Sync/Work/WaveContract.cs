using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Offers;

namespace MesChain.Tests.Sync.Work;

/// <summary>A module of the shop takes everything from sale at once.</summary>
public abstract class WaveContract(Engine engine) : WorkContract(engine)
{
    const int Many = 60;
    const int Units = 5;
    const string Actor = "key:owner";

    /// <summary>More than these live offers never go unasked.</summary>
    const int FreeMax = 20;

    int _sequence;

    [Fact] // AC-20
    public async Task AC20_When_everything_goes_to_zero_at_once_nothing_changes_and_sales_go_on_until_the_owner_releases_it()
    {
        await SellManyAsync();
        await SellingAsync("other", 4, sequence: ++_sequence);
        await SellingAsync("more", 7, sequence: ++_sequence);
        await ZeroAsync(Many);
        await MinutesAsync(2);
        Assert.Equal((0, "open"), (Emptied(), await IssueAsync("WAVE_HELD")));

        // Somebody buys what is held; somebody else buys all of something, and the marketplace does not take it from its number.
        Buy("v0", 2);
        Buy("other", 4);
        Rig.Sandbox.SetQuantity(new() { Barcode = "869other", Quantity = 4 });
        await Rig.ReportAsync(++_sequence, [new("more", 6)]);
        await MinutesAsync(2);
        Assert.Equal(2, (await Rig.PullAsync()).Count);
        Assert.Equal((Units - 2, 0, 6, 0), (Rig.Shown("869v0"), Rig.Shown("869other"), Rig.Shown("869more"), Emptied()));

        var wave = Assert.Single(await WavesAsync());
        Assert.Equal((Rig.ConnectionId, Many, Many + 1, 20, "869v1"), (wave.Wave.ConnectionId, wave.Wave.Offers, wave.Wave.Live, wave.Examples.Count, wave.Examples[0].Barcode));
        await Assert.ThrowsAsync<ConflictException>(() => DecideAsync(release: true, Many - 1));
        Assert.Equal(Many, await DecideAsync(release: true, Many));
        Assert.Equal(0, await DecideAsync(release: true, Many));
        await MinutesAsync(3);
        Assert.Equal((Many, "resolved"), (Emptied(), await IssueAsync("WAVE_HELD")));
        Assert.Equal(1, await Rig.ScalarAsync<long>("select count(*) from ledger where store_id = @StoreId and kind = 'wave.release' and actor = @Actor", new { Rig.StoreId, Actor }));

        // What was released is no beginning of another wave.
        await Rig.ReportAsync(++_sequence, [new("more", 0)]);
        await MinutesAsync(2);
        Assert.Equal((0, "resolved"), (Rig.Shown("869more"), await IssueAsync("WAVE_HELD")));
    }

    [Fact] // AC-20
    public async Task AC20_A_rejected_wave_leaves_the_marketplace_as_it_is_until_the_shop_says_another_number()
    {
        await SellManyAsync();
        await ZeroAsync(Many);
        await MinutesAsync(1);
        Buy("v0", 2);
        await MinutesAsync(1);
        Assert.Equal(Many, await DecideAsync(release: false, Many));
        await MinutesAsync(20);
        Assert.Equal((0, 3, "resolved"), (Emptied(), Rig.Shown("869v0"), await IssueAsync("WAVE_HELD")));
        Assert.Empty(await WavesAsync());
        Assert.Equal(Many, await Rig.ScalarAsync<long>("select count(*) from offers where store_id = @StoreId and stock_state = 'clean' and desired_qty = acked_qty", new { Rig.StoreId }));

        await Rig.ReportAsync(++_sequence, [new("v1", 8)]);
        await Rig.ReportAsync(++_sequence, [new("v2", 3)]);
        await MinutesAsync(2);
        await Rig.ReportAsync(++_sequence, [new("v2", 0)]);
        await MinutesAsync(2);
        Assert.Equal((8, 0, 1), (Rig.Shown("869v1"), Rig.Shown("869v2"), Emptied()));
    }

    [Fact] // AC-20
    public async Task AC20_Of_a_wave_that_comes_drop_by_drop_twenty_go_before_it_is_held()
    {
        await SellManyAsync();
        for (var i = 0; i < Many; i++)
        {
            await Rig.ReportAsync(++_sequence, [new("v" + i, 0)]);
            await Rig.PumpAsync(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4));
        }

        await MinutesAsync(2);
        Assert.Equal((FreeMax, "open", Many - FreeMax), (Emptied(), await IssueAsync("WAVE_HELD"), Assert.Single(await WavesAsync()).Wave.Offers));

        // Taking the issue off the list is no release.
        await Rig.Db.WriteAsync(tx => tx.ExecuteAsync("update issues set state = 'resolved' where store_id = @StoreId", new { Rig.StoreId }), default);
        await MinutesAsync(15);
        Assert.Equal((FreeMax, "open"), (Emptied(), await IssueAsync("WAVE_HELD")));
    }

    [Fact] // AC-20
    public async Task AC20_Nothing_overtakes_units_that_are_on_their_way_when_all_of_them_would_go()
    {
        Rig.Sandbox.Set(new() { ReceiptSecondsMin = 60, ReceiptSecondsMax = 60 });
        await SellManyAsync(minutes: 0);
        await Rig.PumpAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5));
        Assert.Equal(Many, await Rig.ScalarAsync<long>("select count(*) from offers where store_id = @StoreId and stock_state = 'awaiting'", new { Rig.StoreId }));
        await ZeroAsync(Many);
        await MinutesAsync(4);
        Assert.Equal((0, Many), (Emptied(), Assert.Single(await WavesAsync()).Wave.Offers));
    }

    [Fact] // AC-20
    public async Task AC20_A_sale_of_one_unit_does_not_explain_that_all_are_gone()
    {
        await SellManyAsync();
        for (var i = 0; i < Many; i++)
            Buy("v" + i, 1);
        await MinutesAsync(2);
        await ZeroAsync(Many);
        await MinutesAsync(2);
        Assert.Equal((0, "open"), (Emptied(), await IssueAsync("WAVE_HELD")));
    }

    /// <summary>All at once, with units that the marketplace has confirmed.</summary>
    async Task SellManyAsync(int minutes = 2)
    {
        for (var i = 0; i < Many; i++)
        {
            await Rig.AddVariantAsync("v" + i, "869v" + i);
            await Rig.LinkAsync("v" + i);
        }

        await Rig.ReportAsync(++_sequence, [.. Enumerable.Range(0, Many).Select(i => new StockLevelInput("v" + i, Units))]);
        await MinutesAsync(minutes);
    }

    Task<StockReportOutcome> ZeroAsync(int many) => Rig.ReportAsync(++_sequence, [.. Enumerable.Range(0, many).Select(i => new StockLevelInput("v" + i, 0))]);

    Task MinutesAsync(int minutes) => Rig.PumpAsync(TimeSpan.FromMinutes(minutes), TimeSpan.FromSeconds(10));

    int Emptied() => Enumerable.Range(0, Many).Count(i => Rig.Shown("869v" + i) == 0);

    Task<IReadOnlyList<WaveView>> WavesAsync() => Rig.Db.ReadAsync(tx => Rig.Get<WaveDesk>().ListAsync(tx, Rig.StoreId, null, 10), default);

    Task<int> DecideAsync(bool release, int seen) =>
        Rig.Db.WriteAsync(
            tx => release
                ? Rig.Get<WaveDesk>().ReleaseAsync(tx, Rig.StoreId, Rig.ConnectionId, seen, Actor)
                : Rig.Get<WaveDesk>().RejectAsync(tx, Rig.StoreId, Rig.ConnectionId, seen, Actor),
            default);
}

public sealed class WavesOnSqlite() : WaveContract(Engine.Sqlite);

public sealed class WavesOnPostgres() : WaveContract(Engine.Postgres);
