using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>Whatever comes over the wire to a call about orders ends in a <see cref="MarketplaceFault"/> that tells neither key nor buyer.</summary>
public sealed class TrendyolHostileOrderTests : IAsyncLifetime
{
    const string Barcode = "8690000000012";

    TrendyolRehearsal _stage = null!;
    PlacedClaim _claim = null!;
    string _question = "";
    string _package = "";

    public async ValueTask InitializeAsync()
    {
        _stage = await TrendyolRehearsal.OpenAsync(new() { RateLimits = false, LabelBeforeInvoice = true });
        _stage.List(Barcode, 1000, 249_90);
        _package = _stage.Sell(Barcode, 2);
        _claim = _stage.Sandbox.PlaceClaim(new() { PackageId = _stage.Deliver(Barcode, 2), Barcode = Barcode });
        _question = _stage.Sandbox.Ask(new() { Barcode = Barcode, Text = "Bedeni dar mı?" }).QuestionId;
    }

    public async ValueTask DisposeAsync() => await _stage.DisposeAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    ParcelName Parcel => new(_package, _stage.Sandbox.With("", seller => TrendyolSales.Find(seller, _package).TrackingNumber));

    Dictionary<string, Func<Task>> Reads
    {
        get
        {
            var (access, now) = (_stage.Access, _stage.Clock.GetUtcNow());
            return new(StringComparer.Ordinal)
            {
                ["order"] = () => _stage.Can<IPackageSource>().ReadOrderAsync(access, "1", Cancel),
                ["packages"] = () => _stage.Can<IPackageSource>().ReadPackagesAsync(access, [_package], Cancel),
                ["labels"] = () => _stage.Can<ILabelSource>().ReadLabelsAsync(access, Parcel, Cancel),
                ["claims"] = () => _stage.Can<IClaimSource>().ReadClaimsAsync(access, now - TimeSpan.FromDays(1), now, null, null, Cancel),
                ["history"] = () => _stage.Can<IClaimSource>().ReadClaimHistoryAsync(access, _claim.ItemIds[0], Cancel),
                ["reasons"] = () => _stage.Can<IClaimActions>().ReadRejectionReasonsAsync(access, Cancel),
                ["questions"] = () => _stage.Can<IQuestionSource>().ReadQuestionsAsync(access, now - TimeSpan.FromDays(1), now, null, null, Cancel),
                ["question"] = () => _stage.Can<IQuestionSource>().ReadQuestionAsync(access, _question, Cancel),
                ["webhooks"] = () => _stage.Can<IWebhooks>().ReadWebhooksAsync(access, Cancel),
                ["statement"] = () => _stage.Can<IStatementSource>().ReadStatementAsync(access, now - TimeSpan.FromDays(1), now, null, Cancel),
            };
        }
    }

    Dictionary<string, Func<Task>> Writes
    {
        get
        {
            var access = _stage.Access;
            var line = _stage.Sandbox.With("", seller => TrendyolSales.Text(TrendyolSales.Find(seller, _package).Lines[0].Id));
            return new(StringComparer.Ordinal)
            {
                ["pick"] = () => _stage.Can<IOrderActions>().PickAsync(access, _package, [new(line, 2)], Cancel),
                ["unsupply"] = () => _stage.Can<IUnsupply>().UnsupplyAsync(access, _package, [new(line, 1)], UnsupplyReason.OutOfStock, Cancel),
                ["split"] = () => _stage.Can<IPackageSplit>().SplitAsync(access, _package, [new([new(line, 1)])], Cancel),
                ["warehouse"] = () => _stage.Can<IShipmentTerms>().SetWarehouseAsync(access, _package, 1, Cancel),
                ["service"] = () => _stage.Can<IOwnDelivery>().MarkDeliveredByServiceAsync(access, _package, Cancel),
                ["label"] = () => _stage.Can<ILabelSource>().RequestLabelsAsync(access, Parcel, 1, null, Cancel),
                ["invoice"] = () => _stage.Can<IInvoiceTarget>().SendInvoiceLinkAsync(access, new(_package, new("https://shop.example/1.pdf")), Cancel),
                ["file"] = () => _stage.Can<IInvoiceTarget>().SendInvoiceFileAsync(access, new(_package, "1.pdf", "application/pdf", new byte[] { 1 }), Cancel),
                ["accept"] = () => _stage.Can<IClaimActions>().AcceptClaimAsync(access, _claim.ClaimId, _claim.ItemIds.ToArray(), Cancel),
                ["reject"] = () => _stage.Can<IClaimActions>().RejectClaimAsync(access, _claim.ClaimId, _claim.ItemIds.ToArray(), new("51", "Kutu açılmış"), Cancel),
                ["answer"] = () => _stage.Can<IQuestionActions>().AnswerAsync(access, _question, "Hayır, tam kalıptır.", Cancel),
                ["webhook"] = () => _stage.Can<IWebhooks>().RegisterWebhookAsync(access, new() { Address = new("https://shop.example/"), Proof = WebhookProof.Key, Secret = "hook-key" }, Cancel),
            };
        }
    }

