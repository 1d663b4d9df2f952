using System.Collections.Concurrent;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;

namespace MesChain.Server.Queue;

/// <summary>Queues at rest: their policies and how full they are.</summary>
public sealed class QueueStore
{
    const string Columns = "name, lease_ms, attempts_max, backoff_base_ms, backoff_cap_ms, dedupe_ms, depth_max, fifo_lanes";

    // A policy never changes once written, so what was read stays true.
    readonly ConcurrentDictionary<(Guid Store, string Name), QueuePolicy> _known = new();

    /// <summary>Writes the policy unless the queue exists. Answers what stands.</summary>
    public async Task<QueuePolicy> EnsureAsync(Tx tx, Guid storeId, QueuePolicy policy)
    {
        if (_known.TryGetValue((storeId, policy.Name), out var known))
            return known;
        var made = await tx.ExecuteAsync(
            $"""
            insert into queues (store_id, {Columns}, created_ms)
            values (@storeId, @name, @leaseMs, @attemptsMax, @backoffBaseMs, @backoffCapMs, @dedupeMs, @depthMax, @fifoLanes, {tx.Db.Now})
            on conflict (store_id, name) do nothing
            """,
            new
            {
                storeId,
                name = policy.Name,
                leaseMs = (long)policy.Lease.TotalMilliseconds,
                attemptsMax = policy.AttemptsMax,
                backoffBaseMs = (long)policy.BackoffBase.TotalMilliseconds,
                backoffCapMs = (long)policy.BackoffCap.TotalMilliseconds,
                dedupeMs = (long)policy.DedupeWindow.TotalMilliseconds,
                depthMax = policy.DepthMax,
                fifoLanes = policy.FifoLanes,
            });
        return made == 1 ? policy : await PolicyAsync(tx, storeId, policy.Name);
    }

    /// <exception cref="UnknownResourceException">There is no such queue.</exception>
    public async Task<QueuePolicy> PolicyAsync(Tx tx, Guid storeId, string name)
    {
        if (_known.TryGetValue((storeId, name), out var known))
            return known;
        var row = await tx.OneAsync<PolicyRow>($"select {Columns} from queues where store_id = @storeId and name = @name", new { storeId, name })
            ?? throw new UnknownResourceException("queue", name);
        var policy = row.ToPolicy();
        // Remembered only once the row is surely there: this may be the transaction that wrote it.
        tx.OnCommit(() => _known.TryAdd((storeId, name), policy));
        return policy;
    }

    /// <summary>A key that is bound to no store may name one that does not exist.</summary>
    /// <exception cref="UnknownResourceException">There is no such store.</exception>
    public async Task RequireStoreAsync(Tx tx, Guid storeId)
    {
        if (storeId != Ids.SystemStore && await tx.ScalarAsync<long>("select count(*) from stores where id = @storeId", new { storeId }) == 0)
            throw new UnknownResourceException("store", storeId.ToWire());
    }

    public async Task<QueueStatus> GetAsync(Tx tx, Guid storeId, string name) => await StatusAsync(tx, storeId, await PolicyAsync(tx, storeId, name));

    /// <summary>The store's queues by name, after <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<QueueStatus>> ListAsync(Tx tx, Guid storeId, string after, int limit)
    {
        var rows = await tx.QueryAsync<PolicyRow>(
            $"select {Columns} from queues where store_id = @storeId and name > @after order by name limit @limit",
            new { storeId, after, limit });
        var answer = new List<QueueStatus>(rows.Count);
        foreach (var row in rows)
            answer.Add(await StatusAsync(tx, storeId, row.ToPolicy()));
        return answer;
    }

    static async Task<QueueStatus> StatusAsync(Tx tx, Guid storeId, QueuePolicy policy)
    {
        // One count for each partial index; what is due but not yet promoted counts as ready.
        var counts = await tx.OneAsync<CountRow>(
            $"""
            select
                (select count(*) from messages where store_id = @storeId and queue = @name and state = {State.Ready} and lane is null)
                + (select count(*) from messages where store_id = @storeId and queue = @name and state = {State.Ready} and lane is not null) as ready,
                (select count(*) from messages where store_id = @storeId and queue = @name and state = {State.Scheduled} and due_ms <= {tx.Db.Now}) as due,
                (select count(*) from messages where store_id = @storeId and queue = @name and state = {State.Scheduled} and due_ms > {tx.Db.Now}) as scheduled,
                (select count(*) from messages where store_id = @storeId and queue = @name and state = {State.Leased}) as leased,
                (select count(*) from messages where store_id = @storeId and queue = @name and state = {State.Dead}) as dead,
                (select min(due_ms) from messages where store_id = @storeId and queue = @name and state in ({State.Scheduled}, {State.Ready}) and due_ms <= {tx.Db.Now}) as oldest_ms
            """,
            new { storeId, name = policy.Name });
        return new(policy, counts!.Ready + counts.Due, counts.Scheduled, counts.Leased, counts.Dead, counts.OldestMs);
    }

    sealed class CountRow
    {
        public long Ready { get; init; }

        public long Due { get; init; }

        public long Scheduled { get; init; }

        public long Leased { get; init; }

        public long Dead { get; init; }

        public long? OldestMs { get; init; }
    }

    sealed class PolicyRow
    {
        public string Name { get; init; } = "";

        public long LeaseMs { get; init; }

        public int AttemptsMax { get; init; }

        public long BackoffBaseMs { get; init; }

        public long BackoffCapMs { get; init; }

        public long DedupeMs { get; init; }

        public long DepthMax { get; init; }

        public bool FifoLanes { get; init; }

        public QueuePolicy ToPolicy() => new(Name)
        {
            Lease = TimeSpan.FromMilliseconds(LeaseMs),
            AttemptsMax = AttemptsMax,
            BackoffBase = TimeSpan.FromMilliseconds(BackoffBaseMs),
            BackoffCap = TimeSpan.FromMilliseconds(BackoffCapMs),
            DedupeWindow = TimeSpan.FromMilliseconds(DedupeMs),
            DepthMax = DepthMax,
            FifoLanes = FifoLanes,
        };
    }
}

/// <summary>A queue as it stands.</summary>
public sealed record QueueStatus(QueuePolicy Policy, long Ready, long Scheduled, long Leased, long Dead, long? OldestMs);
