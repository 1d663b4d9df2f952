using System.Globalization;
using System.Text.Json;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Queue;

/// <summary>A message on its way in, with an absolute due time where the wire gave one.</summary>
sealed record Draft(QueueMessage Message, long? DueMs = null);

/// <summary>Stores messages: dedupe, coalescing, the depth limit and the hint for receivers, all in the caller's transaction.</summary>
sealed class SendStore(QueueStore queues, ReadyStores ready, DepthGauge depth, TimeProvider clock)
{
    public async Task<IReadOnlyList<SendOutcome>> SendAsync(Tx tx, Guid storeId, string queue, IReadOnlyList<Draft> drafts)
    {
        var policy = await queues.PolicyAsync(tx, storeId, queue);
        await depth.TakeAsync(tx, storeId, policy, drafts.Count);
        await tx.LockAsync(Locks(storeId, policy, drafts));

        var now = await tx.NowMsAsync();
        var numbers = await tx.NumbersAsync(storeId, "message_order", drafts.Count);
        var outcomes = new SendOutcome[drafts.Count];
        var plain = new List<Row>(drafts.Count);
        long? soonest = null;
        for (var i = 0; i < drafts.Count; i++)
        {
            var row = Row.Of(drafts[i], Ids.New(clock), numbers[i], now);
            outcomes[i] = new(row.Id, false, false);
            if (row.DedupeId is not null && await FirstOfItsIdAsync(tx, storeId, policy, row, now) is { } first)
            {
                outcomes[i] = new(first, true, false);
                continue;
            }

            if (row.CoalesceKey is null)
                plain.Add(row);
            else if (await AbsorbAsync(tx, storeId, queue, row, now) is { } absorber)
                outcomes[i] = new(absorber, false, true);
            else
                await InsertAsync(tx, storeId, queue, now, [row]);

            soonest = Math.Min(soonest ?? long.MaxValue, row.DueMs);
        }

        await InsertAsync(tx, storeId, queue, now, plain);
        if (soonest is { } due)
            await ready.HintAsync(tx, storeId, queue, due);
        return outcomes;
    }

    /// <summary>
    /// Two senders of one coalesce key must see each other's message; two senders into an ordered lane must get their numbers in the
    /// order of their commits.
    /// </summary>
    static IEnumerable<string> Locks(Guid storeId, QueuePolicy policy, IReadOnlyList<Draft> drafts)
    {
        foreach (var draft in drafts)
        {
            if (draft.Message.CoalesceKey is { } key)
                yield return CoalesceLock(storeId, policy.Name, key);
            if (policy.FifoLanes && draft.Message.Lane is { } lane)
                yield return string.Create(CultureInfo.InvariantCulture, $"lane:{storeId}:{policy.Name}:{lane}");
        }
    }

    public static string CoalesceLock(Guid storeId, string queue, string key) => string.Create(CultureInfo.InvariantCulture, $"coalesce:{storeId}:{queue}:{key}");

    /// <summary>Null when the id is new inside the window, else the message that holds it. The unique key settles races .</summary>
    static async Task<Guid?> FirstOfItsIdAsync(Tx tx, Guid storeId, QueuePolicy policy, Row row, long now)
    {
        var args = new { storeId, queue = policy.Name, dedupeId = row.DedupeId, id = row.Id, at = now, until = now + (long)policy.DedupeWindow.TotalMilliseconds };
        var taken = await tx.ExecuteAsync(
            """
            insert into message_dedupes (store_id, queue, dedupe_id, message_id, until_ms) values (@storeId, @queue, @dedupeId, @id, @until)
            on conflict (store_id, queue, dedupe_id) do update set message_id = excluded.message_id, until_ms = excluded.until_ms
            where message_dedupes.until_ms <= @at
            """,
            args);
        return taken == 1
            ? null
            : await tx.ScalarAsync<byte[]>("select message_id from message_dedupes where store_id = @storeId and queue = @queue and dedupe_id = @dedupeId", args) is { } bytes
                ? new Guid(bytes, bigEndian: true)
                : null;
    }

    /// <summary>
    /// A waiting message with the same key takes the new one in: earlier due time, but never before its own back-off ends, and higher
    /// priority. The key's lock is held.
    /// </summary>
    static async Task<Guid?> AbsorbAsync(Tx tx, Guid storeId, string queue, Row row, long now)
    {
        var db = tx.Db;
        var hit = await tx.QueryAsync<IdRow>(
            $"""
            update messages set
                priority = {db.Greatest("priority", "@priority")},
                due_ms = {db.Greatest("backoff_ms", db.Least("due_ms", "@dueMs"))},
                state = case when state = {State.Scheduled} and {db.Greatest("backoff_ms", db.Least("due_ms", "@dueMs"))} <= @at then {State.Ready} else state end
            where store_id = @storeId and queue = @queue and coalesce_key = @coalesceKey and state < 2
            returning id
            """,
            new { storeId, queue, coalesceKey = row.CoalesceKey, priority = row.Priority, dueMs = row.DueMs, at = now });
        if (hit.Count == 0)
            return null;
        if (row.DedupeId is not null)
        {
            await tx.ExecuteAsync(
                "update message_dedupes set message_id = @id where store_id = @storeId and queue = @queue and dedupe_id = @dedupeId",
                new { storeId, queue, dedupeId = row.DedupeId, id = hit[0].Id });
        }

        return hit[0].Id;
    }

    static Task<int> InsertAsync(Tx tx, Guid storeId, string queue, long now, IEnumerable<Row> rows) =>
        tx.ExecuteManyAsync(
            """
            insert into messages (store_id, id, queue, seq, state, kind, body, lane, priority, coalesce_key, labels, sent_ms, due_ms)
            values (@storeId, @Id, @queue, @Seq, @state, @Kind, @Body, @Lane, @Priority, @CoalesceKey, @Labels, @at, @DueMs)
            """,
            rows.Select(row => new { storeId, row.Id, queue, row.Seq, state = row.DueMs <= now ? 1L : 0L, row.Kind, row.Body, row.Lane, Priority = (long)row.Priority, row.CoalesceKey, row.Labels, at = now, row.DueMs }));

    sealed class IdRow
    {
        public Guid Id { get; init; }
    }

    sealed record Row(Guid Id, long Seq, string Kind, byte[] Body, string? Lane, int Priority, string? CoalesceKey, string? DedupeId, string Labels, long DueMs)
    {
        public static Row Of(Draft draft, Guid id, long seq, long now)
        {
            var message = draft.Message;
            return new(
                id, seq, message.Kind, message.Body, message.Lane, message.Priority, message.CoalesceKey, message.DedupeId,
                message.Labels.Count == 0 ? "{}" : JsonSerializer.Serialize(message.Labels),
                draft.DueMs ?? now + (long)message.Delay.TotalMilliseconds);
        }
    }
}
