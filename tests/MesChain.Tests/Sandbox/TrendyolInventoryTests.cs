using System.Text.Json;

namespace MesChain.Tests.Sandbox;

/// <summary>Stock, price and receipts as Trendyol treats them.</summary>
public sealed class TrendyolInventoryTests
{
    const string Barcode = TrendyolScene.Barcode;

    static async Task<TrendyolScene> OpenAsync(MesChain.Sandbox.Trendyol.TrendyolSwitches? switches = null)
    {
        var scene = await TrendyolScene.OpenAsync(switches);
        scene.List();
        return scene;
    }

    static string Item(string rest) => $$"""{"barcode":"{{Barcode}}",{{rest}}}""";

    [Theory]
    [InlineData("\"quantity\":20001", "invalid.quantity")]
    [InlineData("\"quantity\":-1", "invalid.quantity")]
    [InlineData("\"salePrice\":10,\"listPrice\":9.99", "invalid.listprice")]
    [InlineData("\"salePrice\":0,\"listPrice\":9", "invalid.saleprice")]
    [InlineData("\"quantity\":null", "NO_MUTABLE_FIELD")]
    public async Task Checklist_04_a_request_that_breaks_a_rule_is_400_with_the_standard_envelope(string rest, string key)
    {
        await using var scene = await OpenAsync();

        var (status, body, _) = await scene.PushAsync(Item(rest));

        Assert.Equal(400, status);
        Assert.Equal(key, body.GetProperty("errors")[0].GetProperty("key").GetString());
        Assert.Equal("400", body.GetProperty("errors")[0].GetProperty("errorCode").GetString());
    }

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(1001, 400)]
    [InlineData(0, 400)]
    public async Task Checklist_04_a_batch_has_one_to_a_thousand_items(int count, int status)
    {
        await using var scene = await OpenAsync();

        var items = string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"barcode":"B{{i}}","quantity":1}"""));

        Assert.Equal(status, (await scene.PushAsync(items)).Status);
    }

    [Fact]
    public async Task Checklist_05_a_receipt_is_late_has_no_status_of_its_own_and_mixes_results()
    {
        await using var scene = await OpenAsync();
        var accepted = await scene.PushAsync(Item("\"quantity\":5") + """,{"barcode":"unknown","quantity":5}""");

        var early = (await scene.ReceiptAsync(accepted.Body)).Body;
        Assert.All(early.GetProperty("items").EnumerateArray(), item => Assert.Equal("IN_PROGRESS", item.GetProperty("status").GetString()));

        scene.Clock.Advance(TimeSpan.FromSeconds(31));
        var body = (await scene.ReceiptAsync(accepted.Body)).Body;
        Assert.False(body.TryGetProperty("status", out _));
        Assert.Equal("ProductInventoryUpdate", body.GetProperty("batchRequestType").GetString());
        Assert.Equal((2, 1), (body.GetProperty("itemCount").GetInt32(), body.GetProperty("failedItemCount").GetInt32()));
        Assert.Equal(["SUCCESS", "FAILED"], body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("status").GetString()));
        Assert.Equal(5, scene.Sandbox.QuantityOf(Barcode));
    }

    [Fact]
    public async Task Checklist_05_a_batch_id_names_its_end_and_lives_four_hours()
    {
        await using var scene = await OpenAsync();
        var accepted = await scene.PushAsync(Item("\"quantity\":5"));

        var id = accepted.Body.GetProperty("batchRequestId").GetString()!;
        Assert.True(Guid.TryParse(id[..36], out _));
        Assert.Equal((scene.Clock.GetUtcNow() + TimeSpan.FromHours(4)).ToUnixTimeSeconds(), long.Parse(id[37..], System.Globalization.CultureInfo.InvariantCulture));

        scene.Clock.Advance(TimeSpan.FromHours(4) - TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await scene.ReceiptAsync(accepted.Body)).Status);
        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(404, (await scene.ReceiptAsync(accepted.Body)).Status);
    }

    [Fact]
    public async Task Checklist_05_blanks_in_a_barcode_are_squeezed_in_store_and_echo()
    {
        await using var scene = await OpenAsync();

        var receipt = await scene.PushAndWaitAsync("""{"barcode":"869 0000 000012","quantity":3}""");

        Assert.Equal(Barcode, receipt.GetProperty("items")[0].GetProperty("requestItem").GetProperty("barcode").GetString());
        Assert.Equal(3, scene.Sandbox.QuantityOf(Barcode));
    }

    [Fact]
    public async Task Checklist_05_a_barcode_twice_in_a_batch_fails_the_second_time()
    {
        await using var scene = await OpenAsync();

        var receipt = await scene.PushAndWaitAsync(Item("\"quantity\":5") + "," + Item("\"quantity\":6"));

        Assert.Equal(["SUCCESS", "FAILED"], receipt.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("status").GetString()));
        Assert.Equal(5, scene.Sandbox.QuantityOf(Barcode));
    }

    [Fact]
    public async Task Checklist_06_the_same_values_within_15_minutes_are_refused_however_they_are_spelled()
    {
        await using var scene = await OpenAsync();
        Assert.Equal(200, (await scene.PushAsync(Item("\"salePrice\":249.9,\"listPrice\":299.90"))).Status);

        scene.Clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        var (status, body, _) = await scene.PushAsync(Item(" \"listPrice\":299.9, \"salePrice\":249.900"));
        Assert.Equal(400, status);
        Assert.Equal("15 dakika boyunca aynı isteği tekrarlı olarak atamazsınız!", body.GetProperty("errors")[0].GetProperty("message").GetString());
        Assert.Equal(200, (await scene.PushAsync(Item("\"salePrice\":249.91,\"listPrice\":299.90"))).Status);

        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await scene.PushAsync(Item("\"salePrice\":249.9,\"listPrice\":299.90"))).Status);
    }

    [Fact]
    public async Task Checklist_06_the_same_values_can_be_refused_in_the_receipt_instead()
    {
        await using var scene = await OpenAsync(new() { IdenticalBody = "item" });
        await scene.PushAndWaitAsync(Item("\"quantity\":5"));
        await scene.PushAndWaitAsync(Item("\"quantity\":6"));

        var receipt = await scene.PushAndWaitAsync(Item("\"quantity\":5"));

        Assert.Equal("FAILED", receipt.GetProperty("items")[0].GetProperty("status").GetString());
        Assert.Equal(6, scene.Sandbox.QuantityOf(Barcode));
    }

    [Fact]
    public async Task Checklist_06_the_31st_price_of_a_barcode_in_a_minute_fails_in_its_receipt()
    {
        await using var scene = await OpenAsync();
        JsonElement last = default;
        for (var i = 1; i <= 31; i++)
        {
            scene.Clock.Advance(TimeSpan.FromSeconds(1));
            last = (await scene.PushAsync(Item($"\"salePrice\":{100 + i},\"listPrice\":500"))).Body;
        }

        scene.Clock.Advance(TimeSpan.FromSeconds(60));
        var item = (await scene.ReceiptAsync(last)).Body.GetProperty("items")[0];

        Assert.Equal("FAILED", item.GetProperty("status").GetString());
        Assert.Contains("limit", item.GetProperty("failureReasons")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checklist_07_stock_of_an_item_that_is_not_approved_fails_in_its_receipt()
    {
        await using var scene = await OpenAsync();
        scene.List("pending", approved: false);

        var receipt = await scene.PushAndWaitAsync("""{"barcode":"pending","quantity":3}""");

        Assert.Equal("FAILED", receipt.GetProperty("items")[0].GetProperty("status").GetString());
        Assert.Equal(10, scene.Sandbox.QuantityOf("pending"));
    }

    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, 10)]
    public async Task A_fault_after_applying_leaves_the_value_and_one_before_does_not(bool after, int quantity)
    {
        await using var scene = await OpenAsync();
        scene.Sandbox.AddFault(new() { Kind = MesChain.Sandbox.FaultKind.Status, Status = 502, AfterApplying = after });

        Assert.Equal(502, (await scene.PushAsync(Item("\"quantity\":5"))).Status);
        scene.Clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(quantity, scene.Sandbox.QuantityOf(Barcode));
    }

    [Fact]
    public async Task A_late_receipt_is_late_and_its_values_are_not()
    {
        await using var scene = await OpenAsync();
        scene.Sandbox.AddFault(new() { Kind = MesChain.Sandbox.FaultKind.Late, Seconds = 600 });
        var accepted = await scene.PushAsync(Item("\"quantity\":5"));

        scene.Clock.Advance(TimeSpan.FromSeconds(599));
        Assert.Equal("IN_PROGRESS", (await scene.ReceiptAsync(accepted.Body)).Body.GetProperty("items")[0].GetProperty("status").GetString());
        Assert.Equal(5, scene.Sandbox.QuantityOf(Barcode));
        scene.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("SUCCESS", (await scene.ReceiptAsync(accepted.Body)).Body.GetProperty("items")[0].GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("size=101", 400)]
    [InlineData("size=100", 200)]
    [InlineData("page=99&size=100", 200)]
    [InlineData("page=100&size=100", 400)]
    [InlineData("page=-1", 400)]
    [InlineData("size=x", 400)]
    [InlineData("nextPageToken=nonsense", 400)]
    public async Task Checklist_04_approved_products_have_pages_and_an_end_of_pages(string query, int status)
    {
        await using var scene = await OpenAsync();

        Assert.Equal(status, (await scene.GetAsync($"product/sellers/{{s}}/products/approved?{query}")).Status);
    }

    [Theory]
    [InlineData(50, 200)]
    [InlineData(51, 400)]
    public async Task Checklist_04_approved_products_are_asked_by_fifty_barcodes_at_most(int count, int status)
    {
        await using var scene = await OpenAsync();

        Assert.Equal(status, (await scene.GetAsync($"product/sellers/{{s}}/products/approved?barcodes={string.Join(',', Enumerable.Range(0, count))}")).Status);
    }

    [Fact]
    public async Task Variants_of_a_product_are_one_content_and_pending_items_are_none()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        scene.Sandbox.PutItems(new()
        {
            Items =
            [
                new() { Barcode = "S", Title = "Tişört", Quantity = 1, Price = 1, ProductMainId = "TS" },
                new() { Barcode = "M", Title = "Tişört", Quantity = 1, Price = 1, ProductMainId = "TS" },
                new() { Barcode = "P", Title = "Bekleyen", Quantity = 1, Price = 1, Approved = false },
            ],
        });

        var body = (await scene.GetAsync("product/sellers/{s}/products/approved")).Body;

        Assert.Equal(1, body.GetProperty("totalElements").GetInt32());
        Assert.Equal(["S", "M"], body.GetProperty("content")[0].GetProperty("variants").EnumerateArray().Select(variant => variant.GetProperty("barcode").GetString()));
    }
}
