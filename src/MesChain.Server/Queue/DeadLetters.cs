using MesChain.Server.Platform.Data;

namespace MesChain.Server.Queue;

/// <summary>Puts dead messages back.</summary>
sealed class DeadLetters(QueueStore queues, ReadyStores ready)
{
    /// <summary>
    /// Attempts begin anew, what happened before is kept. Due times are spread in the order in which the messages were sent, so that
    /// a redrive of many does not stampede whoever made them fail. Two redrives at once share the messages.
    /// </summary>
    public async Task<int> RedriveAsync(Tx tx, Guid storeId, Redrive redrive)
    {
        var policy = await queues.PolicyAsync(tx, storeId, redrive.Queue);
        var chosen = redrive.MessageIds.Count == 0 ? "" : $"and {tx.Db.AnyId("id", "ids")}";
        var picks = await tx.QueryAsync<PickRow>(
            $"""
            select id from messages
            where store_id = @storeId and queue = @queue and state = {State.Dead} and (@reason = '' or dead_reason = @reason) {chosen}
            order by seq limit @max {tx.Db.SkipLocked}
            """,
            new { storeId, queue = policy.Name, reason = redrive.Reason, max = redrive.Max, ids = tx.Db.IdList(redrive.MessageIds) });
        if (picks.Count == 0)
            return 0;

        var now = await tx.NowMsAsync();
        await tx.ExecuteAsync(
            $"""
            with picks as materialized (
                select id, row_number() over (order by seq) - 1 as nth from messages where store_id = @storeId and {tx.Db.AnyId("id", "ids")})
            update messages
            set state = {State.Scheduled}, due_ms = @at + picks.nth * @spreadMs / @count, backoff_ms = 0, failures = 0, epoch = epoch + 1, dead_reason = '', ended_ms = null
            from picks where messages.store_id = @storeId and messages.id = picks.id
            """,
            new { storeId, ids = tx.Db.IdList(picks.Select(pick => pick.Id)), at = now, spreadMs = (long)redrive.Spread.TotalMilliseconds, count = (long)picks.Count });
        await ready.HintAsync(tx, storeId, policy.Name, now);
        return picks.Count;
    }

    sealed class PickRow
    {
        public Guid Id { get; init; }
    }
}

/// <summary>Which dead messages go back. No ids: by reason; no reason: any.</summary>
sealed record Redrive(string Queue, IReadOnlyList<Guid> MessageIds, string Reason, int Max, TimeSpan Spread);
