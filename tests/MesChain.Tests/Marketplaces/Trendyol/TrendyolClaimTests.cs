using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>Claims, against the sandbox over real HTTP.</summary>
public sealed class TrendyolClaimTests
{
    const string Barcode = "8690000000012";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static async Task<TrendyolRehearsal> OpenAsync(TrendyolSwitches? switches = null)
    {
        var stage = await TrendyolRehearsal.OpenAsync(switches);
        stage.List(Barcode, 10_000, 249_90);
        return stage;
    }

    static PlacedClaim Claim(TrendyolRehearsal stage, int units = 1, string status = "WaitingInAction", string note = "küçük geldi") =>
        stage.Sandbox.PlaceClaim(new() { PackageId = stage.Deliver(Barcode, units), Barcode = Barcode, Status = status, Note = note });

    static async Task<IReadOnlyList<MarketplaceClaim>> ReadAsync(TrendyolRehearsal stage, ClaimState? state = null)
    {
        var now = stage.Clock.GetUtcNow();
        var page = await stage.Can<IClaimSource>().ReadClaimsAsync(stage.Access, now - TimeSpan.FromDays(30), now, state, null, Cancel);
        Assert.Null(page.NextCursor);
        return page.Claims;
    }

    static Task AcceptAsync(TrendyolRehearsal stage, PlacedClaim claim, params string[] items) =>
        stage.Can<IClaimActions>().AcceptClaimAsync(stage.Access, claim.ClaimId, items.Length > 0 ? items : claim.ItemIds.ToArray(), Cancel);

    static Task RejectAsync(TrendyolRehearsal stage, PlacedClaim claim, string reason = "51", ClaimFile? file = null) =>
        stage.Can<IClaimActions>().RejectClaimAsync(stage.Access, claim.ClaimId, claim.ItemIds.ToArray(), new(reason, "Ürün & kutu açılmış", file), Cancel);

    static Task<(FaultKind Kind, string Code)> FaultOfAsync(Task call) => TrendyolRehearsal.FaultOfAsync(call);

    [Fact] // 13
    public async Task Checklist_13_a_claim_is_read_item_by_item()
    {
        await using var stage = await OpenAsync();
        var placed = Claim(stage, 2);
        var package = (await stage.ReadPackagesAsync(Cancel)).Single();

        var claim = Assert.Single(await ReadAsync(stage));

        Assert.Equal((placed.ClaimId, package.OrderNumber, package.PackageId), (claim.ClaimId, claim.OrderNumber, claim.PackageId));
        Assert.Equal(stage.Clock.GetUtcNow(), claim.ClaimedAt);
        Assert.True(claim.TrackingNumber.Length > 19, "A number beyond 64 bits stays whole.");
        Assert.Equal(placed.ItemIds, claim.Items.Select(item => item.ItemId));
        Assert.All(claim.Items, item => Assert.Equal(
            (package.Lines[0].LineId, Barcode, 249_90L, ClaimState.AwaitingAction, "WaitingInAction", "SMALLSIZE", "küçük geldi"),
            (item.LineId, item.Barcode, item.PriceMinor, item.State, item.StateText, item.ReasonCode, item.BuyerNote)));
        Assert.DoesNotContain("küçük geldi", claim.Items[0].ToString(), StringComparison.Ordinal);
    }

    [Fact] // 13
    public async Task Checklist_13_items_of_one_claim_are_decided_apart()
    {
        await using var stage = await OpenAsync();
        var placed = Claim(stage, 2);

        await AcceptAsync(stage, placed, placed.ItemIds[0]);

        var items = Assert.Single(await ReadAsync(stage)).Items;
        Assert.Equal([ClaimState.Accepted, ClaimState.AwaitingAction], items.Select(item => item.State));
        Assert.Equal((FaultKind.Rejected, FaultCodes.ClaimStateWrong), await FaultOfAsync(AcceptAsync(stage, placed)));
        Assert.Equal([ClaimState.Accepted, ClaimState.AwaitingAction], Assert.Single(await ReadAsync(stage)).Items.Select(item => item.State));
    }

    [Fact] // 13
    public async Task Checklist_13_a_rejected_claim_is_disputed_until_the_marketplace_decides()
    {
        await using var stage = await OpenAsync();
        var placed = Claim(stage);

        await RejectAsync(stage, placed);

        Assert.Equal(ClaimState.Disputed, Assert.Single(await ReadAsync(stage, ClaimState.Disputed)).Items[0].State);
        Assert.Empty(await ReadAsync(stage, ClaimState.AwaitingAction));
        stage.Sandbox.AdvanceClaim(new() { ClaimItemId = placed.ItemIds[0], Status = "Rejected" });
        Assert.Single(await ReadAsync(stage, ClaimState.Rejected));
        Assert.Empty(await ReadAsync(stage, ClaimState.Disputed));
        var history = await stage.Can<IClaimSource>().ReadClaimHistoryAsync(stage.Access, placed.ItemIds[0], Cancel);
        Assert.Equal(["", "WaitingInAction", "InAnalysis"], history.Select(step => step.From));
        Assert.Equal(["WaitingInAction", "InAnalysis", "Rejected"], history.Select(step => step.To));
    }

