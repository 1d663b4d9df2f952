using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Claims;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Orders;

namespace MesChain.Tests.Sync.Work;

/// <summary>Where the goods of a claim are: told by the shop, step by step, and what of it comes back to its stock.</summary>
public abstract class ReturnedGoodsContract(Engine engine) : WorkContract(engine)
{
    [Fact]
    public async Task Units_are_counted_where_they_are_and_a_repeat_records_nothing_twice()
    {
        var placed = await ClaimAsync(3);
        Assert.All((await OnlyAsync()).Items, item => Assert.Equal((Custody.Advised, (long?)null), (item.Custody, item.CustodyMs)));
        for (var repeat = 0; repeat < 2; repeat++)
        {
            await RecordAsync((placed.ItemIds[0], Custody.Received), (placed.ItemIds[1], Custody.Scrapped), (placed.ItemIds[2], Custody.NotReturned));
            Assert.Equal([Custody.Received, Custody.Scrapped, Custody.NotReturned], (await OnlyAsync()).Items.Select(item => item.Custody));
        }

        Assert.All((await OnlyAsync()).Items, item => Assert.NotNull(item.CustodyMs));
        // What was given up may come after all.
        await RecordAsync((placed.ItemIds[2], Custody.Received));
        Assert.Equal(4, await Rig.ScalarAsync<long>("select count(*) from claim_steps"));
        Assert.Equal(2, await Rig.ScalarAsync<long>("select count(*) from ledger where kind = 'claim.goods'"));
        Assert.Equal(4, await Rig.ScalarAsync<long>("select count(*) from events where kind = 'claim.changed' and params like '%\"units\"%'"));
    }

    [Fact]
    public async Task What_the_marketplace_says_of_the_claim_later_leaves_the_goods_where_they_are()
    {
        var placed = await ClaimAsync(1);
        await RecordAsync((placed.ItemIds[0], Custody.Received));
        await Rig.PumpAsync(TimeSpan.FromHours(49), TimeSpan.FromHours(1));
        var item = Assert.Single((await OnlyAsync()).Items);
        Assert.Equal((ClaimStates.Accepted, Custody.Received), (item.State, item.Custody));
    }

