using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Claims;

/// <summary>Tells the marketplace what the shop decided, of the items that still wait.</summary>
public sealed class DecideClaimsJob(ClaimVault vault, Nudges nudges, IssueStore issues, EventLog events) : ISyncJob
{
    const int PerRun = 20;

    public string Kind => JobKinds.DecideClaims;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (run.Can<IClaimActions>() is not { } marketplace)
            return;
        await Telling.AllAsync(run, nudges, tx => WaitingAsync(tx, run), (claim, access) => PrepareAsync(run, marketplace, claim, access, cancel), JobKinds.ReadClaims, cancel);
    }

    async Task<Telling> PrepareAsync(JobRun run, IClaimActions marketplace, ClaimRow claim, SellerAccess access, CancellationToken cancel)
    {
        var wish = await run.ReadAsync(tx => vault.WishAsync(tx, run.StoreId, claim.Id, claim.Wish), cancel);
        var items = await run.ReadAsync(tx => AwaitingAsync(tx, run, claim.Id), cancel);
        return new()
        {
            SentMs = claim.SentMs,
            HeardCode = FaultCodes.ClaimStateWrong,
            Mark = (tx, sentMs) => MarkAsync(tx, run, claim, sentMs),
            Say = () => wish.DoAsync(marketplace, access, claim.ExternalId, [.. wish.Items.Intersect(items, StringComparer.Ordinal)]),
            Told = (tx, refusal) => ToldAsync(tx, run, claim, wish, refusal),
        };
    }

    /// <summary>Oldest claim first: its time is the shortest.</summary>
    static Task<IReadOnlyList<ClaimRow>> WaitingAsync(Tx tx, JobRun run) =>
        tx.QueryAsync<ClaimRow>(
            """
            select c.id, c.external_id, c.order_number, c.decision, c.wish, c.sent_ms
            from claims c join connections n on n.store_id = c.store_id and n.id = c.connection_id
            where c.store_id = @StoreId and c.connection_id = @ConnectionId and c.decision <> ''
              and (c.sent_ms is null or n.claims_started_ms > c.sent_ms + @OnItsWayMs)
            order by c.seq limit @PerRun
            """,
            new { run.StoreId, run.ConnectionId, PerRun, Telling.OnItsWayMs });

    static Task<IReadOnlyList<string>> AwaitingAsync(Tx tx, JobRun run, Guid claimId) =>
        tx.QueryAsync<string>(
            $"select item_id from claim_items where store_id = @StoreId and claim_id = @claimId and state = '{ClaimStates.Awaiting}' order by position", new { run.StoreId, claimId });

    static Task<int> MarkAsync(Tx tx, JobRun run, ClaimRow claim, long? sentMs) =>
        tx.ExecuteAsync(
            "update claims set sent_ms = @sentMs where store_id = @StoreId and id = @Id and decision = @Decision",
            new { run.StoreId, claim.Id, claim.Decision, sentMs });

    async Task ToldAsync(Tx tx, JobRun run, ClaimRow claim, ClaimWish wish, MarketplaceFault? refusal)
    {
        var ended = await tx.ExecuteAsync(
            "update claims set decision = '', wish = @none, sent_ms = null where store_id = @StoreId and id = @Id and decision = @Decision",
            new { run.StoreId, claim.Id, claim.Decision, none = Array.Empty<byte>() });
        if (ended == 0)
            return;
        if (refusal is not null)
        {
            await issues.OpenAsync(
                tx, run.StoreId, FaultCodes.ClaimRefused, run.ConnectionId, claim.Subject,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["action"] = wish.Kind, ["cause"] = refusal.Code }, refusal.MarketplaceText);
            return;
        }

        await issues.ResolveAsync(tx, run.StoreId, FaultCodes.ClaimRefused, run.ConnectionId, claim.Subject);
        await events.AppendAsync(
            tx, run.StoreId, "claim.changed", run.ConnectionId, claim.OrderNumber, new Dictionary<string, string>(StringComparer.Ordinal) { ["done"] = wish.Kind });
    }
}
