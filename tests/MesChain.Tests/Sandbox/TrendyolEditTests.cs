using System.Text.Json;
using System.Text.Json.Nodes;
using static MesChain.Tests.Sandbox.TrendyolProductScene;

namespace MesChain.Tests.Sandbox;

/// <summary>Changes of products that are there. Numbers in names are those of the checklist that the simulator follows.</summary>
public sealed class TrendyolEditTests
{
    const string Barcode = TrendyolScene.Barcode;

    static Task<(int Status, JsonElement Body, HttpResponseMessage Raw)> EditAsync(TrendyolScene scene, string service, params IEnumerable<JsonNode> items) =>
        scene.CallAsync(HttpMethod.Post, $"{Products}/{service}-bulk-update", Body(items));

    static JsonObject Content(long id, string field, JsonNode? value) => new() { ["contentId"] = id, [field] = value };

    static async Task<JsonElement> AuditAsync(TrendyolScene scene, long content, string query = "") =>
        (await scene.GetAsync($"{Products}/{content}/update-audits{query}")).Body;

    static async Task<JsonElement> VariantAsync(TrendyolScene scene) =>
        (await scene.GetAsync($"{Products}/approved?barcodes={Barcode}")).Body.GetProperty("content")[0].GetProperty("variants")[0];

    [Fact]
    public async Task Checklist_07_a_change_of_content_is_running_after_its_batch_and_then_applied()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        var content = await scene.ApprovedAsync();

        var receipt = await scene.DoneAsync(EditAsync(scene, "content", Content(content, "title", "Yeni Başlık")));
        Assert.Equal("ApprovedProductContentUpdate", receipt.GetProperty("batchRequestType").GetString());
        Assert.Equal(["SUCCESS"], receipt.Statuses());
        var echo = receipt.GetProperty("items")[0].GetProperty("requestItem");
        Assert.Equal((4321, content), (echo.GetProperty("supplierId").GetInt64(), echo.GetProperty("updateRequest").GetProperty("contentId").GetInt64()));

        var running = await AuditAsync(scene, content);
        Assert.Equal((1, 1), (running.GetProperty("page").GetInt32(), running.GetProperty("totalPage").GetInt32()));
        var update = running.GetProperty("content")[0].GetProperty("updates")[0];
        Assert.Equal(("TITLE", "RUNNING"), (update.GetProperty("type").GetString(), update.GetProperty("status").GetString()));
        Assert.Equal(JsonValueKind.Null, update.GetProperty("completedDate").ValueKind);
        Assert.Equal(("Yeni Başlık", "Pamuklu Tişört Kırmızı S"), (update.GetProperty("changedTitle").GetString(), update.GetProperty("existingTitle").GetString()));

        scene.Clock.Advance(TimeSpan.FromSeconds(300));
        var done = (await AuditAsync(scene, content, "?status=SUCCESS")).GetProperty("content")[0];
        Assert.Equal(JsonValueKind.String, done.GetProperty("requestDate").ValueKind);
        Assert.EndsWith("Z", done.GetProperty("updates")[0].GetProperty("completedDate").GetString(), StringComparison.Ordinal);
        Assert.Equal("Yeni Başlık", (await scene.GetAsync($"{Products}/approved")).Body.GetProperty("content")[0].GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("title", "\"Pamuklu Tişört Kırmızı S\"", "CHANGES_NOT_FOUND")]
    [InlineData("description", "\"<p>Sahte pamuk</p>\"", "Yasaklı İfade")]
    [InlineData("images", "[{\"url\":\"https://cdn.example.com/ts100-1.jpg\"}]", "CHANGES_NOT_FOUND")]
    public async Task Checklist_07_a_change_that_quality_control_refuses_fails_with_its_reasons_and_changes_nothing(string field, string json, string reason)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        var content = await scene.ApprovedAsync();
        await scene.DoneAsync(EditAsync(scene, "content", Content(content, field, JsonNode.Parse(json))));

        scene.Clock.Advance(TimeSpan.FromSeconds(300));

