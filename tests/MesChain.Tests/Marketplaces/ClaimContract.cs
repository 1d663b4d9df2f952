using MesChain.Marketplaces;

namespace MesChain.Tests.Marketplaces;

/// <summary>What the contracts of claims and questions need of a stage besides selling.</summary>
public interface IAfterSalesStage
{
    /// <summary>A sale that has reached its buyer; returns the package's id.</summary>
    string Deliver(string barcode, int units);

    /// <summary>The buyer of a delivered package gives units back, and the seller must decide.</summary>
    (string ClaimId, IReadOnlyList<string> ItemIds) GiveBack(string packageId, string barcode, int units);

    /// <summary>A buyer asks about an item; returns the question's id.</summary>
    string Ask(string barcode, string text);
}

/// <summary>What every marketplace must do whose claims the seller decides.</summary>
public abstract class ClaimContract : IAsyncLifetime
{
    const string Barcode = "8690000000012";

    MarketplaceRehearsal _stage = null!;

    protected abstract Task<MarketplaceRehearsal> OpenAsync();

    public async ValueTask InitializeAsync()
    {
        _stage = await OpenAsync();
        _stage.List(Barcode, 10_000, 249_90);
    }

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    IAfterSalesStage After => Assert.IsType<IAfterSalesStage>(_stage, exactMatch: false);

    IClaimSource Source => Assert.IsType<IClaimSource>(_stage.Marketplace, exactMatch: false);

    IClaimActions Actions => Assert.IsType<IClaimActions>(_stage.Marketplace, exactMatch: false);

    (string ClaimId, IReadOnlyList<string> ItemIds) GiveBack(int units) => After.GiveBack(After.Deliver(Barcode, units), Barcode, units);

    async Task<List<MarketplaceClaim>> ReadAsync(ClaimState? state = null)
    {
        List<MarketplaceClaim> all = [];
        string? cursor = null;
        var now = _stage.Clock.GetUtcNow();
        do
        {
            var page = await Source.ReadClaimsAsync(_stage.Access, now - TimeSpan.FromDays(10), now, state, cursor, Cancel);
            all.AddRange(page.Claims);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return all;
    }

    async Task<ClaimRejection> RejectionAsync() =>
        new((await Actions.ReadRejectionReasonsAsync(_stage.Access, Cancel))[0].ReasonId, "Kutu açılmış.", new("foto.jpg", "image/jpeg", new byte[] { 1 }));

    static async Task<(FaultKind Kind, string Code)> FaultOfAsync(Task call)
    {
        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => call);
        return (fault.Kind, fault.Code);
    }

    [Fact]
    public async Task A_claim_names_its_order_and_every_unit()
    {
        var (id, items) = GiveBack(2);
        var package = Assert.Single(await _stage.ReadPackagesAsync(Cancel));

        var claim = Assert.Single(await ReadAsync());

        Assert.Equal((id, package.OrderNumber, _stage.Clock.GetUtcNow()), (claim.ClaimId, claim.OrderNumber, claim.ClaimedAt));
        Assert.Equal(items, claim.Items.Select(item => item.ItemId));
        Assert.All(claim.Items, item => Assert.Equal((Barcode, ClaimState.AwaitingAction), (item.Barcode, item.State)));
    }

    [Fact]
    public async Task An_accepted_claim_is_decided_for_good()
    {
        var (id, items) = GiveBack(2);

        await Actions.AcceptClaimAsync(_stage.Access, id, [.. items], Cancel);

        Assert.All(Assert.Single(await ReadAsync(ClaimState.Accepted)).Items, item => Assert.Equal(ClaimState.Accepted, item.State));
        Assert.Empty(await ReadAsync(ClaimState.AwaitingAction));
        Assert.Equal((FaultKind.Rejected, FaultCodes.ClaimStateWrong), await FaultOfAsync(Actions.RejectClaimAsync(_stage.Access, id, [.. items], await RejectionAsync(), Cancel)));
    }

    [Fact]
    public async Task A_rejected_claim_is_the_marketplaces_to_decide()
    {
        var (id, items) = GiveBack(1);

        await Actions.RejectClaimAsync(_stage.Access, id, [.. items], await RejectionAsync(), Cancel);

        Assert.Equal(ClaimState.Disputed, Assert.Single(await ReadAsync(ClaimState.Disputed)).Items.Single().State);
        Assert.Equal((FaultKind.Rejected, FaultCodes.ClaimStateWrong), await FaultOfAsync(Actions.AcceptClaimAsync(_stage.Access, id, [.. items], Cancel)));
    }

    [Fact]
    public async Task A_claim_that_is_left_alone_is_accepted_when_its_time_is_over()
    {
        GiveBack(1);
        var patience = Actions.ClaimActionTime ?? throw new InvalidOperationException("This marketplace waits for ever.");

        _stage.Clock.Advance(patience - TimeSpan.FromSeconds(1));
        Assert.Single(await ReadAsync(ClaimState.AwaitingAction));
        _stage.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(Assert.Single(await ReadAsync(ClaimState.Accepted)).Items.Single().AutoAccepted);
    }

    [Fact]
    public async Task Claims_are_read_by_number_and_their_history_step_by_step()
    {
        var (id, items) = GiveBack(1);
        GiveBack(1);
        _stage.Clock.Advance(TimeSpan.FromMinutes(1));
        await Actions.AcceptClaimAsync(_stage.Access, id, [.. items], Cancel);

        Assert.Equal(id, Assert.Single(await Source.ReadClaimsAsync(_stage.Access, [id, "none"], Cancel)).ClaimId);
        var steps = await Source.ReadClaimHistoryAsync(_stage.Access, items[0], Cancel);
        Assert.Equal(_stage.Clock.GetUtcNow(), steps[^1].At);
        Assert.Equal(steps.OrderBy(step => step.At), steps);
    }
}
