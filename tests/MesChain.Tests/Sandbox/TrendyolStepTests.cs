using System.Text.Json;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Sandbox;

/// <summary>The seller's steps as a bare client sees them. Numbers are those of the checklist that the simulator follows.</summary>
public sealed class TrendyolStepTests
{
    static async Task<TrendyolScene> OpenAsync(TrendyolSwitches? switches = null)
    {
        var scene = await TrendyolScene.OpenAsync(switches);
        scene.List(quantity: 1000);
        return scene;
    }

    static async Task<Dictionary<string, JsonElement>> PackagesAsync(TrendyolScene scene) =>
        (await scene.GetAsync("order/sellers/{s}/orders/stream?size=200")).Body.GetProperty("content").EnumerateArray()
            .ToDictionary(package => package.GetProperty("shipmentPackageId").GetRawText());

    static async Task<int> StatusOfAsync(TrendyolScene scene, HttpMethod method, PlacedOrder order, string path, string body) =>
        (await scene.CallAsync(method, $"order/sellers/{{s}}/shipment-packages/{order.PackageId}/{path}", body.Replace("{line}", order.Lines[0].LineId, StringComparison.Ordinal))).Status;

    static string Word(JsonElement package, string name) => package.GetProperty(name).GetString()!;

    [Theory] // 10
    [InlineData("split-packages", """{"splitPackages":[{"packageDetails":[{"orderLineId":{line},"quantities":2}]}]}""", "1 2")]
    [InlineData("quantity-split", """{"quantitySplit":[{"orderLineId":{line},"quantities":[1,1]}]}""", "1 1 1")]
    public async Task Checklist_10_a_split_closes_the_package_at_once_and_brings_new_ones_later(string path, string body, string quantities)
    {
        await using var scene = await OpenAsync();
        var order = scene.Order(3);

        Assert.Equal(200, await StatusOfAsync(scene, HttpMethod.Post, order, path, body));

        var old = Assert.Single(await PackagesAsync(scene)).Value;
        Assert.Equal("UnPacked", Word(old, "status"));
        scene.Clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Single(await PackagesAsync(scene));
        scene.Clock.Advance(TimeSpan.FromSeconds(0.1));
        var parts = (await PackagesAsync(scene)).Values.Where(package => Word(package, "status") != "UnPacked").ToList();
        Assert.Equal(quantities, string.Join(' ', parts.Select(part => part.GetProperty("lines")[0].GetProperty("quantity").GetInt32()).Order()));
        Assert.All(parts, part => Assert.Equal(("Created", "split", order.OrderNumber), (Word(part, "status"), Word(part, "createdBy"), Word(part, "orderNumber"))));
        Assert.All(parts, part => Assert.Equal(order.PackageId, part.GetProperty("originPackageIds")[0].GetRawText()));
        Assert.Equal(parts.Count + 1, parts.Append(old).Select(part => part.GetProperty("cargoTrackingNumber").GetInt64()).Distinct().Count());
    }

