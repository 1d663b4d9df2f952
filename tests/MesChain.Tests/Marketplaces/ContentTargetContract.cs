using MesChain.Marketplaces;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Marketplaces;

/// <summary>What every marketplace must do that reviews changes of what buyers read.</summary>
public abstract class ContentTargetContract : IAsyncLifetime
{
    const string Barcode = "8690000000012";
    MarketplaceRehearsal _stage = null!;
    string _card = "";

    protected abstract Task<MarketplaceRehearsal> OpenAsync();

    /// <summary>A product that the marketplace takes and its review approves.</summary>
    protected abstract ListingDraft Draft(string barcode);

    /// <summary>Long enough for every review to end.</summary>
    protected abstract TimeSpan ReviewTime { get; }

    public async ValueTask InitializeAsync()
    {
        _stage = await OpenAsync();
        await Lists.CreateListingsAsync(_stage.Access, [Draft(Barcode)], Cancel);
        _stage.LetBatchesFinish();
        _stage.Clock.Advance(ReviewTime);
        _card = Assert.Single(await ((IListingSource)_stage.Marketplace).ReadListingsAsync(_stage.Access, [Barcode], Cancel)).CardId;
    }

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    IListingTarget Lists => (IListingTarget)_stage.Marketplace;

    IContentTarget Target => Assert.IsType<IContentTarget>(_stage.Marketplace, exactMatch: false);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    async Task<ListingReceiptAnswer> ChangeAsync(params ContentChange[] changes)
    {
        var receipt = await Target.ChangeContentAsync(_stage.Access, changes, Cancel);
        _stage.LetBatchesFinish();
        return await Lists.ReadListingReceiptAsync(_stage.Access, receipt.ReceiptId, Cancel);
    }

    Task<IReadOnlyList<ContentVerdict>> VerdictsAsync() => Target.ReadContentVerdictsAsync(_stage.Access, _card, Cancel);

    async Task<string> TitleAsync() => Assert.Single(await ((IItemSource)_stage.Marketplace).ReadItemsAsync(_stage.Access, [Barcode], Cancel)).Title;

    [Fact]
    public async Task A_change_is_taken_then_under_review_and_only_then_visible()
    {
        var asked = _stage.Clock.GetUtcNow();
        var answer = await ChangeAsync(new ContentChange { CardId = _card, Title = "Yeni Başlık" });

        Assert.True(answer.Terminal);
        Assert.Equal((_card, null), (answer.Items[0].Key, answer.Items[0].Fault?.Code));
        Assert.Equal(VerdictState.Pending, Assert.Single(await VerdictsAsync()).State);
        Assert.NotEqual("Yeni Başlık", await TitleAsync());

        _stage.Clock.Advance(ReviewTime);
        var verdict = Assert.Single(await VerdictsAsync());
        Assert.Equal((VerdictState.Accepted, null), (verdict.State, verdict.Fault));
        Assert.Equal(asked, verdict.AskedAt);
        Assert.NotEmpty(verdict.ReceiptId);
        Assert.Equal("Yeni Başlık", await TitleAsync());
    }

    [Fact]
    public async Task A_change_that_changes_nothing_is_refused_by_its_verdict()
    {
        await ChangeAsync(new ContentChange { CardId = _card, Title = Draft(Barcode).Title });
        _stage.Clock.Advance(ReviewTime);

        var verdict = Assert.Single(await VerdictsAsync());

        Assert.Equal((VerdictState.Refused, FaultCodes.NothingChanged), (verdict.State, verdict.Fault?.Code));
        Assert.NotEmpty(verdict.Fault!.MarketplaceText);
    }

    [Fact]
    public async Task A_card_nobody_knows_fails_beside_one_that_is_taken()
    {
        var answer = await ChangeAsync(new ContentChange { CardId = "1", Title = "x" }, new ContentChange { CardId = _card, Title = "Yeni Başlık" });

        Assert.Equal(FaultCodes.BarcodeUnknown, answer.Items.Single(item => item.Key == "1").Fault?.Code);
        Assert.Null(answer.Items.Single(item => item.Key == _card).Fault);
    }

    [Fact]
    public async Task What_breaks_a_published_rule_is_refused_here_and_never_sent()
    {
        var calls = _stage.Calls;
        (ContentChange Bad, string Code)[] bads =
        [
            (new() { CardId = _card }, FaultCodes.NothingToSet),
            (new() { CardId = _card, Title = "" }, FaultCodes.ListingFieldInvalid),
            (new() { CardId = _card, Title = new string('x', Lists.ListingManners.TitleMax + 1) }, FaultCodes.ListingFieldInvalid),
            (new() { CardId = _card, DescriptionHtml = "<script>" }, FaultCodes.ListingFieldInvalid),
            (new() { CardId = _card, Images = [] }, FaultCodes.ImageRefused),
        ];

        foreach (var (bad, code) in bads)
        {
            Assert.Equal(code, Target.Judge(bad)?.Code);
            Assert.Equal(code, (await Assert.ThrowsAsync<MarketplaceFault>(() => Target.ChangeContentAsync(_stage.Access, [bad], Cancel))).Code);
        }

        Assert.Equal(calls, _stage.Calls);
    }

    [Fact]
    public async Task A_change_whose_fate_is_unknown_is_sent_once_and_its_verdict_tells()
    {
        var calls = _stage.Calls;
        _stage.Break(new() { Kind = SandboxFaultKind.Drop, AfterApplying = true });

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Target.ChangeContentAsync(_stage.Access, [new() { CardId = _card, Title = "Yeni Başlık" }], Cancel));

        Assert.Equal((FaultKind.Uncertain, calls + 1), (fault.Kind, _stage.Calls));
        _stage.LetBatchesFinish();
        Assert.Single(await VerdictsAsync());
    }
}
