using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Claims;

/// <summary>
/// A page of claims becomes rows, once by (connection, claim). Only what the marketplace says moves an item's state, and that never moves stock:
/// goods do, when the shop says that they lie on its shelf again (<see cref="ReturnedGoods"/>).
/// </summary>
public sealed class ClaimIntake(ClaimVault vault, IssueStore issues, EventLog events, TimeProvider clock)
{
    public async Task TakeAsync(JobRun run, IReadOnlyList<MarketplaceClaim> claims, SellerAccess access, CancellationToken cancel)
    {
        var known = await run.ReadAsync(tx => KnownAsync(tx, run, claims), cancel);
        List<Arrival> arrivals = [];
        foreach (var claim in claims.DistinctBy(claim => claim.ClaimId, StringComparer.Ordinal))
        {
            var items = known[claim.ClaimId].ToList();
            if (items.Count > 0 && !IsNews(claim, items))
                continue;
            arrivals.Add(new(items.Count > 0 ? items[0].Id : Ids.New(clock), claim, await DueAsync(run, claim, items, access, cancel)));
        }

        if (arrivals.Count > 0)
            await run.WriteAsync(
                async tx =>
                {
                    foreach (var arrival in arrivals)
                        await StoreAsync(tx, run, arrival);
                },
                cancel);
    }

    static async Task<ILookup<string, Known>> KnownAsync(Tx tx, JobRun run, IReadOnlyList<MarketplaceClaim> claims) =>
        (await tx.QueryAsync<Known>(
            $"""
            select c.id, c.external_id, c.changed_ms, coalesce(i.item_id, '') as item_id, coalesce(i.state, '') as state, coalesce(i.marketplace_state, '') as marketplace_state, i.due_ms
            from claims c left join claim_items i on i.store_id = c.store_id and i.claim_id = c.id
            where c.store_id = @StoreId and c.connection_id = @ConnectionId and {tx.Db.AnyText("c.external_id", "ids")}
            """,
            new { run.StoreId, run.ConnectionId, ids = tx.Db.TextList([.. claims.Select(claim => claim.ClaimId)]) })).ToLookup(row => row.ExternalId, StringComparer.Ordinal);

    /// <summary>What is older than what is known says nothing; of the same time it does when an item has another word.</summary>
    static bool IsNews(MarketplaceClaim claim, List<Known> items)
    {
        var changed = claim.ChangedAt.ToUnixTimeMilliseconds();
        return changed > items[0].ChangedMs
            || (changed == items[0].ChangedMs && claim.Items.Any(item => !items.Exists(row => row.ItemId == item.ItemId && row.MarketplaceState == item.StateText)));
    }

    /// <summary>
    /// When each item that waits for the seller is accepted without it. The clock began when the item came to wait: its history tells that, and
    /// the claim's last change, which may be another item's, only where it does not.
    /// </summary>
    static async Task<Dictionary<string, long>> DueAsync(JobRun run, MarketplaceClaim claim, List<Known> known, SellerAccess access, CancellationToken cancel)
    {
        var due = new Dictionary<string, long>(StringComparer.Ordinal);
        if (run.Can<IClaimActions>()?.ClaimActionTime is not { } time || run.Can<IClaimSource>() is not { } source)
            return due;
        foreach (var item in claim.Items.Where(item => item.State == ClaimState.AwaitingAction))
        {
            if (known.Find(row => row.ItemId == item.ItemId && row.State == ClaimStates.Awaiting)?.DueMs is { } before)
            {
                due[item.ItemId] = before;
                continue;
            }

            var steps = await source.ReadClaimHistoryAsync(access, item.ItemId, cancel);
            var since = steps.LastOrDefault(step => step.To == item.StateText)?.At ?? claim.ChangedAt;
            due[item.ItemId] = (since + time).ToUnixTimeMilliseconds();
        }

        return due;
    }