    [Fact]
    public async Task Every_item_that_cannot_be_there_is_named_and_none_is_recorded()
    {
        var placed = await ClaimAsync(3);
        await RecordAsync((placed.ItemIds[0], Custody.Received), (placed.ItemIds[1], Custody.Scrapped));
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => RecordAsync(
            (placed.ItemIds[0], Custody.NotReturned), ("7", Custody.Received), (placed.ItemIds[1], Custody.Restocked), (placed.ItemIds[2], Custody.Received)));
        Assert.Equal(["items[0].custody", "items[1].item_id", "items[2].custody"], refused.Violations.Select(violation => violation.Field));
        Assert.Equal(Custody.Advised, (await OnlyAsync()).Items[2].Custody);
        await Assert.ThrowsAsync<UnknownResourceException>(
            () => Rig.Db.WriteAsync(tx => Rig.Get<ReturnedGoods>().RecordAsync(tx, Rig.StoreId, Ids.New(Rig.Clock), [new("7", Custody.Received)], "test"), default));
    }

    [Fact] // AC-04
    public async Task AC04_A_restocked_unit_comes_to_the_shop_once_and_is_sold_again_when_the_shop_reports_it()
    {
        var placed = await ClaimAsync(2);
        await RecordAsync((placed.ItemIds[0], Custody.Received));
        Assert.Empty(await Rig.PullAsync());
        for (var repeat = 0; repeat < 2; repeat++)
            await RecordAsync((placed.ItemIds[0], Custody.Restocked));
        // The shop still has eight, and so have we: nothing is offered before its own stock holds the unit.
        Assert.Equal((8L, 8L, 2L), await StockAsync());

        var (entry, order) = await OnlyEntryAsync();
        Assert.Equal((2L, 0L, 1L), (Assert.Single(order.Lines).Quantity, order.Lines[0].Cancelled, order.Lines[0].Restocked));
        var item = (await OnlyAsync()).Items[0];
        Assert.Equal((order.Order.Revision, false), (item.Revision, item.BookedRevision >= item.Revision));
        await BookAsync(entry, order, "1");
        item = (await OnlyAsync()).Items[0];
        Assert.True(item.BookedRevision >= item.Revision);
        Assert.Empty(await Rig.PullAsync());
        Assert.Equal((8L, 8L, 2L), await StockAsync());

        await Rig.ReportAsync(3, [new("a", 9)]);
        Assert.Equal((9L, 9L, 3L), await StockAsync());
    }

    [Fact] // AC-04
    public async Task AC04_No_more_units_go_on_the_shelf_than_the_line_sold_and_did_not_cancel()
    {
        var placed = await ClaimAsync(1);
        await Rig.Db.WriteAsync(tx => tx.ExecuteAsync("update order_lines set cancelled = 1"), default);
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => RecordAsync((placed.ItemIds[0], Custody.Restocked)));
        Assert.Equal("items[0].custody", Assert.Single(refused.Violations).Field);
        await RecordAsync((placed.ItemIds[0], Custody.Received));
    }

    [Theory]
    [InlineData("update orders set historical = @yes")]
    [InlineData("update claims set order_number = 'unread'")]
    [InlineData("update claim_items set line_id = 'other'")]
    public async Task A_unit_that_no_order_line_of_the_shop_stands_for_is_recorded_and_left_to_its_hands(string apart)
    {
        var placed = await ClaimAsync(1);
        await Rig.Db.WriteAsync(tx => tx.ExecuteAsync(apart, new { yes = true }), default);
        await RecordAsync((placed.ItemIds[0], Custody.Restocked));
        var item = Assert.Single((await OnlyAsync()).Items);
        Assert.Equal((Custody.Restocked, (long?)null), (item.Custody, item.Revision));
        Assert.Empty(await Rig.PullAsync());
        Assert.Equal(0, await Rig.ScalarAsync<long>("select cast(sum(restocked) as bigint) from order_lines"));
    }

    [Fact]
    public async Task What_was_paid_back_and_not_seen_is_found_and_after_two_weeks_somebody_is_told_until_it_is()
    {
        var placed = await ClaimAsync(2);
        Assert.Empty(await UnseenAsync());
        await Rig.PumpAsync(TimeSpan.FromDays(3), TimeSpan.FromHours(6));
        Assert.Single(await UnseenAsync());
        Assert.Null(await IssueAsync(IssueCatalog.GoodsUnseen));
        await Rig.PumpAsync(TimeSpan.FromDays(14), TimeSpan.FromHours(6));
        Assert.Equal("open", await IssueAsync(IssueCatalog.GoodsUnseen));
        Assert.Equal(1, await Rig.ScalarAsync<long>("select count from issues where code = @code", new { code = IssueCatalog.GoodsUnseen }));

        await RecordAsync((placed.ItemIds[0], Custody.Received));
        Assert.Equal("open", await IssueAsync(IssueCatalog.GoodsUnseen));
        Assert.Single(await UnseenAsync());
        await RecordAsync((placed.ItemIds[1], Custody.NotReturned));
        Assert.Equal("resolved", await IssueAsync(IssueCatalog.GoodsUnseen));
        Assert.Empty(await UnseenAsync());
    }

    [Fact]
    public async Task A_connection_is_forgotten_with_what_was_recorded_of_its_goods()
    {
        var placed = await ClaimAsync(1);
        await RecordAsync((placed.ItemIds[0], Custody.Restocked));
        await Rig.Db.WriteAsync(tx => Rig.Get<ConnectionStore>().DeleteAsync(tx, Rig.StoreId, Rig.ConnectionId), default);
        Assert.Equal(0, await Rig.ScalarAsync<long>("select count(*) from claim_steps"));
    }

    /// <summary>A claim for all units of an order that the shop has booked: of ten it has as many left.</summary>
    async Task<PlacedClaim> ClaimAsync(int units)
    {
        await SellingAsync("a", 10);
        var sold = Buy("a", units);
        await ReadOrdersAsync();
        foreach (var step in (string[])["Picking", "Invoiced", "Shipped", "Delivered"])
            Rig.Sandbox.AdvancePackage(new() { PackageId = sold.PackageId, Status = step });
        await ReadOrdersAsync();
        var (entry, order) = await OnlyEntryAsync();
        await BookAsync(entry, order, "1");
        await Rig.ReportAsync(2, [new("a", 10 - units)], [new(order.Order.Id, "1")]);
        var placed = Rig.Sandbox.PlaceClaim(new() { PackageId = sold.PackageId, Barcode = "869a", Status = "WaitingInAction" });
        await Rig.PumpAsync(TimeSpan.FromMinutes(11), TimeSpan.FromSeconds(30));
        return placed;
    }

    Task RecordAsync(params (string Item, string Custody)[] steps) => Rig.Db.WriteAsync(
        async tx =>
        {
            var claim = (await tx.QueryAsync<ClaimRow>("select * from claims where store_id = @StoreId", new { Rig.StoreId }))[0];
            await Rig.Get<ReturnedGoods>().RecordAsync(tx, Rig.StoreId, claim.Id, [.. steps.Select(step => new GoodsStep(step.Item, step.Custody))], "test");
        },
        default);

    async Task<ClaimView> OnlyAsync() => Assert.Single(await ListAsync(unseen: false));

    Task<IReadOnlyList<ClaimView>> UnseenAsync() => ListAsync(unseen: true);

    Task<IReadOnlyList<ClaimView>> ListAsync(bool unseen) =>
        Rig.Db.ReadAsync(tx => Rig.Get<ClaimDesk>().ListAsync(tx, Rig.StoreId, new(10, null, null, "", "", unseen)), default);

    /// <summary>On hand, intended at the marketplace, and how often the first was moved.</summary>
    async Task<(long, long, long)> StockAsync() => (
        await Rig.ScalarAsync<long>("select on_hand from variants"),
        await Rig.ScalarAsync<long>("select desired_qty from offers"),
        await Rig.ScalarAsync<long>("select count(*) from stock_movements"));
}

public sealed class ReturnedGoodsOnSqlite() : ReturnedGoodsContract(Engine.Sqlite);

public sealed class ReturnedGoodsOnPostgres() : ReturnedGoodsContract(Engine.Postgres);
