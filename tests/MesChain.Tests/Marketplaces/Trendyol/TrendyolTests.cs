using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>What is Trendyol's own, against the sandbox over real HTTP.</summary>
public sealed class TrendyolTests : IAsyncLifetime
{
    TrendyolRehearsal _stage = null!;

    public async ValueTask InitializeAsync() => _stage = await TrendyolRehearsal.OpenAsync(new() { StrictUserAgent = true });

    public async ValueTask DisposeAsync() => await _stage.DisposeAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    Task<IReadOnlyList<ProbeAnswer>> ProbeAsync(SellerAccess access) => ((IConnectionTest)_stage.Marketplace).ProbeAsync(access, Cancel);

    Task PickAsync(string packageId, string lineId, int quantity) =>
        ((IOrderActions)_stage.Marketplace).PickAsync(_stage.Access, packageId, [new PackageUnits(lineId, quantity)], Cancel);

    [Fact]
    public async Task A_right_key_passes_all_three_probes()
    {
        var answers = await ProbeAsync(_stage.Access);

        Assert.Equal(["reach", "credential", "orders"], answers.Select(answer => answer.Name));
        Assert.All(answers, answer => Assert.Null(answer.Fault));
    }

    [Fact]
    public async Task A_wrong_key_reaches_and_stops_at_the_credential()
    {
        var answers = await ProbeAsync(_stage.WrongKey);

        Assert.Equal(["reach", "credential"], answers.Select(answer => answer.Name));
        Assert.Null(answers[0].Fault);
        Assert.Equal(FaultCodes.CredentialRefused, answers[1].Fault?.Code);
    }

    [Fact]
    public async Task A_foreign_seller_number_stops_at_the_credential()
    {
        _stage.Sandbox.AddSeller(new() { SellerId = "99", ApiKey = "other", ApiSecret = "other" });

        var answers = await ProbeAsync(_stage.With("99", TrendyolSandbox.DemoApiKey, TrendyolSandbox.DemoApiSecret));

        Assert.Equal(FaultCodes.AccessForbidden, answers[^1].Fault?.Code);
        Assert.Equal("credential", answers[^1].Name);
    }

    [Fact]
    public async Task A_marketplace_that_is_down_stops_at_the_reach()
    {
        _stage.Break(new() { Kind = SandboxFaultKind.Status, Status = 502, Count = 0 });

        var answer = Assert.Single(await ProbeAsync(_stage.Access));

        Assert.Equal(("reach", FaultCodes.MarketplaceFailing), (answer.Name, answer.Fault?.Code));
    }

    [Fact]
    public async Task Orders_that_are_not_allowed_stop_at_the_last_probe()
    {
        _stage.Break(new() { Kind = SandboxFaultKind.Status, Status = 403, Endpoint = "orders-stream", Count = 0 });

        var answers = await ProbeAsync(_stage.Access);

        Assert.Equal(("orders", FaultCodes.AccessForbidden), (answers[^1].Name, answers[^1].Fault?.Code));
    }

