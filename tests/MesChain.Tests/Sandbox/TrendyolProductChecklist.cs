using System.Text.Json.Nodes;
using MesChain.Sandbox.Trendyol;
using static MesChain.Tests.Sandbox.TrendyolProductScene;

namespace MesChain.Tests.Sandbox;

/// <summary>What holds for every service about products. Numbers in names are those of the checklist that the simulator follows.</summary>
public sealed class TrendyolProductChecklist
{
    const string Read = "product-read";
    const string Write = "product-write";
    const string Inventory = "inventory-write";

    /// <summary>Every service, with the quota it counts against. <c>{n}</c> is the seller.</summary>
    static readonly (string Method, string Path, string Group)[] Services =
    [
        ("GET", "product/product-categories", Read),
        ("GET", "product/categories/382/attributes", Read),
        ("GET", "product/categories/382/attributes/338/values", Read),
        ("GET", "product/brands?page=0&size=1000", Read),
        ("GET", "product/brands/by-name?name=x", Read),
        ("GET", "product/lookup/cargo-providers", Read),
        ("GET", "sellers/{n}/addresses", Read),
        ("GET", "product/sellers/{n}/products/approved", Read),
        ("GET", "product/sellers/{n}/products/unapproved", Read),
        ("GET", "product/sellers/{n}/product/B", Read),
        ("GET", "product/sellers/{n}/products/batch-requests/x", Read),
        ("GET", "product/sellers/{n}/products/1/update-audits", Read),
        ("POST", "product/sellers/{n}/brands", Write),
        ("POST", "product/sellers/{n}/v2/products", Write),
        ("POST", "product/sellers/{n}/products/unapproved-bulk-update", Write),
        ("POST", "product/sellers/{n}/products/content-bulk-update", Write),
        ("POST", "product/sellers/{n}/products/variant-bulk-update", Write),
        ("POST", "product/sellers/{n}/products/delivery-info-bulk-update", Write),
        ("PUT", "product/sellers/{n}/products/archive-state", Write),
        ("PUT", "product/sellers/{n}/products/unlock", Write),
        ("DELETE", "product/sellers/{n}/products", Write),
        ("POST", "product/sellers/{n}/products/buybox-information", Write),
        ("POST", "inventory/sellers/{n}/products/price-and-inventory", Inventory),
    ];

    public static TheoryData<string, string> All => [.. Services.Select(service => (service.Method, service.Path))];

    public static TheoryData<string, string> OfSellers => [.. Services.Where(service => service.Path.Contains("{n}", StringComparison.Ordinal)).Select(service => (service.Method, service.Path))];

    static async Task<int> StatusAsync(TrendyolScene scene, string method, string path, string seller = TrendyolSandbox.DemoSellerId) =>
        (await scene.CallAsync(new(method), path.Replace("{n}", seller, StringComparison.Ordinal), method == "GET" ? null : "{}")).Status;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Checklist_01_every_service_wants_key_and_agent_and_on_stage_a_listed_address(string method, string path)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        Assert.False(await StatusAsync(scene, method, path) is 401 or 403 or 429 or 503);