    [Fact] // 13
    public async Task Checklist_13_reasons_are_those_of_today()
    {
        await using var stage = await OpenAsync();
        var reasons = await stage.Can<IClaimActions>().ReadRejectionReasonsAsync(stage.Access, Cancel);
        var placed = Claim(stage);
        var before = stage.Calls;

        Assert.Equal(["51", "151", "201", "401", "451", "1651", "1951", "2051", "2077", "2078", "2079"], reasons.Select(reason => reason.ReasonId));
        foreach (var former in new[] { "251", "1701", "1751", "2201", "2001", "2151" })
            Assert.Equal((FaultKind.Rejected, FaultCodes.ReasonRefused), await FaultOfAsync(RejectAsync(stage, placed, former)));
        Assert.Equal(before, stage.Calls);
        Assert.Equal((FaultKind.Rejected, FaultCodes.ReasonRefused), await FaultOfAsync(RejectAsync(stage, placed, "7")));
    }

    [Fact] // 13
    public async Task Checklist_13_some_reasons_want_time_or_a_file()
    {
        await using var stage = await OpenAsync(new() { ClaimFileReasons = [201] });
        var placed = Claim(stage);
        var file = new ClaimFile("foto.jpg", "image/jpeg", new byte[] { 1, 2, 3 });

        Assert.Equal((FaultKind.Rejected, FaultCodes.ClaimTooEarly), await FaultOfAsync(RejectAsync(stage, placed, "1651")));
        Assert.Equal((FaultKind.Rejected, FaultCodes.ClaimFileRefused), await FaultOfAsync(RejectAsync(stage, placed, "201")));
        Assert.Equal((FaultKind.Rejected, FaultCodes.ClaimFileRefused), await FaultOfAsync(RejectAsync(stage, placed, "201", file with { Content = Array.Empty<byte>() })));
        await RejectAsync(stage, placed, "201", file);

        var late = Claim(stage);
        stage.Clock.Advance(TimeSpan.FromHours(24));
        await RejectAsync(stage, late, "1651");
        Assert.All(await ReadAsync(stage), claim => Assert.Equal(ClaimState.Disputed, claim.Items[0].State));
    }

    [Fact] // 13
    public async Task Checklist_13_whoever_lets_two_days_pass_has_accepted()
    {
        await using var stage = await OpenAsync();
        var placed = Claim(stage);
        var action = stage.Can<IClaimActions>().ClaimActionTime!.Value;

        stage.Clock.Advance(action - TimeSpan.FromSeconds(1));
        Assert.Equal((ClaimState.AwaitingAction, false), Assert.Single(await ReadAsync(stage)).Items[0] is var waiting ? (waiting.State, waiting.AutoAccepted) : default);
        stage.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((ClaimState.Accepted, true), Assert.Single(await ReadAsync(stage)).Items[0] is var item ? (item.State, item.AutoAccepted) : default);
        Assert.Equal((FaultKind.Rejected, FaultCodes.ClaimStateWrong), await FaultOfAsync(AcceptAsync(stage, placed)));
    }

    [Fact] // 3, 13
    public async Task Checklist_13_deciding_more_than_five_times_a_minute_is_held_back_here()
    {
        await using var stage = await OpenAsync();
        var claims = Enumerable.Range(0, 6).Select(_ => Claim(stage)).ToList();
        foreach (var claim in claims.Take(5))
            await AcceptAsync(stage, claim);

        Assert.Equal((FaultKind.Throttled, FaultCodes.TooManyRequests), await FaultOfAsync(AcceptAsync(stage, claims[5])));
        await RejectAsync(stage, claims[5]);
        Assert.DoesNotContain(stage.Sandbox.Calls(), call => call.Status == 429);
    }

    [Fact]
    public async Task Claims_are_read_page_by_page_and_by_number()
    {
        await using var stage = await OpenAsync();
        var placed = Enumerable.Range(0, 201).Select(_ => Claim(stage).ClaimId).ToHashSet(StringComparer.Ordinal);
        var source = stage.Can<IClaimSource>();
        var now = stage.Clock.GetUtcNow();

        var first = await source.ReadClaimsAsync(stage.Access, now - TimeSpan.FromDays(1), now, null, null, Cancel);
        var second = await source.ReadClaimsAsync(stage.Access, now - TimeSpan.FromDays(1), now, null, first.NextCursor, Cancel);

        Assert.Null(second.NextCursor);
        Assert.Equal(placed, first.Claims.Concat(second.Claims).Select(claim => claim.ClaimId).ToHashSet(StringComparer.Ordinal));
        var some = placed.Take(3).ToList();
        Assert.Equal(some.Order(StringComparer.Ordinal), (await source.ReadClaimsAsync(stage.Access, [.. some, "none"], Cancel)).Select(claim => claim.ClaimId).Order(StringComparer.Ordinal));
        Assert.Equal((FaultKind.Missing, FaultCodes.NotFound), await FaultOfAsync(source.ReadClaimHistoryAsync(stage.Access, "none", Cancel)));
    }
}
