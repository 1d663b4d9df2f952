using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Loops;

namespace MesChain.Server.Platform.Rpc;

/// <summary>Forgets request ids that are older than <see cref="Repeats.Kept"/>.</summary>
sealed class RepeatsSweep(Db db, TimeProvider clock, ILogger<RepeatsSweep> log) : Loop(clock, log, TimeSpan.FromMinutes(10))
{
    const int BatchMax = 1000;

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        var forgotten = await db.WriteAsync(
            tx => tx.ExecuteAsync(
                $"""
                delete from repeats where (store_id, caller, method, request_id) in (
                    select store_id, caller, method, request_id from repeats
                    where created_ms <= {tx.Db.Now} - @kept limit @BatchMax {tx.Db.SkipLocked})
                """,
                new { kept = (long)Repeats.Kept.TotalMilliseconds, BatchMax }),
            stop);
        return forgotten == BatchMax;
    }
}
