using System.Text.Json;
using System.Text.Json.Nodes;
using static MesChain.Tests.Sandbox.TrendyolProductScene;

namespace MesChain.Tests.Sandbox;

/// <summary>New products as Trendyol treats them. Numbers in names are those of the checklist that the simulator follows.</summary>
public sealed class TrendyolProductTests
{
    public static TheoryData<string, string, string> BadShapes => new()
    {
        { "barcode", "\"AB*C\"", "invalid.barcode" },
        { "barcode", "\"   \"", "invalid.barcode" },
        { "barcode", $"\"{new string('B', 41)}\"", "invalid.barcode" },
        { "title", $"\"{new string('x', 101)}\"", "invalid.title" },
        { "title", "null", "invalid.title" },
        { "productMainId", "null", "invalid.productmainid" },
        { "brandId", "null", "invalid.brandid" },
        { "categoryId", "null", "invalid.categoryid" },
        { "quantity", "null", "invalid.quantity" },
        { "quantity", "20001", "invalid.quantity" },
        { "stockCode", $"\"{new string('x', 101)}\"", "invalid.stockcode" },
        { "description", $"\"{new string('x', 30_001)}\"", "invalid.description" },
        { "origin", "\"TUR\"", "invalid.origin" },
        { "listPrice", "249.89", "invalid.listprice" },
        { "salePrice", "0", "invalid.saleprice" },
        { "vatRate", "8", "invalid.vatrate" },
        { "images", "[]", "invalid.images" },
        { "images", "[{\"url\":\"http://cdn.example.com/a.jpg\"}]", "invalid.images" },
        { "lotNumber", "\"lot 1\"", "invalid.lotnumber" },
        { "attributes", "null", "invalid.attributes" },
        { "quantity", "\"many\"", "invalid.request" },
    };

