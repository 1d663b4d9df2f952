using System.Collections.Concurrent;
using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Queue;

/// <summary>
/// Which stores may hold something due in a queue of a name: a table as the hint between nodes, a ring in memory as the turn of each
/// store on this one. Both may be wrong; a wrong hint costs an empty claim or, until the next sweep, some latency.
/// </summary>
sealed class ReadyStores(Db db, ISignal signal, TimeProvider clock)
{
    const int WalkMax = 256;

    /// <summary>Between looks at the table while the ring has work: other nodes' stores must get their turn as well.</summary>
    static readonly TimeSpan WalkEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>A hint of another node rings no bell here.</summary>
    static readonly TimeSpan PollOtherNodes = TimeSpan.FromMilliseconds(500);

    readonly ConcurrentDictionary<string, Ring> _rings = new(StringComparer.Ordinal);

    public static string Topic(string queue) => "queue:" + queue;

    public static string Topic(Guid storeId, string queue) => string.Concat("queue:", queue, ":", storeId.ToWire());

    /// <summary>Says, as part of the caller's fact, that something is due from <paramref name="dueMs"/> on.</summary>
    public async Task HintAsync(Tx tx, Guid storeId, string queue, long dueMs)
    {
        // Looked at first without a lock: while a store is busy the hint stands, and senders must not wait for each other over it.
        var standing = await tx.ScalarAsync<long?>("select ready_since_ms from ready_stores where store_id = @storeId and queue = @queue", new { storeId, queue });
        if (standing is null || standing > dueMs)
        {
            await tx.ExecuteAsync(
                """
                insert into ready_stores (store_id, queue, ready_since_ms) values (@storeId, @queue, @dueMs)
                on conflict (store_id, queue) do update set ready_since_ms = excluded.ready_since_ms
                where ready_stores.ready_since_ms > excluded.ready_since_ms
                """,
                new { storeId, queue, dueMs });
        }

        tx.OnCommit(() => Ring(storeId, queue));
    }

    /// <summary>
    /// After a claim that left nothing to take: not before the next scheduled message, or not until told. Writes only what is news, so
    /// that receivers that poll an empty queue write nothing.
    /// </summary>
    public static Task RestAsync(Tx tx, Guid storeId, string queue)
    {
        const string next = $"coalesce((select min(due_ms) from messages where store_id = @storeId and queue = @queue and state = {State.Scheduled}), @never)";
        return tx.ExecuteAsync(
            $"update ready_stores set ready_since_ms = {next} where store_id = @storeId and queue = @queue and ready_since_ms < {next}",
            new { storeId, queue, never = long.MaxValue });
    }

    /// <summary>This store has (more) work: it takes its place at the end of the round.</summary>
    public void Ring(Guid storeId, string queue)
    {
        RingOf(queue).Add(storeId);
        signal.Raise(Topic(queue));
        signal.Raise(Topic(storeId, queue));
    }

    /// <summary>Puts a store back in the round without waking anybody.</summary>
    public void Again(Guid storeId, string queue) => RingOf(queue).Add(storeId);

    /// <summary>The next store in turn; null when none is known to have work.</summary>
    public async Task<Guid?> NextAsync(string queue, CancellationToken cancel)
    {
        var ring = RingOf(queue);
        if (ring.WalkDue(clock, WalkEvery))
        {
            var due = await db.ReadAsync(
                tx => tx.QueryAsync<Guid>(
                    $"select store_id from ready_stores where queue = @queue and ready_since_ms <= {tx.Db.Now} order by ready_since_ms limit @WalkMax",
                    new { queue, WalkMax }),
                cancel);
            foreach (var store in due)
                ring.Add(store);
        }

        return ring.Take();
    }

    /// <summary>Ends when something may be due, or after <paramref name="longest"/>.</summary>
    public async Task WaitAsync(string queue, TimeSpan longest, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            // Listening begins before looking: what is sent in between rings.
            var left = longest - clock.GetElapsedTime(started);
            var bell = left > TimeSpan.Zero ? signal.WaitAsync(Topic(queue), left, woken.Token) : Task.CompletedTask;
            if (bell.IsCompleted || !RingOf(queue).IsEmpty)
                return;

            var inMs = await db.ReadAsync(
                tx => tx.ScalarAsync<long?>($"select min(ready_since_ms) - {tx.Db.Now} from ready_stores where queue = @queue and ready_since_ms < {long.MaxValue}", new { queue }),
                cancel);
            if (inMs is <= 0)
                return;
            var nap = inMs is null ? left : TimeSpan.FromMilliseconds(Math.Min(inMs.Value, left.TotalMilliseconds));
            if (db.Engine == Engine.Postgres && nap > PollOtherNodes)
                nap = PollOtherNodes;
            if (await Task.WhenAny(bell, Task.Delay(nap, clock, woken.Token)) == bell)
                return;
            await woken.CancelAsync();
        }
    }

    /// <summary>Puts right what races and crashes left wrong. One look at each queue, by its indexes. Answers how many were wrong.</summary>
    public async Task<int> SweepAsync(CancellationToken cancel)
    {
        var wrong = await db.ReadAsync(
            tx => tx.QueryAsync<WrongRow>(
                $"""
                select store_id, queue, since_ms from (
                    select q.store_id, q.name as queue, r.ready_since_ms,
                        case when exists (select 1 from messages m where m.store_id = q.store_id and m.queue = q.name and m.state = {State.Ready} and m.lane is null)
                               or exists (select 1 from messages m where m.store_id = q.store_id and m.queue = q.name and m.state = {State.Ready} and m.lane is not null)
                            then {tx.Db.Now}
                            else (select min(m.due_ms) from messages m where m.store_id = q.store_id and m.queue = q.name and m.state = {State.Scheduled})
                        end as since_ms
                    from queues q left join ready_stores r on r.store_id = q.store_id and r.queue = q.name) as looked
                where since_ms is not null and (ready_since_ms is null or ready_since_ms > since_ms)
                """),
            cancel);
        foreach (var row in wrong)
            await db.WriteAsync(tx => HintAsync(tx, row.StoreId, row.Queue, row.SinceMs), cancel);
        return wrong.Count;
    }

    Ring RingOf(string queue) => _rings.GetOrAdd(queue, static _ => new());

    sealed class WrongRow
    {
        public Guid StoreId { get; init; }

        public string Queue { get; init; } = "";

        public long SinceMs { get; init; }
    }
}

/// <summary>Stores in turn, each at most once.</summary>
sealed class Ring
{
    readonly Lock _gate = new();
    readonly Queue<Guid> _turns = new();
    readonly HashSet<Guid> _members = [];
    long? _walked;

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _turns.Count == 0;
        }
    }

    public void Add(Guid store)
    {
        lock (_gate)
        {
            if (_members.Add(store))
                _turns.Enqueue(store);
        }
    }

    public Guid? Take()
    {
        lock (_gate)
        {
            if (!_turns.TryDequeue(out var store))
                return null;
            _members.Remove(store);
            return store;
        }
    }

    public bool WalkDue(TimeProvider clock, TimeSpan every)
    {
        lock (_gate)
        {
            if (_turns.Count > 0 && _walked is { } walked && clock.GetElapsedTime(walked) < every)
                return false;
            _walked = clock.GetTimestamp();
            return true;
        }
    }
}
