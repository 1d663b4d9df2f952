using System.Text;

namespace MesChain.Tests.Sandbox;

/// <summary>The control API and the page: what docs/sandbox.md promises.</summary>
public sealed class TrendyolControlTests
{
    [Fact]
    public async Task A_scene_can_be_played_by_json_alone()
    {
        await using var scene = await TrendyolScene.OpenAsync();

        Assert.Equal(200, (await scene.ControlAsync("sellers", new { sellerId = "77", apiKey = "k", apiSecret = "s" })).Status);
        Assert.Equal(200, (await scene.ControlAsync("items", new { sellerId = "77", items = new[] { new { barcode = "B1", title = "Atkı", quantity = 5, price = 10.5m } } })).Status);
        var placed = await scene.ControlAsync("orders", new { sellerId = "77", lines = new[] { new { barcode = "B1", quantity = 2 } } });
        Assert.Equal(21.0m, placed.Body.GetProperty("total").GetDecimal());
        var packageId = placed.Body.GetProperty("packageId").GetString();
        var cancelled = await scene.ControlAsync("orders/cancel-line", new { sellerId = "77", packageId, barcode = "B1", quantity = 1 });
        Assert.Equal(200, (await scene.ControlAsync("packages/advance", new { sellerId = "77", packageId = cancelled.Body.GetProperty("newPackageId").GetString(), status = "Picking" })).Status);
        Assert.Equal(200, (await scene.ControlAsync("setquantity", new { sellerId = "77", barcode = "B1", quantity = 9 })).Status);
        Assert.Equal(200, (await scene.ControlAsync("faults", new { kind = "Status", status = 502, endpoint = "orders-stream", count = 3, afterApplying = false })).Status);
        Assert.Equal(200, (await scene.ControlAsync("clock", new { advanceSeconds = 3600 })).Status);

        Assert.Equal(9, (await scene.ControlAsync("offers?sellerId=77")).Body[0].GetProperty("quantity").GetInt32());
        Assert.Equal(["Picking", "Cancelled"], (await scene.ControlAsync("packages?sellerId=77")).Body.EnumerateArray().Select(package => package.GetProperty("status").GetString()));
        Assert.Equal(["elsewhere", "sale", "elsewhere"], (await scene.ControlAsync("changes?sellerId=77")).Body.EnumerateArray().Select(change => change.GetProperty("cause").GetString()));
        Assert.Equal(3, (await scene.ControlAsync("faults")).Body[0].GetProperty("left").GetInt32());
        Assert.Equal(3600, (await scene.ControlAsync("clock")).Body.GetProperty("offsetSeconds").GetInt64());
        Assert.DoesNotContain("apiSecret", (await scene.ControlAsync("sellers")).Body.GetRawText(), StringComparison.OrdinalIgnoreCase);

        Assert.Equal(200, (await scene.ControlAsync("reset", new { seed = 3 })).Status);
        Assert.Equal(404, (await scene.ControlAsync("offers?sellerId=77")).Status);
        Assert.Empty((await scene.ControlAsync("offers")).Body.EnumerateArray());
    }

    [Fact]
    public async Task What_follows_an_order_can_be_played_by_json_alone()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        scene.List();
        await scene.CallAsync(HttpMethod.Post, "webhook/sellers/{s}/webhooks", """{"url":"https://shop.example/","authenticationType":"API_KEY","apiKey":"geheim"}""");
        var packageId = scene.Order(2).PackageId;
        foreach (var status in new[] { "Picking", "Shipped", "Delivered" })
            Assert.Equal(200, (await scene.ControlAsync("packages/advance", new { packageId, status })).Status);

