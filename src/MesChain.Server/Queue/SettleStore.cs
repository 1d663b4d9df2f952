using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;

namespace MesChain.Server.Queue;

/// <summary>What a receiver says of one lease.</summary>
sealed record Verdict(Guid MessageId, long Epoch, Outcome Outcome);

/// <summary>Whether it stands; <see cref="Recorded"/> is the outcome that stood already when another one was said.</summary>
readonly record struct Settled(bool Ok, string Reason, string Recorded)
{
    public static readonly Settled Stands = new(true, "", "");

    public static readonly Settled Lost = new(false, Reasons.LeaseLost, "");
}

/// <summary>
/// Settles and renews leases. The epoch alone decides: a lease that ran out may still be settled while nobody claimed the message
/// again (Q-02), and one whose message was claimed again never (Q-01).
/// </summary>
sealed class SettleStore(QueueStore queues, ReadyStores ready, Returns returns)
{
    /// <param name="atomic">All or none: the first refusal undoes the caller's transaction.</param>
    /// <exception cref="ConflictException">Only when <paramref name="atomic"/>: a lease was lost.</exception>
    public async Task<IReadOnlyList<Settled>> SettleAsync(Tx tx, Guid storeId, string queue, IReadOnlyList<Verdict> verdicts, bool atomic)
    {
        var policy = await queues.PolicyAsync(tx, storeId, queue);
        await Returns.LockKeysAsync(tx, storeId, queue, verdicts.Where(verdict => verdict.Outcome is Outcome.Retry or Outcome.Release).Select(verdict => verdict.MessageId));
        var rows = await LockAsync(tx, storeId, queue, verdicts.Select(verdict => verdict.MessageId));
        var receipts = await ReceiptsAsync(tx, storeId, verdicts.Where(verdict => !Live(rows, verdict)).Select(verdict => verdict.MessageId));

        var answers = new Settled[verdicts.Count];
        var done = new List<Guid>(verdicts.Count);
        var lanesFreed = false;
        for (var i = 0; i < verdicts.Count; i++)
        {
            var verdict = verdicts[i];
            var row = rows.GetValueOrDefault(verdict.MessageId);
            answers[i] = Judge(verdict, row, receipts);
            if (atomic && !answers[i].Ok)
                throw new ConflictException(Reasons.LeaseLost, $"The lease of message {verdict.MessageId.ToWire()} is lost or settled otherwise; nothing was settled.");
            if (!answers[i].Ok || row is null || receipts.ContainsKey((verdict.MessageId, verdict.Epoch)) || row.IsDone)
                continue;

            lanesFreed |= row.Lane is not null;
            if (verdict.Outcome is Outcome.Complete)
                done.Add(row.Id);
            else
                await returns.ApplyAsync(tx, storeId, policy, row, verdict.Outcome);
        }

        await CompleteAsync(tx, storeId, done);
        if (lanesFreed)
            await ready.HintAsync(tx, storeId, queue, await tx.NowMsAsync());
        return answers;
    }

    /// <summary>Prolongs leases; false for each that is lost. One that ran out unclaimed comes back with its epoch (Q-08).</summary>
    public async Task<IReadOnlyList<bool>> RenewAsync(Tx tx, Guid storeId, string queue, IReadOnlyList<(Guid MessageId, long Epoch)> leases, TimeSpan? lease)
    {
        var policy = await queues.PolicyAsync(tx, storeId, queue);
        var rows = await LockAsync(tx, storeId, queue, leases.Select(item => item.MessageId));
        var holds = new bool[leases.Count];
        var prolonged = new List<Guid>(leases.Count);
        for (var i = 0; i < leases.Count; i++)
        {
            var row = rows.GetValueOrDefault(leases[i].MessageId);
            if (row is null || row.Epoch != leases[i].Epoch)
                continue;
            holds[i] = row.IsLeased || (row.IsWaiting && await TakeBackAsync(tx, storeId, queue, row));
            if (holds[i])
                prolonged.Add(row.Id);
        }

        await tx.ExecuteAsync(
            $"update messages set lease_until_ms = {tx.Db.Now} + @leaseMs where store_id = @storeId and {tx.Db.AnyId("id", "ids")}",
            new { storeId, ids = tx.Db.IdList(prolonged), leaseMs = (long)(lease ?? policy.Lease).TotalMilliseconds });
        return holds;
    }

