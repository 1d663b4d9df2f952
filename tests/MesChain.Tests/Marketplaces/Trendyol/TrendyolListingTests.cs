using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Marketplaces.Trendyol;

public sealed class ListingTargetOnTrendyol : ListingTargetContract
{
    protected override async Task<MarketplaceRehearsal> OpenAsync() => await TrendyolRehearsal.OpenAsync();

    protected override ListingDraft Draft(string barcode) => TrendyolDrafts.Shirt(barcode);

    protected override TimeSpan ReviewTime => TimeSpan.FromMinutes(10);
}

/// <summary>Products that Trendyol takes.</summary>
static class TrendyolDrafts
{
    public static readonly ListingAttribute Size = new("338", ["4873"]);
    public static readonly ListingAttribute Red = new("47", [], "Kırmızı");
    public static readonly ListingAttribute WebRed = new("295", ["2886"]);

    public static ListingDraft Shirt(string barcode) => new()
    {
        Barcode = barcode,
        Title = "Pamuklu Tişört Kırmızı S",
        GroupId = $"TS-{barcode}",
        CategoryId = "604",
        BrandId = "1791",
        Sku = $"SKU-{barcode}",
        DescriptionHtml = "<p>%100 pamuk</p>",
        Quantity = 25,
        SalePriceMinor = 249_90,
        ListPriceMinor = 299_90,
        VatBasisPoints = 1000,
        Images = [new("https://cdn.example.com/ts100-1.jpg")],
        Attributes = [Size, Red, WebRed],
        OriginCountry = "TR",
        Terms = new() { ShippingAddressId = "1001", ReturningAddressId = "1002", Carriers = ["ARASMP"], LeadDays = 1 },
    };
}

/// <summary>What is Trendyol's own about new products.</summary>
public sealed class TrendyolListingTests : IAsyncLifetime
{
    TrendyolRehearsal _stage = null!;

    public async ValueTask InitializeAsync() => _stage = await TrendyolRehearsal.OpenAsync(new() { StrictAttributeForm = true });

    public async ValueTask DisposeAsync() => await _stage.DisposeAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    IListingTarget Target => (IListingTarget)_stage.Marketplace;

    IListingSource Source => (IListingSource)_stage.Marketplace;

    async Task<IReadOnlyList<ListingReceiptItem>> CreateAsync(params ListingDraft[] drafts)
    {
        var receipt = await Target.CreateListingsAsync(_stage.Access, drafts, Cancel);
        _stage.LetBatchesFinish();
        return (await Target.ReadListingReceiptAsync(_stage.Access, receipt.ReceiptId, Cancel)).Items;
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { "brand", FaultCodes.BrandUnknown },
        { "category", FaultCodes.CategoryUnknown },
        { "not-leaf", FaultCodes.CategoryNotLeaf },
        { "attribute", FaultCodes.AttributeInvalid },
        { "value", FaultCodes.AttributeInvalid },
        { "two-values", FaultCodes.AttributeInvalid },
        { "text", FaultCodes.AttributeInvalid },
        { "colour", FaultCodes.AttributeInvalid },
        { "missing", FaultCodes.AttributeMissing },
        { "address", FaultCodes.SellerAddressUnknown },
        { "carrier", FaultCodes.CarrierUnknown },
    };

