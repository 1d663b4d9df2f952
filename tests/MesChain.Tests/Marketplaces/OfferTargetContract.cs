using MesChain.Marketplaces;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Marketplaces;

/// <summary>What every marketplace that takes stock and price must do. One subclass a marketplace opens the rehearsal.</summary>
public abstract class OfferTargetContract : IAsyncLifetime
{
    MarketplaceRehearsal _stage = null!;

    protected abstract Task<MarketplaceRehearsal> OpenAsync();

    public async ValueTask InitializeAsync()
    {
        _stage = await OpenAsync();
        _stage.List("8690000000012", 10, 249_90);
        _stage.List("8690000000029", 4, 49_90);
    }

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    IOfferTarget Target => Assert.IsType<IOfferTarget>(_stage.Marketplace, exactMatch: false);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static OfferPush Stock(string barcode, int quantity) => new(barcode, quantity, null, null);

    [Fact]
    public async Task An_accepted_quantity_is_there_when_its_receipt_says_so()
    {
        var receipt = await Target.PushAsync(_stage.Access, [Stock("8690000000012", 7)], Cancel);

        _stage.LetBatchesFinish();
        var answer = await Target.ReadReceiptAsync(_stage.Access, receipt.ReceiptId, Cancel);

        Assert.True(answer.Terminal);
        var item = Assert.Single(answer.Items);
        Assert.Equal("8690000000012", item.Barcode);
        Assert.Null(item.Fault);
        Assert.Equal(7, _stage.QuantityOf("8690000000012"));
    }

    [Fact]
    public async Task A_receipt_that_is_asked_too_early_is_not_terminal_and_decides_nothing()
    {
        var receipt = await Target.PushAsync(_stage.Access, [Stock("8690000000012", 7)], Cancel);

        var answer = await Target.ReadReceiptAsync(_stage.Access, receipt.ReceiptId, Cancel);

        Assert.False(answer.Terminal);
        Assert.Empty(answer.Items);
    }

    [Fact]
    public async Task One_refused_item_leaves_the_others_of_its_batch_applied()
    {
        var receipt = await Target.PushAsync(_stage.Access, [Stock("nobody-sells-this", 1), Stock("8690000000029", 3)], Cancel);

        _stage.LetBatchesFinish();
        var answer = await Target.ReadReceiptAsync(_stage.Access, receipt.ReceiptId, Cancel);

        Assert.True(answer.Terminal);
        var refused = answer.Items.Single(item => item.Barcode == "nobody-sells-this").Fault;
        Assert.Equal((FaultKind.Rejected, FaultCodes.BarcodeUnknown), (refused?.Kind, refused?.Code));
        Assert.NotEmpty(refused!.MarketplaceText);
        Assert.Null(answer.Items.Single(item => item.Barcode == "8690000000029").Fault);
        Assert.Equal(3, _stage.QuantityOf("8690000000029"));
    }

    [Fact]
    public async Task A_price_without_a_quantity_leaves_the_stock_as_it_is()
    {
        await Target.PushAsync(_stage.Access, [new("8690000000012", null, 199_90, 249_90)], Cancel);

        _stage.LetBatchesFinish();

        Assert.Equal(10, _stage.QuantityOf("8690000000012"));
    }

    [Fact] // AC-19
    public async Task An_equal_body_within_the_window_is_refused_and_applied_after_it()
    {
        await Target.PushAsync(_stage.Access, [Stock("8690000000012", 4)], Cancel);
        _stage.LetBatchesFinish();
        await Target.PushAsync(_stage.Access, [Stock("8690000000012", 5)], Cancel);
        _stage.LetBatchesFinish();

        var refusal = await Assert.ThrowsAsync<MarketplaceFault>(() => Target.PushAsync(_stage.Access, [Stock("8690000000012", 4)], Cancel));
        Assert.Equal((FaultKind.Rejected, FaultCodes.IdenticalBody), (refusal.Kind, refusal.Code));
        Assert.Equal(5, _stage.QuantityOf("8690000000012"));

        _stage.Clock.Advance(_stage.Marketplace.Manners.IdenticalBodyWindow);
        await Target.PushAsync(_stage.Access, [Stock("8690000000012", 4)], Cancel);
        _stage.LetBatchesFinish();
        Assert.Equal(4, _stage.QuantityOf("8690000000012"));
    }