    static bool Live(Dictionary<Guid, LeasedRow> rows, Verdict verdict) =>
        rows.TryGetValue(verdict.MessageId, out var row) && row.IsLeased && row.Epoch == verdict.Epoch;

    static Settled Judge(Verdict verdict, LeasedRow? row, Dictionary<(Guid, long), string> receipts)
    {
        var said = Returns.Word(verdict.Outcome);
        var recorded = receipts.GetValueOrDefault((verdict.MessageId, verdict.Epoch)) ?? (row is { IsDone: true } && row.Epoch == verdict.Epoch ? Returns.Completed : null);
        if (recorded is not null)
            return recorded == said ? Settled.Stands : new(false, Reasons.AlreadySettled, recorded);
        if (row is null || row.Epoch != verdict.Epoch || verdict.Epoch < 1)
            return Settled.Lost;
        // Given up because the lease ran out once too often: only the news that the work is done after all is worth having.
        return row.IsDead && verdict.Outcome is not Outcome.Complete ? Settled.Lost : Settled.Stands;
    }

    static async Task<Dictionary<Guid, LeasedRow>> LockAsync(Tx tx, Guid storeId, string queue, IEnumerable<Guid> ids)
    {
        // Always in the same order, so that two settles that overlap wait for each other once instead of for ever. By its key and nothing
        // else: with the queue's name beside it PostgreSQL, before it counted the rows, may step through the whole queue for one of them.
        var rows = await tx.QueryAsync<LeasedRow>(
            $"select {LeasedRow.Columns} from messages where store_id = @storeId and {tx.Db.AnyId("id", "ids")} order by id {tx.Db.ForUpdate}",
            new { storeId, ids = tx.Db.IdList(ids) });
        return rows.Where(row => row.Queue == queue).ToDictionary(row => row.Id);
    }

    static async Task<Dictionary<(Guid, long), string>> ReceiptsAsync(Tx tx, Guid storeId, IEnumerable<Guid> ids)
    {
        var asked = ids.ToList();
        if (asked.Count == 0)
            return [];
        var rows = await tx.QueryAsync<ReceiptRow>(
            $"select message_id, epoch, outcome from settle_receipts where store_id = @storeId and {tx.Db.AnyId("message_id", "ids")}",
            new { storeId, ids = tx.Db.IdList(asked) });
        return rows.ToDictionary(row => (row.MessageId, row.Epoch), row => row.Outcome);
    }

    static async Task CompleteAsync(Tx tx, Guid storeId, List<Guid> ids)
    {
        if (ids.Count == 0)
            return;
        // The row stays for repeats of this settle; what it carried does not.
        await tx.ExecuteAsync(
            $"""
            update messages set state = {State.Done}, ended_ms = {tx.Db.Now}, lease_until_ms = null, body = @nothing, last_error = '', dead_reason = ''
            where store_id = @storeId and {tx.Db.AnyId("id", "ids")}
            """,
            new { storeId, ids = tx.Db.IdList(ids), nothing = Array.Empty<byte>() });
    }

    static async Task<bool> TakeBackAsync(Tx tx, Guid storeId, string queue, LeasedRow row)
    {
        if ((await ReceiptsAsync(tx, storeId, [row.Id])).ContainsKey((row.Id, row.Epoch)))
            return false;
        if (row.Lane is not null)
        {
            await tx.LockAsync(ClaimStore.Lock(storeId, queue));
            var busy = await tx.ScalarAsync<long>(
                $"select count(*) from messages where store_id = @storeId and queue = @queue and lane = @lane and state = {State.Leased}",
                new { storeId, queue, lane = row.Lane });
            if (busy > 0)
                return false;
        }

        return await tx.ExecuteAsync(
            $"update messages set state = {State.Leased} where store_id = @storeId and id = @id and epoch = @epoch and state < 2",
            new { storeId, id = row.Id, epoch = row.Epoch }) == 1;
    }

    sealed class ReceiptRow
    {
        public Guid MessageId { get; init; }

        public long Epoch { get; init; }

        public string Outcome { get; init; } = "";
    }
}
