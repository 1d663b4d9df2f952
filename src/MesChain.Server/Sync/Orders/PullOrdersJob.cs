using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Orders;

/// <summary>
/// Reads orders by the time of their last change, in windows that overlap, a page a transaction. The cursor moves only when
/// everything up to it is committed; a run that dies repeats its window, and what is known already changes nothing.
/// </summary>
public sealed class PullOrdersJob(
    ConnectionStore connections, OrderIntake intake, OfferStore offers, Health health, Nudges nudges) : ISyncJob
{
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
        return new(from, deep);
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
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        while (await intake.SettleAsync(run, cancel))
            cancel.ThrowIfCancellationRequested();
        var complete = to == started;
        await run.WriteAsync(tx => FinishAsync(tx, run, to, complete ? started : null, plan.Deep), cancel);
        return complete ? null : plan with { FromMs = to };
    }

    async Task FinishAsync(Tx tx, JobRun run, long toMs, long? startedMs, bool deep)
    {
        await tx.ExecuteAsync(
            $"""
            update connections set
                orders_cursor_ms = case when orders_cursor_ms is null or orders_cursor_ms < @toMs then @toMs else orders_cursor_ms end,
                orders_deep_ms = case when @deepDone then {tx.Db.Now} + @deepEveryMs else orders_deep_ms end
            where store_id = @StoreId and id = @ConnectionId
            """,
            new { run.StoreId, run.ConnectionId, toMs, deepDone = deep && startedMs is not null, deepEveryMs = (long)DeepEvery.TotalMilliseconds });
        if (startedMs is not { } started)
            return;
        await health.OrdersReadAsync(tx, run.StoreId, run.ConnectionId, started);
        if (await offers.WaitsForOrdersAsync(tx, run.StoreId, run.ConnectionId))
            await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.PushStock);
    }

    /// <param name="Deep">This read covers all that a deep one covers.</param>
    sealed record Plan(long FromMs, bool Deep);
}
