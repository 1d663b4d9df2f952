using System.Collections.Concurrent;
using System.Globalization;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Queue;

/// <summary>Leases due messages: highest priority and oldest first, at most one of a lane.</summary>
sealed class ClaimStore(QueueStore queues)
{
    /// <summary>Scheduled messages that one claim moves to ready.</summary>
    const int PromoteMax = 1000;

    /// <summary>
    /// Lanes that one claim looks into. With more lanes than that the next claim goes on where this one ended, so that no lane
    /// starves; priority between lanes is exact within one look.
    /// </summary>
    const int LanesMax = 1000;

    readonly ConcurrentDictionary<(Guid Store, string Queue), string> _laneAfter = new();

    public async Task<Claim> ClaimAsync(Tx tx, Guid storeId, string queue, Taker taker) => (await ClaimAsync(tx, storeId, queue, [taker]))[0];

    /// <summary>One claim for several receivers: the first of them takes first.</summary>
    public async Task<IReadOnlyList<Claim>> ClaimAsync(Tx tx, Guid storeId, string queue, IReadOnlyList<Taker> takers)
    {
        var max = takers.Sum(taker => taker.Max);
        var policy = await queues.PolicyAsync(tx, storeId, queue);
        // One claim of a queue at a time over all nodes: two that overlap could each take a message of the same lane.
        await tx.LockAsync(Lock(storeId, queue));
        await PromoteAsync(tx, storeId, queue);

        var heads = await HeadsAsync(tx, storeId, policy, max);
        var picks = heads.Where(head => head.Id is not null).DistinctBy(head => head.Id).OrderByDescending(head => head.Priority).ThenBy(head => head.Seq).Take(max).Select(head => head.Id!.Value).ToList();
        var left = picks.AsEnumerable();
        var taken = new List<(IReadOnlyList<MessageRow> Rows, TimeSpan Lease)>();
        foreach (var taker in takers)
        {
            taken.Add((await LeaseAsync(tx, storeId, left.Take(taker.Max).ToList(), taker, policy), taker.Lease ?? policy.Lease));
            left = left.Skip(taker.Max);
        }

        var more = picks.Count == max || taken.Sum(one => one.Rows.Count) < picks.Count || heads.Any(head => head.Nth == LanesMax);
        if (!more)
            await ReadyStores.RestAsync(tx, storeId, queue);
        return taken.ConvertAll(one => new Claim(one.Rows, one.Lease, more));
    }

    static async Task<IReadOnlyList<MessageRow>> LeaseAsync(Tx tx, Guid storeId, List<Guid> picks, Taker taker, QueuePolicy policy)
    {
        if (picks.Count == 0)
            return [];
        var rows = await tx.QueryAsync<MessageRow>(
            $"""
            with picks as materialized (
                select id from messages where store_id = @storeId and {tx.Db.AnyId("id", "ids")} and state = {State.Ready} {tx.Db.SkipLocked})
            update messages
            set state = {State.Leased}, epoch = epoch + 1, deliveries = deliveries + 1, holder = @Holder, lease_until_ms = {tx.Db.Now} + @leaseMs
            where store_id = @storeId and id in (select id from picks)
            returning {MessageRow.Columns}
            """,
            new { storeId, ids = tx.Db.IdList(picks), taker.Holder, leaseMs = (long)(taker.Lease ?? policy.Lease).TotalMilliseconds });
        // RETURNING promises no order, and order is part of the contract.
        return [.. rows.OrderByDescending(row => row.Priority).ThenBy(row => row.Seq)];
    }

    public static string Lock(Guid storeId, string queue) => string.Create(CultureInfo.InvariantCulture, $"claim:{storeId}:{queue}");

