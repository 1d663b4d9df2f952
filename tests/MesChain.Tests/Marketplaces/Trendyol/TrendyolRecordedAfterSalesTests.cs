using System.Text;
using MesChain.Marketplaces;
using MesChain.Tests.Support;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>What follows an order, as Trendyol's documents show it, with invented values: our own simulator is not asked here.</summary>
public sealed class TrendyolRecordedAfterSalesTests : IDisposable
{
    static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_795_500_000_000);
    static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_795_536_000_000);

    readonly ScriptedHandler _trendyol = new();
    readonly MarketplaceCatalog _catalog;

    public TrendyolRecordedAfterSalesTests() => _catalog = new(TimeProvider.System, () => _trendyol, new() { Retries = 0 });

    public void Dispose() => _catalog.Dispose();

    static SellerAccess Access => new(new Uri("https://apigw.trendyol.com/integration/"), "4321", "key", "secret", "c1");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    T Can<T>() => Assert.IsType<T>(_catalog.Get("trendyol"), exactMatch: false);

    void Answer(string file) => _trendyol.Answer(200, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Marketplaces", "Trendyol", "Recorded", file)));

    Uri Asked => _trendyol.Requests[^1].Address;

    string Sent => Encoding.UTF8.GetString(_trendyol.Requests[^1].Body);

    [Fact]
    public async Task A_claim_is_read_field_by_field_and_what_is_new_stays_unknown()
    {
        Answer("claims.json");

        var page = await Can<IClaimSource>().ReadClaimsAsync(Access, Start, At, ClaimState.AwaitingAction, null, Cancel);

        Assert.Equal("1", page.NextCursor);
        Assert.Equal(
            "https://apigw.trendyol.com/integration/order/sellers/4321/claims?page=0&size=200&startDate=1795500000000&endDate=1795546800000&claimItemStatus=WaitingInAction",
            Asked.AbsoluteUri);
        var claim = page.Claims[0];
        Assert.Equal(("f9da2317-876b-4b86-b8f7-0535c3b65731", "10654410001", "3330110001", At), (claim.ClaimId, claim.OrderNumber, claim.PackageId, claim.ClaimedAt));
        Assert.Equal(("72602420957047270000000", "Trendyol Express", At + TimeSpan.FromSeconds(500)), (claim.TrackingNumber, claim.CargoProvider, claim.ChangedAt));
        var item = claim.Items[0];
        Assert.Equal(("4765110001", "8690000000012", "TS-100-RED-S", 239_90L, "SMALLSIZE", "küçük geldi"), (item.LineId, item.Barcode, item.Sku, item.PriceMinor, item.ReasonCode, item.BuyerNote));
        Assert.Equal([(ClaimState.AwaitingAction, false), (ClaimState.Accepted, true)], claim.Items.Select(unit => (unit.State, unit.AutoAccepted)));
        Assert.Equal((ClaimState.Unknown, "InSomethingNew", ""), page.Claims[1].Items[0] is var other ? (other.State, other.StateText, page.Claims[1].TrackingNumber) : default);
    }

    [Theory]
    [InlineData("\"claimId\":\"c2\"")]
    [InlineData("\"id\":\"c2-1\"")]
    public async Task A_claim_without_what_makes_it_one_is_malformed(string missing)
    {
        var body = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Marketplaces", "Trendyol", "Recorded", "claims.json")).Replace(missing, "\"x\":1", StringComparison.Ordinal);
        _trendyol.Answer(200, body);

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Can<IClaimSource>().ReadClaimsAsync(Access, Start, At, null, null, Cancel));

        Assert.Equal(FaultKind.Malformed, fault.Kind);
        Assert.DoesNotContain("Öztürk", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_history_of_a_claim_is_told_oldest_first()
    {
        Answer("claim-audit.json");

        var steps = await Can<IClaimSource>().ReadClaimHistoryAsync(Access, "i1", Cancel);

        Assert.Equal([new ClaimStep("", "WaitingInAction", At), new ClaimStep("WaitingInAction", "Accepted", At + TimeSpan.FromSeconds(500))], steps);
    }

    [Fact]
    public async Task A_decision_is_sent_in_the_documented_shape()
    {
        _trendyol.Answer(200, "");
        await Can<IClaimActions>().AcceptClaimAsync(Access, "c1", ["i1", "i2"], Cancel);
        Assert.Equal("https://apigw.trendyol.com/integration/order/sellers/4321/claims/c1/items/approve", Asked.AbsoluteUri);
        Assert.Equal("""{"claimLineItemIdList":["i1","i2"],"params":{}}""", Sent);

        _trendyol.Answer(200, "");
        await Can<IClaimActions>().RejectClaimAsync(Access, "c1", ["i1", "i2"], new("51", "Kutu & içi boş"), Cancel);
        Assert.Equal("/integration/order/sellers/4321/claims/c1/issue?claimIssueReasonId=51&claimItemIdList=i1,i2&description=Kutu%20%26%20i%C3%A7i%20bo%C5%9F", Asked.PathAndQuery);
    }

    [Fact]
    public async Task A_question_is_read_however_its_answers_are_written()
    {
        Answer("questions.json");

        var questions = (await Can<IQuestionSource>().ReadQuestionsAsync(Access, Start, At, QuestionState.Waiting, null, Cancel)).Questions;

        Assert.EndsWith("/qna/sellers/4321/questions/filter?page=0&size=50&startDate=1795500000000&endDate=1795546800000&orderByField=CreatedDate&orderByDirection=ASC&status=WAITING_FOR_ANSWER", Asked.PathAndQuery, StringComparison.Ordinal);
        Assert.Equal(("341234", "Bedeni dar mı?", At, "TS-100", "Pamuklu Tişört", "https://shop.example/1", true),
            questions[0] is var first ? (first.QuestionId, first.Text, first.AskedAt, first.ProductMainId, first.ProductTitle, first.Link, first.IsPublic) : default);
        Assert.Equal((QuestionState.Waiting, "Mağazamıza bekleriz", "Yönlendirme"), (questions[1].State, questions[1].RefusedAnswer, questions[1].RefusedFor));
        Assert.Equal((QuestionState.Answered, "Var, hemen gönderiyoruz."), (questions[2].State, questions[2].Answer));
        Assert.Equal((QuestionState.Unknown, "SOMETHING_NEW", "", ""), (questions[3].State, questions[3].StateText, questions[3].Answer, questions[3].RefusedAnswer));
    }

    [Fact]
    public async Task A_statement_keeps_words_it_does_not_know_and_every_kurus()
    {
        Answer("settlements.json");

        var page = await Can<IStatementSource>().ReadStatementAsync(Access, Start, At, null, Cancel);

        Assert.Equal("otherfinancials:0", page.NextCursor);
        Assert.Equal("TR", _trendyol.Requests[^1].Headers["storeFrontCode"]);
        Assert.Equal([StatementKind.Sale, StatementKind.Return, StatementKind.Other], page.Entries.Select(entry => entry.Kind));
        Assert.Equal((239_90L, 0L, 31_19L, 208_71L, "10654410001", "3330110001"),
            page.Entries[0] is var sale ? (sale.CreditMinor, sale.DebitMinor, sale.CommissionMinor, sale.RevenueMinor, sale.OrderNumber, sale.PackageId) : default);
        Assert.Equal(("725041341", 0L, 239_90L), (page.Entries[1].EntryId, page.Entries[1].CreditMinor, page.Entries[1].DebitMinor));
        Assert.Equal(("Yeni Bir Şey", 1_01L, "77"), (page.Entries[2].KindText, page.Entries[2].CreditMinor, page.Entries[2].PaymentId));
    }

    [Fact]
    public async Task Webhooks_are_listed_and_registered_in_the_documented_shape()
    {
        Answer("webhooks.json");
        var hooks = await Can<IWebhooks>().ReadWebhooksAsync(Access, Cancel);
        Assert.Equal([true, false], hooks.Select(hook => hook.IsArmed));
        Assert.Equal("https://shop.example.com/hooks/ty", hooks[0].Address.AbsoluteUri);

        _trendyol.Answer(200, """{"id":"5297c986"}""");
        var wish = new WebhookWish { Address = new("https://shop.example.com/hooks/ty"), Proof = WebhookProof.Password, User = "u", Secret = "p", States = [PackageState.New, PackageState.Cancelled] };
        Assert.Equal("5297c986", await Can<IWebhooks>().RegisterWebhookAsync(Access, wish, Cancel));
        Assert.Equal("https://apigw.trendyol.com/integration/webhook/sellers/4321/webhooks", Asked.AbsoluteUri);
        Assert.Equal("""{"url":"https://shop.example.com/hooks/ty","authenticationType":"BASIC_AUTHENTICATION","subscribedStatuses":["CREATED","CANCELLED","UNSUPPLIED"],"username":"u","password":"p"}""", Sent);
    }

    [Theory]
    [InlineData("""{"data":[{"label":"^XA^XZ","format":"ZPL"}]}""", "^XA^XZ")]
    [InlineData("""{"data":[{"labelContent":"^XA^XZ","format":"zpl"}]}""", "^XA^XZ")]
    [InlineData("""{"data":[{"label":"","format":"ZPL"}]}""", null)]
    [InlineData("""{"data":null}""", null)]
    public async Task A_label_is_read_by_either_name(string body, string? content)
    {
        _trendyol.Answer(200, body);

        var labels = await Can<ILabelSource>().ReadLabelsAsync(Access, new("3330110001", "7280027504110001"), Cancel);

        Assert.EndsWith("/integration/sellers/4321/common-label/7280027504110001", Asked.AbsolutePath, StringComparison.Ordinal);
        Assert.Equal(content is null ? [] : [new ParcelLabel("ZPL", content)], labels);
    }

    [Fact]
    public async Task An_invoice_link_is_sent_with_seconds_and_what_is_not_known_is_left_out()
    {
        _trendyol.Answer(201, "");
        await Can<IInvoiceTarget>().SendInvoiceLinkAsync(Access, new("3330110001", new("https://shop.example/1.pdf"), "ABC2026000000001", At), Cancel);
        Assert.Equal("""{"invoiceLink":"https://shop.example/1.pdf","shipmentPackageId":3330110001,"invoiceDateTime":1795536000,"invoiceNumber":"ABC2026000000001"}""", Sent);

        _trendyol.Answer(201, "");
        await Can<IInvoiceTarget>().SendInvoiceLinkAsync(Access, new("3330110001", new("https://shop.example/1.pdf")), Cancel);
        Assert.Equal("""{"invoiceLink":"https://shop.example/1.pdf","shipmentPackageId":3330110001}""", Sent);
    }

    [Theory]
    [InlineData(409, "", FaultKind.Rejected, FaultCodes.InvoiceAlreadySent)]
    [InlineData(400, "(77) Idli kargo paketi bulunamadı.", FaultKind.Rejected, FaultCodes.PackageUnknown)]
    [InlineData(400, "(77)numaralı pakete ait fatura önceden gönderilmiş", FaultKind.Rejected, FaultCodes.InvoiceAlreadySent)]
    [InlineData(400, "Dosya türü (.txt) desteklenmiyor. Desteklenen dosya türleri: application/pdf,image/jpeg,image/png", FaultKind.Rejected, FaultCodes.InvoiceFileRefused)]
    [InlineData(400, "Dosya gönderilmedi. Lütfen fatura dosyasını seçip tekrar deneyin.", FaultKind.Rejected, FaultCodes.InvoiceFileRefused)]
    [InlineData(400, "Gönderi paketi, belirtilen satıcıya ait değil.sellerId:", FaultKind.Rejected, FaultCodes.PackageUnknown)]
    [InlineData(400, "bilinmeyen", FaultKind.Rejected, FaultCodes.InvoiceRefused)]
    [InlineData(500, "", FaultKind.Uncertain, FaultCodes.OutcomeUnknown)]
    [InlineData(429, "", FaultKind.Throttled, FaultCodes.TooManyRequests)]
    public async Task The_published_words_about_an_invoice_have_their_causes(int status, string message, FaultKind kind, string code)
    {
        _trendyol.Answer(status, $$"""{"errors":[{"key":"x","message":"{{message}}","errorCode":"{{status}}"}]}""");

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Can<IInvoiceTarget>().SendInvoiceFileAsync(Access, new("77", "1.pdf", "application/pdf", new byte[] { 1 }), Cancel));

        Assert.Equal((kind, code), (fault.Kind, fault.Code));
    }
}