        var claim = await scene.ControlAsync("claims", new { packageId, barcode = TrendyolScene.Barcode, quantity = 1, status = "Created" });
        var claimItemId = claim.Body.GetProperty("itemIds")[0].GetString();
        Assert.Equal(200, (await scene.ControlAsync("claims/advance", new { claimItemId, status = "WaitingInAction" })).Status);
        Assert.Equal(409, (await scene.ControlAsync("claims/advance", new { claimItemId, status = "Rejected" })).Status);
        Assert.Equal(200, (await scene.ControlAsync("questions", new { barcode = TrendyolScene.Barcode, text = "Var mı?" })).Status);
        Assert.Equal(400, (await scene.ControlAsync("questions", new { barcode = TrendyolScene.Barcode, text = " " })).Status);
        Assert.Equal(200, (await scene.ControlAsync("webhooks/verify", new { packageId })).Status);
        Assert.Equal(200, (await scene.ControlAsync("bookings", new { type = "PaymentOrder", amount = 10.5m })).Status);
        Assert.Equal(400, (await scene.ControlAsync("bookings", new { type = "Sale", amount = 10.5m })).Status);

        Assert.Equal("WaitingInAction", (await scene.ControlAsync("claims")).Body[0].GetProperty("items")[0].GetProperty("status").GetString());
        Assert.Equal("WAITING_FOR_ANSWER", (await scene.ControlAsync("questions")).Body[0].GetProperty("status").GetString());
        var hooks = (await scene.ControlAsync("webhooks")).Body;
        Assert.Equal(5, hooks[0].GetProperty("owed").GetInt32());
        Assert.DoesNotContain("geheim", hooks.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_are_told_and_change_nothing()
    {
        await using var scene = await TrendyolScene.OpenAsync();

        Assert.Equal(400, (await scene.ControlAsync("orders", new { lines = Array.Empty<object>() })).Status);
        Assert.Equal(404, (await scene.ControlAsync("orders", new { lines = new[] { new { barcode = "none", quantity = 1 } } })).Status);
        Assert.Equal(400, (await scene.ControlAsync("orders", new { line = 1 })).Status);
        Assert.Equal(400, (await scene.ControlAsync("items", new { items = new[] { new { barcode = "B", title = "x", quantity = 20_001, price = 1 } } })).Status);
        Assert.Equal(400, (await scene.ControlAsync("clock", new { advanceSeconds = -1 })).Status);
        Assert.Equal(400, (await scene.ControlAsync("faults", new { kind = "Nonsense" })).Status);
        Assert.Equal(400, (await scene.ControlAsync("sellers", new { sellerId = "../1", apiKey = "k", apiSecret = "s" })).Status);
        Assert.Equal(409, (await scene.ControlAsync("sellers", new { sellerId = "4321", apiKey = "k", apiSecret = "s" })).Status);
    }

    [Fact]
    public async Task Only_json_is_taken_so_that_no_other_site_can_post_here()
    {
        await using var scene = await TrendyolScene.OpenAsync();

        Assert.Equal(415, (await scene.ControlAsync("clock", new { advanceSeconds = 1 }, "text/plain")).Status);
    }

    [Fact]
    public async Task The_page_and_its_parts_are_inside_the_program()
    {
        await using var scene = await TrendyolScene.OpenAsync();

        Assert.Contains("page.js", await scene.PageAsync(""), StringComparison.Ordinal);
        Assert.Contains("packages/advance", await scene.PageAsync("page.js"), StringComparison.Ordinal);
        Assert.Contains("tabular-nums", await scene.PageAsync("page.css"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_seed_and_script_give_the_same_answers()
    {
        Assert.Equal(await PlayAsync(5), await PlayAsync(5));
        Assert.NotEqual(await PlayAsync(5), await PlayAsync(6));
    }

    static async Task<string> PlayAsync(int seed)
    {
        await using var scene = await TrendyolScene.OpenAsync(seed: seed);
        scene.List();
        var told = new StringBuilder();
        for (var i = 0; i < 5; i++)
        {
            told.Append((await scene.PushAsync($$"""{"barcode":"{{TrendyolScene.Barcode}}","quantity":{{i}}}""")).Body.GetRawText());
            scene.Clock.Advance(TimeSpan.FromSeconds(1));
            told.Append(scene.Sandbox.QuantityOf(TrendyolScene.Barcode));
        }

        return told.ToString();
    }
}
