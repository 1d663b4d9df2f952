using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Orders;
using MesChain.Server.Sync.Work;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Work;

/// <summary>What work costs beside much that it has nothing to do with: rows that are looked at, no seconds.</summary>
public sealed class CostTests : IAsyncLifetime
{
    const int Many = 200;
    const int Few = 10;

    SyncRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await SyncRig.OpenAsync(Engine.Postgres);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Offers_are_counted_for_the_breaker_only_when_something_goes_to_zero_or_was_held()
    {
        var variants = await OfferManyAsync();
        await _rig.ReportAsync(2, [new("v0", 4)]);
        Assert.InRange(await PassAsync(variants[0]), 0, Few);
        await _rig.ReportAsync(3, [new("v1", 0)]);
        Assert.InRange(await PassAsync(variants[1]), Many, int.MaxValue);

        await _rig.ReportAsync(4, [.. Enumerable.Range(0, Many).Select(i => new StockLevelInput("v" + i, i == 0 ? 4 : 0))]);
        await _rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(10));
        Assert.Equal("open", await _rig.ScalarAsync<string>("select state from issues where store_id = @StoreId and code = 'WAVE_HELD'", new { _rig.StoreId }));
        await _rig.ReportAsync(5, [new("v0", 3)]);
        Assert.InRange(await PassAsync(variants[0]), Many, int.MaxValue);
    }

    [Fact]
    public async Task What_has_to_be_sent_is_found_without_going_through_all_offers()
    {
        await OfferManyAsync();
        await _rig.ReportAsync(2, [new("v0", 4), new("v1", 6)]);
        // As the program has it counted when it outgrows its count.
        await _rig.Db.WriteAsync(tx => tx.ExecuteAsync("analyze offers"), default);
        foreach (var fresh in (bool[])[true, false])
        {
            IReadOnlyList<Offer> found = [];
            Assert.InRange(await ReadByAsync("offers", async tx => found = await _rig.Get<OfferStore>().StockToSendAsync(tx, _rig.StoreId, _rig.ConnectionId, 100, fresh)), 1, Few);
            Assert.Equal(fresh ? 2 : 1, found.Count);
        }
    }

    [Fact]
    public async Task An_order_is_found_by_its_number_without_going_through_all_orders()
    {
        var other = Ids.New(_rig.Clock);
        await _rig.Db.WriteAsync(
            tx => tx.ExecuteAsync(
                """
                insert into orders (store_id, id, connection_id, order_number, seq, trial, ordered_ms, changed_ms, currency_code, total_minor, gross_minor, discount_minor, person, created_ms)
                select @StoreId, decode(md5(i::text), 'hex'), case when i % 2 = 0 then @ConnectionId else @other end, 'n' || (i / 2), i, true, 1, 1, 'TRY', 100, 100, 0, '', 1
                from generate_series(1, @Many) as given(i)
                """,
                new { _rig.StoreId, _rig.ConnectionId, other, Many }),
            default);

        Assert.InRange(await ReadByAsync("orders", tx => _rig.Get<Timeline>().ReadAsync(tx, _rig.StoreId, new(null, "n7", null, 0, long.MaxValue, null), 10)), 1, Few);
        IReadOnlyList<OrderKey> found = [];
        Assert.InRange(await ReadByAsync("orders", async tx => found = await _rig.Get<OrderReader>().ListAsync(tx, _rig.StoreId, new(10, null, null, "n7"))), 1, Few);
        Assert.Equal([15L, 14L], found.Select(order => order.Seq));
    }

    [Fact]
    public async Task A_connection_without_a_job_is_not_remembered_by_the_worker()
    {
        await _rig.PassAsync(TimeSpan.FromMinutes(1));
        Assert.NotEqual(0, await _rig.PumpAsync());
        Assert.Equal(0, _rig.Get<SyncWorker>().Busy);
    }

    /// <summary>Offers of five units each that the marketplace has confirmed.</summary>
    async Task<IReadOnlyList<Guid>> OfferManyAsync()
    {
        var variants = new List<Guid>();
        for (var i = 0; i < Many; i++)
            variants.Add(await _rig.AddVariantAsync("v" + i, "869v" + i, listed: 5));
        await _rig.Db.WriteAsync(tx => _rig.Get<Linking>().LinkAsync(tx, _rig.StoreId, _rig.ConnectionId, [.. Enumerable.Range(0, Many).Select(i => new LinkInput("v" + i, ""))]), default);
        await _rig.ReportAsync(1, [.. Enumerable.Range(0, Many).Select(i => new StockLevelInput("v" + i, 5))]);
        await _rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(10));
        return variants;
    }

    /// <summary>Rows of offers that the breaker looks at for a push of this one.</summary>
    async Task<long> PassAsync(Guid variantId)
    {
        var offer = await _rig.OfferAsync(variantId);
        return await ReadByAsync("offers", tx => _rig.Get<Breaker>().PassAsync(tx, _rig.StoreId, _rig.ConnectionId, [new(offer, offer.Stock.Desired!.Value)]));
    }

    Task<long> ReadByAsync(string table, Func<Tx, Task> unit) =>
        _rig.Db.WriteAsync(
            async tx =>
            {
                const string read = "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = @table";
                var at = await tx.ScalarAsync<long>(read, new { table });
                await unit(tx);
                return await tx.ScalarAsync<long>(read, new { table }) - at;
            },
            default);
}
