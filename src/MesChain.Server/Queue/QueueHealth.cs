using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;

namespace MesChain.Server.Queue;

/// <summary>No queue is about to be full, and what is due is taken.</summary>
sealed class QueueHealth(Db db, DepthGauge depths) : IHealthSource
{
    /// <summary>Hints that are looked into at a time; a stalled queue stays among the oldest.</summary>
    const int LookedAtMax = 50;

    static readonly TimeSpan DueMax = TimeSpan.FromMinutes(15);

    public async Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel)
    {
        if (depths.Filling() is { Count: > 0 } filling)
            return [new("queue", HealthCauses.QueueFilling, Named(filling))];
        // The hint says where to look; it may be older than what is there.
        var stalled = await db.ReadAsync(
            tx => tx.QueryAsync<string>(
                $"""
                select distinct queue from (
                    select r.store_id, r.queue from ready_stores r where r.ready_since_ms < {tx.Db.Now} - @dueMs order by r.ready_since_ms limit @LookedAtMax) as old
                where exists (
                    select 1 from messages m
                    where m.store_id = old.store_id and m.queue = old.queue and m.state in ({State.Scheduled}, {State.Ready}) and m.due_ms < {tx.Db.Now} - @dueMs)
                order by queue
                """,
                new { dueMs = (long)DueMax.TotalMilliseconds, LookedAtMax }),
            cancel);
        return [new("queue", stalled.Count == 0 ? null : HealthCauses.QueueStalled, Named(stalled))];
    }

    static string Named(IReadOnlyCollection<string> queues) => $"({string.Join(", ", queues.Take(5))})";
}