    static Task<int> PromoteAsync(Tx tx, Guid storeId, string queue) =>
        tx.ExecuteAsync(
            $"""
            with due as materialized (
                select id from messages where store_id = @storeId and queue = @queue and state = {State.Scheduled} and due_ms <= {tx.Db.Now}
                order by due_ms limit @PromoteMax {tx.Db.SkipLocked})
            update messages set state = {State.Ready} where store_id = @storeId and id in (select id from due)
            """,
            new { storeId, queue, PromoteMax });

    /// <summary>
    /// What may be taken: of messages without a lane the first ones, of each lane its one candidate. The lanes are found by stepping
    /// through the index from one to the next; asking each message whether another of its lane comes first would be quadratic. Nothing
    /// is joined: PostgreSQL might hash every message of the store for the sake of a few lanes.
    /// </summary>
    async Task<IReadOnlyList<HeadRow>> HeadsAsync(Tx tx, Guid storeId, QueuePolicy policy, int max)
    {
        var key = (storeId, policy.Name);
        var after = _laneAfter.GetValueOrDefault(key, "");
        // In an ordered lane the first live message decides, and only it: one that waits out a retry holds the others back.
        // One that was scheduled by its sender and never delivered does not.
        var head = policy.FifoLanes
            ? $"""
               select case when h.state = {State.Ready} then h.id end from messages h
               where h.store_id = @storeId and h.queue = @queue and h.lane = lanes.lane and h.state < 3 and (h.state <> {State.Scheduled} or h.deliveries > 0)
               order by h.seq limit 1
               """
            : $"""
               select h.id from messages h
               where h.store_id = @storeId and h.queue = @queue and h.lane = lanes.lane and h.state = {State.Ready}
               order by h.priority desc, h.seq limit 1
               """;
        var heads = await tx.QueryAsync<HeadRow>(
            $"""
            with recursive lanes(nth, lane) as (
                select 1, (select min(m.lane) from messages m
                           where m.store_id = @storeId and m.queue = @queue and m.state = {State.Ready} and m.lane is not null and m.lane > @after)
                union all
                select nth + 1, (select min(m.lane) from messages m
                                 where m.store_id = @storeId and m.queue = @queue and m.state = {State.Ready} and m.lane is not null and m.lane > lanes.lane)
                from lanes where lanes.lane is not null and nth < @LanesMax),
            heads as materialized (
                select nth, lane, case when not exists (
                    select 1 from messages b where b.store_id = @storeId and b.queue = @queue and b.lane = lanes.lane and b.state = {State.Leased})
                    then ({head}) end as id
                from lanes where lane is not null)
            select h.nth, h.lane, h.id,
                (select m.priority from messages m where m.store_id = @storeId and m.id = h.id) as priority,
                (select m.seq from messages m where m.store_id = @storeId and m.id = h.id) as seq
            from heads h where h.id is not null or h.nth = @LanesMax
            union all
            select 0, null, id, priority, seq from (
                select id, priority, seq from messages
                where store_id = @storeId and queue = @queue and state = {State.Ready} and lane is null
                order by priority desc, seq limit @max) as plain
            """,
            new { storeId, queue = policy.Name, after, LanesMax, max });

        var last = heads.FirstOrDefault(row => row.Nth == LanesMax);
        if (last is not null)
            _laneAfter[key] = last.Lane!;
        else if (after.Length > 0)
        {
            _laneAfter.TryRemove(key, out _);
            if (heads.Count < max)
                return [.. heads, .. await HeadsAsync(tx, storeId, policy, max)];
        }

        return heads;
    }

    sealed class HeadRow
    {
        public int Nth { get; init; }

        public string? Lane { get; init; }

        public Guid? Id { get; init; }

        public int Priority { get; init; }

        public long Seq { get; init; }
    }
}

/// <summary>Who takes up to how many.</summary>
/// <param name="Lease">Null means the queue's.</param>
sealed record Taker(int Max, TimeSpan? Lease, string Holder);

/// <param name="More">More may be claimable at once.</param>
sealed record Claim(IReadOnlyList<MessageRow> Rows, TimeSpan Lease, bool More);
