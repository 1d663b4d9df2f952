using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Platform.Keyring;

/// <summary>States of a generation of a store's key.</summary>
static class KekState
{
    /// <summary>Made, and shown to every node; nothing is sealed under it yet.</summary>
    public const string Staged = "staged";

    /// <summary>What new values are sealed under. One a store.</summary>
    public const string Active = "active";

    /// <summary>Opens what was sealed under it, until all of that is moved.</summary>
    public const string DecryptOnly = "decrypt_only";

    /// <summary>Destroyed: what was sealed under it is gone, in old backups too.</summary>
    public const string Retired = "retired";
}

/// <summary>Wrapped keys at rest, and what the installation says of its root key.</summary>
static class KekStore
{
    /// <summary>A number in the order of commits, for every change of a generation's state.</summary>
    const string Sequence = "keyring";

    const string Columns = "k.store_id, k.generation, k.state, k.wrapped, case when k.root = '' then i.root_fingerprint else k.root end as root, k.seq, k.wraps, k.rewrapped, k.created_ms, k.activated_ms, k.rewrapped_ms, k.retired_ms";

    /// <param name="locked">With a word of <see cref="Db"/> it stays as it is until the commit: a key that is wrapped now must not miss a change of the root key.</param>
    public static async Task<Installation> InstallationAsync(Tx tx, string locked = "") =>
        await tx.OneAsync<Installation>($"select root_fingerprint, root_next, root_kdf from installation where one = 1 {locked}") ?? new();

    public static Task<KekRow?> FindAsync(Tx tx, Guid storeId, long generation, string locked = "") =>
        tx.OneAsync<KekRow>(
            $"select {Columns} from keks k cross join installation i where k.store_id = @storeId and k.generation = @generation {(locked.Length > 0 ? locked + " of k" : "")}",
            new { storeId, generation });

    /// <summary>All generations of a store, newest first.</summary>
    public static Task<IReadOnlyList<KekRow>> OfStoreAsync(Tx tx, Guid storeId) =>
        tx.QueryAsync<KekRow>($"select {Columns} from keks k cross join installation i where k.store_id = @storeId order by k.generation desc", new { storeId });

    /// <summary>What changed after a number, in order.</summary>
    public static Task<IReadOnlyList<KekRow>> ChangedAsync(Tx tx, long after) =>
        tx.QueryAsync<KekRow>($"select {Columns} from keks k cross join installation i where k.seq > @after order by k.seq", new { after });

    /// <summary>Keys that another root key wrapped, in the order of their key, after one.</summary>
    public static Task<IReadOnlyList<KekRow>> UnderOtherRootAsync(Tx tx, string root, Guid store, long generation, int limit) =>
        tx.QueryAsync<KekRow>(
            $"""
            select {Columns} from keks k cross join installation i
            where k.root <> @root and k.wrapped is not null and (k.store_id, k.generation) > (@store, @generation)
            order by k.store_id, k.generation limit @limit
            """,
            new { root, store, generation, limit });

    /// <summary>The generation to seal under; it stays usable until the commit. Null where the store has no key yet.</summary>
    public static async Task<long?> ActiveAsync(Tx tx, Guid storeId)
    {
        var sql = $"select generation from keks where store_id = @storeId and state = '{KekState.Active}' and generation > 0 {tx.Db.ForShare}";
        // Who waited here for a change to commit sees the old row gone and not yet the new one: the second look has a snapshot of its own.
        return await tx.ScalarAsync<long?>(sql, new { storeId }) ?? await tx.ScalarAsync<long?>(sql, new { storeId });
    }

    public static Task<int> AddAsync(Tx tx, Guid storeId, long generation, string state, byte[] wrapped, string root, long seq) =>
        tx.ExecuteAsync(
            $"""
            insert into keks (store_id, generation, state, wrapped, root, seq, created_ms, activated_ms)
            values (@storeId, @generation, @state, @wrapped, @root, @seq, {tx.Db.Now}, {(state == KekState.Active ? tx.Db.Now : "null")})
            on conflict do nothing
            """,
            new { storeId, generation, state, wrapped, root, seq });

    public static Task<long> NextSeqAsync(Tx tx) => tx.NextAsync(Ids.SystemStore, Sequence);

    /// <summary>Names of the nodes that live and have not followed up to a change.</summary>
    public static Task<IReadOnlyList<string>> BehindAsync(Tx tx, long seq) =>
        tx.QueryAsync<string>($"select name from nodes where seen_ms > {tx.Db.Now} - @silent and keyring_seq < @seq order by name", new { silent = (long)Node.Silent.TotalMilliseconds, seq });

    public static Task<IReadOnlyList<NodeRow>> NodesAsync(Tx tx) =>
        tx.QueryAsync<NodeRow>(
            $"select name, roots, keyring_seq, case when seen_ms > {tx.Db.Now} - @silent then 0 else 1 end as silent from nodes order by name, id",
            new { silent = (long)Node.Silent.TotalMilliseconds });
}

sealed record Installation
{
    public string RootFingerprint { get; init; } = "";

    public string RootNext { get; init; } = "";

    public string RootKdf { get; init; } = "";

    /// <summary>What new keys are wrapped by: while the root key is being replaced, the next one.</summary>
    public string Wraps => RootNext.Length > 0 ? RootNext : RootFingerprint;
}

sealed record KekRow
{
    public Guid StoreId { get; init; }

    public long Generation { get; init; }

    public string State { get; init; } = "";

    public byte[]? Wrapped { get; init; }

    /// <summary>Fingerprint of the root key that wrapped it.</summary>
    public string Root { get; init; } = "";

    public long Seq { get; init; }

    public long Wraps { get; init; }

    public long Rewrapped { get; init; }

    public long CreatedMs { get; init; }

    public long? ActivatedMs { get; init; }

    public long? RewrappedMs { get; init; }

    public long? RetiredMs { get; init; }
}

sealed record NodeRow
{
    public string Name { get; init; } = "";

    public string Roots { get; init; } = "";

    public long KeyringSeq { get; init; }

    public bool Silent { get; init; }
}