    async Task StoreAsync(Tx tx, JobRun run, Arrival arrival)
    {
        var claim = arrival.Claim;
        var notes = claim.Items.Where(item => item.BuyerNote.Length > 0).ToDictionary(item => item.ItemId, item => item.BuyerNote, StringComparer.Ordinal);
        var stands = await tx.ScalarAsync<string>(
            "select external_id from claims where store_id = @StoreId and id = @Id", new { run.StoreId, arrival.Id }) is not null;
        await tx.ExecuteAsync(
            $"""
            insert into claims (store_id, id, connection_id, external_id, seq, trial, order_number, package_id, claimed_ms, changed_ms, tracking_number, cargo_provider, tracking_url, notes)
            values (@StoreId, @Id, @ConnectionId, @ClaimId, @seq, @Trial, @OrderNumber, @PackageId, @claimedMs, @changedMs, @TrackingNumber, @CargoProvider, @TrackingUrl, @notes)
            on conflict (store_id, id) do update
            set order_number = excluded.order_number, package_id = excluded.package_id, changed_ms = excluded.changed_ms, tracking_number = excluded.tracking_number,
                cargo_provider = excluded.cargo_provider, tracking_url = excluded.tracking_url, notes = excluded.notes
            """,
            new
            {
                run.StoreId, arrival.Id, run.ConnectionId, claim.ClaimId, run.Connection.Trial, claim.OrderNumber, claim.PackageId, claim.TrackingNumber, claim.CargoProvider,
                claim.TrackingUrl, claimedMs = claim.ClaimedAt.ToUnixTimeMilliseconds(), changedMs = claim.ChangedAt.ToUnixTimeMilliseconds(),
                seq = stands ? 0 : await tx.NextAsync(run.StoreId, "claims"), notes = await vault.SealAsync(tx, run.StoreId, arrival.Id, notes),
            });
        foreach (var (item, position) in claim.Items.Select((item, position) => (item, position)))
            await StoreItemAsync(tx, run, arrival, item, position);

        await FollowAsync(tx, run, arrival.Id);
        await events.AppendAsync(tx, run.StoreId, stands ? "claim.changed" : "claim.new", run.ConnectionId, claim.OrderNumber);
    }

    static async Task StoreItemAsync(Tx tx, JobRun run, Arrival arrival, MarketplaceClaimItem item, int position) =>
        await tx.ExecuteAsync(
            """
            insert into claim_items (store_id, claim_id, item_id, position, line_id, barcode, sku, title, price_minor, state, marketplace_state, reason_code, reason_text, auto_accepted, due_ms)
            values (@StoreId, @Id, @ItemId, @position, @LineId, @Barcode, @Sku, @Title, @PriceMinor, @state, @StateText, @ReasonCode, @ReasonText, @AutoAccepted, @dueMs)
            on conflict (store_id, claim_id, item_id) do update
            set position = excluded.position, state = excluded.state, marketplace_state = excluded.marketplace_state, reason_code = excluded.reason_code,
                reason_text = excluded.reason_text, auto_accepted = excluded.auto_accepted, due_ms = excluded.due_ms
            """,
            new
            {
                run.StoreId, arrival.Id, item.ItemId, position, item.LineId, item.Barcode, item.Sku, item.Title, item.PriceMinor, state = ClaimStates.Of(item.State), item.StateText,
                item.ReasonCode, item.ReasonText, item.AutoAccepted, dueMs = arrival.Due.TryGetValue(item.ItemId, out var due) ? due : (long?)null,
            });

    /// <summary>What follows from the new states: a decision of which nothing waits any more is over, and so is the warning.</summary>
    async Task FollowAsync(Tx tx, JobRun run, Guid id)
    {
        var claim = (await tx.OneAsync<ClaimRow>($"select * from claims where store_id = @StoreId and id = @id {tx.Db.ForUpdate}", new { run.StoreId, id }))!;
        var items = await tx.QueryAsync<ClaimItemRow>("select * from claim_items where store_id = @StoreId and claim_id = @id", new { run.StoreId, id });
        if (!items.Any(item => item.State == ClaimStates.Awaiting))
        {
            await tx.ExecuteAsync("update claims set warned_ms = null where store_id = @StoreId and id = @id", new { run.StoreId, id });
            await issues.ResolveAsync(tx, run.StoreId, IssueCatalog.ClaimDue, run.ConnectionId, claim.Subject);
        }

        if (claim.Decision.Length == 0)
            return;
        var wish = await vault.WishAsync(tx, run.StoreId, id, claim.Wish);
        var meant = items.Where(item => wish.Items.Contains(item.ItemId, StringComparer.Ordinal)).ToList();
        if (meant.Exists(item => item.State == ClaimStates.Awaiting))
            return;
        await tx.ExecuteAsync("update claims set decision = '', wish = @none, sent_ms = null where store_id = @StoreId and id = @id", new { run.StoreId, id, none = Array.Empty<byte>() });
        // The time ran out before the marketplace heard it: the shop believes otherwise until somebody says so.
        if (wish is ClaimWish.Reject && meant.Exists(item => item is { State: ClaimStates.Accepted, AutoAccepted: true }))
            await issues.OpenAsync(
                tx, run.StoreId, FaultCodes.ClaimRefused, run.ConnectionId, claim.Subject,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["action"] = wish.Kind, ["cause"] = FaultCodes.ClaimStateWrong });
    }

    /// <param name="Due">When an item is accepted by itself, by item.</param>
    sealed record Arrival(Guid Id, MarketplaceClaim Claim, IReadOnlyDictionary<string, long> Due);

    sealed class Known
    {
        public Guid Id { get; init; }

        public string ExternalId { get; init; } = "";

        public long ChangedMs { get; init; }

        public string ItemId { get; init; } = "";

        public string State { get; init; } = "";

        public string MarketplaceState { get; init; } = "";

        public long? DueMs { get; init; }
    }
}