    [Theory] // 10
    [InlineData("true", "Picking")]
    [InlineData("false", "Created")]
    public async Task Checklist_10_the_parts_keep_the_state_only_when_told(string keep, string status)
    {
        await using var scene = await OpenAsync();
        var order = scene.Order(2);
        await scene.StepAsync(order, "Picking", 2);

        await StatusOfAsync(scene, HttpMethod.Post, order, "quantity-split", $$$"""{"quantitySplit":[{"orderLineId":{line},"quantities":[1]}],"shouldKeepPreviousStatus":{{{keep}}}}""");

        scene.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["UnPacked", status, status], (await PackagesAsync(scene)).Values.Select(package => Word(package, "status")).OrderByDescending(word => word == "UnPacked"));
    }

    [Theory] // 10
    [InlineData(3, 0)]
    [InlineData(1, 2)]
    public async Task Checklist_10_units_not_supplied_close_the_package_and_the_rest_comes_back(int units, int left)
    {
        await using var scene = await OpenAsync();
        var order = scene.Order(3);

        Assert.Equal(200, await StatusOfAsync(scene, HttpMethod.Put, order, "items/unsupplied", $$$"""{"lines":[{"lineId":{line},"quantity":{{{units}}}}],"reasonId":500}"""));
        scene.Clock.Advance(TimeSpan.FromSeconds(5));

        var packages = await PackagesAsync(scene);
        Assert.Equal("UnSupplied", Word(packages[order.PackageId], "status"));
        packages.Remove(order.PackageId);
        Assert.Equal(left, packages.Values.Sum(package => package.GetProperty("lines")[0].GetProperty("quantity").GetInt32()));
        Assert.All(packages.Values, package => Assert.Equal("Created", Word(package, "status")));
    }

    [Theory]
    [InlineData("POST", "split", """{"orderLineIds":[1]}""")]
    [InlineData("POST", "split", """{"orderLineIds":[{line}]}""")]
    [InlineData("POST", "split", """{"orderLineIds":[]}""")]
    [InlineData("POST", "multi-split", """{"splitGroups":[{"orderLineIds":[{line}]},{"orderLineIds":[{line}]}]}""")]
    [InlineData("POST", "quantity-split", """{"quantitySplit":[{"orderLineId":{line},"quantities":[4]}]}""")]
    [InlineData("POST", "quantity-split", """{"quantitySplit":[{"orderLineId":{line},"quantities":[0,1]}]}""")]
    [InlineData("POST", "split-packages", """{"splitPackages":[]}""")]
    [InlineData("PUT", "items/unsupplied", """{"lines":[{"lineId":{line},"quantity":1}],"reasonId":503}""")]
    [InlineData("PUT", "items/unsupplied", """{"lines":[{"lineId":{line},"quantity":4}],"reasonId":500}""")]
    [InlineData("PUT", "items/unsupplied", """{"lines":[],"reasonId":500}""")]
    [InlineData("PUT", "warehouse", """{"warehouseId":"x"}""")]
    [InlineData("PUT", "extended-agreed-delivery-date", """{"extendedDayCount":0}""")]
    [InlineData("PUT", "box-info", """{"boxQuantity":1,"deci":1}""")]
    [InlineData("PUT", "cargo-providers", """{"cargoProvider":"SENDEOMP"}""")]
    [InlineData("PUT", "labor-costs", """[{"orderLineId":1,"laborCostPerItem":1}]""")]
    [InlineData("PUT", "labor-costs", "{")]
    public async Task A_step_that_makes_no_sense_is_400_and_changes_nothing(string method, string path, string body)
    {
        await using var scene = await OpenAsync();
        var order = scene.Order(3);

        Assert.Equal(400, await StatusOfAsync(scene, new HttpMethod(method), order, path, body));

        var package = Assert.Single(await PackagesAsync(scene)).Value;
        Assert.Equal(("Created", 3), (Word(package, "status"), package.GetProperty("lines")[0].GetProperty("quantity").GetInt32()));
    }

    [Theory] // 11
    [InlineData(409)]
    [InlineData(400)]
    public async Task Checklist_11_no_step_of_the_seller_is_allowed_once_the_package_is_shipped(int status)
    {
        await using var scene = await OpenAsync(new() { IllegalStep = status });
        var order = scene.Order(2);
        foreach (var step in new[] { "Picking", "Shipped" })
            scene.Sandbox.AdvancePackage(new() { PackageId = order.PackageId, Status = step });

        foreach (var (method, path, body) in new[]
        {
            (HttpMethod.Put, "items/unsupplied", """{"lines":[{"lineId":{line},"quantity":1}],"reasonId":500}"""),
            (HttpMethod.Post, "quantity-split", """{"quantitySplit":[{"orderLineId":{line},"quantities":[1]}]}"""),
            (HttpMethod.Put, "cargo-providers", """{"cargoProvider":"YKMP"}"""),
            (HttpMethod.Put, "alternative-delivery", """{"isPhoneNumber":false,"trackingInfo":"https://x.example","params":{}}"""),
            (HttpMethod.Put, "delivered-by-service", ""),
        })
            Assert.Equal(status, await StatusOfAsync(scene, method, order, path, body));
        Assert.Equal(status, (await scene.StepAsync(order, "Invoiced", 2)).Status);
        var tracking = (await PackagesAsync(scene))[order.PackageId].GetProperty("cargoTrackingNumber").GetRawText();
        Assert.Equal(status, (await scene.CallAsync(HttpMethod.Put, $"order/sellers/{{s}}/manual-deliver/{tracking}")).Status);
    }

    [Fact] // 11
    public async Task Checklist_11_nobody_acts_on_a_package_that_has_not_appeared()
    {
        await using var scene = await OpenAsync();
        var order = scene.Order(2);
        var next = scene.Sandbox.CancelUnits(new() { PackageId = order.PackageId, LineId = order.Lines[0].LineId, Quantity = 1 }).NewPackageId;
        var late = scene.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = TrendyolScene.Barcode, Quantity = 1 }], VisibleAfterSeconds = 60 });

        Assert.Equal(200, (await scene.StepAsync(order with { PackageId = next }, "Picking", 1)).Status);
        Assert.Equal(404, (await scene.StepAsync(late, "Picking")).Status);
        scene.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(200, (await scene.StepAsync(late, "Picking")).Status);
    }

    [Theory] // 3
    [InlineData("50k", 100)]
    [InlineData("150k", 200)]
    public async Task Checklist_03_divisions_have_a_quota_a_minute_for_each_service(string tier, int quota)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        scene.Sandbox.AddSeller(new() { SellerId = "99", ApiKey = "k", ApiSecret = "s", Tier = tier });
        scene.Key = "k:s";
        async Task<int> CallAsync(string path) => (await scene.CallAsync(HttpMethod.Post, $"order/sellers/99/shipment-packages/1/{path}", "{}")).Status;
        for (var i = 0; i < quota; i++)
        {
            if (i > 0 && i % 50 == 0)
                scene.Clock.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(404, await CallAsync("split"));
        }

        scene.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(429, await CallAsync("split"));
        Assert.Equal(404, await CallAsync("multi-split"));
    }
}
