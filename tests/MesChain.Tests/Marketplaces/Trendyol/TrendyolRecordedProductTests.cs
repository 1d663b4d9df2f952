using System.Text;
using MesChain.Marketplaces;
using MesChain.Marketplaces.Http;
using MesChain.Tests.Support;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>Answers about products as Trendyol's documents show them, with invented values: fields, casing and types are theirs.</summary>
public sealed class TrendyolRecordedProductTests : IDisposable
{
    readonly ScriptedHandler _trendyol = new();
    readonly MarketplaceCatalog _catalog;

    public TrendyolRecordedProductTests() => _catalog = new(TimeProvider.System, () => _trendyol, new() { Retries = 0 });

    public void Dispose() => _catalog.Dispose();

    static SellerAccess Access => new(new Uri("https://apigw.trendyol.com/integration/"), "4321", "key", "secret", "c1");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    T As<T>() => (T)_catalog.Get("trendyol");

    static string Recorded(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Marketplaces", "Trendyol", "Recorded", name));

    async Task<ListingReceiptAnswer> ReceiptAsync(string body)
    {
        _trendyol.Answer(200, body);
        return await As<IListingTarget>().ReadListingReceiptAsync(Access, "b1", Cancel);
    }

    [Theory]
    [InlineData("batch-content.json", "9510902")]
    [InlineData("batch-variant.json", "8690000000012")]
    [InlineData("batch-delivery.json", "8690000000012")]
    [InlineData("batch-archive.json", "8690000000012")]
    [InlineData("batch-deletion.json", "8690000000012")]
    public async Task Every_shape_of_a_batch_names_its_items(string name, string key)
    {
        var answer = await ReceiptAsync(Recorded(name));

        Assert.True(answer.Terminal);
        Assert.Equal((key, null), (Assert.Single(answer.Items).Key, answer.Items[0].Fault));
    }

    [Fact]
    public async Task A_complete_batch_of_new_products_holds_failures_with_their_causes()
    {
        var answer = await ReceiptAsync(Recorded("batch-create.json"));

        Assert.True(answer.Terminal);
        Assert.Equal(
            [("8690000000012", null), ("8690000000029", FaultCodes.AttributeMissing), ("8690000000036", FaultCodes.ListingRefused)],
            answer.Items.Select(item => (item.Key, item.Fault?.Code)));
        Assert.Equal("Bunu daha önce kimse görmedi", answer.Items[2].Fault?.MarketplaceText);
    }

    [Theory]
    [InlineData("\"status\":\"COMPLETED\",\"creationDate\"", "\"status\":\"IN_PROGRESS\",\"creationDate\"")]
    [InlineData("\"itemCount\":3", "\"itemCount\":4")]
    [InlineData("\"status\":\"SUCCESS\"", "\"status\":\"IN_PROGRESS\"")]
    [InlineData("\"status\":\"SUCCESS\"", "\"status\":\"SOMETHING_NEW\"")]
    public async Task A_batch_with_anything_open_is_not_decided(string from, string to)
    {
        Assert.False((await ReceiptAsync(Recorded("batch-create.json").Replace(from, to, StringComparison.Ordinal))).Terminal);
    }

    [Fact]
    public async Task Verdicts_are_read_part_by_part_and_unknown_words_stay_open()
    {
        _trendyol.Answer(200, Recorded("update-audits.json"));

        var verdicts = await As<IContentTarget>().ReadContentVerdictsAsync(Access, "9510902", Cancel);

        Assert.Equal(
            [
                ("TITLE", VerdictState.Refused, FaultCodes.NothingChanged), ("MEDIA", VerdictState.Pending, null), ("ATTRIBUTE", VerdictState.Accepted, null),
                ("DESCRIPTION", VerdictState.Refused, FaultCodes.ListingRejected), ("VIDEO", VerdictState.Pending, null),
            ],
            verdicts.Select(verdict => (verdict.Part, verdict.State, verdict.Fault?.Code)));
        Assert.All(verdicts, verdict => Assert.Equal(new DateTimeOffset(2026, 11, 20, 9, 10, 11, 74, TimeSpan.Zero), verdict.AskedAt));
        Assert.Equal("https://apigw.trendyol.com/integration/product/sellers/4321/products/9510902/update-audits?size=100", Assert.Single(_trendyol.Requests).Address.AbsoluteUri);
    }

    [Fact]
    public async Task A_new_product_is_sent_as_documented()
    {
        _trendyol.Answer(200, """{"batchRequestId":"b1"}""");

        var draft = TrendyolDrafts.Shirt("869 0000 000012") with { Attributes = [TrendyolDrafts.Size, TrendyolDrafts.Red, new("14", ["900", "901"])] };
        await As<IListingTarget>().CreateListingsAsync(Access, [draft], Cancel);

        var sent = Assert.Single(_trendyol.Requests);
        Assert.Equal("https://apigw.trendyol.com/integration/product/sellers/4321/v2/products", sent.Address.AbsoluteUri);
        Assert.Equal(
            """{"items":[{"barcode":"8690000000012","title":"Pamuklu Ti\u015F\u00F6rt K\u0131rm\u0131z\u0131 S","description":"\u003Cp\u003E%100 pamuk\u003C/p\u003E","productMainId":"TS-869 0000 000012","brandId":1791,"categoryId":604,"quantity":25,"stockCode":"SKU-869 0000 000012","origin":"TR","dimensionalWeight":1,"listPrice":299.90,"salePrice":249.90,"vatRate":10,"cargoProviders":["ARASMP"],"shipmentAddressId":1001,"returningAddressId":1002,"deliveryOption":{"deliveryDuration":1},"images":[{"url":"https://cdn.example.com/ts100-1.jpg"}],"attributes":[{"attributeId":338,"attributeValueId":4873},{"attributeId":47,"customAttributeValue":"K\u0131rm\u0131z\u0131"},{"attributeId":14,"attributeValueId":900},{"attributeId":14,"attributeValueId":901}]}]}""",
            Encoding.UTF8.GetString(sent.Body));
    }

    [Fact]
    public async Task A_deletion_has_a_body()
    {
        _trendyol.Answer(200, """{"batchRequestId":"b1"}""");

        await As<IListingDeletion>().DeleteAsync(Access, ["B 1", "B2"], Cancel);

        Assert.Equal("""{"items":[{"barcode":"B1"},{"barcode":"B2"}]}""", Encoding.UTF8.GetString(Assert.Single(_trendyol.Requests).Body));
    }

    [Theory]
    [InlineData(400, """{"errors":[{"key":"product.not.found","message":"Ürün sistemde bulunamadı","errorCode":"400"}]}""", FaultKind.Rejected, FaultCodes.BarcodeUnknown)]
    [InlineData(400, """{"errors":[{"key":"invalid.barcode","message":"?","errorCode":"400"}]}""", FaultKind.Rejected, FaultCodes.BarcodeInvalid)]
    [InlineData(400, """{"errors":[{"key":"digital.good.business.unit.not.valid","message":"?"}]}""", FaultKind.Rejected, FaultCodes.CategoryNotAllowed)]
    [InlineData(400, """{"errors":[{"key":"invalid.storefrontcode","message":"?"}]}""", FaultKind.Rejected, FaultCodes.RequestRefused)]
    [InlineData(400, """{"errors":[{"key":"supplier.api.supplier.not.found","message":"?"}]}""", FaultKind.Forbidden, FaultCodes.AccessForbidden)]
    [InlineData(404, """{"errors":[{"key":"supplier.api.supplier.not.found","message":"?"}]}""", FaultKind.Forbidden, FaultCodes.AccessForbidden)]
    [InlineData(400, """{"errors":[{"key":"authentication.error","message":"?"}]}""", FaultKind.Unauthorised, FaultCodes.CredentialRefused)]
    [InlineData(400, """{"errors":[{"key":"never.seen","message":"?"}]}""", FaultKind.Rejected, FaultCodes.ListingRefused)]
    [InlineData(400, "", FaultKind.Rejected, FaultCodes.ListingRefused)]
    [InlineData(403, "", FaultKind.Forbidden, FaultCodes.AccessForbidden)]
    [InlineData(414, "", FaultKind.Rejected, FaultCodes.ListingRefused)]
    [InlineData(426, "", FaultKind.Rejected, FaultCodes.ApiRetired)]
    [InlineData(429, """{"error":"too.many.requests","message":"too.many.requests"}""", FaultKind.Throttled, FaultCodes.TooManyRequests)]
    [InlineData(502, "", FaultKind.Uncertain, FaultCodes.OutcomeUnknown)]
    [InlineData(200, "{}", FaultKind.Uncertain, FaultCodes.AnswerMalformed)]
    public async Task Every_refusal_of_a_product_becomes_the_fault_it_means(int status, string body, FaultKind kind, string code)
    {
        _trendyol.Answer(status, body);

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => As<IListingTarget>().CreateListingsAsync(Access, [TrendyolDrafts.Shirt("B")], Cancel));

        Assert.Equal((kind, code), (fault.Kind, fault.Code));
    }

    [Theory]
    [InlineData("""[{"id":1,"name":"A","subCategories":[{"id":2,"name":"B","subCategories":[]}]}]""")]
    [InlineData("""{"categories":[{"id":1,"name":"A","subCategories":[{"id":"2","name":"B","subCategories":null}]}]}""")]
    public async Task A_tree_is_read_in_both_wrappers(string body)
    {
        _trendyol.Answer(200, body);

        Assert.Equal([new("1", "A", null, false), new("2", "B", "1", true)], await As<ICategorySource>().ReadCategoriesAsync(Access, Cancel));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"categories\":null}")]
    [InlineData("\"\"")]
    [InlineData("[{\"id\":1")]
    public async Task A_tree_that_is_none_is_malformed(string body)
    {
        _trendyol.Answer(200, body);

        Assert.Equal(FaultKind.Malformed, (await Assert.ThrowsAsync<MarketplaceFault>(() => As<ICategorySource>().ReadCategoriesAsync(Access, Cancel))).Kind);
    }
}