    async Task<MarketplaceFault> FaultOfAsync(string name, Func<Task> call)
    {
        var fault = await Assert.ThrowsAsync<MarketplaceFault>(call);
        foreach (var secret in new[] { _stage.Access.ApiSecret, _stage.Access.ApiKey, "Basic", "Öztürk", "hook-key" })
            Assert.False((fault + fault.MarketplaceText).Contains(secret, StringComparison.Ordinal), name);
        return fault;
    }

    // Few enough strikes at a time for the circuit not to break: ten failures in half a minute open it.
    void Break(SandboxFaultKind kind)
    {
        _stage.Sandbox.ClearFaults();
        _stage.Break(new() { Kind = kind, Count = 0, Status = 500 });
        _stage.Clock.Advance(TimeSpan.FromMinutes(2));
    }

    [Theory] // 17
    [InlineData(SandboxFaultKind.Html, FaultKind.Malformed)]
    [InlineData(SandboxFaultKind.Malformed, FaultKind.Malformed)]
    [InlineData(SandboxFaultKind.Redirect, FaultKind.Unavailable)]
    [InlineData(SandboxFaultKind.Drop, FaultKind.Unavailable)]
    [InlineData(SandboxFaultKind.Status, FaultKind.Unavailable)]
    public async Task Checklist_17_a_hostile_answer_to_any_read_changes_nothing_and_is_named(SandboxFaultKind hostility, FaultKind kind)
    {
        foreach (var (name, read) in Reads)
        {
            Break(hostility);
            Assert.Equal((name, kind), (name, (await FaultOfAsync(name, read)).Kind));
        }
    }

    [Theory] // 17
    [InlineData(SandboxFaultKind.Html, FaultKind.Uncertain)]
    [InlineData(SandboxFaultKind.Redirect, FaultKind.Unavailable)]
    [InlineData(SandboxFaultKind.Drop, FaultKind.Uncertain)]
    [InlineData(SandboxFaultKind.Status, FaultKind.Uncertain)]
    public async Task Checklist_17_a_hostile_answer_to_any_write_leaves_its_fate_open_and_is_not_repeated(SandboxFaultKind hostility, FaultKind kind)
    {
        foreach (var (name, write) in Writes)
        {
            Break(hostility);
            var before = _stage.Calls;
            Assert.Equal((name, kind), (name, (await FaultOfAsync(name, write)).Kind));
            Assert.Equal((name, before + 1), (name, _stage.Calls));
        }
    }

    [Fact]
    public async Task A_wrong_key_is_told_apart_from_everything_else()
    {
        var question = _stage.Can<IQuestionActions>().AnswerAsync(_stage.WrongKey, _question, "Hayır, tam kalıptır.", Cancel);

        Assert.Equal((FaultKind.Unauthorised, FaultCodes.CredentialRefused), await TrendyolRehearsal.FaultOfAsync(question));
        Assert.Equal(
            (FaultKind.Unauthorised, FaultCodes.CredentialRefused),
            await TrendyolRehearsal.FaultOfAsync(_stage.Can<IClaimSource>().ReadClaimHistoryAsync(_stage.WrongKey, "x", Cancel)));
    }
}
