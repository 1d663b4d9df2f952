using MesChain.Marketplaces;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Marketplaces;

/// <summary>What every marketplace that takes new products must do.</summary>
public abstract class ListingTargetContract : IAsyncLifetime
{
    MarketplaceRehearsal _stage = null!;

    protected abstract Task<MarketplaceRehearsal> OpenAsync();

    /// <summary>A product that the marketplace takes and its review approves.</summary>
    protected abstract ListingDraft Draft(string barcode);

    /// <summary>Long enough for every review to end.</summary>
    protected abstract TimeSpan ReviewTime { get; }

    public async ValueTask InitializeAsync() => _stage = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    IListingTarget Target => Assert.IsType<IListingTarget>(_stage.Marketplace, exactMatch: false);

    IListingSource Source => Assert.IsType<IListingSource>(_stage.Marketplace, exactMatch: false);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    async Task<ListingReceiptAnswer> CreateAsync(params ListingDraft[] drafts)
    {
        var receipt = await Target.CreateListingsAsync(_stage.Access, drafts, Cancel);
        _stage.LetBatchesFinish();
        return await Target.ReadListingReceiptAsync(_stage.Access, receipt.ReceiptId, Cancel);
    }

    async Task<ListingStatus?> StatusOfAsync(string barcode) => (await Source.ReadListingsAsync(_stage.Access, [barcode], Cancel)).SingleOrDefault();

    [Fact]
    public async Task A_new_product_is_taken_then_reviewed_and_only_then_an_item()
    {
        var answer = await CreateAsync(Draft("8690000000012"));

        Assert.True(answer.Terminal);
        Assert.Equal(("8690000000012", null), (Assert.Single(answer.Items).Key, answer.Items[0].Fault?.Code));
        Assert.Equal(ListingState.Pending, (await StatusOfAsync("8690000000012"))?.State);
        var items = (IItemSource)_stage.Marketplace;
        Assert.Empty(await items.ReadItemsAsync(_stage.Access, ["8690000000012"], Cancel));

        _stage.Clock.Advance(ReviewTime);
        var status = await StatusOfAsync("8690000000012");
        Assert.Equal((ListingState.Approved, null), (status?.State, status?.Fault));
        Assert.NotEmpty(status!.CardId);
        var item = Assert.Single(await items.ReadItemsAsync(_stage.Access, ["8690000000012"], Cancel));
        var draft = Draft("8690000000012");
        Assert.Equal((draft.Title, draft.Sku, draft.Quantity, draft.SalePriceMinor, draft.ListPriceMinor), (item.Title, item.Sku, item.Quantity, item.SalePriceMinor, item.ListPriceMinor));
    }

    [Fact]
    public async Task A_receipt_that_is_asked_too_early_decides_nothing()
    {
        var receipt = await Target.CreateListingsAsync(_stage.Access, [Draft("8690000000012")], Cancel);

        var answer = await Target.ReadListingReceiptAsync(_stage.Access, receipt.ReceiptId, Cancel);

        Assert.False(answer.Terminal);
        Assert.Empty(answer.Items);
    }

    [Fact]
    public async Task A_receipt_past_its_life_is_missing()
    {
        var receipt = await Target.CreateListingsAsync(_stage.Access, [Draft("8690000000012")], Cancel);
        _stage.Clock.Advance(Target.ListingManners.ReceiptLife);

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Target.ReadListingReceiptAsync(_stage.Access, receipt.ReceiptId, Cancel));

