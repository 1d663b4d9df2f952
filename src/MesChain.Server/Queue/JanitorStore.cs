using MesChain.Server.Platform.Data;

namespace MesChain.Server.Queue;

/// <summary>Clears up behind receivers and time.</summary>
sealed class JanitorStore(Db db, QueueStore queues, ReadyStores ready, Returns returns)
{
    const int LapsedMax = 200;
    const int PrunedMax = 2000;

    /// <summary>Leases that ran out: their messages wait again with one more failure, or are dead. True when there may be more.</summary>
    public async Task<bool> LapseAsync(CancellationToken cancel)
    {
        var lapsed = await db.ReadAsync(
            tx => tx.QueryAsync<LapsedRow>($"select store_id, queue, id from messages where state = {State.Leased} and lease_until_ms <= {tx.Db.Now} limit {LapsedMax}"),
            cancel);
        foreach (var queue in lapsed.GroupBy(row => (row.StoreId, row.Queue)))
            await db.WriteAsync(tx => LapseAsync(tx, queue.Key.StoreId, queue.Key.Queue, queue.Select(row => row.Id).ToList()), cancel);
        return lapsed.Count == LapsedMax;
    }

    async Task LapseAsync(Tx tx, Guid storeId, string queue, List<Guid> ids)
    {
        var policy = await queues.PolicyAsync(tx, storeId, queue);
        await Returns.LockKeysAsync(tx, storeId, queue, ids);
        var rows = await tx.QueryAsync<LeasedRow>(
            $"""
            select {LeasedRow.Columns} from messages
            where store_id = @storeId and {tx.Db.AnyId("id", "ids")} and state = {State.Leased} and lease_until_ms <= {tx.Db.Now}
            order by id {tx.Db.SkipLocked}
            """,
            new { storeId, ids = tx.Db.IdList(ids) });
        foreach (var row in rows)
            await returns.LapseAsync(tx, storeId, policy, row);
        // A lane whose message died is free as well.
        if (rows.Count > 0)
            await ready.HintAsync(tx, storeId, queue, await tx.NowMsAsync());
    }

    /// <summary>
    /// The embedded program has just started, so whoever held leases inside it is gone: they run out now instead of in a minute.
    /// Leases of callers over the network stand.
    /// </summary>
    public Task<int> ForsakeAsync(CancellationToken cancel) =>
        db.WriteAsync(
            tx => tx.ExecuteAsync(
                $"update messages set lease_until_ms = {tx.Db.Now} where state = {State.Leased} and lease_until_ms > {tx.Db.Now} and holder like '{DurableQueue.InProcess}%'"),
            cancel);

    /// <summary>What is kept only for repeats, once nobody may repeat any more. True when there may be more.</summary>
    public Task<bool> PruneAsync(CancellationToken cancel) =>
        db.WriteAsync(
            async tx =>
            {
                var args = new { keptMs = (long)QueueLimits.ReceiptsKept.TotalMilliseconds, PrunedMax };
                var done = await tx.QueryAsync<LapsedRow>(
                    $"select store_id, queue, id from messages where state = {State.Done} and ended_ms <= {tx.Db.Now} - @keptMs limit @PrunedMax {tx.Db.SkipLocked}", args);
                foreach (var store in done.GroupBy(row => row.StoreId))
                {
                    await tx.ExecuteAsync(
                        $"delete from messages where store_id = @storeId and {tx.Db.AnyId("id", "ids")}",
                        new { storeId = store.Key, ids = tx.Db.IdList(store.Select(row => row.Id)) });
                }

                var receipts = await tx.ExecuteAsync(
                    $"""
                    delete from settle_receipts where (store_id, message_id, epoch) in (
                        select store_id, message_id, epoch from settle_receipts where at_ms <= {tx.Db.Now} - @keptMs limit @PrunedMax)
                    """,
                    args);
                var dedupes = await tx.ExecuteAsync(
                    $"""
                    delete from message_dedupes where (store_id, queue, dedupe_id) in (
                        select store_id, queue, dedupe_id from message_dedupes where until_ms <= {tx.Db.Now} limit @PrunedMax {tx.Db.SkipLocked})
                    """,
                    args);
                return done.Count == PrunedMax || receipts == PrunedMax || dedupes == PrunedMax;
            },
            cancel);

    sealed class LapsedRow
    {
        public Guid StoreId { get; init; }

        public string Queue { get; init; } = "";

        public Guid Id { get; init; }
    }
}
