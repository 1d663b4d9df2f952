using System.Text.Json;
using MesChain.Sandbox;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Sandbox;

/// <summary>Orders and packages as Trendyol treats them.</summary>
public sealed class TrendyolOrderTests
{
    static async Task<TrendyolScene> OpenAsync(TrendyolSwitches? switches = null)
    {
        var scene = await TrendyolScene.OpenAsync(switches);
        scene.List(quantity: 1000);
        return scene;
    }

    static async Task<List<JsonElement>> PackagesAsync(TrendyolScene scene, string path = "order/sellers/{s}/orders/stream?size=200") =>
        [.. (await scene.GetAsync(path)).Body.GetProperty("content").EnumerateArray()];

    static string StatusOf(JsonElement package) => package.GetProperty("status").GetString()!;

    [Fact]
    public async Task A_sale_lowers_the_quantity_at_once_and_cannot_sell_what_is_not_there()
    {
        await using var scene = await OpenAsync();
        scene.List(quantity: 3);

        scene.Order(2);
        Assert.Equal(1, scene.Sandbox.QuantityOf(TrendyolScene.Barcode));
        Assert.Equal(409, Assert.Throws<SandboxRefusal>(() => scene.Order(2)).Status);

        scene.Sandbox.PlaceOrder(new() { Force = true, Lines = [new() { Barcode = TrendyolScene.Barcode, Quantity = 2 }] });
        Assert.Equal(0, scene.Sandbox.QuantityOf(TrendyolScene.Barcode));
    }

    [Fact] // 9
    public async Task Checklist_09_only_the_order_date_is_three_hours_ahead()
    {
        await using var scene = await OpenAsync();
        var now = scene.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        scene.Order();

        var package = Assert.Single(await PackagesAsync(scene));

        Assert.Equal(now + 3 * 3_600_000, package.GetProperty("orderDate").GetInt64());
        Assert.Equal(now, package.GetProperty("lastModifiedDate").GetInt64());
        Assert.Equal(now, package.GetProperty("packageHistories")[0].GetProperty("createdDate").GetInt64());
    }

