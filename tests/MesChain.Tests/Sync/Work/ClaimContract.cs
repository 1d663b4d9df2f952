using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Claims;
using MesChain.Server.Sync.Issues;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Work;

/// <summary>What buyers give back: from the marketplace to the shop, the shop's decision, and what the marketplace makes of it.</summary>
public abstract class ClaimContract(Engine engine) : IAsyncLifetime
{
    const string Barcode = "8690000000012";
    const string Note = "dikişi sökük çıktı";

    readonly LostAnswer _road = new();

    SyncRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await SyncRig.OpenAsync(engine, _road.Over);
        await _rig.AddVariantAsync("v1", Barcode);
        await _rig.LinkAsync("v1");
        await _rig.ReportAsync(1, [new("v1", 10)]);
        await _rig.PumpAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5));
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_claim_is_read_item_by_item_with_the_time_until_it_must_be_decided()
    {
        var placed = await ClaimAsync(2);
        var view = await OnlyAsync();
        Assert.Equal((placed.ClaimId, "trendyol", 2), (view.Claim.ExternalId, view.Marketplace, view.Items.Count));
        Assert.All(view.Items, item => Assert.Equal((Barcode, ClaimStates.Awaiting, "SMALLSIZE", Note), (item.Barcode, item.State, item.ReasonCode, view.Notes[item.ItemId])));
        Assert.All(view.Items, item => Assert.Equal(view.Claim.ClaimedMs + (long)TimeSpan.FromHours(48).TotalMilliseconds, item.DueMs));

        await SettleAsync();
        Assert.Equal(1, await _rig.ScalarAsync<long>("select count(*) from events where kind = 'claim.new'"));
        Assert.Equal(0, await _rig.ScalarAsync<long>("select count(*) from events where kind = 'claim.changed'"));
    }

    [Fact]
    public async Task The_clock_of_an_item_begins_when_it_comes_to_wait_and_not_when_another_one_of_the_claim_changes()
    {
        var placed = Place(2, "Created");
        await SettleAsync();
        Assert.All((await OnlyAsync()).Items, item => Assert.Null(item.DueMs));
        _rig.Sandbox.AdvanceClaim(new() { ClaimItemId = placed.ItemIds[0], Status = "WaitingInAction" });
        var began = _rig.Clock.GetUtcNow();
        await _rig.PassAsync(TimeSpan.FromMinutes(3));
        _rig.Sandbox.AdvanceClaim(new() { ClaimItemId = placed.ItemIds[1], Status = "Cancelled" });
        await SettleAsync();
        Assert.Equal([(began + TimeSpan.FromHours(48)).ToUnixTimeMilliseconds(), null], (await OnlyAsync()).Items.Select(item => item.DueMs));
    }

    [Fact]
    public async Task AC04_An_approved_claim_moves_no_stock_because_only_goods_do_that_lie_on_the_shelf_again()
    {
        await ClaimAsync(2);
        var before = await StockAsync();
        await DecideAsync(items => new ClaimWish.Approve(items));
        Assert.Equal("approve", (await OnlyAsync()).Claim.Decision);
        await SettleAsync();
        var view = await OnlyAsync();
        Assert.Equal("", view.Claim.Decision);
        Assert.All(view.Items, item => Assert.Equal((ClaimStates.Accepted, false), (item.State, item.AutoAccepted)));
        Assert.Equal(before, await StockAsync());
        Assert.Equal(1, await _rig.ScalarAsync<long>("select count(*) from ledger where kind = 'claim.approve'"));
    }

    [Fact]
    public async Task A_rejected_claim_is_disputed_with_its_reason_text_and_file_and_its_end_is_learnt()
    {
        _rig.Sandbox.Set(_rig.Sandbox.Switches with { ClaimFileReasons = [51] });
        var placed = await ClaimAsync(1);
        await DecideAsync(items => new ClaimWish.Reject(items, "51", "Etiketi koparılmış", new("kanıt.png", "image/png", [1, 2, 3])));
        await SettleAsync();
        Assert.Equal("disputed", (await OnlyAsync()).Items[0].State);
        _rig.Sandbox.AdvanceClaim(new() { ClaimItemId = placed.ItemIds[0], Status = "Rejected" });
        await SettleAsync();
        Assert.Equal("rejected", (await OnlyAsync()).Items[0].State);
    }

    [Fact]
    public async Task What_the_marketplace_refuses_becomes_an_issue_with_its_cause_and_the_claim_can_be_decided_again()
    {
        _rig.Sandbox.Set(_rig.Sandbox.Switches with { ClaimFileReasons = [51] });
        await ClaimAsync(1);
        await DecideAsync(items => new ClaimWish.Reject(items, "51", "Etiketi koparılmış", null));
        await SettleAsync();
        Assert.Contains(FaultCodes.ClaimFileRefused, await _rig.ScalarAsync<string>("select params from issues where state = 'open' and code = @code", new { code = FaultCodes.ClaimRefused }), StringComparison.Ordinal);
        Assert.Equal(("", ClaimStates.Awaiting), ((await OnlyAsync()).Claim.Decision, (await OnlyAsync()).Items[0].State));

        await DecideAsync(items => new ClaimWish.Approve(items));
        await SettleAsync();
        Assert.Equal(ClaimStates.Accepted, (await OnlyAsync()).Items[0].State);
        Assert.Equal("resolved", await _rig.ScalarAsync<string>("select state from issues where code = @code", new { code = FaultCodes.ClaimRefused }));
    }

    [Fact]
    public async Task A_decision_whose_answer_is_lost_is_not_said_twice_where_it_was_heard()
    {
        await ClaimAsync(1);
        _road.LoseNext("items/approve");
        await DecideAsync(items => new ClaimWish.Approve(items));
        await SettleAsync();
        Assert.Equal(1, _road.Passed("items/approve"));
        Assert.Equal(("", ClaimStates.Accepted), ((await OnlyAsync()).Claim.Decision, (await OnlyAsync()).Items[0].State));
        Assert.Equal(0, await _rig.ScalarAsync<long>("select count(*) from issues where code = @code", new { code = FaultCodes.ClaimRefused }));
    }

    [Fact]
    public async Task A_decision_that_never_arrived_is_said_again_after_a_reading_of_claims()
    {
        await ClaimAsync(1);
        _road.DropNext("items/approve");
        await DecideAsync(items => new ClaimWish.Approve(items));
        await SettleAsync();
        Assert.Equal(1, _road.Passed("items/approve"));
        Assert.Equal(ClaimStates.Accepted, (await OnlyAsync()).Items[0].State);
    }

    [Fact]
    public async Task A_decision_that_was_being_told_when_the_program_died_waits_for_a_reading()
    {
        await ClaimAsync(1);
        await DecideAsync(items => new ClaimWish.Approve(items));
        // As the dead program left it: marked, and nobody knows whether the marketplace heard.
        await _rig.Db.WriteAsync(tx => tx.ExecuteAsync($"update claims set sent_ms = {tx.Db.Now}"), default);
        await _rig.Get<Server.Sync.Work.SyncWorker>().RunOnceAsync(default);
        Assert.Equal(0, _road.Passed("items/approve"));
        await SettleAsync();
        Assert.Equal(1, _road.Passed("items/approve"));
    }

    [Fact]
    public async Task Whoever_lets_the_time_pass_is_warned_once_before_it_and_sees_that_it_was_accepted_by_itself()
    {
        await ClaimAsync(1);
        await _rig.PumpAsync(TimeSpan.FromHours(35), TimeSpan.FromHours(1));
        Assert.Null(await IssueAsync(IssueCatalog.ClaimDue));
        await _rig.PumpAsync(TimeSpan.FromHours(3), TimeSpan.FromMinutes(30));
        Assert.Equal("open", await IssueAsync(IssueCatalog.ClaimDue));
        Assert.Equal(1, await _rig.ScalarAsync<long>("select count from issues where code = @code", new { code = IssueCatalog.ClaimDue }));
        await _rig.PumpAsync(TimeSpan.FromHours(12), TimeSpan.FromHours(1));
        Assert.Equal("resolved", await IssueAsync(IssueCatalog.ClaimDue));
        Assert.Equal((ClaimStates.Accepted, true), ((await OnlyAsync()).Items[0].State, (await OnlyAsync()).Items[0].AutoAccepted));
    }

    [Fact]
    public async Task A_rejection_that_comes_too_late_is_told_as_such()
    {
        await ClaimAsync(1);
        await DecideAsync(items => new ClaimWish.Reject(items, "51", "Etiketi koparılmış", null));
        _rig.Sandbox.AddFault(new() { Kind = MesChain.Sandbox.FaultKind.Status, Status = 503, Endpoint = "claim-issue" });
        await _rig.PassAsync(TimeSpan.FromHours(49));
        await SettleAsync();
        Assert.Equal((ClaimStates.Accepted, ""), ((await OnlyAsync()).Items[0].State, (await OnlyAsync()).Claim.Decision));
        Assert.Equal("open", await IssueAsync(FaultCodes.ClaimRefused));
    }

    [Fact]
    public async Task What_cannot_be_decided_is_refused_before_anybody_is_told()
    {
        var placed = await ClaimAsync(2);
        Assert.Equal("claim item", (await Assert.ThrowsAsync<UnknownResourceException>(() => DecideAsync(items => new ClaimWish.Approve(items), "7"))).Kind);
        var reason = await Assert.ThrowsAsync<InvalidInputException>(() => DecideAsync(items => new ClaimWish.Reject(items, "1701", "Hayır", null)));
        Assert.Equal("reject.reason_id", Assert.Single(reason.Violations).Field);

        await DecideAsync(items => new ClaimWish.Approve(items), placed.ItemIds[0]);
        await DecideAsync(items => new ClaimWish.Approve(items), placed.ItemIds[0]);
        Assert.Equal(Reasons.ClaimBusy, (await RefusedAsync(placed.ItemIds[1])).Reason);
        await SettleAsync();
        Assert.Equal([ClaimStates.Accepted, ClaimStates.Awaiting], (await OnlyAsync()).Items.Select(item => item.State));
        Assert.Equal(Reasons.ClaimStatus, (await RefusedAsync(placed.ItemIds[0])).Reason);
        await DecideAsync(items => new ClaimWish.Approve(items));
        await SettleAsync();
        Assert.Equal(Reasons.ClaimStatus, (await RefusedAsync()).Reason);
    }

    [Fact]
    public async Task A_rejection_may_give_a_reason_that_stands_beyond_those_that_are_listed()
    {
        await ClaimAsync(1);
        await _rig.Db.WriteAsync(
            tx => tx.ExecuteManyAsync(
                "insert into claim_reasons (store_id, connection_id, reason_id, position, text) values (@StoreId, @ConnectionId, @reason, @position, 'Neden')",
                Enumerable.Range(0, 100).Select(i => new { _rig.StoreId, _rig.ConnectionId, reason = FormattableString.Invariant($"9{i:000}"), position = 100L + i })),
            default);
        await DecideAsync(items => new ClaimWish.Reject(items, "9099", "Etiketi koparılmış", null));
        Assert.Equal("reject", (await OnlyAsync()).Claim.Decision);
    }

    [Fact]
    public async Task What_buyers_wrote_and_the_shop_answered_lies_sealed()
    {
        await ClaimAsync(1);
        await DecideAsync(items => new ClaimWish.Reject(items, "51", "Hanımefendi giymiş", null));
        var plain = await _rig.Db.ReadAsync(tx => tx.QueryAsync<Stored>("select notes, wish from claims"), default);
        Assert.All(plain, row => Assert.DoesNotContain("dikişi", System.Text.Encoding.UTF8.GetString([.. row.Notes, .. row.Wish]), StringComparison.Ordinal));
        Assert.All(plain, row => Assert.DoesNotContain("giymiş", System.Text.Encoding.UTF8.GetString([.. row.Notes, .. row.Wish]), StringComparison.Ordinal));
    }

    sealed class Stored
    {
        public byte[] Notes { get; init; } = [];

        public byte[] Wish { get; init; } = [];
    }

    async Task<PreconditionException> RefusedAsync(params string[] items) => await Assert.ThrowsAsync<PreconditionException>(() => DecideAsync(chosen => new ClaimWish.Approve(chosen), items));

    async Task DecideAsync(Func<IReadOnlyList<string>, ClaimWish> decide, params string[] items)
    {
        var id = (await OnlyAsync()).Claim.Id;
        await _rig.Db.WriteAsync(tx => _rig.Get<ClaimDesk>().DecideAsync(tx, _rig.StoreId, id, items, decide, "test"), default);
    }

    async Task<ClaimView> OnlyAsync() =>
        Assert.Single(await _rig.Db.ReadAsync(tx => _rig.Get<ClaimDesk>().ListAsync(tx, _rig.StoreId, new(10, null, null, "", "")), default));

    Task<string?> IssueAsync(string code) => _rig.ScalarAsync<string>("select state from issues where code = @code", new { code });

    /// <summary>What is on hand, held and offered, and every movement.</summary>
    async Task<(long, long, long, long)> StockAsync() => (
        await _rig.ScalarAsync<long>("select on_hand from variants"),
        await _rig.ScalarAsync<long>("select cast(coalesce(sum(qty_open), 0) as bigint) from reservations"),
        await _rig.ScalarAsync<long>("select desired_qty from offers"),
        await _rig.ScalarAsync<long>("select count(*) from stock_movements"));

    /// <summary>Two readings of claims, and what they bring about.</summary>
    Task SettleAsync() => _rig.PumpAsync(TimeSpan.FromMinutes(11), TimeSpan.FromSeconds(30));

    async Task<PlacedClaim> ClaimAsync(int units)
    {
        var placed = Place(units, "WaitingInAction");
        await SettleAsync();
        return placed;
    }

    PlacedClaim Place(int units, string status)
    {
        var sold = _rig.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = Barcode, Quantity = units }] });
        foreach (var step in (string[])["Picking", "Invoiced", "Shipped", "Delivered"])
            _rig.Sandbox.AdvancePackage(new() { PackageId = sold.PackageId, Status = step });
        return _rig.Sandbox.PlaceClaim(new() { PackageId = sold.PackageId, Barcode = Barcode, Status = status, Note = Note });
    }

    public sealed class OnSqlite() : ClaimContract(Engine.Sqlite);

    public sealed class OnPostgres() : ClaimContract(Engine.Postgres);
}
