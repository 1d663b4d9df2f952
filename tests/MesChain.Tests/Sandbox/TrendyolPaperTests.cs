using System.Text.Json;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Sandbox;

/// <summary>Labels and invoices as a bare client sees them.</summary>
public sealed class TrendyolPaperTests
{
    const string Links = "sellers/{s}/seller-invoice-links";
    const string Files = "sellers/{s}/seller-invoice-file";

    static readonly byte[] Pdf = "%PDF-1.7 deneme"u8.ToArray();

    static async Task<TrendyolScene> OpenAsync(TrendyolSwitches? switches = null)
    {
        var scene = await TrendyolScene.OpenAsync(switches);
        scene.List(quantity: 1000);
        return scene;
    }

    static async Task<int> LinkAsync(TrendyolScene scene, string body) => (await scene.CallAsync(HttpMethod.Post, Links, body)).Status;

    static async Task<string> MessageAsync(TrendyolScene scene, string packageId, byte[]? file, string name = "fatura.pdf", string type = "application/pdf")
    {
        var (status, text) = await scene.PostFormAsync(Files, new Dictionary<string, string>(StringComparer.Ordinal) { ["shipmentPackageId"] = packageId }, file, name, type);
        return status == 200 ? "" : JsonDocument.Parse(text).RootElement.GetProperty("errors")[0].GetProperty("message").GetString()!;
    }

    [Theory] // 12
    [InlineData(""" "invoiceNumber":"ABC2026000000001","invoiceDateTime":1795539333 """, false, 201)]
    [InlineData(""" "invoiceNumber":"ABC2026000000001","invoiceDateTime":1795539333000 """, true, 201)]
    [InlineData(""" "x":1 """, false, 201)]
    [InlineData(""" "x":1 """, true, 400)]
    [InlineData(""" "invoiceNumber":"ABC2026000000001" """, true, 400)]
    [InlineData(""" "invoiceNumber":"ABC2015000000001" """, false, 400)]
    [InlineData(""" "invoiceNumber":"AB2026000000001" """, false, 400)]
    [InlineData(""" "invoiceDateTime":0 """, false, 400)]
    [InlineData(""" "invoiceDateTime":17955393330 """, false, 400)]
    public async Task Checklist_12_a_link_is_201_and_its_number_and_time_are_looked_at(string rest, bool micro, int status)
    {
        await using var scene = await OpenAsync();
        var order = scene.Sandbox.PlaceOrder(new() { Micro = micro, Lines = [new() { Barcode = TrendyolScene.Barcode, Quantity = 1 }] });

        var answer = await scene.CallAsync(HttpMethod.Post, Links, $$"""{"invoiceLink":"https://shop.example/1.pdf","shipmentPackageId":{{order.PackageId}},{{rest}}}""");

        Assert.Equal(status, answer.Status);
        Assert.True(status != 201 || answer.Body.ValueKind == JsonValueKind.Undefined);
    }

    [Fact] // 12
    public async Task Checklist_12_a_second_invoice_and_a_link_of_another_package_are_409()
    {
        await using var scene = await OpenAsync();
        var (one, two) = (scene.Order().PackageId, scene.Order().PackageId);
        string Body(string id, string file) => $$"""{"invoiceLink":"https://shop.example/{{file}}","shipmentPackageId":{{id}}}""";

        Assert.Equal(201, await LinkAsync(scene, Body(one, "1.pdf")));
        Assert.Equal(409, await LinkAsync(scene, Body(one, "2.pdf")));
        Assert.Equal(409, await LinkAsync(scene, Body(two, "1.pdf")));
        Assert.Equal(404, await LinkAsync(scene, Body("1", "3.pdf")));
        Assert.Equal(400, await LinkAsync(scene, Body(two, "1.pdf").Replace("https", "file", StringComparison.Ordinal)));
        Assert.Equal(201, await LinkAsync(scene, Body(two, "2.pdf")));
    }

    [Theory] // 12
    [InlineData(888888001, 202, 201)]
    [InlineData(1, 404, 409)]
    public async Task Checklist_12_an_invoice_is_taken_back_by_package_and_buyer(long buyer, int status, int again)
    {
        await using var scene = await OpenAsync();
        var id = scene.Order().PackageId;
        var body = $$"""{"invoiceLink":"https://shop.example/1.pdf","shipmentPackageId":{{id}}}""";
        await LinkAsync(scene, body);

        var answer = await scene.CallAsync(HttpMethod.Post, $"{Links}/delete", $$"""{"serviceSourceId":{{id}},"channelId":1,"customerId":{{buyer}}}""");

        Assert.Equal(status, answer.Status);
        Assert.Equal(again, await LinkAsync(scene, body));
    }