    static ListingDraft Bad(string what)
    {
        var good = TrendyolDrafts.Shirt("bad");
        return what switch
        {
            "brand" => good with { BrandId = "999999" },
            "category" => good with { CategoryId = "999999" },
            "not-leaf" => good with { CategoryId = "601" },
            "attribute" => good with { Attributes = [.. good.Attributes, new("633", ["700"])] },
            "value" => good with { Attributes = [new("338", ["1"]), TrendyolDrafts.Red, TrendyolDrafts.WebRed] },
            "two-values" => good with { Attributes = [new("338", ["4873", "4874"]), TrendyolDrafts.Red, TrendyolDrafts.WebRed] },
            "text" => good with { Attributes = [TrendyolDrafts.Size, TrendyolDrafts.Red, new("295", [], "Kırmızı")] },
            "colour" => good with { Attributes = [TrendyolDrafts.Size, new("47", [], new string('k', 51)), TrendyolDrafts.WebRed] },
            "missing" => good with { Attributes = [TrendyolDrafts.Size, TrendyolDrafts.Red] },
            "address" => good with { Terms = new() { ShippingAddressId = "7" } },
            "carrier" => good with { Terms = new() { Carriers = ["NOBODY"] } },
            _ => good,
        };
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_only_trendyol_can_know_is_refused_at_the_item_with_a_cause(string what, string code)
    {
        var items = await CreateAsync(Bad(what), TrendyolDrafts.Shirt("good"));

        var refusal = items.Single(item => item.Key == "bad").Fault;
        Assert.Equal((FaultKind.Rejected, code), (refusal?.Kind, refusal?.Code));
        Assert.Null(items.Single(item => item.Key == "good").Fault);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task The_same_causes_are_known_when_the_whole_request_is_refused(string what, string code)
    {
        await using var stage = await TrendyolRehearsal.OpenAsync(new() { ProductRules = "request" });

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => ((IListingTarget)stage.Marketplace).CreateListingsAsync(stage.Access, [Bad(what)], Cancel));

        Assert.Equal((FaultKind.Rejected, code), (fault.Kind, fault.Code));
        Assert.NotEmpty(fault.MarketplaceText);
    }

    [Fact]
    public async Task A_barcode_with_blanks_comes_back_as_it_is_stored()
    {
        var items = await CreateAsync(TrendyolDrafts.Shirt("869 0000 000012"));

        Assert.Equal("8690000000012", Assert.Single(items).Key);
        Assert.Equal(ListingState.Pending, Assert.Single(await Source.ReadListingsAsync(_stage.Access, ["869 0000 000012"], Cancel)).State);
    }

    [Fact]
    public async Task A_barcode_twice_is_taken_once_and_one_that_exists_not_at_all()
    {
        var twice = await CreateAsync(TrendyolDrafts.Shirt("A"), TrendyolDrafts.Shirt("A"));
        var again = await CreateAsync(TrendyolDrafts.Shirt("A"));

        Assert.Equal([null, FaultCodes.BarcodeTwice], twice.Select(item => item.Fault?.Code));
        Assert.Equal(FaultCodes.BarcodeExists, Assert.Single(again).Fault?.Code);
    }

    [Fact]
    public async Task A_rejected_product_says_why()
    {
        await CreateAsync(TrendyolDrafts.Shirt("A") with { Title = "Replika Tişört" }, TrendyolDrafts.Shirt("B"), TrendyolDrafts.Shirt("C"));
        _stage.Sandbox.Review(new() { Barcode = "B", Approved = false, Reason = "Görsel Hatası", Detail = "Görsel okunmuyor." });
        _stage.Clock.Advance(TimeSpan.FromMinutes(10));

        var statuses = (await Source.ReadListingsAsync(_stage.Access, ["A", "B", "C", "D"], Cancel)).ToDictionary(status => status.Barcode, StringComparer.Ordinal);

        Assert.Equal((ListingState.Rejected, FaultCodes.ListingRejected), (statuses["A"].State, statuses["A"].Fault?.Code));
        Assert.Equal("Görsel Hatası: Görsel okunmuyor.", statuses["B"].Fault?.MarketplaceText);
        Assert.Equal(ListingState.Approved, statuses["C"].State);
        Assert.Equal(3, statuses.Count);
    }

    [Fact]
    public async Task Sizes_share_a_card_and_colours_have_cards_of_their_own()
    {
        ListingDraft Variant(string barcode, string size, string colour) => TrendyolDrafts.Shirt(barcode) with
        {
            GroupId = "TS",
            Attributes = [new("338", [size]), new("47", [], colour), TrendyolDrafts.WebRed],
        };
        await CreateAsync(Variant("red-s", "4873", "Kırmızı"), Variant("red-m", "4874", "Kırmızı"), Variant("blue-s", "4873", "Mavi"));
        _stage.Clock.Advance(TimeSpan.FromMinutes(10));

        var cards = (await Source.ReadListingsAsync(_stage.Access, ["red-s", "red-m", "blue-s"], Cancel)).ToDictionary(status => status.Barcode, status => status.CardId, StringComparer.Ordinal);

        Assert.Equal(cards["red-s"], cards["red-m"]);
        Assert.NotEqual(cards["red-s"], cards["blue-s"]);
    }

    [Fact]
    public async Task A_barcode_that_exists_can_be_overwritten_where_trendyol_turns_out_to_allow_it()
    {
        _stage.Sandbox.Set(new() { KnownBarcode = "overwrite" });
        await CreateAsync(TrendyolDrafts.Shirt("A"));

        Assert.Null(Assert.Single(await CreateAsync(TrendyolDrafts.Shirt("A") with { Title = "Yeni" })).Fault);
    }

    [Fact]
    public async Task A_new_product_sells_once_it_is_approved_and_its_stock_can_be_set()
    {
        await CreateAsync(TrendyolDrafts.Shirt("A"));
        _stage.Clock.Advance(TimeSpan.FromMinutes(10));

        await ((IOfferTarget)_stage.Marketplace).PushAsync(_stage.Access, [new("A", 3, 199_90, 249_90)], Cancel);
        _stage.LetBatchesFinish();
        _stage.Sell("A", 2);

        var item = Assert.Single(await ((IItemSource)_stage.Marketplace).ReadItemsAsync(_stage.Access, ["A"], Cancel));
        Assert.Equal((1, 199_90L, 249_90L, true), (item.Quantity, item.SalePriceMinor, item.ListPriceMinor, item.OnSale));
    }

    [Fact]
    public async Task A_seller_that_writes_too_much_is_held_back_here_and_never_by_trendyol()
    {
        var archive = (IListingArchive)_stage.Marketplace;
        var deletion = (IListingDeletion)_stage.Marketplace;
        var unlock = (IListingUnlock)_stage.Marketplace;
        var leadTimes = (ILeadTimeTarget)_stage.Marketplace;
        for (var i = 0; i < 50; i++)
        {
            await archive.ArchiveAsync(_stage.Access, ["A"], true, Cancel);
            await deletion.DeleteAsync(_stage.Access, ["A"], Cancel);
            await unlock.UnlockAsync(_stage.Access, ["A"], Cancel);
            await leadTimes.ChangeLeadTimesAsync(_stage.Access, [("A", 1)], Cancel);
        }

        // Each service has had its fifty, all of them together the two hundred of a minute.
        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Target.CreateListingsAsync(_stage.Access, [TrendyolDrafts.Shirt("A")], Cancel));
        Assert.Equal((FaultKind.Throttled, FaultCodes.TooManyRequests), (fault.Kind, fault.Code));
        Assert.InRange(fault.RetryAfter!.Value, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(61));
        Assert.Equal(200, _stage.Calls);

        // Reading has a quota of its own, and a minute later writing has one again.
        Assert.Empty(await Source.ReadListingsAsync(_stage.Access, ["A"], Cancel));
        _stage.Clock.Advance(fault.RetryAfter.Value);
        await Target.CreateListingsAsync(_stage.Access, [TrendyolDrafts.Shirt("A")], Cancel);
        Assert.DoesNotContain(_stage.Sandbox.Calls(), call => call.Status == 429);
    }

