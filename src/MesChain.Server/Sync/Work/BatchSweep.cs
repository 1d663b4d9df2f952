using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Loops;

namespace MesChain.Server.Sync.Work;

/// <summary>Forgets decided batches that are older than a day: no window, receipt or number of the front page asks for them any more.</summary>
public sealed class BatchSweep(Db db, TimeProvider clock, ILogger<BatchSweep> log) : Loop(clock, log, Idle)
{
    const long KeptMs = 24 * 3_600_000;

    /// <summary>Batches deleted in one transaction.</summary>
    const int BatchMax = 200;

    static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        var more = false;
        foreach (var storeId in await db.ReadAsync(StoresAsync, stop))
            more |= await db.WriteAsync(tx => SweepAsync(tx, storeId), stop) == BatchMax;
        return more;
    }

    static Task<IReadOnlyList<Guid>> StoresAsync(Tx tx) =>
        tx.QueryAsync<Guid>(
            $"""
            select id from stores s
            where exists (select 1 from push_batches b where b.store_id = s.id and b.done_ms < {tx.Db.Now} - @KeptMs)
              or exists (select 1 from listing_batches b where b.store_id = s.id and b.done_ms < {tx.Db.Now} - @KeptMs)
            order by id
            """,
            new { KeptMs });

    static async Task<int> SweepAsync(Tx tx, Guid storeId)
    {
        var old = await tx.QueryAsync<Guid>(
            $"select id from push_batches where store_id = @storeId and done_ms < {tx.Db.Now} - @KeptMs order by done_ms limit @BatchMax",
            new { storeId, KeptMs, BatchMax });
        var these = new { storeId, ids = tx.Db.IdList(old) };
        await tx.ExecuteAsync($"delete from push_items where store_id = @storeId and {tx.Db.AnyId("batch_id", "ids")}", these);
        await tx.ExecuteAsync($"delete from push_batches where store_id = @storeId and {tx.Db.AnyId("id", "ids")}", these);
        await tx.ExecuteAsync($"delete from listing_batches where store_id = @storeId and done_ms < {tx.Db.Now} - @KeptMs", new { storeId, KeptMs });
        return old.Count;
    }
}