        Assert.Equal((FaultKind.Missing, FaultCodes.ReceiptLost), (fault.Kind, fault.Code));
    }

    [Fact]
    public async Task One_refused_product_leaves_the_others_of_its_batch_taken()
    {
        var incomplete = Draft("8690000000029") with { Attributes = [] };

        var answer = await CreateAsync(Draft("8690000000012"), incomplete);

        Assert.True(answer.Terminal);
        Assert.Null(answer.Items.Single(item => item.Key == "8690000000012").Fault);
        var refusal = answer.Items.Single(item => item.Key == "8690000000029").Fault;
        Assert.Equal((FaultKind.Rejected, FaultCodes.AttributeMissing), (refusal?.Kind, refusal?.Code));
        Assert.NotEmpty(refusal!.MarketplaceText);
        Assert.Null(await StatusOfAsync("8690000000029"));
    }

    [Fact]
    public async Task A_full_batch_is_one_call_and_decided_to_the_last_item()
    {
        var drafts = Enumerable.Range(0, Target.ListingManners.BatchMax).Select(i => Draft(FormattableString.Invariant($"869{i:0000000000}"))).ToArray();

        var answer = await CreateAsync(drafts);

        Assert.True(answer.Terminal);
        Assert.Equal(drafts.Length, answer.Items.Count(item => item.Fault is null));
        Assert.Equal(2, _stage.Calls);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Target.CreateListingsAsync(_stage.Access, [.. drafts, Draft("one-too-many")], Cancel));
    }

    [Fact]
    public async Task What_breaks_a_published_rule_is_refused_here_and_never_sent()
    {
        var good = Draft("8690000000012");
        (ListingDraft Bad, string Code)[] bads =
        [
            (good with { Barcode = "" }, FaultCodes.BarcodeInvalid),
            (good with { Title = "" }, FaultCodes.ListingFieldInvalid),
            (good with { Title = new string('x', Target.ListingManners.TitleMax + 1) }, FaultCodes.ListingFieldInvalid),
            (good with { DescriptionHtml = new string('x', Target.ListingManners.DescriptionMax + 1) }, FaultCodes.ListingFieldInvalid),
            (good with { Quantity = -1 }, FaultCodes.QuantityOutOfRange),
            (good with { SalePriceMinor = 0 }, FaultCodes.PriceRuleBroken),
            (good with { ListPriceMinor = good.SalePriceMinor - 1 }, FaultCodes.PriceRuleBroken),
            (good with { VatBasisPoints = 1234 }, FaultCodes.VatRateInvalid),
            (good with { Images = [] }, FaultCodes.ImageRefused),
            (good with { Images = [new("http://cdn.example.com/a.jpg")] }, FaultCodes.ImageRefused),
        ];

        Assert.Null(Target.Judge(good));
        foreach (var (bad, code) in bads)
        {
            var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Target.CreateListingsAsync(_stage.Access, [good, bad], Cancel));
            Assert.Equal((FaultKind.Rejected, code), (fault.Kind, fault.Code));
            Assert.Equal(code, Target.Judge(bad)?.Code);
        }

        Assert.Equal(0, _stage.Calls);
    }

    [Theory] // AC-02: a write is never repeated when its fate is unknown
    [InlineData(SandboxFaultKind.Status, true)]
    [InlineData(SandboxFaultKind.Status, false)]
    [InlineData(SandboxFaultKind.Drop, true)]
    [InlineData(SandboxFaultKind.Malformed, true)]
    public async Task A_product_whose_fate_is_unknown_is_sent_once_and_can_be_looked_for(SandboxFaultKind kind, bool applied)
    {
        _stage.Break(new() { Kind = kind, AfterApplying = applied });

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Target.CreateListingsAsync(_stage.Access, [Draft("8690000000012")], Cancel));

        Assert.Equal(FaultKind.Uncertain, fault.Kind);
        Assert.Equal(1, _stage.Calls);
        _stage.LetBatchesFinish();
        Assert.Equal(applied, await StatusOfAsync("8690000000012") is not null);
    }

    [Fact]
    public async Task Unapproved_products_are_read_once_each_and_approved_ones_are_not_among_them()
    {
        await CreateAsync([.. Enumerable.Range(0, 12).Select(i => Draft(FormattableString.Invariant($"P{i}")))]);
        Assert.Equal(12, await CountAsync());

        _stage.Clock.Advance(ReviewTime);
        Assert.Equal(0, await CountAsync());
    }

    async Task<int> CountAsync()
    {
        List<string> barcodes = [];
        await foreach (var page in Source.ReadUnapprovedAsync(_stage.Access, Cancel))
            barcodes.AddRange(page.Select(status => status.Barcode));
        return barcodes.Distinct(StringComparer.Ordinal).Count();
    }

    [Fact]
    public async Task A_wrong_key_is_unauthorised()
    {
        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Target.CreateListingsAsync(_stage.WrongKey, [Draft("8690000000012")], Cancel));

        Assert.Equal((FaultKind.Unauthorised, FaultCodes.CredentialRefused), (fault.Kind, fault.Code));
    }
}