        var update = (await AuditAsync(scene, content, "?status=FAIL")).GetProperty("content")[0].GetProperty("updates")[0];
        Assert.Equal(reason, update.GetProperty("rejectReasons")[0].GetProperty("type").GetString());
        Assert.Empty((await AuditAsync(scene, content, "?status=SUCCESS")).GetProperty("content").EnumerateArray());
        Assert.Contains("%100 pamuk", (await scene.GetAsync($"{Products}/approved")).Body.GetProperty("content")[0].GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> RefusedContent => new()
    {
        { "attributes", """[{"attributeId":295,"attributeValueIds":[2887]}]""", "Zorunlu" },
        { "attributes", """[{"attributeId":47,"attributeValue":"Mavi"},{"attributeId":295,"attributeValueIds":[2887]}]""", "onaydan sonra" },
        { "productMainId", "\"OTHER\"", "NO_MUTABLE_FIELD" },
    };

    [Theory]
    [MemberData(nameof(RefusedContent))]
    public async Task Attributes_come_all_or_none_and_what_the_approval_fixed_cannot_change(string field, string json, string words)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        var content = await scene.ApprovedAsync();

        var receipt = await scene.DoneAsync(EditAsync(scene, "content", Content(content, field, JsonNode.Parse(json))));

        Assert.Contains(words, receipt.Failure(), StringComparison.Ordinal);
        Assert.Empty((await AuditAsync(scene, content)).GetProperty("content").EnumerateArray());
    }

    [Fact]
    public async Task Attributes_of_a_card_change_and_those_of_its_variants_stay()
    {
        await using var scene = await TrendyolScene.OpenAsync(new() { StrictAttributeForm = true });
        var content = await scene.ApprovedAsync();

        await scene.DoneAsync(EditAsync(scene, "content", Content(content, "attributes", JsonNode.Parse(
            """[{"attributeId":47,"attributeValue":"Kırmızı"},{"attributeId":295,"attributeValueIds":[2887]},{"attributeId":14,"attributeValueIds":[900,901]}]"""))));
        scene.Clock.Advance(TimeSpan.FromSeconds(300));

        var card = (await scene.GetAsync($"{Products}/approved")).Body.GetProperty("content")[0];
        Assert.Equal(["Kırmızı", "Mavi", "Pamuk", "Yün"], card.GetProperty("attributes").EnumerateArray().Select(attribute => attribute.GetProperty("attributeValue").GetString()));
        Assert.Equal("S", card.GetProperty("variants")[0].GetProperty("attributes")[0].GetProperty("attributeValue").GetString());
    }

    [Theory]
    [InlineData("?page=1", 1, 200)]
    [InlineData("?page=0", 1, 400)]
    [InlineData("?page=0", 0, 200)]
    [InlineData("?status=DONE", 1, 400)]
    [InlineData("?size=101", 1, 400)]
    public async Task Audits_begin_at_the_page_that_a_switch_says(string query, int first, int status)
    {
        await using var scene = await TrendyolScene.OpenAsync(new() { AuditFirstPage = first });
        var content = await scene.ApprovedAsync();

        Assert.Equal(status, (await scene.GetAsync($"{Products}/{content}/update-audits{query}")).Status);
        Assert.Equal(404, (await scene.GetAsync($"{Products}/1/update-audits")).Status);
    }

    [Fact]
    public async Task A_variant_changes_at_once_and_what_is_absent_stays()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await scene.ApprovedAsync();

        var receipt = await scene.DoneAsync(EditAsync(scene, "variant", new JsonObject { ["barcode"] = Barcode, ["vatRate"] = 20, ["locationBasedDelivery"] = "ENABLED" }));