    [Fact]
    public async Task A_price_that_changes_too_often_is_named_by_its_receipt()
    {
        _stage.List("A", 10, 100_00);
        PushReceipt? last = null;
        for (var i = 1; i <= 31; i++)
        {
            _stage.Clock.Advance(TimeSpan.FromSeconds(1));
            last = await ((IOfferTarget)_stage.Marketplace).PushAsync(_stage.Access, [new("A", null, 100_00 + i, 500_00)], Cancel);
        }

        _stage.LetBatchesFinish();
        var answer = await ((IOfferTarget)_stage.Marketplace).ReadReceiptAsync(_stage.Access, last!.ReceiptId, Cancel);

        Assert.Equal(FaultCodes.PriceTooOften, Assert.Single(answer.Items).Fault?.Code);
    }

    [Fact]
    public async Task A_product_that_is_rejected_while_the_list_is_read_comes_twice_and_is_never_hidden()
    {
        await CreateAsync(TrendyolDrafts.Shirt("A"));

        List<ListingState> seen = [];
        await foreach (var page in Source.ReadUnapprovedAsync(_stage.Access, Cancel))
        {
            seen.AddRange(page.Select(status => status.State));
            if (seen.Count == 1)
                _stage.Sandbox.Review(new() { Barcode = "A", Approved = false });
        }

        Assert.Equal([ListingState.Pending, ListingState.Rejected], seen);
    }

    [Fact]
    public async Task More_unapproved_products_than_a_page_are_all_read()
    {
        await CreateAsync([.. Enumerable.Range(0, 1000).Select(i => TrendyolDrafts.Shirt(FormattableString.Invariant($"A{i}")))]);
        await CreateAsync([.. Enumerable.Range(0, 5).Select(i => TrendyolDrafts.Shirt(FormattableString.Invariant($"B{i}")))]);

        var found = await Source.ReadListingsAsync(_stage.Access, ["A0", "B4", "nobody"], Cancel);

        Assert.Equal(["A0", "B4"], found.Select(status => status.Barcode));
    }
}