    [Theory]
    [MemberData(nameof(BadShapes))]
    public async Task Checklist_04_what_no_product_may_be_is_400_with_the_standard_envelope(string field, string json, string key)
    {
        await using var scene = await TrendyolScene.OpenAsync();

        var (status, body, _) = await scene.CreateAsync(Product("good"), Product().With(field, JsonNode.Parse(json)));

        Assert.Equal((400, key), (status, body.Key()));
        Assert.Equal("400", body.GetProperty("errors")[0].GetProperty("errorCode").GetString());
    }

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(1001, 400)]
    [InlineData(0, 400)]
    public async Task Checklist_04_a_batch_has_one_to_a_thousand_products(int count, int status)
    {
        await using var scene = await TrendyolScene.OpenAsync();

        Assert.Equal(status, (await scene.CreateAsync(Enumerable.Range(0, count).Select(i => Product(FormattableString.Invariant($"B{i}"))))).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"items\":[null]}")]
    [InlineData("[]")]
    public async Task Checklist_04_a_body_without_products_is_400(string body)
    {
        await using var scene = await TrendyolScene.OpenAsync();

        Assert.Equal(400, (await scene.CallAsync(HttpMethod.Post, "product/sellers/{s}/v2/products", body)).Status);
    }

    [Theory]
    [InlineData("brandId", "999999", "marka bulunamadı")]
    [InlineData("categoryId", "999999", "kategori bulunamadı")]
    [InlineData("categoryId", "601", "en alt seviye")]
    [InlineData("attributes", "[{\"attributeId\":338,\"attributeValueId\":4873},{\"attributeId\":47,\"customAttributeValue\":\"Kırmızı\"}]", "Zorunlu kategori özellik bilgisi eksik: Web Color")]
    [InlineData("attributes", "[{\"attributeId\":633,\"attributeValueId\":700}]", "bu kategoride bulunmuyor")]
    [InlineData("description", "\"<p>a</p><script>x</script>\"", "HTML")]
    public async Task Checklist_04_what_this_product_may_not_be_fails_at_its_item_beside_others_that_succeed(string field, string json, string words)
    {
        await using var scene = await TrendyolScene.OpenAsync();

        var receipt = await scene.DoneAsync(scene.CreateAsync(Product("good"), Product().With(field, JsonNode.Parse(json))));

        Assert.Equal(["SUCCESS", "FAILED"], receipt.Statuses());
        Assert.Contains(words, receipt.Failure(1), StringComparison.Ordinal);
        Assert.Equal(1, receipt.GetProperty("failedItemCount").GetInt32());
    }

    [Theory]
    [InlineData("item", "vatRate", 200)]
    [InlineData("item", "brandId", 200)]
    [InlineData("split", "vatRate", 400)]
    [InlineData("split", "brandId", 200)]
    [InlineData("request", "vatRate", 400)]
    [InlineData("request", "brandId", 400)]
    public async Task Checklist_04_where_a_rule_refuses_is_a_switch(string rules, string field, int status)
    {
        await using var scene = await TrendyolScene.OpenAsync(new() { ProductRules = rules });

        var answer = await scene.CreateAsync(Product().With(field, 7));

        Assert.Equal(status, answer.Status);
        if (status == 200)
            Assert.Equal(["FAILED"], (await scene.DoneAsync(Task.FromResult(answer))).Statuses());
    }

    [Theory]
    [InlineData("split")]
    [InlineData("request")]
    public async Task Checklist_04_a_barcode_twice_is_the_items_fault_whatever_the_switch_says(string rules)
    {
        await using var scene = await TrendyolScene.OpenAsync(new() { ProductRules = rules });

        var receipt = await scene.DoneAsync(scene.CreateAsync(Product("AB C"), Product("ABC")));

        Assert.Equal(["SUCCESS", "FAILED"], receipt.Statuses());
    }

    [Fact]
    public async Task Checklist_05_a_batch_is_in_progress_then_complete_and_echoes_the_stored_product()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        var accepted = await scene.CreateAsync(Product("869 0000 000012"));

        var early = (await scene.ReceiptAsync(accepted.Body)).Body;
        Assert.Equal("IN_PROGRESS", early.GetProperty("status").GetString());
        Assert.Equal(["IN_PROGRESS"], early.Statuses());

        scene.Clock.Advance(TimeSpan.FromSeconds(31));
        var body = (await scene.ReceiptAsync(accepted.Body)).Body;
        Assert.Equal(("COMPLETED", "ProductV2OnBoarding", "API"), (body.GetProperty("status").GetString(), body.GetProperty("batchRequestType").GetString(), body.GetProperty("sourceType").GetString()));
        Assert.Equal((1, 0), (body.GetProperty("itemCount").GetInt32(), body.GetProperty("failedItemCount").GetInt32()));
        Assert.True(body.GetProperty("lastModification").GetInt64() > body.GetProperty("creationDate").GetInt64());
        var echo = body.GetProperty("items")[0].GetProperty("requestItem");
        Assert.Equal(TrendyolScene.Barcode, echo.GetProperty("barcode").GetString());
        var product = echo.GetProperty("product");
        Assert.Equal((TrendyolScene.Barcode, "TRY", 0), (product.GetProperty("barcode").GetString(), product.GetProperty("currencyType").GetString(), product.GetProperty("cargoCompanyId").GetInt32()));
        Assert.Equal(JsonValueKind.Null, product.GetProperty("attributes")[0].GetProperty("customAttributeValue").ValueKind);
    }

    [Fact]
    public async Task Checklist_05_a_batch_id_names_its_end_and_lives_four_hours()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        var accepted = await scene.CreateAsync(Product());

        var id = accepted.Body.GetProperty("batchRequestId").GetString()!;
        Assert.Equal((scene.Clock.GetUtcNow() + TimeSpan.FromHours(4)).ToUnixTimeSeconds(), long.Parse(id[37..], System.Globalization.CultureInfo.InvariantCulture));

        scene.Clock.Advance(TimeSpan.FromHours(4) - TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await scene.ReceiptAsync(accepted.Body)).Status);
        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(404, (await scene.ReceiptAsync(accepted.Body)).Status);
    }

    const string PluralAttributes = "[{\"attributeId\":338,\"attributeValueIds\":[4873]},{\"attributeId\":47,\"attributeValue\":\"Kırmızı\"},{\"attributeId\":295,\"attributeValueIds\":[2886]}]";

    [Fact]
    public async Task Attributes_are_taken_in_both_forms_unless_a_strict_sandbox_minds()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        Assert.Equal(["SUCCESS"], (await scene.DoneAsync(scene.CreateAsync(Product("any").With("attributes", JsonNode.Parse(PluralAttributes))))).Statuses());

        scene.Sandbox.Set(new() { StrictAttributeForm = true });
        var receipt = await scene.DoneAsync(scene.CreateAsync(Product("strict").With("attributes", JsonNode.Parse(PluralAttributes))));
        Assert.Equal("WRONG_ATTRIBUTE_FORMAT_FOR_CREATE", receipt.Failure());
    }

    [Fact]
    public async Task Checklist_07_a_new_product_is_pending_then_approved_and_only_then_listed()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await scene.DoneAsync(scene.CreateAsync(Product()));

        var pending = (await scene.GetAsync($"{Products}/unapproved?status=pendingApproval")).Body;
        Assert.Equal(1, pending.GetProperty("totalElements").GetInt32());
        Assert.Equal("https://cdn.example.com/ts100-1.jpg", pending.GetProperty("content")[0].GetProperty("media")[0].GetProperty("url").GetString());
        Assert.False((await scene.GetAsync($"product/sellers/{{s}}/product/{TrendyolScene.Barcode}")).Body.GetProperty("approved").GetBoolean());
        Assert.Equal(0, (await scene.GetAsync($"{Products}/approved")).Body.GetProperty("totalElements").GetInt32());

        scene.Clock.Advance(TimeSpan.FromSeconds(300));
        Assert.Equal(0, (await scene.GetAsync($"{Products}/unapproved")).Body.GetProperty("totalElements").GetInt32());
        var content = (await scene.GetAsync($"{Products}/approved")).Body.GetProperty("content")[0];
        Assert.Equal((604, "Tişört"), (content.GetProperty("category").GetProperty("id").GetInt32(), content.GetProperty("category").GetProperty("name").GetString()));
        // Size belongs to the variant, colour to the card.
        Assert.Equal(["Beden"], content.GetProperty("variants")[0].GetProperty("attributes").EnumerateArray().Select(attribute => attribute.GetProperty("attributeName").GetString()));
        Assert.Equal(["Renk", "Web Color"], content.GetProperty("attributes").EnumerateArray().Select(attribute => attribute.GetProperty("attributeName").GetString()));
        var single = (await scene.GetAsync($"product/sellers/{{s}}/product/{TrendyolScene.Barcode}")).Body;
        Assert.Equal((true, content.GetProperty("contentId").GetInt64()), (single.GetProperty("approved").GetBoolean(), single.GetProperty("contentId").GetInt64()));
    }

    [Fact]
    public async Task Checklist_07_a_rejected_product_stays_with_its_reasons_until_it_is_mended()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await scene.DoneAsync(scene.CreateAsync(Product().With("title", "Çakma Tişört")));
        scene.Clock.Advance(TimeSpan.FromSeconds(300));

        var rejected = (await scene.GetAsync($"{Products}/unapproved?status=rejected")).Body.GetProperty("content")[0];
        Assert.Equal("Yasaklı İfade", rejected.GetProperty("rejectReasonDetails")[0].GetProperty("rejectReason").GetString());
        Assert.NotEqual("", rejected.GetProperty("rejectReasonDetails")[0].GetProperty("rejectReasonDetail").GetString());

        var mended = await scene.DoneAsync(scene.CallAsync(HttpMethod.Post, $"{Products}/unapproved-bulk-update", Body(new JsonObject { ["barcode"] = TrendyolScene.Barcode, ["title"] = "Tişört" })));
        Assert.Equal(("ProductV2Update", "SUCCESS"), (mended.GetProperty("batchRequestType").GetString(), mended.Statuses().Single()));
        Assert.Equal(1, (await scene.GetAsync($"{Products}/unapproved?status=pendingApproval")).Body.GetProperty("totalElements").GetInt32());
        scene.Clock.Advance(TimeSpan.FromSeconds(300));
        Assert.Equal(1, (await scene.GetAsync($"{Products}/approved")).Body.GetProperty("totalElements").GetInt32());
    }

    [Fact]
    public async Task Checklist_07_price_and_stock_of_a_product_under_review_fail_at_the_item()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await scene.DoneAsync(scene.CreateAsync(Product()));

        var receipt = await scene.PushAndWaitAsync($$"""{"barcode":"{{TrendyolScene.Barcode}}","quantity":3}""");

        Assert.Equal(["FAILED"], receipt.Statuses());
        Assert.Contains("onaylı değil", receipt.Failure(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("size=1001")]
    [InlineData("status=approved")]
    [InlineData("dateQueryType=VARIANT_CREATED_DATE")]
    [InlineData("startDate=x")]
    public async Task Checklist_04_a_query_of_unapproved_products_has_its_own_words_and_limits(string query)
    {
        await using var scene = await TrendyolScene.OpenAsync();

        Assert.Equal(400, (await scene.GetAsync($"{Products}/unapproved?{query}")).Status);
        Assert.Equal(200, (await scene.GetAsync($"{Products}/unapproved?size=1000&dateQueryType=LAST_MODIFIED_DATE&startDate=0")).Status);
    }

    [Theory]
    [InlineData("stockCode")]
    [InlineData("dimensionalWeight")]
    [InlineData("origin")]
    public async Task A_field_that_only_some_documents_ask_for_is_asked_for_by_a_switch(string field)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        Assert.Equal(200, (await scene.CreateAsync(Product("guide").With(field, null))).Status);

        scene.Sandbox.Set(new() { SchemaFieldsRequired = true, OriginRequired = true });

        Assert.Equal(400, (await scene.CreateAsync(Product("schema").With(field, null))).Status);
        Assert.Equal(200, (await scene.CreateAsync(Product("whole"))).Status);
    }

    [Theory]
    [InlineData("brandIds=1791,10", 1)]
    [InlineData("brandIds=10", 0)]
    [InlineData("origin=TR", 1)]
    [InlineData("origin=CN", 0)]
    [InlineData("productMainId=TS-100&stockCode=TS-100-RED-S", 1)]
    [InlineData("dateQueryType=CONTENT_MODIFIED_DATE&startDate=0&orderByDirection=DESC", 1)]
    [InlineData("dateQueryType=VARIANT_CREATED_DATE&endDate=1", 0)]
    [InlineData("status=onSale", 1)]
    [InlineData("status=locked", 0)]
    [InlineData("status=sold", null)]
    [InlineData("dateQueryType=CREATED_DATE", null)]
    [InlineData("orderByDirection=UP", null)]
    public async Task Approved_products_are_filtered_and_a_filter_nobody_knows_is_400(string query, int? count)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await scene.ApprovedAsync();

        var (status, body, _) = await scene.GetAsync($"{Products}/approved?{query}");

        Assert.Equal(count is null ? 400 : 200, status);
        if (count is not null)
            Assert.Equal(count, body.GetProperty("totalElements").GetInt32());
    }

    [Fact]
    public async Task The_quantity_of_what_is_sold_out_can_be_left_unsaid()
    {
        await using var scene = await TrendyolScene.OpenAsync(new() { StockMayBeSilent = true });
        scene.List(quantity: 0);

        var stock = (await scene.GetAsync($"{Products}/approved")).Body.GetProperty("content")[0].GetProperty("variants")[0].GetProperty("stock");

        Assert.False(stock.TryGetProperty("quantity", out _));
        Assert.Equal(JsonValueKind.Null, stock.GetProperty("lastModifiedDate").ValueKind);
    }

    [Fact]
    public async Task A_product_can_be_played_by_the_control_api_alone()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await scene.DoneAsync(scene.CreateAsync(Product()));

        Assert.Equal(404, (await scene.ControlAsync("products/review", new { barcode = "nobody" })).Status);
        Assert.Equal(200, (await scene.ControlAsync("products/review", new { barcode = TrendyolScene.Barcode, approved = false, reason = "Görsel", detail = "Bulanık" })).Status);
        Assert.Equal("Bulanık", (await scene.GetAsync($"{Products}/unapproved?status=rejected")).Body.GetProperty("content")[0].GetProperty("rejectReasonDetails")[0].GetProperty("rejectReasonDetail").GetString());
        Assert.Equal(200, (await scene.ControlAsync("products/review", new { barcode = TrendyolScene.Barcode })).Status);
        Assert.Equal(409, (await scene.ControlAsync("products/review", new { barcode = TrendyolScene.Barcode })).Status);
        Assert.Equal(400, (await scene.ControlAsync("products/mark", new { barcode = TrendyolScene.Barcode, rivalPrice = -1 })).Status);
        Assert.Equal(200, (await scene.ControlAsync("products/mark", new { barcode = TrendyolScene.Barcode, lockReason = "Fiyat" })).Status);
        Assert.Equal(1, (await scene.GetAsync($"{Products}/approved?status=locked")).Body.GetProperty("totalElements").GetInt32());
    }
}
