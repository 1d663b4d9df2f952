using System.Text.Json;
using System.Text.Json.Nodes;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Sandbox;

/// <summary>What a bare HTTP client says about products.</summary>
static class TrendyolProductScene
{
    public const string Products = "product/sellers/{s}/products";

    /// <summary>The example of Trendyol's documents, with everything that its category asks for.</summary>
    public static JsonObject Product(string barcode = TrendyolScene.Barcode) => new()
    {
        ["barcode"] = barcode,
        ["title"] = "Pamuklu Tişört Kırmızı S",
        ["description"] = "<p>%100 pamuk</p>",
        ["productMainId"] = "TS-100",
        ["brandId"] = 1791,
        ["categoryId"] = 604,
        ["quantity"] = 25,
        ["stockCode"] = "TS-100-RED-S",
        ["origin"] = "TR",
        ["dimensionalWeight"] = 1,
        ["listPrice"] = 299.90m,
        ["salePrice"] = 249.90m,
        ["vatRate"] = 10,
        ["lotNumber"] = null,
        ["cargoProviders"] = new JsonArray("ARASMP"),
        ["shipmentAddressId"] = 1001,
        ["returningAddressId"] = 1002,
        ["deliveryOption"] = new JsonObject { ["deliveryDuration"] = 1 },
        ["images"] = new JsonArray(new JsonObject { ["url"] = "https://cdn.example.com/ts100-1.jpg" }),
        ["attributes"] = new JsonArray(
            new JsonObject { ["attributeId"] = 338, ["attributeValueId"] = 4873 },
            new JsonObject { ["attributeId"] = 47, ["customAttributeValue"] = "Kırmızı" },
            new JsonObject { ["attributeId"] = 295, ["attributeValueId"] = 2886 }),
    };

    /// <summary>The same with a field that is otherwise; a null node takes the field away.</summary>
    public static JsonObject With(this JsonObject product, string field, JsonNode? value)
    {
        if (value is null)
            product.Remove(field);
        else
            product[field] = value;
        return product;
    }

    public static string Body(params IEnumerable<JsonNode> items) => new JsonObject { ["items"] = new JsonArray([.. items]) }.ToJsonString();

    public static Task<(int Status, JsonElement Body, HttpResponseMessage Raw)> CreateAsync(this TrendyolScene scene, params IEnumerable<JsonNode> items) =>
        scene.CallAsync(HttpMethod.Post, "product/sellers/{s}/v2/products", Body(items));

    /// <summary>Sends a write about products, waits on the sandbox's own clock, and returns its complete receipt.</summary>
    public static async Task<JsonElement> DoneAsync(this TrendyolScene scene, Task<(int Status, JsonElement Body, HttpResponseMessage Raw)> write)
    {
        var accepted = await write;
        Assert.Equal(200, accepted.Status);
        scene.Clock.Advance(TimeSpan.FromSeconds(31));
        return (await scene.ReceiptAsync(accepted.Body)).Body;
    }

    /// <summary>A product that has passed its review; returns the id of its card.</summary>
    public static async Task<long> ApprovedAsync(this TrendyolScene scene, string barcode = TrendyolScene.Barcode)
    {
        await scene.DoneAsync(scene.CreateAsync(Product(barcode)));
        scene.Clock.Advance(TimeSpan.FromSeconds(new TrendyolSwitches().ReviewSeconds));
        return (await scene.GetAsync($"product/sellers/{{s}}/product/{barcode}")).Body.GetProperty("contentId").GetInt64();
    }

    public static IEnumerable<string?> Statuses(this JsonElement receipt) => receipt.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("status").GetString());

    public static string? Failure(this JsonElement receipt, int item = 0) =>
        receipt.GetProperty("items")[item].GetProperty("failureReasons") is { } reasons && reasons.GetArrayLength() > 0 ? reasons[0].GetString() : null;

    public static string? Key(this JsonElement body) => body.GetProperty("errors")[0].GetProperty("key").GetString();
}
