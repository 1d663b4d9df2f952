using MesChain.Marketplaces;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>Whatever comes over the wire ends in a <see cref="MarketplaceFault"/>, and none of them tells the key.</summary>
public sealed class TrendyolHostileTests : IAsyncLifetime
{
    TrendyolRehearsal _stage = null!;

    public async ValueTask InitializeAsync()
    {
        _stage = await TrendyolRehearsal.OpenAsync();
        _stage.List("8690000000012", 10, 249_90);
        _stage.Sell("8690000000012", 2);
    }

    public async ValueTask DisposeAsync() => await _stage.DisposeAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    async Task<MarketplaceFault> FaultOfAsync(Task call)
    {
        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => call);
        foreach (var secret in new[] { _stage.Access.ApiSecret, _stage.Access.ApiKey, "Basic", "Öztürk" })
            Assert.DoesNotContain(secret, fault + fault.MarketplaceText, StringComparison.Ordinal);
        return fault;
    }

    Task<OrderPage> ReadOrdersAsync()
    {
        var to = _stage.Clock.GetUtcNow();
        return ((IOrderSource)_stage.Marketplace).ReadOrdersAsync(_stage.Access, to - TimeSpan.FromHours(1), to, null, Cancel);
    }

    Task<PushReceipt> PushAsync() => ((IOfferTarget)_stage.Marketplace).PushAsync(_stage.Access, [new("8690000000012", 7, null, null)], Cancel);

    Task<ReceiptAnswer> ReadReceiptAsync() => ((IOfferTarget)_stage.Marketplace).ReadReceiptAsync(_stage.Access, "unknown", Cancel);

    Task<IReadOnlyList<MarketplaceItem>> ReadItemsAsync() => ((IItemSource)_stage.Marketplace).ReadItemsAsync(_stage.Access, ["8690000000012"], Cancel);

    [Theory]
    [InlineData(SandboxFaultKind.Html, FaultKind.Malformed, FaultCodes.AnswerMalformed)]
    [InlineData(SandboxFaultKind.Malformed, FaultKind.Malformed, FaultCodes.AnswerMalformed)]
    [InlineData(SandboxFaultKind.Huge, FaultKind.Malformed, FaultCodes.AnswerMalformed)]
    [InlineData(SandboxFaultKind.Redirect, FaultKind.Unavailable, FaultCodes.RedirectRefused)]
    [InlineData(SandboxFaultKind.Drop, FaultKind.Unavailable, FaultCodes.MarketplaceUnreachable)]
    [InlineData(SandboxFaultKind.Status, FaultKind.Unavailable, FaultCodes.MarketplaceFailing)]
    public async Task A_hostile_answer_to_a_read_changes_nothing_and_is_named(SandboxFaultKind hostility, FaultKind kind, string code)
    {
        foreach (var read in new Func<Task>[] { ReadOrdersAsync, ReadItemsAsync })
        {
            _stage.Sandbox.ClearFaults();
            _stage.Break(new() { Kind = hostility, Count = 0 });

            var fault = await FaultOfAsync(read());

            Assert.Equal((kind, code), (fault.Kind, fault.Code));
        }

        _stage.Sandbox.ClearFaults();
        Assert.Single((await ReadOrdersAsync()).Packages);
    }

    [Theory]
    [InlineData(SandboxFaultKind.Html, FaultKind.Uncertain)]
    [InlineData(SandboxFaultKind.Malformed, FaultKind.Uncertain)]
    [InlineData(SandboxFaultKind.Huge, FaultKind.Uncertain)]
    [InlineData(SandboxFaultKind.Redirect, FaultKind.Unavailable)]
    [InlineData(SandboxFaultKind.Drop, FaultKind.Uncertain)]
    public async Task A_hostile_answer_to_a_write_leaves_its_fate_open(SandboxFaultKind hostility, FaultKind kind)
    {
        _stage.Break(new() { Kind = hostility, Count = 0 });

        Assert.Equal(kind, (await FaultOfAsync(PushAsync())).Kind);
        Assert.Equal(1, _stage.Calls);
    }

    [Fact]
    public async Task An_answer_that_drips_is_cut_off_by_the_time_out()
    {
        _stage.Break(new() { Kind = SandboxFaultKind.Drip, Count = 0 });

        var fault = await FaultOfAsync(UntilDoneAsync(ReadOrdersAsync()));

        Assert.Equal((FaultKind.Unavailable, FaultCodes.MarketplaceUnreachable), (fault.Kind, fault.Code));
    }

    [Fact]
    public async Task A_write_that_is_never_answered_is_uncertain_and_may_have_been_applied()
    {
        _stage.Break(new() { Kind = SandboxFaultKind.Timeout, AfterApplying = true });

        var fault = await FaultOfAsync(UntilDoneAsync(PushAsync()));

        Assert.Equal((FaultKind.Uncertain, FaultCodes.OutcomeUnknown), (fault.Kind, fault.Code));
        Assert.Equal(1, _stage.Calls);
        _stage.LetBatchesFinish();
        Assert.Equal(7, _stage.QuantityOf("8690000000012"));
    }

    [Fact]
    public async Task Turkish_letters_survive_a_charset_that_lies()
    {
        _stage.Break(new() { Kind = SandboxFaultKind.Charset, Count = 0 });

        var package = Assert.Single((await ReadOrdersAsync()).Packages);

        Assert.Equal("Öztürk", package.Person.LastName);
        Assert.Equal("İstanbul", package.Person.Shipping.City);
    }

    [Fact]
    public async Task A_receipt_nobody_knows_is_missing() =>
        Assert.Equal((FaultKind.Missing, FaultCodes.ReceiptLost), (await FaultOfAsync(ReadReceiptAsync())) is var fault ? (fault.Kind, fault.Code) : default);

    [Fact]
    public async Task A_marketplace_that_is_not_there_is_unreachable_and_nothing_was_sent()
    {
        await ReadItemsAsync();
        await _stage.Host.DisposeAsync();

        Assert.Equal(FaultKind.Unavailable, (await FaultOfAsync(PushAsync())).Kind);
    }

    // Real sockets, a clock that is ours: time goes on only as fast as the call lets it.
    async Task UntilDoneAsync(Task call)
    {
        while (_stage.Calls == 0)
            await Task.Yield();
        while (!call.IsCompleted)
        {
            _stage.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await call;
    }
}