        Assert.Equal(("ApprovedProductVariantUpdate", Barcode), (receipt.GetProperty("batchRequestType").GetString(),
            receipt.GetProperty("items")[0].GetProperty("requestItem").GetProperty("updateRequest").GetProperty("barcode").GetString()));
        var variant = await VariantAsync(scene);
        Assert.Equal((20, "TS-100-RED-S"), (variant.GetProperty("vatRate").GetInt32(), variant.GetProperty("stockCode").GetString()));
    }

    [Theory]
    [InlineData("channels", "[]")]
    [InlineData("channels", "[\"OTHER\"]")]
    [InlineData("locationBasedDelivery", "\"SOMETIMES\"")]
    [InlineData("shipmentAddressId", "7")]
    [InlineData("categoryId", "382")]
    public async Task What_a_variant_may_not_be_fails_at_its_item(string field, string json)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await scene.ApprovedAsync();

        var receipt = await scene.DoneAsync(EditAsync(scene, "variant", new JsonObject { ["barcode"] = Barcode, [field] = JsonNode.Parse(json) }));

        Assert.Equal(["FAILED"], receipt.Statuses());
    }

    [Fact]
    public async Task A_strict_sandbox_wants_the_whole_variant()
    {
        await using var scene = await TrendyolScene.OpenAsync(new() { WholeVariantUpdates = true });
        await scene.ApprovedAsync();

        var part = await scene.DoneAsync(EditAsync(scene, "variant", new JsonObject { ["barcode"] = Barcode, ["vatRate"] = 20 }));
        var whole = await scene.DoneAsync(EditAsync(scene, "variant", new JsonObject
        {
            ["barcode"] = Barcode, ["vatRate"] = 20, ["stockCode"] = "X", ["dimensionalWeight"] = 1.2m, ["shipmentAddressId"] = 1001, ["returningAddressId"] = 1002,
        }));

        Assert.Equal(["FAILED", "SUCCESS"], part.Statuses().Concat(whole.Statuses()));
    }

    [Fact]
    public async Task A_lead_time_is_asked_in_the_plural_and_echoed_in_the_singular()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await scene.ApprovedAsync();

        var receipt = await scene.DoneAsync(EditAsync(scene, "delivery-info", new JsonObject { ["barcode"] = Barcode, ["deliveryOptions"] = new JsonObject { ["deliveryDuration"] = 0 } }));

        var echo = receipt.GetProperty("items")[0].GetProperty("requestItem");
        Assert.Equal("ProductDeliveryOptionUpdate", receipt.GetProperty("batchRequestType").GetString());
        Assert.Equal(("TR", 1, 0), (echo.GetProperty("storeFrontCode").GetString(), echo.GetProperty("storeFrontId").GetInt32(),
            echo.GetProperty("request").GetProperty("deliveryOption").GetProperty("deliveryDuration").GetInt32()));
        Assert.Equal(0, (await VariantAsync(scene)).GetProperty("deliveryOption").GetProperty("deliveryDuration").GetInt32());
        Assert.Equal(400, (await EditAsync(scene, "delivery-info", new JsonObject { ["barcode"] = Barcode, ["deliveryOption"] = new JsonObject { ["deliveryDuration"] = 0 } })).Status);
    }

    [Theory]
    [InlineData("variant", false)]
    [InlineData("delivery-info", false)]
    [InlineData("unapproved", true)]
    public async Task Each_service_takes_only_products_of_its_own_state(string service, bool approved)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await scene.DoneAsync(scene.CreateAsync(Product()));
        scene.Clock.Advance(TimeSpan.FromSeconds(approved ? 300 : 0));

        var receipt = await scene.DoneAsync(EditAsync(scene, service,
            new JsonObject { ["barcode"] = Barcode, ["deliveryOptions"] = new JsonObject { ["deliveryDuration"] = 1 } },
            new JsonObject { ["barcode"] = "nobody", ["deliveryOptions"] = new JsonObject { ["deliveryDuration"] = 1 } }));

        Assert.Equal(["FAILED", "FAILED"], receipt.Statuses());
        Assert.Contains("sistemde bulunamadı", receipt.Failure(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_product_that_is_mended_while_the_clock_leaps_is_mended_before_it_is_reviewed()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await scene.DoneAsync(scene.CreateAsync(Product()));

        var accepted = await EditAsync(scene, "unapproved", new JsonObject { ["barcode"] = Barcode, ["title"] = "Yeni Tişört" });
        scene.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(["SUCCESS"], (await scene.ReceiptAsync(accepted.Body)).Body.Statuses());
        Assert.Equal("Yeni Tişört", (await scene.GetAsync($"{Products}/approved")).Body.GetProperty("content")[0].GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_content_that_is_changed_twice_while_the_clock_leaps_ends_with_the_later_change()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        var content = await scene.ApprovedAsync();

        await EditAsync(scene, "content", Content(content, "title", "Birinci"));
        scene.Clock.Advance(TimeSpan.FromSeconds(10));
        await EditAsync(scene, "content", Content(content, "title", "İkinci"));
        scene.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("İkinci", (await scene.GetAsync($"{Products}/approved")).Body.GetProperty("content")[0].GetProperty("title").GetString());
        Assert.Equal(2, (await AuditAsync(scene, content, "?status=SUCCESS")).GetProperty("content").GetArrayLength());
    }
}
