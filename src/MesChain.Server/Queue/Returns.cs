using MesChain.Server.Platform.Data;

namespace MesChain.Server.Queue;

/// <summary>What happens to a leased message that was not completed: it waits again, it is absorbed, or it is dead.</summary>
sealed class Returns(ReadyStores ready, Random chance)
{
    public const string Completed = "complete";
    public const string MaxAttempts = "MAX_ATTEMPTS";

    /// <summary>Stands in the record of a lease that nobody settled in time.</summary>
    public const string LeaseExpired = "The lease ran out before the message was settled.";

    public static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Complete => Completed,
        Outcome.Retry => "retry",
        Outcome.Release => "release",
        _ => "dead",
    };

    /// <summary>Before any row is locked: a message that comes back must see the one that may have taken its key meanwhile.</summary>
    public static async Task LockKeysAsync(Tx tx, Guid storeId, string queue, IEnumerable<Guid> ids)
    {
        if (tx.Db.Engine == Engine.Sqlite)
            return;
        var asked = ids.ToList();
        if (asked.Count == 0)
            return;
        var keys = await tx.QueryAsync<string>(
            $"select coalesce_key from messages where store_id = @storeId and {tx.Db.AnyId("id", "ids")} and coalesce_key is not null",
            new { storeId, ids = tx.Db.IdList(asked) });
        await tx.LockAsync(keys.Select(key => SendStore.CoalesceLock(storeId, queue, key)));
    }

    /// <summary>Applies an outcome other than completion to a row that is locked and whose lease is the caller's.</summary>
    public async Task ApplyAsync(Tx tx, Guid storeId, QueuePolicy policy, LeasedRow row, Outcome outcome)
    {
        await tx.ExecuteAsync(
            $"insert into settle_receipts (store_id, message_id, epoch, outcome, at_ms) values (@storeId, @id, @epoch, @word, {tx.Db.Now})",
            new { storeId, id = row.Id, epoch = row.Epoch, word = Word(outcome) });
        switch (outcome)
        {
            case Outcome.Dead dead:
                await BuryAsync(tx, storeId, row, row.Failures, dead.Reason, dead.Error);
                return;
            // The lease ran out earlier: that failure is counted and the message waits already.
            case Outcome.Retry or Outcome.Release when row.IsWaiting:
                return;
            case Outcome.Release:
                await WaitAsync(tx, storeId, policy, row, new(row.Failures, TimeSpan.Zero, 0, null));
                return;
            case Outcome.Retry { Counted: false } later:
                await WaitAsync(tx, storeId, policy, row, new(row.Failures, later.After ?? Delay(policy, row.Failures + 1), 0, later.Error));
                return;
            case Outcome.Retry failed:
                await FailAsync(tx, storeId, policy, row, failed.After ?? Delay(policy, row.Failures + 1), failed.Error);
                return;
        }
    }

    /// <summary>A lease that nobody settled counts as a failure. No further wait: the lease was one.</summary>
    public Task LapseAsync(Tx tx, Guid storeId, QueuePolicy policy, LeasedRow row) => FailAsync(tx, storeId, policy, row, TimeSpan.Zero, LeaseExpired);

    Task FailAsync(Tx tx, Guid storeId, QueuePolicy policy, LeasedRow row, TimeSpan delay, string error) =>
        row.Failures + 1 >= policy.AttemptsMax
            // In the same transaction: there is no instant in which it is both waiting and dead, or neither (Q-12).
            ? BuryAsync(tx, storeId, row, row.Failures + 1, MaxAttempts, error)
            : WaitAsync(tx, storeId, policy, row, new(row.Failures + 1, delay, 1, error));

    async Task WaitAsync(Tx tx, Guid storeId, QueuePolicy policy, LeasedRow row, Wait wait)
    {
        var due = await tx.NowMsAsync() + (long)wait.Delay.TotalMilliseconds;
        var args = new
        {
            storeId,
            queue = policy.Name,
            id = row.Id,
            coalesceKey = row.CoalesceKey,
            state = wait.Delay > TimeSpan.Zero ? 0 : 1,
            due,
            backoff = wait.Counted * due,
            failures = wait.Failures,
            error = wait.Error,
            nothing = Array.Empty<byte>(),
        };
        if (row.CoalesceKey is not null && await JoinAsync(tx, args))
        {
            // The epoch grows: what a holder whose lease ran out still says of this message has nothing left to apply to.
            await tx.ExecuteAsync(
                $"update messages set state = {State.Done}, epoch = epoch + 1, ended_ms = {tx.Db.Now}, lease_until_ms = null, body = @nothing where store_id = @storeId and id = @id",
                args);
        }
        else
        {
            await tx.ExecuteAsync(
                """
                update messages
                set state = @state, due_ms = @due, backoff_ms = @backoff, failures = @failures, last_error = coalesce(@error, last_error), lease_until_ms = null
                where store_id = @storeId and id = @id
                """,
                args);
        }

        await ready.HintAsync(tx, storeId, policy.Name, due);
    }

    /// <summary>
    /// A newer message with the same key waits already: one of them is enough. The one that stays inherits the failures, and is not
    /// due before the back-off of the one that goes.
    /// </summary>
    static async Task<bool> JoinAsync(Tx tx, object args)
    {
        var db = tx.Db;
        return await tx.ExecuteAsync(
            $"""
            update messages set
                failures = {db.Greatest("failures", "@failures")},
                last_error = coalesce(@error, last_error),
                backoff_ms = {db.Greatest("backoff_ms", "@backoff")},
                due_ms = {db.Greatest("due_ms", "@backoff")},
                state = case when {db.Greatest("due_ms", "@backoff")} > {db.Now} then {State.Scheduled} else state end
            where store_id = @storeId and queue = @queue and coalesce_key = @coalesceKey and state < 2 and id <> @id
            """,
            args) > 0;
    }

    static Task<int> BuryAsync(Tx tx, Guid storeId, LeasedRow row, int failures, string reason, string error) =>
        tx.ExecuteAsync(
            $"""
            update messages
            set state = {State.Dead}, failures = @failures, dead_reason = @reason, last_error = @error, lease_until_ms = null, ended_ms = {tx.Db.Now}
            where store_id = @storeId and id = @id
            """,
            new { storeId, id = row.Id, failures, reason, error });

    TimeSpan Delay(QueuePolicy policy, int failures) => Backoff.Delay(policy.BackoffBase, policy.BackoffCap, failures, chance.NextDouble());

    /// <param name="Counted">1 when the delay is a back-off that absorbed messages must not shorten, else 0.</param>
    readonly record struct Wait(int Failures, TimeSpan Delay, int Counted, string? Error);
}