        scene.Key = "sandbox-key:wrong";
        Assert.Equal(401, await StatusAsync(scene, method, path));
        scene.UserAgent = null;
        Assert.Equal(403, await StatusAsync(scene, method, path));
        scene.Sandbox.Set(new() { AddressNotListed = true });
        Assert.Equal(503, await StatusAsync(scene, method, path));
    }

    [Theory]
    [MemberData(nameof(OfSellers))]
    public async Task Checklist_01_a_foreign_seller_number_is_refused_with_the_status_that_a_switch_says(string method, string path)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        scene.Sandbox.AddSeller(new() { SellerId = "99", ApiKey = "k", ApiSecret = "s" });

        Assert.Equal(403, await StatusAsync(scene, method, path, "99"));
        scene.Sandbox.Set(new() { ForeignSeller = 401 });
        Assert.Equal(401, await StatusAsync(scene, method, path, "99"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Checklist_02_a_strict_gateway_reads_the_user_agent_of_every_service(string method, string path)
    {
        await using var scene = await TrendyolScene.OpenAsync(new() { StrictUserAgent = true });
        Assert.NotEqual(403, await StatusAsync(scene, method, path));

        scene.UserAgent = "curl/8";
        Assert.Equal(403, await StatusAsync(scene, method, path));
        scene.Sandbox.Set(new());
        Assert.NotEqual(403, await StatusAsync(scene, method, path));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Checklist_03_every_service_takes_fifty_calls_in_ten_seconds(string method, string path)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        for (var i = 0; i < 50; i++)
            Assert.NotEqual(429, await StatusAsync(scene, method, path));

        var (status, body, raw) = await scene.CallAsync(new(method), path.Replace("{n}", TrendyolSandbox.DemoSellerId, StringComparison.Ordinal), method == "GET" ? null : "{}");
        Assert.Equal((429, "too.many.requests", "too.many.requests"), (status, body.GetProperty("error").GetString(), body.GetProperty("message").GetString()));
        Assert.Null(raw.Headers.RetryAfter);

        scene.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.NotEqual(429, await StatusAsync(scene, method, path));
    }

    [Theory]
    [InlineData(Write, "50k", 200)]
    [InlineData(Write, "75k", 300)]
    [InlineData(Write, "150k", 400)]
    [InlineData(Write, "500k", 500)]
    [InlineData(Write, "unlimited", 600)]
    [InlineData(Read, "50k", 1000)]
    [InlineData(Read, "75k", 1250)]
    [InlineData(Read, "150k", 1500)]
    [InlineData(Read, "500k", 1750)]
    [InlineData(Read, "unlimited", 2000)]
    public async Task Checklist_03_a_group_has_a_quota_a_minute_by_tier_that_its_services_share(string group, string tier, int quota)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        scene.Sandbox.AddSeller(new() { SellerId = "99", ApiKey = "k", ApiSecret = "s", Tier = tier });
        scene.Key = "k:s";
        // Fifty in ten seconds each, so the services take turns and time goes on a little.
        var own = Services.Where(service => service.Group == group).ToList();
        for (var i = 0; i < quota; i++)
        {
            if (i > 0 && i % (50 * own.Count) == 0)
                scene.Clock.Advance(TimeSpan.FromSeconds(10));
            var (method, path, _) = own[i % own.Count];
            Assert.NotEqual(429, await StatusAsync(scene, method, path, "99"));
        }

        scene.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(429, await StatusAsync(scene, own[0].Method, own[0].Path, "99"));
        foreach (var other in Services.Where(service => service.Group != group).DistinctBy(service => service.Group))
            Assert.NotEqual(429, await StatusAsync(scene, other.Method, other.Path, "99"));
        scene.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotEqual(429, await StatusAsync(scene, own[0].Method, own[0].Path, "99"));
    }

    // Their group has one service: six times fifty is all it can take in a minute, which is below the smallest tier's quota.
    [Theory]
    [InlineData("50k", 300)]
    [InlineData("unlimited", 300)]
    public async Task Checklist_03_price_and_stock_reach_the_ceiling_of_their_endpoint_before_their_quota(string tier, int served)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        scene.Sandbox.AddSeller(new() { SellerId = "99", ApiKey = "k", ApiSecret = "s", Tier = tier });
        scene.Key = "k:s";
        var count = 0;
        for (var second = 0; second < 60; second += 10)
        {
            while (await StatusAsync(scene, "POST", Services[^1].Path, "99") != 429)
                count++;
            scene.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(served, count);
    }

    [Theory]
    [InlineData("GET", "product/sellers/{n}/products")]
    [InlineData("POST", "product/sellers/{n}/products")]
    [InlineData("PUT", "product/sellers/{n}/products")]
    [InlineData("GET", "product/product-categories/382/attributes")]
    public async Task Checklist_16_first_generation_services_say_what_the_switch_says(string method, string path)
    {
        foreach (var closed in new[] { 426, 404, 410 })
        {
            await using var scene = await TrendyolScene.OpenAsync(new() { ClosedPaths = closed });
            Assert.Equal(closed, await StatusAsync(scene, method, path));
        }
    }

    [Theory]
    [InlineData(500, false)]
    [InlineData(502, true)]
    [InlineData(504, true)]
    [InlineData(504, false)]
    public async Task Checklist_17_a_fault_strikes_a_write_before_or_after_it_is_carried_out(int status, bool after)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        scene.Sandbox.AddFault(new() { Kind = MesChain.Sandbox.FaultKind.Status, Status = status, Endpoint = "create-products", AfterApplying = after });

        Assert.Equal(status, (await scene.CreateAsync(Product())).Status);
        scene.Clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(after ? 1 : 0, (await scene.GetAsync($"{Products}/unapproved")).Body.GetProperty("totalElements").GetInt32());
        Assert.Equal(200, (await scene.CreateAsync(Product("next"))).Status);
    }

    [Theory]
    [InlineData("update-content")]
    [InlineData("archive-products")]
    [InlineData("delete-products")]
    public async Task Checklist_17_a_late_receipt_is_late_and_the_change_is_not(string endpoint)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        var content = await scene.ApprovedAsync();
        await scene.DoneAsync(scene.CreateAsync(Product("pending")));
        scene.Sandbox.AddFault(new() { Kind = MesChain.Sandbox.FaultKind.Late, Endpoint = endpoint, Seconds = 600 });
        var accepted = endpoint switch
        {
            "update-content" => await scene.CallAsync(HttpMethod.Post, $"{Products}/content-bulk-update", Body(new JsonObject { ["contentId"] = content, ["title"] = "Yeni" })),
            "archive-products" => await scene.CallAsync(HttpMethod.Put, $"{Products}/archive-state", Body(new JsonObject { ["barcode"] = TrendyolScene.Barcode, ["archived"] = true })),
            _ => await scene.CallAsync(HttpMethod.Delete, Products, Body(new JsonObject { ["barcode"] = "pending" })),
        };

        scene.Clock.Advance(TimeSpan.FromSeconds(590));
        Assert.Equal(["IN_PROGRESS"], (await scene.ReceiptAsync(accepted.Body)).Body.Statuses());
        var item = scene.Sandbox.With("", seller => seller.ByBarcode.GetValueOrDefault(endpoint == "delete-products" ? "pending" : TrendyolScene.Barcode));
        Assert.True(endpoint switch { "update-content" => item!.Title == "Yeni", "archive-products" => item!.Archived, _ => item is null });
        scene.Clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(["SUCCESS"], (await scene.ReceiptAsync(accepted.Body)).Body.Statuses());
    }
}
