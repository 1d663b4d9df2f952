using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Loops;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Sync.Issues;

/// <summary>Deletes events that are older than the kept window, oldest first, so that what is kept has no gap.</summary>
public sealed class EventSweep(Db db, IOptions<SyncOptions> options, TimeProvider clock, ILogger<EventSweep> log) : Loop(clock, log, Idle)
{
    /// <summary>Events deleted in one transaction.</summary>
    const int BatchMax = 5_000;

    static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        var more = false;
        foreach (var storeId in await db.ReadAsync(tx => tx.QueryAsync<Guid>("select id from stores order by id"), stop))
            more |= await db.WriteAsync(tx => SweepAsync(tx, storeId), stop) == BatchMax;
        return more;
    }

    Task<int> SweepAsync(Tx tx, Guid storeId) =>
        tx.ExecuteAsync(
            $"""
            delete from events where store_id = @storeId and seq in (
              select seq from (select seq, at_ms from events where store_id = @storeId order by seq limit @BatchMax) oldest
              where at_ms < {tx.Db.Now} - @keptMs)
            """,
            new { storeId, BatchMax, keptMs = (long)options.Value.EventRetention.TotalMilliseconds });
}
