using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Marketplaces.Trendyol;

public sealed class ContentTargetOnTrendyol : ContentTargetContract
{
    protected override async Task<MarketplaceRehearsal> OpenAsync() => await TrendyolRehearsal.OpenAsync();

    protected override ListingDraft Draft(string barcode) => TrendyolDrafts.Shirt(barcode);

    protected override TimeSpan ReviewTime => TimeSpan.FromMinutes(10);
}

public sealed class ListingArchiveOnTrendyol : ListingArchiveContract
{
    protected override async Task<MarketplaceRehearsal> OpenAsync() => await TrendyolRehearsal.OpenAsync();
}

/// <summary>What is Trendyol's own about changes of products.</summary>
public sealed class TrendyolChangeTests : IAsyncLifetime
{
    const string Barcode = "8690000000012";
    TrendyolRehearsal _stage = null!;

    public async ValueTask InitializeAsync() => _stage = await TrendyolRehearsal.OpenAsync(new() { StrictAttributeForm = true });

    public async ValueTask DisposeAsync() => await _stage.DisposeAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    T As<T>() => (T)_stage.Marketplace;

    async Task<IReadOnlyList<ListingReceiptItem>> DoneAsync(Task<ListingReceipt> write)
    {
        var receipt = await write;
        _stage.LetBatchesFinish();
        return (await As<IListingTarget>().ReadListingReceiptAsync(_stage.Access, receipt.ReceiptId, Cancel)).Items;
    }

    async Task<ListingStatus> ApprovedAsync(ListingDraft draft)
    {
        await DoneAsync(As<IListingTarget>().CreateListingsAsync(_stage.Access, [draft], Cancel));
        _stage.Clock.Advance(TimeSpan.FromMinutes(10));
        return await StatusAsync(draft.Barcode);
    }

    async Task<ListingStatus> StatusAsync(string barcode) => Assert.Single(await As<IListingSource>().ReadListingsAsync(_stage.Access, [barcode], Cancel));