    [Fact] // 12
    public async Task Checklist_12_a_file_is_refused_in_the_published_words()
    {
        await using var scene = await OpenAsync();
        var id = scene.Order().PackageId;
        scene.Sandbox.AddSeller(new() { SellerId = "99", ApiKey = "k", ApiSecret = "s" });
        scene.Sandbox.PutItems(new() { SellerId = "99", Items = [new() { Barcode = "X", Title = "x", Quantity = 1, Price = 1 }] });
        var foreign = scene.Sandbox.PlaceOrder(new() { SellerId = "99", Lines = [new() { Barcode = "X", Quantity = 1 }] }).PackageId;

        Assert.Equal("Dosya gönderilmedi. Lütfen fatura dosyasını seçip tekrar deneyin.", await MessageAsync(scene, id, null));
        Assert.Equal("Dosya türü (.txt) desteklenmiyor. Desteklenen dosya türleri: application/pdf,image/jpeg,image/png", await MessageAsync(scene, id, Pdf, "fatura.txt", "text/plain"));
        Assert.Equal("(1) Idli kargo paketi bulunamadı.", await MessageAsync(scene, "1", Pdf));
        Assert.Equal("Gönderi paketi, belirtilen satıcıya ait değil.sellerId:4321", await MessageAsync(scene, foreign, Pdf));
        Assert.Contains("10 MB", await MessageAsync(scene, id, new byte[10 * 1024 * 1024 + 1]), StringComparison.Ordinal);
        Assert.Equal("", await MessageAsync(scene, id, new byte[10 * 1024 * 1024], "fatura.png", "image/png"));
        Assert.Equal($"({id})numaralı pakete ait fatura önceden gönderilmiş", await MessageAsync(scene, id, Pdf));
    }

    [Theory]
    [InlineData("TEXMP", false, true, 200)]
    [InlineData("ARASMP", false, true, 200)]
    [InlineData("YKMP", false, true, 400)]
    [InlineData("TEXMP", true, true, 400)]
    [InlineData("TEXMP", false, false, 400)]
    public async Task A_label_is_for_two_carriers_that_trendyol_pays_and_comes_after_the_invoice(string carrier, bool sellerPays, bool invoiced, int status)
    {
        await using var scene = await OpenAsync();
        var order = scene.Sandbox.PlaceOrder(new() { Carrier = carrier, SellerPays = sellerPays, Lines = [new() { Barcode = TrendyolScene.Barcode, Quantity = 1 }] });
        var tracking = (await scene.GetAsync("order/sellers/{s}/orders/stream")).Body.GetProperty("content")[0].GetProperty("cargoTrackingNumber").GetRawText();
        if (invoiced)
            await scene.StepAsync(order, "Invoiced");

        Assert.Equal(status, (await scene.CallAsync(HttpMethod.Post, $"sellers/{{s}}/common-label/{tracking}", """{"format":"ZPL","boxQuantity":2,"volumetricHeight":1.2}""")).Status);
        Assert.Equal(status == 200 ? 2 : 0, (await scene.GetAsync($"sellers/{{s}}/common-label/{tracking}")).Body.GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task A_label_of_another_format_or_of_no_parcel_is_refused()
    {
        await using var scene = await OpenAsync(new() { LabelBeforeInvoice = true });
        scene.Order();
        var tracking = (await scene.GetAsync("order/sellers/{s}/orders/stream")).Body.GetProperty("content")[0].GetProperty("cargoTrackingNumber").GetRawText();

        Assert.Equal(400, (await scene.CallAsync(HttpMethod.Post, $"sellers/{{s}}/common-label/{tracking}", """{"format":"PDF","boxQuantity":1}""")).Status);
        Assert.Equal(404, (await scene.CallAsync(HttpMethod.Post, "sellers/{s}/common-label/1", """{"format":"ZPL","boxQuantity":1}""")).Status);
        Assert.Equal(200, (await scene.CallAsync(HttpMethod.Post, $"sellers/{{s}}/common-label/{tracking}", """{"format":"ZPL","boxQuantity":1}""")).Status);
    }
}
