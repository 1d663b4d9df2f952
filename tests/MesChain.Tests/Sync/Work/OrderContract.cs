using MesChain.Sandbox;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Orders;

namespace MesChain.Tests.Sync.Work;

/// <summary>Orders on their way from the marketplace to the shop.</summary>
public abstract class OrderContract(Engine engine) : WorkContract(engine)
{
    [Fact]
    public async Task AC02_An_order_read_many_times_is_one_order_one_hold_and_one_entry()
    {
        await SellingAsync("a", 10);
        Buy("a", 2);
        await ReadOrdersAsync();
        await Rig.RestartAsync();
        await ReadOrdersAsync();
        var (entry, order) = await OnlyEntryAsync();
        Assert.Equal(("new", 2L, 1L), (entry.Kind, await HeldAsync(), order.Order.Revision));
        // Two at 129.90 less ten kuruş.
        Assert.Equal((25970L, 25980L, 10L), (order.Order.TotalMinor, order.Order.GrossMinor, order.Order.DiscountMinor));
        Assert.NotEmpty(order.Person.Shipping.City);
        Assert.Equal(8, Rig.Sandbox.QuantityOf("869a"));
    }

    [Fact]
    public async Task An_answer_that_nobody_understands_is_an_issue_until_the_same_work_succeeds()
    {
        await SellingAsync("a", 10);
        Rig.Sandbox.AddFault(new() { Kind = FaultKind.Html, Endpoint = "orders-stream", Count = 0 });
        await ReadOrdersAsync();
        Assert.Equal("open", await IssueAsync(IssueCatalog.AnswerMalformed));
        // Other work of the connection goes well, and says nothing about this.
        await Rig.ReportAsync(2, [new("a", 4)]);
        await Rig.PumpAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10));
        Assert.Equal(4, Rig.Sandbox.QuantityOf("869a"));
        Assert.Equal("open", await IssueAsync(IssueCatalog.AnswerMalformed));

        Rig.Sandbox.ClearFaults();
        await Rig.PumpAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(30));
        Assert.Equal("resolved", await IssueAsync(IssueCatalog.AnswerMalformed));
    }

    [Fact]
    public async Task The_hold_ends_with_the_report_that_names_the_order_and_only_once()
    {
        await SellingAsync("a", 10);
        Buy("a", 3);
        await ReadOrdersAsync();
        var (entry, order) = await OnlyEntryAsync();
        Assert.Null(await BookAsync(entry, order, "77"));
        Assert.Equal(3, await HeldAsync());
        Assert.Equal(1, (await Rig.ReportAsync(2, [new("a", 7)], [new(order.Order.Id, "77")])).Closed);
        Assert.Equal(0, (await Rig.ReportAsync(3, [new("a", 7)], [new(order.Order.Id, "77")])).Closed);
        Assert.Equal(0, await HeldAsync());
        await ReadOrdersAsync();
        Assert.Equal(7, Rig.Sandbox.QuantityOf("869a"));
    }

    [Fact]
    public async Task AC03_Cancelled_units_are_released_once_and_the_shop_is_told()
    {
        await SellingAsync("a", 10);
        var placed = Buy("a", 3);
        await ReadOrdersAsync();
        var (entry, before) = await OnlyEntryAsync();
        await BookAsync(entry, before, "77");
        Rig.Sandbox.CancelUnits(new() { PackageId = placed.PackageId, Barcode = "869a", Quantity = 2 });
        await Rig.PassAsync(TimeSpan.FromSeconds(20));
        await Rig.PumpAsync();
        var (changed, order) = await OnlyEntryAsync();
        var line = Assert.Single(order.Lines);
        Assert.Equal(("changed", 3L, 2L, 1L), (changed.Kind, line.Quantity, line.Cancelled, await HeldAsync()));
        Assert.Equal(order.Order.TotalMinor, line.TotalMinor);
        await ReadOrdersAsync();
        Assert.Equal(1, await HeldAsync());
        Assert.Equal(9, Rig.Sandbox.QuantityOf("869a"));
    }

    [Fact]
    public async Task An_order_first_seen_cancelled_is_held_until_no_rest_of_it_can_come_and_is_never_fed()
    {
        await SellingAsync("a", 10);
        var placed = Buy("a", 3);
        Rig.Sandbox.CancelUnits(new() { PackageId = placed.PackageId, Barcode = "869a" });
        await ReadOrdersAsync();
        Assert.Equal(3, await HeldAsync());
        Assert.Empty(await Rig.PullAsync());
        await Rig.PumpAsync(LineCounters.Grace, TimeSpan.FromMinutes(1));
        Assert.Equal(0, await HeldAsync());
        Assert.Empty(await Rig.PullAsync());
        // The marketplace took the units and did not give them back: the value is sent again, as soon as an equal body may be.
        await Rig.PumpAsync(TimeSpan.FromMinutes(16), TimeSpan.FromMinutes(1));
        Assert.Equal(10, Rig.Sandbox.QuantityOf("869a"));
    }

    [Fact]
    public async Task AC23_An_order_that_is_not_paid_holds_stock_and_is_fed_only_when_it_is()
    {
        await SellingAsync("a", 10);
        var placed = Buy("a", 2, "Awaiting");
        await ReadOrdersAsync();
        Assert.Equal(2, await HeldAsync());
        Assert.Empty(await Rig.PullAsync());
        Rig.Sandbox.AdvancePackage(new() { PackageId = placed.PackageId, Status = "Created" });
        await ReadOrdersAsync();
        Assert.Equal("new", (await OnlyEntryAsync()).Entry.Kind);
        Assert.Equal(2, await HeldAsync());
    }

    [Fact]
    public async Task AC23_An_order_that_is_never_paid_lets_go_and_is_never_fed()
    {
        await SellingAsync("a", 10);
        var placed = Buy("a", 2, "Awaiting");
        await ReadOrdersAsync();
        Rig.Sandbox.AdvancePackage(new() { PackageId = placed.PackageId, Status = "Cancelled" });
        await Rig.PumpAsync(LineCounters.Grace + TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30));
        Assert.Equal(0, await HeldAsync());
        Assert.Empty(await Rig.PullAsync());
    }

    [Fact]
    public async Task AC12_An_unlinked_barcode_is_held_from_the_orders_own_time_once_it_is_linked()
    {
        await Rig.AddVariantAsync("a", "869a", listed: 5);
        await Rig.ReportAsync(1, [new("a", 5)]);
        Buy("a", 2);
        await ReadOrdersAsync();
        Assert.Equal("open", await IssueAsync("UNKNOWN_BARCODE_SOLD"));
        var (entry, order) = await OnlyEntryAsync();
        Assert.Equal("", Assert.Single(order.Lines).ShopVariantId);
        await BookAsync(entry, order, "77");
        // The shop could take them from no stock, so they stay held.
        Assert.Equal(0, (await Rig.ReportAsync(2, [new("a", 5)], [new(order.Order.Id, "77")])).Closed);
        await Rig.LinkAsync("a");
        Assert.Equal("resolved", await IssueAsync("UNKNOWN_BARCODE_SOLD"));
        var (changed, named) = await OnlyEntryAsync();
        Assert.Equal(("changed", "a", 2L), (changed.Kind, Assert.Single(named.Lines).ShopVariantId, await HeldAsync()));
        await ReadOrdersAsync();
        Assert.Equal(3, Rig.Sandbox.QuantityOf("869a"));
    }

    [Fact]
    public async Task Orders_from_before_the_cutover_are_history()
    {
        await SellingAsync("a", 10);
        var shipped = Buy("a", 1);
        Buy("a", 2);
        foreach (var status in (string[])["Picking", "Shipped"])
            Rig.Sandbox.AdvancePackage(new() { PackageId = shipped.PackageId, Status = status });
        await Rig.Db.WriteAsync(tx => tx.ExecuteAsync($"update connections set cutover_ms = {tx.Db.Now} + 60000 where store_id = @StoreId", new { Rig.StoreId }), default);
        await ReadOrdersAsync();
        Assert.Empty(await Rig.PullAsync());
        // What is not shipped is still missing from nowhere.
        Assert.Equal(2, await HeldAsync());
        Assert.Equal(2, await Rig.ScalarAsync<long>("select count(*) from orders where store_id = @StoreId and historical", new { Rig.StoreId }));
    }

    [Fact]
    public async Task Acknowledging_again_is_harmless_and_another_shop_order_is_refused()
    {
        await SellingAsync("a", 10);
        Buy("a", 1);
        await ReadOrdersAsync();
        var (entry, order) = await OnlyEntryAsync();
        Assert.Null(await BookAsync(entry, order, "77"));
        Assert.Null(await BookAsync(entry, order, "77"));
        Assert.Equal("SHOP_ORDER_MISMATCH", await BookAsync(entry, order, "78"));
        Assert.Equal("UNKNOWN_ENTRY", await Rig.AcknowledgeAsync(new(Ids.New(Rig.Clock), 1, AcknowledgeKind.Applied, "77", "")));
        Assert.Empty(await Rig.PullAsync());
    }

    [Fact]
    public async Task An_order_that_could_not_be_booked_comes_again_after_a_pause()
    {
        await SellingAsync("a", 10);
        Buy("a", 1);
        await ReadOrdersAsync();
        var (entry, order) = await OnlyEntryAsync();
        Assert.Null(await Rig.AcknowledgeAsync(new(entry.Id, order.Order.Revision, AcknowledgeKind.Failed, "", "no country")));
        Assert.Equal("open", await IssueAsync("ORDER_IMPORT_FAILED"));
        await Rig.PassAsync(TimeSpan.FromSeconds(55));
        Assert.Empty(await Rig.PullAsync());
        await Rig.PassAsync(TimeSpan.FromSeconds(6));
        Assert.Equal(entry.Id, (await OnlyEntryAsync()).Entry.Id);
        Assert.Equal(1, await HeldAsync());
        Assert.Null(await BookAsync(entry, order, "77"));
        Assert.Equal("resolved", await IssueAsync("ORDER_IMPORT_FAILED"));
    }

    [Fact]
    public async Task What_changed_after_the_shop_looked_is_offered_again()
    {
        await SellingAsync("a", 10);
        var placed = Buy("a", 2);
        await ReadOrdersAsync();
        var (entry, seen) = await OnlyEntryAsync();
        Rig.Sandbox.AdvancePackage(new() { PackageId = placed.PackageId, Status = "Picking" });
        await ReadOrdersAsync();
        Assert.Null(await BookAsync(entry, seen, "77"));
        var (changed, order) = await OnlyEntryAsync();
        Assert.Equal(("changed", "picking", "77"), (changed.Kind, Assert.Single(order.Packages).Status, order.Order.ShopOrderId));
        await BookAsync(changed, order, "77");
        Assert.Empty(await Rig.PullAsync());
    }

    [Fact]
    public async Task A_trial_order_that_the_shop_leaves_out_holds_nothing_any_more()
    {
        await SellingAsync("a", 10);
        Buy("a", 2);
        await ReadOrdersAsync();
        var (entry, order) = await OnlyEntryAsync();
        Assert.Null(await Rig.AcknowledgeAsync(new(entry.Id, order.Order.Revision, AcknowledgeKind.Skipped, "", "")));
        Assert.Equal(0, await HeldAsync());
        await Rig.PumpAsync(TimeSpan.FromMinutes(16), TimeSpan.FromMinutes(1));
        Assert.Equal(10, Rig.Sandbox.QuantityOf("869a"));
    }

    [Fact]
    public async Task Picking_reaches_the_marketplace_and_a_refusal_of_it_the_owner()
    {
        await SellingAsync("a", 10);
        var placed = Buy("a", 2);
        await ReadOrdersAsync();
        var (_, order) = await OnlyEntryAsync();
        await Rig.Db.WriteAsync(tx => Rig.Get<OrderWishes>().TakeAsync(tx, Rig.StoreId, order.Order.Id, placed.PackageId, new PackageWish.Pick(), "test"), default);
        await Rig.PumpAsync();
        Assert.Equal("picking", Assert.Single((await OnlyEntryAsync()).Order.Packages).Status);

        var other = Buy("a", 1);
        await ReadOrdersAsync();
        var late = (await Rig.PullAsync()).Single(pair => pair.Order.Order.OrderNumber == other.OrderNumber).Order;
        Rig.Sandbox.AdvancePackage(new() { PackageId = other.PackageId, Status = "Cancelled" });
        await Rig.Db.WriteAsync(tx => Rig.Get<OrderWishes>().TakeAsync(tx, Rig.StoreId, late.Order.Id, other.PackageId, new PackageWish.Pick(), "test"), default);
        await Rig.PumpAsync();
        Assert.Equal("open", await IssueAsync("ORDER_ACTION_REFUSED"));
    }
}

public sealed class OrdersOnSqlite() : OrderContract(Engine.Sqlite);

public sealed class OrdersOnPostgres() : OrderContract(Engine.Postgres);
