using System.Globalization;
using System.Text;
using System.Text.Json;
using Dapper;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Queue;

/// <summary>A message on its way in, with an absolute due time where the wire gave one.</summary>
sealed record Draft(QueueMessage Message, long? DueMs = null);

/// <summary>Stores messages: dedupe, coalescing, the depth limit and the hint for receivers, all in the caller's transaction.</summary>
sealed class SendStore(QueueStore queues, ReadyStores ready, DepthGauge depth, TimeProvider clock)
{
    const string Columns = "store_id, id, queue, seq, state, kind, body, lane, priority, coalesce_key, labels, sent_ms, due_ms";

    /// <summary>Rows of one insert: enough to spread a statement's cost, few enough that the statement's text repeats and stays prepared.</summary>
    const int RowsMax = 20;

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

        foreach (var rows in plain.Chunk(RowsMax))
            await InsertAsync(tx, storeId, queue, now, rows);
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

    static Task<int> InsertAsync(Tx tx, Guid storeId, string queue, long now, IReadOnlyList<Row> rows)
    {
        var sql = new StringBuilder($"insert into messages ({Columns}) values ");
        var args = new DynamicParameters(new { storeId, queue, at = now });
        for (var i = 0; i < rows.Count; i++)
        {
            var n = i.ToString(CultureInfo.InvariantCulture);
            var row = rows[i];
            sql.Append(i == 0 ? "" : ", ")
                .Append(CultureInfo.InvariantCulture, $"(@storeId, @id{n}, @queue, @seq{n}, @state{n}, @kind{n}, @body{n}, @lane{n}, @priority{n}, @key{n}, @labels{n}, @at, @due{n})");
            args.Add("id" + n, Ids.ToBytes(row.Id));
            args.Add("seq" + n, row.Seq);
            args.Add("state" + n, row.DueMs <= now ? 1L : 0L);
            args.Add("kind" + n, row.Kind);
            args.Add("body" + n, row.Body);
            args.Add("lane" + n, row.Lane);
            args.Add("priority" + n, (long)row.Priority);
            args.Add("key" + n, row.CoalesceKey);
            args.Add("labels" + n, row.Labels);
            args.Add("due" + n, row.DueMs);
        }

        return tx.ExecuteAsync(sql.ToString(), args);
    }

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