    [Fact]
    public async Task Beyond_ten_thousand_items_the_token_leads_on()
    {
        // Time runs in great steps below: no single answer may be cut off by them.
        await using var stage = await TrendyolRehearsal.OpenAsync(options: new() { AttemptTimeout = TimeSpan.FromHours(20) });
        stage.Sandbox.PutItems(new()
        {
            Items = [.. Enumerable.Range(0, 10_250).Select(i => new ItemRequest { Barcode = FormattableString.Invariant($"B{i:00000}"), Title = "x", Quantity = 1, Price = 1 })],
        });

        List<string> barcodes = [];
        var read = Task.Run(
            async () =>
            {
                await foreach (var page in ((IItemSource)stage.Marketplace).ReadItemsAsync(stage.Access, Cancel))
                    barcodes.AddRange(page.Select(item => item.Barcode));
            },
            Cancel);
        while (!read.IsCompleted)
        {
            // 103 pages wait for their turn: 50 in ten seconds.
            stage.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await read;
        Assert.Equal(10_250, barcodes.Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain(stage.Sandbox.Calls(), call => call.Status == 429);
    }

    [Fact]
    public async Task A_barcode_with_blanks_is_the_one_without()
    {
        _stage.List("869 0000 000012", 10, 100);

        await ((IOfferTarget)_stage.Marketplace).PushAsync(_stage.Access, [new("869 0000 000012", 3, null, null)], Cancel);
        _stage.LetBatchesFinish();

        var item = Assert.Single(await ((IItemSource)_stage.Marketplace).ReadItemsAsync(_stage.Access, ["869 0000 000012"], Cancel));
        Assert.Equal(("8690000000012", 3), (item.Barcode, item.Quantity));
    }

    [Fact]
    public async Task Picking_moves_the_package_and_may_be_said_twice()
    {
        _stage.List("8690000000012", 10, 100);
        var placed = _stage.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = "8690000000012", Quantity = 2 }] });

        await PickAsync(placed.PackageId, placed.Lines[0].LineId, 2);
        await PickAsync(placed.PackageId, placed.Lines[0].LineId, 2);

        var to = _stage.Clock.GetUtcNow();
        var page = await ((IOrderSource)_stage.Marketplace).ReadOrdersAsync(_stage.Access, to - TimeSpan.FromHours(1), to, null, Cancel);
        Assert.Equal(PackageState.Picking, Assert.Single(page.Packages).State);
    }

    [Theory]
    [InlineData("Awaiting", 2, FaultCodes.PackageStateWrong)]
    [InlineData("Created", 1, FaultCodes.OrderActionRefused)]
    public async Task Picking_what_cannot_be_picked_is_refused(string status, int quantity, string code)
    {
        _stage.List("8690000000012", 10, 100);
        var placed = _stage.Sandbox.PlaceOrder(new() { Status = status, Lines = [new() { Barcode = "8690000000012", Quantity = 2 }] });

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => PickAsync(placed.PackageId, placed.Lines[0].LineId, quantity));

        Assert.Equal((FaultKind.Rejected, code), (fault.Kind, fault.Code));
        Assert.NotEmpty(fault.MarketplaceText);
    }

    [Fact]
    public async Task Checklist_09_a_cursor_of_another_window_is_refused()
    {
        _stage.List("8690000000012", 1000, 100);
        for (var i = 0; i < 201; i++)
            _stage.Sell("8690000000012", 1);
        var source = (IOrderSource)_stage.Marketplace;
        var to = _stage.Clock.GetUtcNow();
        var first = await source.ReadOrdersAsync(_stage.Access, to - TimeSpan.FromHours(1), to, null, Cancel);

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() =>
            source.ReadOrdersAsync(_stage.Access, to - TimeSpan.FromHours(2), to, first.NextCursor, Cancel));

        Assert.Equal((FaultKind.Rejected, FaultCodes.CursorRefused), (fault.Kind, fault.Code));
    }

    [Fact]
    public async Task A_seller_that_is_too_fast_is_held_back_here_and_never_by_trendyol()
    {
        _stage.List("8690000000012", 10, 100);
        var source = (IItemSource)_stage.Marketplace;
        var target = (IOfferTarget)_stage.Marketplace;
        for (var i = 0; i < 50; i++)
            await target.PushAsync(_stage.Access, [new("8690000000012", i, null, null)], Cancel);

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => target.PushAsync(_stage.Access, [new("8690000000012", 50, null, null)], Cancel));
        Assert.Equal(FaultKind.Throttled, fault.Kind);
        Assert.InRange(fault.RetryAfter!.Value, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(11));
        Assert.Equal(50, _stage.Calls);

        // Another endpoint has its own count, and so has time.
        Assert.Single(await source.ReadItemsAsync(_stage.Access, ["8690000000012"], Cancel));
        _stage.Clock.Advance(fault.RetryAfter.Value);
        await target.PushAsync(_stage.Access, [new("8690000000012", 50, null, null)], Cancel);
        Assert.DoesNotContain(_stage.Sandbox.Calls(), call => call.Status == 429);
    }
}
