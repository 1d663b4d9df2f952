using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Claims;

/// <summary>
/// Reads claims by state in windows as wide as a claim can live, because marketplaces are silent about which time a window is of; and those
/// that were open and are no longer in any of these lists by their ids, to learn their end. Once a day everything is read.
/// </summary>
public sealed class ReadClaimsJob(ClaimIntake intake, ReturnedGoods goods, IssueStore issues, Nudges nudges) : ISyncJob
{
    const int ByIdMax = 50;

    static readonly TimeSpan Window = TimeSpan.FromDays(90);
    static readonly TimeSpan DeepEvery = TimeSpan.FromDays(1);

    /// <summary>Left to decide when somebody is told.</summary>
    static readonly TimeSpan WarnBefore = TimeSpan.FromHours(12);

    /// <summary>What is disputed is not among them: only the daily reading and the ids follow it, since no call lists it apart.</summary>
    static readonly ClaimState?[] Followed = [ClaimState.AwaitingAction, ClaimState.Created, ClaimState.UnderReview];

    public string Kind => JobKinds.ReadClaims;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (run.Can<IClaimSource>() is not { } source)
            return;
        var access = await run.AccessAsync(cancel);
        var started = await run.ReadAsync(tx => tx.NowMsAsync(), cancel);
        var deep = await run.ReadAsync(
            tx => tx.ScalarAsync<long>("select claims_deep_ms from connections where store_id = @StoreId and id = @ConnectionId", new { run.StoreId, run.ConnectionId }), cancel) <= started;

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var state in deep ? [null] : Followed)
            await ReadAsync(run, source, access, started, state, seen, cancel);
        var rest = (await run.ReadAsync(tx => OpenAsync(tx, run), cancel)).Where(id => !seen.Contains(id));
        foreach (var some in rest.Chunk(ByIdMax))
            await intake.TakeAsync(run, await source.ReadClaimsAsync(access, some, cancel), access, cancel);
        var reasons = deep && run.Can<IClaimActions>() is { } actions ? await actions.ReadRejectionReasonsAsync(access, cancel) : null;
        await run.WriteAsync(tx => FinishAsync(tx, run, started, deep, reasons), cancel);
    }

    async Task ReadAsync(JobRun run, IClaimSource source, SellerAccess access, long startedMs, ClaimState? state, HashSet<string> seen, CancellationToken cancel)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(startedMs);
        string? cursor = null;
        do
        {
            cancel.ThrowIfCancellationRequested();
            var page = await source.ReadClaimsAsync(access, now - Window, now, state, cursor, cancel);
            await intake.TakeAsync(run, page.Claims, access, cancel);
            seen.UnionWith(page.Claims.Select(claim => claim.ClaimId));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    static Task<IReadOnlyList<string>> OpenAsync(Tx tx, JobRun run) =>
        tx.QueryAsync<string>(
            $"""
            select c.external_id from claims c
            where c.store_id = @StoreId and c.connection_id = @ConnectionId
              and exists (select 1 from claim_items i where i.store_id = c.store_id and i.claim_id = c.id and i.state in {ClaimStates.Open})
            order by c.seq
            """,
            new { run.StoreId, run.ConnectionId });

    async Task FinishAsync(Tx tx, JobRun run, long startedMs, bool deep, IReadOnlyList<ClaimReason>? reasons)
    {
        await tx.ExecuteAsync(
            """
            update connections set claims_started_ms = @startedMs, claims_deep_ms = case when @deep then @startedMs + @everyMs else claims_deep_ms end
            where store_id = @StoreId and id = @ConnectionId
            """,
            new { run.StoreId, run.ConnectionId, startedMs, deep, everyMs = (long)DeepEvery.TotalMilliseconds });
        if (reasons is not null)
        {
            await tx.ExecuteAsync("delete from claim_reasons where store_id = @StoreId and connection_id = @ConnectionId", new { run.StoreId, run.ConnectionId });
            await tx.ExecuteManyAsync(
                "insert into claim_reasons (store_id, connection_id, reason_id, position, text) values (@StoreId, @ConnectionId, @ReasonId, @position, @Text)",
                reasons.DistinctBy(reason => reason.ReasonId, StringComparer.Ordinal).Select((reason, position) => new { run.StoreId, run.ConnectionId, reason.ReasonId, position = (long)position, reason.Text }));
        }

        await WarnAsync(tx, run);
        await goods.WatchAsync(tx, run.StoreId, run.ConnectionId);
        if (await tx.ScalarAsync<long>("select count(*) from claims where store_id = @StoreId and connection_id = @ConnectionId and decision <> ''", new { run.StoreId, run.ConnectionId }) > 0)
            await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.DecideClaims);
    }

    /// <summary>A claim that nobody decides is accepted by itself: somebody hears of it once, in time.</summary>
    async Task WarnAsync(Tx tx, JobRun run)
    {
        var due = await tx.QueryAsync<Due>(
            $"""
            select c.id, c.external_id, c.order_number, min(i.due_ms) as due_ms
            from claims c join claim_items i on i.store_id = c.store_id and i.claim_id = c.id
            where c.store_id = @StoreId and c.connection_id = @ConnectionId and c.warned_ms is null and c.decision = ''
              and i.state = '{ClaimStates.Awaiting}' and i.due_ms <= {tx.Db.Now} + @beforeMs
            group by c.id, c.external_id, c.order_number order by c.id
            """,
            new { run.StoreId, run.ConnectionId, beforeMs = (long)WarnBefore.TotalMilliseconds });
        foreach (var claim in due)
        {
            await tx.ExecuteAsync($"update claims set warned_ms = {tx.Db.Now} where store_id = @StoreId and id = @Id", new { run.StoreId, claim.Id });
            await issues.OpenAsync(
                tx, run.StoreId, IssueCatalog.ClaimDue, run.ConnectionId, $"{claim.OrderNumber}/{claim.ExternalId}",
                new Dictionary<string, string>(StringComparer.Ordinal) { ["due"] = DateTimeOffset.FromUnixTimeMilliseconds(claim.DueMs).UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture) });
        }
    }

    sealed class Due
    {
        public Guid Id { get; init; }

        public string ExternalId { get; init; } = "";

        public string OrderNumber { get; init; } = "";

        public long DueMs { get; init; }
    }
}