    [Fact]
    public async Task A_rejected_product_is_mended_and_approved()
    {
        var draft = TrendyolDrafts.Shirt(Barcode);
        Assert.Equal(ListingState.Rejected, (await ApprovedAsync(draft with { Title = "Çakma Tişört" })).State);

        var items = await DoneAsync(As<IListingMending>().MendListingsAsync(_stage.Access, [draft, TrendyolDrafts.Shirt("nobody")], Cancel));
        Assert.Equal([null, FaultCodes.BarcodeUnknown], items.Select(item => item.Fault?.Code));
        Assert.Equal(ListingState.Pending, (await StatusAsync(Barcode)).State);

        _stage.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(ListingState.Approved, (await StatusAsync(Barcode)).State);
        var tooLate = await DoneAsync(As<IListingMending>().MendListingsAsync(_stage.Access, [draft], Cancel));
        Assert.Equal(FaultCodes.ListingFieldFixed, Assert.Single(tooLate).Fault?.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Verdicts_are_read_to_the_last_page_wherever_pages_begin(int first)
    {
        _stage.Sandbox.Set(new() { AuditFirstPage = first });
        var card = (await ApprovedAsync(TrendyolDrafts.Shirt(Barcode))).CardId;
        for (var i = 0; i < 205; i++)
        {
            if (i % 40 == 0)
                _stage.Clock.Advance(TimeSpan.FromMinutes(1));
            await As<IContentTarget>().ChangeContentAsync(_stage.Access, [new() { CardId = card, Title = FormattableString.Invariant($"Başlık {i}") }], Cancel);
        }

        _stage.LetBatchesFinish();
        var verdicts = await As<IContentTarget>().ReadContentVerdictsAsync(_stage.Access, card, Cancel);

        Assert.Equal(205, verdicts.DistinctBy(verdict => verdict.ReceiptId).Count());
    }

    [Fact]
    public async Task A_change_of_content_sends_attributes_in_the_plural_and_keeps_what_is_fixed()
    {
        var card = (await ApprovedAsync(TrendyolDrafts.Shirt(Barcode))).CardId;
        ContentChange Change(params ListingAttribute[] attributes) => new() { CardId = card, Attributes = attributes };

        var items = await DoneAsync(As<IContentTarget>().ChangeContentAsync(_stage.Access, [Change(TrendyolDrafts.Red, TrendyolDrafts.WebRed, new("14", ["900", "901"]))], Cancel));
        var fixedOne = await DoneAsync(As<IContentTarget>().ChangeContentAsync(_stage.Access, [Change(new("47", [], "Mavi"), TrendyolDrafts.WebRed)], Cancel));
        var missing = await DoneAsync(As<IContentTarget>().ChangeContentAsync(_stage.Access, [Change(TrendyolDrafts.Red)], Cancel));

        Assert.Null(Assert.Single(items).Fault);
        Assert.Equal(FaultCodes.ListingFieldFixed, Assert.Single(fixedOne).Fault?.Code);
        Assert.Equal(FaultCodes.AttributeMissing, Assert.Single(missing).Fault?.Code);
    }

    [Fact]
    public async Task A_variant_is_sent_whole_so_that_either_reading_of_the_documents_takes_it()
    {
        _stage.Sandbox.Set(new() { WholeVariantUpdates = true });
        await ApprovedAsync(TrendyolDrafts.Shirt(Barcode));
        var change = new VariantChange
        {
            Barcode = Barcode,
            Sku = "NEW-SKU",
            VatBasisPoints = 2000,
            Desi = 1.2m,
            OriginCountry = "TR",
            Terms = new() { ShippingAddressId = "1001", ReturningAddressId = "1002", Carriers = ["YKMP"] },
        };

        var items = await DoneAsync(As<IVariantTarget>().ChangeVariantsAsync(_stage.Access, [change, change with { Barcode = "other" }], Cancel));

        Assert.Equal([null, FaultCodes.BarcodeUnknown], items.Select(item => item.Fault?.Code));
        Assert.Equal("NEW-SKU", Assert.Single(await As<IItemSource>().ReadItemsAsync(_stage.Access, [Barcode], Cancel)).Sku);
        Assert.Equal(FaultCodes.VatRateInvalid, As<IVariantTarget>().Judge(change with { VatBasisPoints = 1800 })?.Code);
    }

    [Fact]
    public async Task A_lead_time_is_set_and_one_of_a_product_under_review_is_not()
    {
        await ApprovedAsync(TrendyolDrafts.Shirt(Barcode));
        await DoneAsync(As<IListingTarget>().CreateListingsAsync(_stage.Access, [TrendyolDrafts.Shirt("pending")], Cancel));

        var items = await DoneAsync(As<ILeadTimeTarget>().ChangeLeadTimesAsync(_stage.Access, [(Barcode, 0), ("pending", 0)], Cancel));

        Assert.Equal([(Barcode, null), ("pending", FaultCodes.ListingNotApproved)], items.Select(item => (item.Key, item.Fault?.Code)));
        await Assert.ThrowsAsync<MarketplaceFault>(() => As<ILeadTimeTarget>().ChangeLeadTimesAsync(_stage.Access, [(Barcode, -1)], Cancel));
    }

    [Fact]
    public async Task A_locked_product_says_why_and_is_unlocked()
    {
        _stage.List(Barcode, 10, 249_90);
        _stage.Sandbox.Mark(new() { Barcode = Barcode, LockReason = "Fiyat kilidi" });
        var locked = await StatusAsync(Barcode);
        Assert.Equal((ListingState.Locked, FaultCodes.ListingLocked, "Fiyat kilidi"), (locked.State, locked.Fault?.Code, locked.Fault?.MarketplaceText));

        Assert.Null(Assert.Single(await DoneAsync(As<IListingUnlock>().UnlockAsync(_stage.Access, [Barcode], Cancel))).Fault);
        Assert.Equal(ListingState.Approved, (await StatusAsync(Barcode)).State);
    }

    [Fact]
    public async Task A_stopped_product_cannot_be_deleted()
    {
        _stage.List(Barcode, 10, 249_90);
        _stage.Sandbox.Mark(new() { Barcode = Barcode, Blacklisted = true });

        var items = await DoneAsync(As<IListingDeletion>().DeleteAsync(_stage.Access, [Barcode], Cancel));

        Assert.Equal((ListingState.Stopped, FaultCodes.ListingStopped), ((await StatusAsync(Barcode)).State, Assert.Single(items).Fault?.Code));
    }

    [Fact]
    public async Task The_buybox_is_asked_in_tens_and_repeated_like_any_read()
    {
        for (var i = 0; i < 12; i++)
            _stage.List(FormattableString.Invariant($"B{i}"), 1, 100_00);
        _stage.Sandbox.Mark(new() { Barcode = "B3", RivalPrice = 99.90m });
        _stage.Break(new() { Kind = MesChain.Sandbox.FaultKind.Status, Status = 502 });

        var places = await As<IBuyboxSource>().ReadBuyboxAsync(_stage.Access, [.. Enumerable.Range(0, 12).Select(i => FormattableString.Invariant($"B{i}")), "nobody"], Cancel);

        Assert.Equal(12, places.Count);
        Assert.Equal(3, _stage.Calls);
        Assert.Contains(new BuyboxPlace("B3", 2, 99_90, true), places);
        Assert.Contains(new BuyboxPlace("B4", 1, 100_00, false), places);
    }

    [Fact]
    public async Task Stock_of_a_product_under_review_is_refused_with_its_cause()
    {
        await DoneAsync(As<IListingTarget>().CreateListingsAsync(_stage.Access, [TrendyolDrafts.Shirt(Barcode)], Cancel));

        var receipt = await As<IOfferTarget>().PushAsync(_stage.Access, [new(Barcode, 3, null, null)], Cancel);
        _stage.LetBatchesFinish();
        var answer = await As<IOfferTarget>().ReadReceiptAsync(_stage.Access, receipt.ReceiptId, Cancel);

        Assert.Equal(FaultCodes.ListingNotApproved, Assert.Single(answer.Items).Fault?.Code);
    }
}
