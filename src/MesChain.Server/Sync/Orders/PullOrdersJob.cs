using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Orders;

/// <summary>
/// Reads orders by the time of their last change, in windows that overlap, a page a transaction. The cursor moves only when
/// everything up to it is committed; a run that dies repeats its window, and what is known already changes nothing. Now and then a window
/// reaches back to the last order that is known: a list that does not hold even that one is not to be believed.
/// </summary>
public sealed class PullOrdersJob(
    ConnectionStore connections, OrderIntake intake, OfferStore offers, Health health, Nudges nudges, IssueStore issues, MarketplaceCatalog marketplaces) : ISyncJob
{
    /// <summary>How often the list has to prove itself.</summary>
    const long ProofEveryMs = 10 * 60_000;

    /// <summary>Clocks this far apart make windows that miss orders.</summary>
    static readonly TimeSpan ApartMax = TimeSpan.FromSeconds(30);

    /// <summary>How far back the first read and the daily deep one go.</summary>
    static readonly TimeSpan Deep = TimeSpan.FromDays(14);

    static readonly TimeSpan DeepEvery = TimeSpan.FromDays(1);

    public string Kind => JobKinds.PullOrders;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (run.Can<IOrderSource>() is not { } source)
            return;
        try
        {
            var access = await run.AccessAsync(cancel);
            var plan = await run.ReadAsync(tx => PlanAsync(tx, run), cancel);
            while (await ReadWindowAsync(run, source, access, plan, cancel) is { } next)
                plan = next;
        }
        catch (MarketplaceFault fault)
        {
            await run.WriteAsync(tx => Health.OrdersFailedAsync(tx, run.StoreId, run.ConnectionId, fault), CancellationToken.None);
            throw;
        }
    }

    async Task<Plan> PlanAsync(Tx tx, JobRun run)
    {
        var now = await tx.NowMsAsync();
        var connection = (await connections.FindAsync(tx, run.StoreId, run.ConnectionId))!;
        var manners = run.Marketplace.Manners;
        var deep = connection.OrdersDeepMs <= now || connection.OrdersCursorMs is null;
        var back = now - (long)(Deep < manners.OrderHistory ? Deep : manners.OrderHistory).TotalMilliseconds;
        var from = connection.OrdersCursorMs is not { } cursor || connection.OrdersDeepMs <= now
            ? back
            : Math.Max(cursor - (long)manners.OrderOverlap.TotalMilliseconds, now - (long)manners.OrderHistory.TotalMilliseconds);
        // A first read that was cut short goes on where it was.
        if (connection is { OrdersCursorMs: { } reached, OrdersReadStartedMs: null })
            from = Math.Max(back, reached - (long)manners.OrderOverlap.TotalMilliseconds);
        var proof = await ProofAsync(tx, run, connection, now);
        return new(Math.Min(from, proof ?? from), deep, proof is not null, Found: false);
    }

    /// <summary>From when on the list must hold something: the last change that is known. Null when it need not prove itself now, or cannot.</summary>
    async Task<long?> ProofAsync(Tx tx, JobRun run, ConnectionRow connection, long nowMs)
    {
        if (connection.OrdersReadStartedMs is not { } before || connection.OrdersDeepMs <= nowMs)
            return null;
        var missed = await issues.IsOpenAsync(tx, run.StoreId, IssueCatalog.OrdersVanished, run.ConnectionId, run.ConnectionId.ToWire());
        if (!missed && before / ProofEveryMs == nowMs / ProofEveryMs)
            return null;
        var last = await tx.ScalarAsync<long?>(
            "select max(changed_ms) from orders where store_id = @StoreId and connection_id = @ConnectionId", new { run.StoreId, run.ConnectionId });
        return last <= nowMs && last > nowMs - (long)run.Marketplace.Manners.OrderWindowMax.TotalMilliseconds ? last - 1 : null;
    }

    /// <summary>Reads one window; answers where the next one begins, or null when this one reached the present.</summary>
    async Task<Plan?> ReadWindowAsync(JobRun run, IOrderSource source, SellerAccess access, Plan plan, CancellationToken cancel)
    {
        var started = await run.ReadAsync(tx => tx.NowMsAsync(), cancel);
        var to = Math.Min(plan.FromMs + (long)run.Marketplace.Manners.OrderWindowMax.TotalMilliseconds, started);
        string? cursor = null;
        do
        {
            cancel.ThrowIfCancellationRequested();
            var page = await source.ReadOrdersAsync(
                access, DateTimeOffset.FromUnixTimeMilliseconds(plan.FromMs), DateTimeOffset.FromUnixTimeMilliseconds(to), cursor, cancel);
            await intake.TakeAsync(run, page.Packages, cancel);
            plan = plan with { Found = plan.Found || page.Packages.Count > 0, Unreadable = [.. plan.Unreadable, .. page.Unreadable] };
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        var complete = to == started;
        if (plan.Unreadable.Count == 0)
        {
            while (await intake.SettleAsync(run, cancel))
                cancel.ThrowIfCancellationRequested();
            await run.WriteAsync(tx => FinishAsync(tx, run, to, complete ? started : null, plan), cancel);
        }
        else if (complete)
        {
            // All others are taken. But what is not read may be a sale, or hold the units of a package that was closed: nothing is raised
            // and nothing let go on the strength of this reading.
            throw new MarketplaceFault(FaultKind.Malformed, FaultCodes.AnswerMalformed, "Some packages of the marketplace cannot be understood.", string.Join(", ", plan.Unreadable));
        }

        return complete ? null : plan with { FromMs = to };
    }

    async Task FinishAsync(Tx tx, JobRun run, long toMs, long? startedMs, Plan plan)
    {
        await tx.ExecuteAsync(
            $"""
            update connections set
                orders_cursor_ms = case when orders_cursor_ms is null or orders_cursor_ms < @toMs then @toMs else orders_cursor_ms end,
                orders_deep_ms = case when @deepDone then {tx.Db.Now} + @deepEveryMs else orders_deep_ms end
            where store_id = @StoreId and id = @ConnectionId
            """,
            new { run.StoreId, run.ConnectionId, toMs, deepDone = plan.Deep && startedMs is not null, deepEveryMs = (long)DeepEvery.TotalMilliseconds });
        if (startedMs is not { } started)
            return;
        await health.OrdersReadAsync(tx, run.StoreId, run.ConnectionId, started);
        await JudgeAsync(tx, run, plan);
        if (await offers.WaitsForOrdersAsync(tx, run.StoreId, run.ConnectionId))
            await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.PushStock);
    }

    /// <summary>What a complete reading shows of the marketplace itself.</summary>
    async Task JudgeAsync(Tx tx, JobRun run, Plan plan)
    {
        var subject = run.ConnectionId.ToWire();
        if (plan.Found || plan.Proof)
            await issues.StandAsync(tx, run.StoreId, IssueCatalog.OrdersVanished, run.ConnectionId, subject, !plan.Found);
        if (marketplaces.ClockApart(run.Marketplace.Code, subject) is { } apart)
            await issues.StandAsync(
                tx, run.StoreId, IssueCatalog.MarketplaceClockApart, run.ConnectionId, subject, apart.Duration() > ApartMax,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["seconds"] = apart.TotalSeconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture) });
    }

    /// <param name="Deep">This read covers all that a deep one covers.</param>
    /// <param name="Proof">It begins where the last known change is, so that something must be found.</param>
    sealed record Plan(long FromMs, bool Deep, bool Proof, bool Found)
    {
        /// <summary>What nobody understood so far; the cursor stays before the first of them.</summary>
        public IReadOnlyList<string> Unreadable { get; init; } = [];
    }
}
