using System.Text;
using MesChain.Marketplaces;
using MesChain.Marketplaces.Http;
using MesChain.Tests.Support;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>Answers as Trendyol's documents show them, with invented values: fields, casing and types are theirs.</summary>
public sealed class TrendyolRecordedTests : IDisposable
{
    readonly ScriptedHandler _trendyol = new();
    readonly MarketplaceCatalog _catalog;

    public TrendyolRecordedTests() => _catalog = new(TimeProvider.System, () => _trendyol, new() { Retries = 0 });

    public void Dispose() => _catalog.Dispose();

    static SellerAccess Access => new(new Uri("https://apigw.trendyol.com/integration/"), "4321", "key", "secret", "c1");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    IMarketplace Trendyol => _catalog.Get("trendyol");

    static string Recorded(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Marketplaces", "Trendyol", "Recorded", name));

    async Task<OrderPage> ReadStreamAsync(string body)
    {
        _trendyol.Answer(200, body);
        return await ((IOrderSource)Trendyol).ReadOrdersAsync(Access, DateTimeOffset.FromUnixTimeMilliseconds(1_795_500_000_000), DateTimeOffset.FromUnixTimeMilliseconds(1_795_540_000_000), null, Cancel);
    }

    [Fact]
    public async Task A_package_is_read_field_by_field()
    {
        var page = await ReadStreamAsync(Recorded("stream.json"));

        Assert.Equal("b3BhcXVl", page.NextCursor);
        var package = page.Packages[0];
        Assert.Equal(("10654410001", "3330110001", PackageState.New, "Created"), (package.OrderNumber, package.PackageId, package.State, package.StateText));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_795_539_333_685 - 3 * 3_600_000), package.OrderedAt);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_795_539_408_581), package.ChangedAt);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_795_712_340_000), package.ShipBy);
        Assert.Equal(["3330109990", "3330109991"], package.Replaces);
        Assert.Equal("7280027504110001234567", package.TrackingNumber);
        Assert.Equal(("Trendyol Express", "Kredi Kartı", "TRY"), (package.CargoProvider, package.PaymentMethod, package.CurrencyCode));

        var line = Assert.Single(package.Lines);
        Assert.Equal(("4765110001", "8690000000012", "TS-100-RED-S", 2), (line.LineId, line.Barcode, line.Sku, line.Quantity));
        Assert.Equal([239_90L, 239_90L], line.UnitTotalsMinor);
        Assert.Equal([10_00L, 10_00L], line.UnitDiscountsMinor);
        Assert.Equal(1000, line.VatBasisPoints);

        var person = package.Person;
        Assert.Equal(("Zeynep", "Öztürk", "11111111111"), (person.FirstName, person.LastName, person.IdentityNumber));
        Assert.Equal(("Gül Sok. No:3 Kat 2", "Maslak Mahallesi", "Sarıyer", "İstanbul", "34200"),
            (person.Shipping.Line, person.Shipping.Neighborhood, person.Shipping.District, person.Shipping.City, person.Shipping.PostalCode));
        Assert.Equal(("Örnek Ltd. Şti.", "Maslak", "1111111111"), (person.Invoice.Company, person.Invoice.TaxOffice, person.Invoice.TaxNumber));
    }

    [Fact]
    public async Task What_is_unknown_stays_unknown()
    {
        var package = (await ReadStreamAsync(Recorded("stream.json"))).Packages[1];

        Assert.Equal((PackageState.Unknown, "VERIFIED"), (package.State, package.StateText));
        Assert.Equal(("3330110002", "10654410002"), (package.PackageId, package.OrderNumber));
        var line = Assert.Single(package.Lines);
        Assert.Null(line.VatBasisPoints);
        Assert.Null(package.ShipBy);
        // Averages of 3.33 and a total of 10.00: the kuruş that is missing goes to the first unit.
        Assert.Equal([3_34L, 3_33L, 3_33L], line.UnitTotalsMinor);
    }

    [Theory]
    [InlineData("Awaiting", PackageState.Awaiting)]
    [InlineData("Created", PackageState.New)]
    [InlineData("Picking", PackageState.Picking)]
    [InlineData("Invoiced", PackageState.Invoiced)]
    [InlineData("Shipped", PackageState.Shipped)]
    [InlineData("AtCollectionPoint", PackageState.Shipped)]
    [InlineData("Delivered", PackageState.Delivered)]
    [InlineData("UnDelivered", PackageState.Undelivered)]
    [InlineData("Returned", PackageState.Returned)]
    [InlineData("Cancelled", PackageState.Cancelled)]
    [InlineData("UnSupplied", PackageState.Cancelled)]
    [InlineData("UnPacked", PackageState.Superseded)]
    [InlineData("Repack", PackageState.Unknown)]
    [InlineData("", PackageState.Unknown)]
    public async Task Every_status_has_its_state_and_none_throws(string word, PackageState state)
    {
        var body = Recorded("stream.json").Replace("\"shipmentPackageStatus\":\"VERIFIED\"", $"\"status\":\"{word}\"", StringComparison.Ordinal);

        Assert.Equal((state, word), ((await ReadStreamAsync(body)).Packages[1].State, word));
    }

    [Theory]
    [InlineData("\"shipmentPackageId\":3330110001", "\"x\":1", "10654410001/?")]
    [InlineData("\"shipmentPackageId\":3330110001", "\"shipmentPackageId\":\"Zeynep\",\"lines\":7", "10654410001/?")]
    [InlineData("\"orderNumber\":\"10654410001\"", "\"x\":1", "?/3330110001")]
    [InlineData("\"barcode\":\"8690000000012\"", "\"x\":1", "10654410001/3330110001")]
    [InlineData("\"quantity\":2", "\"quantity\":\"many\"", "10654410001/3330110001")]
    [InlineData("\"lineId\":4765110001", "\"x\":1", "10654410001/3330110001")]
    public async Task A_package_without_what_makes_it_one_is_named_and_keeps_no_other_away(string whole, string broken, string named)
    {
        var body = Recorded("stream.json");
        var before = await ReadStreamAsync(body);
        var at = body.IndexOf(whole, StringComparison.Ordinal);

        var page = await ReadStreamAsync(body.Remove(at, whole.Length).Insert(at, broken));

        Assert.Equal([named], page.Unreadable);
        Assert.Equal(before.Packages.Skip(1).Select(package => package.PackageId), page.Packages.Select(package => package.PackageId));
        Assert.Equal((before.Packages.Count - 1, before.NextCursor), (page.Packages.Count, page.NextCursor));
    }

    [Fact]
    public async Task A_list_that_promises_more_without_a_cursor_is_malformed()
    {
        var body = Recorded("stream.json").Replace("\"b3BhcXVl\"", "null", StringComparison.Ordinal);

        Assert.Equal(FaultKind.Malformed, (await Assert.ThrowsAsync<MarketplaceFault>(() => ReadStreamAsync(body))).Kind);
    }

    [Fact]
    public async Task Items_are_read_variant_by_variant()
    {
        _trendyol.Answer(200, Recorded("approved.json"));

        List<MarketplaceItem> items = [];
        await foreach (var page in ((IItemSource)Trendyol).ReadItemsAsync(Access, Cancel))
            items.AddRange(page);

        Assert.Equal(3, items.Count);
        Assert.Equal(("8690000000012", "70228001", "TS-100-RED-S", 25, 249_90L, 299_90L, true),
            (items[0].Barcode, items[0].ExternalId, items[0].Sku, items[0].Quantity, items[0].SalePriceMinor, items[0].ListPriceMinor, items[0].OnSale));
        Assert.Null(items[1].Quantity);
        Assert.False(items[1].OnSale);
        Assert.Equal(("99271500112345678901234", null, null), (items[2].ExternalId, items[2].Quantity, items[2].SalePriceMinor));
    }

    [Fact]
    public async Task A_receipt_is_judged_by_its_items()
    {
        _trendyol.Answer(200, Recorded("batch-inventory.json"));

        var answer = await ((IOfferTarget)Trendyol).ReadReceiptAsync(Access, "7be1", Cancel);

        Assert.True(answer.Terminal);
        Assert.Null(answer.Items[0].Fault);
        Assert.Equal(FaultCodes.BarcodeUnknown, answer.Items[1].Fault?.Code);
        Assert.Equal(FaultCodes.OfferRefused, answer.Items[2].Fault?.Code);
    }

    [Theory]
    [InlineData("batch-half.json")]
    [InlineData("batch-short.json")]
    public async Task A_receipt_that_calls_itself_complete_is_not_while_an_item_is_open_or_missing(string name)
    {
        _trendyol.Answer(200, Recorded(name));

        var answer = await ((IOfferTarget)Trendyol).ReadReceiptAsync(Access, "7be1", Cancel);

        Assert.False(answer.Terminal);
        Assert.Equal("8690000000012", Assert.Single(answer.Items).Barcode);
    }

    [Theory]
    [InlineData(400, """{"errors":[{"key":"product.not.found","message":"Ürün sistemde bulunamadı","errorCode":"400"}]}""", FaultKind.Rejected, FaultCodes.BarcodeUnknown)]
    [InlineData(400, """{"errors":[{"key":"x","message":"15 dakika boyunca aynı isteği tekrarlı olarak atamazsınız!"}]}""", FaultKind.Rejected, FaultCodes.IdenticalBody)]
    [InlineData(400, """{"errors":[{"key":"never.seen","message":"?"}]}""", FaultKind.Rejected, FaultCodes.OfferRefused)]
    [InlineData(400, "", FaultKind.Rejected, FaultCodes.OfferRefused)]
    [InlineData(401, """{"status":401,"exception":"ClientApiAuthenticationException"}""", FaultKind.Unauthorised, FaultCodes.CredentialRefused)]
    [InlineData(400, """{"errors":[{"key":"authentication.error"}]}""", FaultKind.Unauthorised, FaultCodes.CredentialRefused)]
    [InlineData(200, """{"errors":[{"key":"authentication.error"}]}""", FaultKind.Unauthorised, FaultCodes.CredentialRefused)]
    [InlineData(200, """{"errors":[{"key":"something","message":"else"}]}""", FaultKind.Rejected, FaultCodes.OfferRefused)]
    [InlineData(403, "", FaultKind.Forbidden, FaultCodes.AccessForbidden)]
    [InlineData(404, "[]", FaultKind.Missing, FaultCodes.NotFound)]
    [InlineData(404, """{"errors":[{"key":"product.not.found","message":"Ürün sistemde bulunamadı","errorCode":"404"}]}""", FaultKind.Rejected, FaultCodes.BarcodeUnknown)]
    [InlineData(409, """{"error":"conflict","message":"conflict"}""", FaultKind.Rejected, FaultCodes.OfferRefused)]
    [InlineData(426, "", FaultKind.Rejected, FaultCodes.ApiRetired)]
    [InlineData(429, """{"error":"too.many.requests","message":"too.many.requests"}""", FaultKind.Throttled, FaultCodes.TooManyRequests)]
    [InlineData(500, "<html>", FaultKind.Uncertain, FaultCodes.OutcomeUnknown)]
    [InlineData(503, "", FaultKind.Uncertain, FaultCodes.OutcomeUnknown)]
    public async Task Every_shape_of_error_becomes_the_fault_it_means(int status, string body, FaultKind kind, string code)
    {
        _trendyol.Answer(status, body);

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => ((IOfferTarget)Trendyol).PushAsync(Access, [new("8690000000012", 1, null, null)], Cancel));

        Assert.Equal((kind, code), (fault.Kind, fault.Code));
    }

    [Fact]
    public async Task A_request_carries_key_agent_and_the_documented_body()
    {
        _trendyol.Answer(200, """{"batchRequestId":"b1"}""");

        await ((IOfferTarget)Trendyol).PushAsync(Access, [new("869 0000 000012", 100, 249_90, 299_00), new("8690000000029", 0, null, null)], Cancel);

        var sent = Assert.Single(_trendyol.Requests);
        Assert.Equal("https://apigw.trendyol.com/integration/inventory/sellers/4321/products/price-and-inventory", sent.Address.AbsoluteUri);
        Assert.Equal($"Basic {Convert.ToBase64String("key:secret"u8)}", sent.Headers["Authorization"]);
        Assert.Equal("4321 - SelfIntegration", sent.Headers["User-Agent"]);
        Assert.Equal("""{"items":[{"barcode":"8690000000012","quantity":100,"salePrice":249.90,"listPrice":299.00},{"barcode":"8690000000029","quantity":0}]}""", Encoding.UTF8.GetString(sent.Body));
    }

    [Fact]
    public async Task A_production_address_that_is_not_https_gets_no_credential()
    {
        var access = new SellerAccess(new Uri("http://apigw.trendyol.com/integration/"), "4321", "key", "secret", "c1");

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => ((IOfferTarget)Trendyol).PushAsync(access, [new("8690000000012", 1, null, null)], Cancel));

        Assert.Equal(FaultCodes.AddressRefused, fault.Code);
        Assert.Empty(_trendyol.Requests);
        Assert.Equal(Uri.UriSchemeHttps, _catalog.ProductionBase("trendyol").Scheme);
    }

    [Fact]
    public async Task A_parting_word_that_quotes_the_key_is_cleaned()
    {
        var pair = Convert.ToBase64String("key-1:secret-1"u8);
        var body = "{\"errors\":[{\"key\":\"bad\",\"message\":\"you sent Basic " + pair + " that is key-1 and secret-1\"}]}";
        _trendyol.Answer(400, body);
        var access = new SellerAccess(new Uri("https://apigw.trendyol.com/integration/"), "4321", "key-1", "secret-1", "c1");

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => ((IOfferTarget)Trendyol).PushAsync(access, [new("8690000000012", 1, null, null)], Cancel));

        Assert.Equal("bad: you sent Basic *** that is *** and ***", fault.MarketplaceText);
    }
}