    [Fact]
    public async Task Amounts_of_a_line_are_averages_and_units_are_exact()
    {
        await using var scene = await OpenAsync();
        scene.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = TrendyolScene.Barcode, Quantity = 3, SellerDiscount = 10m }] });

        var package = Assert.Single(await PackagesAsync(scene));
        var line = package.GetProperty("lines")[0];

        Assert.Equal(249.90m - 3.33m, line.GetProperty("lineUnitPrice").GetDecimal());
        Assert.Equal(3 * 249.90m - 10m, package.GetProperty("packageTotalPrice").GetDecimal());
        Assert.Equal(3 * 249.90m - 10m, line.GetProperty("discountDetails").EnumerateArray().Sum(unit => unit.GetProperty("lineItemPrice").GetDecimal()));
    }

    [Theory] // 9
    [InlineData("v2/orders?size=201", 400)]
    [InlineData("v2/orders?page=49&size=200", 200)]
    [InlineData("v2/orders?page=50&size=200", 400)]
    [InlineData("v2/orders?startDate={-15d}&endDate={0}", 400)]
    [InlineData("v2/orders?startDate={-14d}&endDate={0}", 200)]
    [InlineData("v2/orders?startDate=x", 400)]
    [InlineData("orders/stream?size=201", 400)]
    [InlineData("orders/stream?lastModifiedStartDate={-15d}&lastModifiedEndDate={0}", 400)]
    [InlineData("orders/stream?lastModifiedStartDate={-14d}&lastModifiedEndDate={0}", 200)]
    [InlineData("orders/stream?nextCursor=nonsense", 400)]
    public async Task Checklist_09_queries_keep_to_their_windows(string query, int status)
    {
        await using var scene = await OpenAsync();
        long At(int days) => (scene.Clock.GetUtcNow() - TimeSpan.FromDays(days)).ToUnixTimeMilliseconds();
        var path = query
            .Replace("{-15d}", FormattableString.Invariant($"{At(15)}"), StringComparison.Ordinal)
            .Replace("{-14d}", FormattableString.Invariant($"{At(14)}"), StringComparison.Ordinal)
            .Replace("{0}", FormattableString.Invariant($"{At(0)}"), StringComparison.Ordinal);

        Assert.Equal(status, (await scene.GetAsync($"order/sellers/{{s}}/{path}")).Status);
    }

    [Fact] // 9
    public async Task Checklist_09_without_dates_the_page_shows_a_week_and_the_stream_two()
    {
        await using var scene = await OpenAsync();
        scene.Order();

        scene.Clock.Advance(TimeSpan.FromDays(8));

        Assert.Empty(await PackagesAsync(scene, "order/sellers/{s}/v2/orders"));
        Assert.Single(await PackagesAsync(scene));
        scene.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Empty(await PackagesAsync(scene));
    }

    [Fact] // 9
    public async Task Checklist_09_the_stream_is_newest_first_has_no_totals_and_holds_its_cursor_to_its_filters()
    {
        await using var scene = await OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            scene.Order();
            scene.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var query = $"order/sellers/{{s}}/orders/stream?size=3&lastModifiedStartDate={(scene.Clock.GetUtcNow() - TimeSpan.FromHours(1)).ToUnixTimeMilliseconds()}&lastModifiedEndDate={scene.Clock.GetUtcNow().ToUnixTimeMilliseconds()}";
        var first = (await scene.GetAsync(query)).Body;
        var cursor = Uri.EscapeDataString(first.GetProperty("nextCursor").GetString()!);
        var second = (await scene.GetAsync($"{query}&nextCursor={cursor}")).Body;

        Assert.True(first.GetProperty("hasMore").GetBoolean());
        Assert.False(first.TryGetProperty("totalElements", out _));
        Assert.False(second.GetProperty("hasMore").GetBoolean());
        var stamps = first.GetProperty("content").EnumerateArray().Concat(second.GetProperty("content").EnumerateArray()).Select(package => package.GetProperty("lastModifiedDate").GetInt64()).ToList();
        Assert.Equal(stamps.OrderDescending(), stamps);
        Assert.Equal(5, stamps.Count);

        var mismatch = await scene.GetAsync($"{query}&packageItemStatuses=Created&nextCursor={cursor}");
        Assert.Equal((400, "cursor.filter.mismatch"), (mismatch.Status, mismatch.Body.GetProperty("error").GetString()));
    }

    [Fact] // 9
    public async Task Checklist_09_pages_filter_by_status_number_and_package()
    {
        await using var scene = await OpenAsync();
        var one = scene.Order();
        scene.Order(status: "Awaiting");

        Assert.Equal(2, (await PackagesAsync(scene, "order/sellers/{s}/v2/orders")).Count);
        Assert.Equal("Awaiting", StatusOf(Assert.Single(await PackagesAsync(scene, "order/sellers/{s}/v2/orders?status=Awaiting,Shipped"))));
        Assert.Single(await PackagesAsync(scene, $"order/sellers/{{s}}/v2/orders?orderNumber={one.OrderNumber}"));
        Assert.Single(await PackagesAsync(scene, $"order/sellers/{{s}}/v2/orders?shipmentPackageIds={one.PackageId}"));
    }

    [Fact] // 10
    public async Task Checklist_10_a_part_cancelled_brings_a_new_package_a_new_tracking_number_and_the_old_one_cancelled()
    {
        await using var scene = await OpenAsync();
        var order = scene.Order(3);

        var cancelled = scene.Sandbox.CancelUnits(new() { PackageId = order.PackageId, LineId = order.Lines[0].LineId, Quantity = 1 });
        var packages = await PackagesAsync(scene);

        var old = packages.Single(package => package.GetProperty("shipmentPackageId").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture) == order.PackageId);
        var next = packages.Single(package => package.GetProperty("shipmentPackageId").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture) == cancelled.NewPackageId);
        Assert.Equal(("Cancelled", "Created", "cancel"), (StatusOf(old), StatusOf(next), next.GetProperty("createdBy").GetString()));
        Assert.Equal(old.GetProperty("shipmentPackageId").GetInt64(), next.GetProperty("originPackageIds")[0].GetInt64());
        Assert.NotEqual(old.GetProperty("cargoTrackingNumber").GetInt64(), next.GetProperty("cargoTrackingNumber").GetInt64());
        Assert.Equal(old.GetProperty("orderNumber").GetString(), next.GetProperty("orderNumber").GetString());
        Assert.Equal(2, next.GetProperty("lines")[0].GetProperty("quantity").GetInt32());
    }

    [Fact] // 10
    public async Task Checklist_10_what_is_left_can_come_back_late()
    {
        await using var scene = await OpenAsync(new() { ReissueSeconds = 60 });
        var order = scene.Order(3);

        scene.Sandbox.CancelUnits(new() { PackageId = order.PackageId, LineId = order.Lines[0].LineId, Quantity = 1 });

        Assert.Equal("Cancelled", StatusOf(Assert.Single(await PackagesAsync(scene))));
        scene.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(2, (await PackagesAsync(scene)).Count);
    }

    [Theory]
    [InlineData(false, 997)]
    [InlineData(true, 1000)]
    public async Task Cancelled_units_go_back_on_sale_only_when_told(bool restock, int quantity)
    {
        await using var scene = await OpenAsync(new() { RestockOnCancel = restock });
        var order = scene.Order(3);

        var cancelled = scene.Sandbox.CancelUnits(new() { PackageId = order.PackageId, LineId = order.Lines[0].LineId });

        Assert.Equal("", cancelled.NewPackageId);
        Assert.Equal(quantity, scene.Sandbox.QuantityOf(TrendyolScene.Barcode));
    }

    [Fact]
    public async Task A_package_goes_its_way_and_cannot_be_cancelled_once_it_is_shipped()
    {
        await using var scene = await OpenAsync();
        var order = scene.Order(status: "Awaiting");
        foreach (var status in new[] { "Created", "Picking", "Invoiced", "Shipped", "UnDelivered", "Returned" })
            scene.Sandbox.AdvancePackage(new() { PackageId = order.PackageId, Status = status });

        Assert.Equal(409, Assert.Throws<SandboxRefusal>(() => scene.Sandbox.CancelUnits(new() { PackageId = order.PackageId, LineId = order.Lines[0].LineId })).Status);
        Assert.Equal(409, Assert.Throws<SandboxRefusal>(() => scene.Sandbox.AdvancePackage(new() { PackageId = order.PackageId, Status = "Created" })).Status);
        Assert.Equal(7, Assert.Single(await PackagesAsync(scene)).GetProperty("packageHistories").GetArrayLength());
    }

    [Theory] // 11
    [InlineData("Picking", 1, 200)]
    [InlineData("Invoiced", 1, 200)]
    [InlineData("Shipped", 1, 400)]
    [InlineData("Picking", 2, 400)]
    public async Task Checklist_11_a_seller_says_picking_or_invoiced_for_whole_packages_and_nothing_else(string status, int quantity, int answer)
    {
        await using var scene = await OpenAsync();

        Assert.Equal(answer, (await scene.StepAsync(scene.Order(), status, quantity)).Status);
    }

    [Theory] // 11
    [InlineData(409)]
    [InlineData(400)]
    public async Task Checklist_11_a_step_that_the_state_does_not_allow_is_refused(int status)
    {
        await using var scene = await OpenAsync(new() { IllegalStep = status });
        var order = scene.Order(status: "Awaiting");

        Assert.Equal(status, (await scene.StepAsync(order, "Picking")).Status);
    }

    [Fact] // 17
    public async Task Checklist_17_addresses_can_be_empty_at_first_and_orders_can_appear_late()
    {
        await using var scene = await OpenAsync();
        var lines = new OrderLineRequest[] { new() { Barcode = TrendyolScene.Barcode, Quantity = 1 } };
        scene.Sandbox.PlaceOrder(new() { Lines = lines, EmptyAddressReads = 1 });
        scene.Sandbox.PlaceOrder(new() { Lines = lines, VisibleAfterSeconds = 600 });

        Assert.Equal("", Assert.Single(await PackagesAsync(scene)).GetProperty("shipmentAddress").GetProperty("city").GetString());
        scene.Clock.Advance(TimeSpan.FromSeconds(600));
        var packages = await PackagesAsync(scene);
        Assert.Equal(2, packages.Count);
        Assert.All(packages, package => Assert.Equal("İstanbul", package.GetProperty("shipmentAddress").GetProperty("city").GetString()));
        Assert.Equal(scene.Clock.GetUtcNow() - TimeSpan.FromSeconds(600), DateTimeOffset.FromUnixTimeMilliseconds(packages[0].GetProperty("lastModifiedDate").GetInt64()));
    }
}