    [Theory] // AC-17
    [InlineData(-1, null, null, FaultCodes.QuantityOutOfRange)]
    [InlineData(int.MaxValue, null, null, FaultCodes.QuantityOutOfRange)]
    [InlineData(null, 100L, 99L, FaultCodes.PriceRuleBroken)]
    [InlineData(null, 0L, 100L, FaultCodes.PriceRuleBroken)]
    [InlineData(null, null, null, FaultCodes.NothingToSet)]
    public async Task What_breaks_a_published_rule_is_refused_here_and_never_sent(int? quantity, long? sale, long? list, string code)
    {
        var offer = new OfferPush("8690000000012", quantity, sale, list);

        var refusal = await Assert.ThrowsAsync<MarketplaceFault>(() => Target.PushAsync(_stage.Access, [offer], Cancel));

        Assert.Equal((FaultKind.Rejected, code), (refusal.Kind, refusal.Code));
        Assert.Equal(code, Target.Judge(offer)?.Code);
        Assert.Equal(0, _stage.Calls);
    }

    [Theory] // AC-02: a write is never repeated when its fate is unknown
    [InlineData(SandboxFaultKind.Status, true)]
    [InlineData(SandboxFaultKind.Status, false)]
    [InlineData(SandboxFaultKind.Drop, true)]
    [InlineData(SandboxFaultKind.Html, true)]
    [InlineData(SandboxFaultKind.Malformed, true)]
    public async Task A_push_whose_fate_is_unknown_is_uncertain_and_sent_once(SandboxFaultKind kind, bool applied)
    {
        _stage.Break(new() { Kind = kind, AfterApplying = applied, Count = 0 });

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Target.PushAsync(_stage.Access, [Stock("8690000000012", 7)], Cancel));

        Assert.Equal(FaultKind.Uncertain, fault.Kind);
        Assert.Equal(1, _stage.Calls);
        _stage.LetBatchesFinish();
        Assert.Equal(applied ? 7 : 10, _stage.QuantityOf("8690000000012"));
    }

    [Fact]
    public async Task A_push_refused_for_speed_is_repeated_by_the_pipeline()
    {
        _stage.Break(new() { Kind = SandboxFaultKind.Status, Status = 429, Count = 1 });

        await Target.PushAsync(_stage.Access, [Stock("8690000000012", 7)], Cancel);

        Assert.Equal(2, _stage.Calls);
    }

    [Fact]
    public async Task A_push_that_stays_refused_for_speed_says_when_to_come_back()
    {
        _stage.Break(new() { Kind = SandboxFaultKind.Status, Status = 429, Count = 0 });

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Target.PushAsync(_stage.Access, [Stock("8690000000012", 7)], Cancel));

        Assert.Equal((FaultKind.Throttled, FaultCodes.TooManyRequests), (fault.Kind, fault.Code));
        Assert.True(fault.RetryAfter > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_wrong_key_is_unauthorised_and_appears_nowhere()
    {
        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Target.PushAsync(_stage.WrongKey, [Stock("8690000000012", 7)], Cancel));

        Assert.Equal((FaultKind.Unauthorised, FaultCodes.CredentialRefused), (fault.Kind, fault.Code));
        Assert.DoesNotContain(_stage.WrongKey.ApiSecret, fault.ToString() + fault.MarketplaceText, StringComparison.Ordinal);
        Assert.DoesNotContain(_stage.WrongKey.ApiKey, fault.ToString() + fault.MarketplaceText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_past_its_life_is_missing()
    {
        var receipt = await Target.PushAsync(_stage.Access, [Stock("8690000000012", 7)], Cancel);

        _stage.Clock.Advance(_stage.Marketplace.Manners.ReceiptLife);
        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Target.ReadReceiptAsync(_stage.Access, receipt.ReceiptId, Cancel));

        Assert.Equal((FaultKind.Missing, FaultCodes.ReceiptLost), (fault.Kind, fault.Code));
    }

    [Fact]
    public void Equal_offers_are_equal_bytes_and_different_ones_are_not()
    {
        OfferPush[] offers = [Stock("8690000000012", 7), new("8690000000029", null, 49_90, 59_90)];

        Assert.Equal(Target.Body(offers).ToArray(), Target.Body([.. offers]).ToArray());
        Assert.NotEqual(Target.Body(offers).ToArray(), Target.Body([Stock("8690000000012", 6), offers[1]]).ToArray());
    }
}
