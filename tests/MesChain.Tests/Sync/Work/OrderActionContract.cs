using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Orders;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Work;

/// <summary>What a shop asks of a package, up to what the marketplace makes of it and what comes back.</summary>
public abstract class OrderActionContract(Engine engine) : IAsyncLifetime
{
    const string Barcode = "8690000000012";

    /// <summary>The next request is taken by the marketplace, and its answer is lost on the way.</summary>
    readonly LostAnswer _road = new();

    SyncRig _rig = null!;
    Guid _variant;

    public async ValueTask InitializeAsync()
    {
        _rig = await SyncRig.OpenAsync(engine, _road.Over);
        _variant = await _rig.AddVariantAsync("v1", Barcode);
        await _rig.LinkAsync("v1");
        await _rig.ReportAsync(1, [new("v1", 10)]);
        await _rig.PumpAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5));
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Units_that_cannot_be_sent_are_taken_out_and_the_rest_comes_back_as_another_package()
    {
        var order = await SellAsync(3);
        await AskAsync(order, new PackageWish.Unsupply([new(order.Line, 1)], UnsupplyReason.OutOfStock));
        await SettleAsync();

        var view = await ViewAsync(order.Id);
        Assert.Equal((3L, 1L), (view.Lines[0].Quantity, view.Lines[0].Cancelled));
        var (old, successor) = (view.Packages.Single(package => package.PackageId == order.Package), view.Packages.Single(package => package.PackageId != order.Package));
        Assert.Contains(order.Package, successor.Replaces, StringComparison.Ordinal);
        Assert.Equal(("", PackageStates.New), (old.Wish, successor.Status));
        Assert.Equal(2, await _rig.ScalarAsync<long>("select sum(qty_open) from reservations where state = 'open'"));
    }

    [Fact]
    public async Task AC24_A_split_and_a_partial_refusal_after_it_keep_the_sum_of_units()
    {
        var order = await SellAsync(3);
        await AskAsync(order, new PackageWish.Split([[new(order.Line, 1)]]));
        await SettleAsync();
        var live = (await ViewAsync(order.Id)).Packages.Where(package => PackageStates.IsUnshipped(package.Status)).ToList();
        Assert.Equal(2, live.Count);
        Assert.NotEqual(live[0].TrackingNumber, live[1].TrackingNumber);

        var larger = await LargestAsync(order.Id);
        await AskAsync(order with { Package = larger }, new PackageWish.Unsupply([new(order.Line, 1)], UnsupplyReason.Defective));
        await SettleAsync();
        var view = await ViewAsync(order.Id);
        Assert.Equal((3L, 1L), (view.Lines[0].Quantity, view.Lines[0].Cancelled));
        Assert.Equal(2, view.Packages.Count(package => PackageStates.IsUnshipped(package.Status)));
        Assert.Equal(2, await _rig.ScalarAsync<long>("select sum(qty_open) from reservations where state = 'open'"));
    }

    [Fact]
    public async Task A_request_whose_answer_is_lost_is_not_said_twice_where_it_was_heard()
    {
        var order = await SellAsync(3);
        await AskAsync(order, new PackageWish.Unsupply([new(order.Line, 1)], UnsupplyReason.OutOfStock));
        _road.LoseNext("items/unsupplied");
        await SettleAsync();
        Assert.Equal(1, _road.Passed("items/unsupplied"));
        Assert.Equal(1, (await ViewAsync(order.Id)).Lines[0].Cancelled);
        Assert.Equal(0, await _rig.ScalarAsync<long>("select count(*) from order_packages where wish <> ''"));
    }

    [Fact]
    public async Task A_request_that_never_arrived_is_said_again_after_a_reading_of_orders()
    {
        var order = await SellAsync(3);
        await AskAsync(order, new PackageWish.Unsupply([new(order.Line, 1)], UnsupplyReason.OutOfStock));
        _road.DropNext("items/unsupplied");
        await SettleAsync();
        Assert.Equal(1, _road.Passed("items/unsupplied"));
        Assert.Equal(1, (await ViewAsync(order.Id)).Lines[0].Cancelled);
    }

    [Fact]
    public async Task A_kill_between_a_request_and_its_record_lets_the_marketplace_hear_it_once()
    {
        var order = await SellAsync(3);
        await AskAsync(order, new PackageWish.Unsupply([new(order.Line, 1)], UnsupplyReason.OutOfStock));
        _road.OnceHeard("items/unsupplied", () => _rig.Db.Probe = () => throw new OperationCanceledException("killed"));
        await Assert.ThrowsAsync<OperationCanceledException>(() => _rig.PumpAsync());
        _rig.Db.Probe = null;
        await _rig.RestartAsync();
        await SettleAsync();
        Assert.Equal(1, _road.Passed("items/unsupplied"));
        Assert.Equal(1, (await ViewAsync(order.Id)).Lines[0].Cancelled);
        Assert.Equal(0, await _rig.ScalarAsync<long>("select count(*) from order_packages where wish <> ''"));
        Assert.Equal(0, await _rig.ScalarAsync<long>("select count(*) from issues where code = @code", new { code = IssueCatalog.OrderActionRefused }));
    }

    [Fact]
    public async Task A_reading_that_began_while_a_lost_request_may_still_be_on_its_way_does_not_let_it_be_said_again()
    {
        var order = await SellAsync(3);
        await AskAsync(order, new PackageWish.Unsupply([new(order.Line, 1)], UnsupplyReason.OutOfStock));
        _road.DropNext("items/unsupplied");
        await _rig.PumpAsync(TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(10));
        Assert.Equal(0, _road.Passed("items/unsupplied"));
        await SettleAsync();
        Assert.Equal(1, _road.Passed("items/unsupplied"));
    }

    [Fact]
    public async Task A_request_that_was_turned_away_unread_after_one_in_doubt_is_still_in_doubt()
    {
        var order = await SellAsync(1);
        await AskAsync(order, new PackageWish.Invoice(new("https://shop.example/faturalar/1.pdf"), "", null));
        _road.LoseNext("seller-invoice-links");
        await _rig.PumpAsync();
        _rig.Sandbox.AddFault(new() { Kind = MesChain.Sandbox.FaultKind.Status, Status = 429, Endpoint = "invoice-link" });
        await SettleAsync();
        Assert.Equal(3, _road.Passed("seller-invoice-links"));
        Assert.Equal(0, await _rig.ScalarAsync<long>("select count(*) from issues where code = @code", new { code = IssueCatalog.OrderActionRefused }));
        Assert.Equal("", (await ViewAsync(order.Id)).Packages[0].Wish);
    }

    [Fact]
    public async Task An_invoice_whose_answer_was_lost_counts_as_given_when_the_marketplace_has_it_already()
    {
        var order = await SellAsync(1);
        await AskAsync(order, new PackageWish.Invoice(new("https://shop.example/faturalar/1.pdf"), "ABC2026000000001", null));
        _road.LoseNext("seller-invoice-links");
        await SettleAsync();
        Assert.Equal(2, _road.Passed("seller-invoice-links"));
        Assert.Equal(0, await _rig.ScalarAsync<long>("select count(*) from issues where state = 'open' and code = @code", new { code = IssueCatalog.OrderActionRefused }));
        Assert.Equal("", (await ViewAsync(order.Id)).Packages[0].Wish);
    }

    [Fact]
    public async Task A_parcel_that_the_seller_brings_counts_as_shipped_once_it_is_read()
    {
        var order = await SellAsync(1);
        await AskAsync(order, new PackageWish.Pick());
        await SettleAsync();
        await AskAsync(order, new PackageWish.Ship(PackageWish.Tracking.Link, "https://kargo.example/1"));
        await SettleAsync();
        Assert.Equal("shipped", (await ViewAsync(order.Id)).Packages[0].Status);
    }

    [Fact]
    public async Task What_the_marketplace_refuses_becomes_an_issue_with_its_cause_and_ends()
    {
        var order = await SellAsync(1);
        await AskAsync(order, new PackageWish.Invoice(new("https://shop.example/faturalar/1.pdf"), "", null));
        await SettleAsync();
        await AskAsync(order, new PackageWish.Invoice(new("https://shop.example/faturalar/2.pdf"), "", null));
        await SettleAsync();
        var parameters = await _rig.ScalarAsync<string>("select params from issues where state = 'open' and code = @code", new { code = IssueCatalog.OrderActionRefused });
        Assert.Contains(FaultCodes.InvoiceAlreadySent, parameters, StringComparison.Ordinal);
        Assert.Equal("", (await ViewAsync(order.Id)).Packages[0].Wish);
    }

    [Fact]
    public async Task A_wish_that_cannot_be_met_is_refused_before_anybody_is_told()
    {
        var order = await SellAsync(2);
        var unknown = await Assert.ThrowsAsync<UnknownResourceException>(() => AskAsync(order with { Package = "1" }, new PackageWish.Pick()));
        Assert.Equal(("package", "1"), (unknown.Kind, unknown.Id));
        Assert.Equal(Reasons.PackageUnits, (await RefusedAsync(order, new PackageWish.Unsupply([new(order.Line, 3)], UnsupplyReason.OutOfStock))).Reason);
        Assert.Equal(Reasons.PackageUnits, (await RefusedAsync(order, new PackageWish.Split([[new(order.Line, 1)], [new(order.Line, 2)]]))).Reason);
        Assert.Equal(Reasons.PackageUnits, (await RefusedAsync(order, new PackageWish.Unsupply([new("999", 1)], UnsupplyReason.OutOfStock))).Reason);
        var number = await Assert.ThrowsAsync<InvalidInputException>(() => AskAsync(order, new PackageWish.Invoice(new("https://shop.example/1.pdf"), "1", null)));
        Assert.Equal("invoice.number", Assert.Single(number.Violations).Field);

        await AskAsync(order, new PackageWish.Pick());
        await AskAsync(order, new PackageWish.Pick());
        Assert.Equal(Reasons.PackageBusy, (await RefusedAsync(order, new PackageWish.Split([[new(order.Line, 1)]]))).Reason);
        await SettleAsync();
        Assert.Equal(Reasons.PackageStatus, (await RefusedAsync(order, new PackageWish.Pick())).Reason);
    }

    [Fact]
    public async Task A_label_is_refused_for_a_package_that_was_replaced_and_its_successor_is_named()
    {
        var order = await SellAsync(3);
        await AskAsync(order, new PackageWish.Unsupply([new(order.Line, 1)], UnsupplyReason.OutOfStock));
        await SettleAsync();
        var successor = (await ViewAsync(order.Id)).Packages.Single(package => package.PackageId != order.Package);
        var refused = await Assert.ThrowsAsync<PreconditionException>(() => LabelAsync(order));
        Assert.Equal(Reasons.PackageStatus, refused.Reason);
        Assert.Contains(successor.PackageId, refused.Message, StringComparison.Ordinal);
        Assert.Equal("package", (await Assert.ThrowsAsync<UnknownResourceException>(() => LabelAsync(order with { Package = "1" }))).Kind);
    }

    [Fact]
    public async Task A_label_that_cannot_be_had_yet_says_whether_to_wait_or_to_mend_something()
    {
        var order = await SellAsync(1);
        _rig.Sandbox.Set(_rig.Sandbox.Switches with { LabelBeforeInvoice = true });
        _rig.Sandbox.AddFault(new() { Kind = MesChain.Sandbox.FaultKind.Status, Status = 429, Endpoint = "label" });
        Assert.Equal(Reasons.MarketplaceUnavailable, (await Assert.ThrowsAsync<BusyException>(() => LabelAsync(order))).Reason);
        await _rig.PassAsync(TimeSpan.FromMinutes(1));
        _rig.Sandbox.AddFault(new() { Kind = MesChain.Sandbox.FaultKind.Status, Status = 401, Endpoint = "label" });
        Assert.Equal(Reasons.MarketplaceKeyRefused, (await Assert.ThrowsAsync<PreconditionException>(() => LabelAsync(order))).Reason);
        _road.DropNext("common-label");
        Assert.Equal(Reasons.MarketplaceUnavailable, (await Assert.ThrowsAsync<BusyException>(() => LabelAsync(order))).Reason);
        Assert.Single(await LabelAsync(order));

        await _rig.Db.WriteAsync(tx => tx.ExecuteAsync("update order_packages set tracking_number = ''"), default);
        Assert.Equal(Reasons.LabelNotReady, (await Assert.ThrowsAsync<BusyException>(() => LabelAsync(order))).Reason);
    }

    Task<IReadOnlyList<ParcelLabel>> LabelAsync(Sold order) => _rig.Get<Labels>().GetAsync(_rig.StoreId, new(order.Id, order.Package, 0), "test", default);

    async Task<PreconditionException> RefusedAsync(Sold order, PackageWish wish) => await Assert.ThrowsAsync<PreconditionException>(() => AskAsync(order, wish));

    Task AskAsync(Sold order, PackageWish wish) => _rig.Db.WriteAsync(tx => _rig.Get<OrderWishes>().TakeAsync(tx, _rig.StoreId, order.Id, order.Package, wish, "test"), default);

    /// <summary>Long enough for the marketplace to do what it does later, and for orders to be read after that.</summary>
    Task SettleAsync() => _rig.PumpAsync(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(10));

    async Task<Sold> SellAsync(int quantity)
    {
        var placed = _rig.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = Barcode, Quantity = quantity }] });
        await _rig.PumpAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10));
        var (_, view) = Assert.Single(await _rig.PullAsync());
        return new(view.Order.Id, placed.PackageId, view.Lines[0].LineId);
    }

    async Task<OrderView> ViewAsync(Guid id) => Assert.Single(await _rig.Db.ReadAsync(tx => _rig.Get<OrderReader>().LoadAsync(tx, _rig.StoreId, [id]), default));

    async Task<string> LargestAsync(Guid orderId) =>
        (await _rig.ScalarAsync<string>(
            """
            select p.package_id from order_packages p join order_package_lines l on l.store_id = p.store_id and l.order_id = p.order_id and l.package_id = p.package_id
            where p.order_id = @orderId and p.status = 'new' order by l.quantity desc limit 1
            """,
            new { orderId }))!;

    sealed record Sold(Guid Id, string Package, string Line);

    public sealed class OnSqlite() : OrderActionContract(Engine.Sqlite);

    public sealed class OnPostgres() : OrderActionContract(Engine.Postgres);
}
