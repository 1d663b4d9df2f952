using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keyring;

namespace MesChain.Server.Secret;

/// <summary>Secrets at rest: names, labels, versions, envelopes. Knows nothing of keys.</summary>
static class SecretStore
{
    /// <summary>Where the values are. One that was destroyed is empty.</summary>
    public static readonly SealedColumn Envelopes = SealedColumn.Secrets("secret_versions", "envelope", "secret_id", "version");

    const string Columns = "id, path, mac, version, current_version, previous_version, pending_version, updated_ms, deleted_ms, purge_ms";

    /// <summary>The secret of that name, deleted or not; null when there is none.</summary>
    public static Task<SecretRow?> FindAsync(Tx tx, Guid storeId, string path, bool toChange = false) =>
        tx.OneAsync<SecretRow>($"select {Columns} from secrets where store_id = @storeId and path = @path {(toChange ? tx.Db.ForUpdate : "")}", new { storeId, path });

    /// <summary>Names in the order of their uuids, after one.</summary>
    public static Task<IReadOnlyList<SecretRow>> NamesAsync(Tx tx, Guid storeId, Guid after, int limit) =>
        tx.QueryAsync<SecretRow>($"select {Columns} from secrets where store_id = @storeId and id > @after order by id limit @limit", new { storeId, after, limit });

    /// <summary>Takes a name, with no version yet. False when somebody else was faster.</summary>
    public static async Task<bool> AddAsync(Tx tx, Guid storeId, string path, Guid id, byte[] mac) =>
        await tx.ExecuteAsync(
            $"""
            insert into secrets (store_id, path, id, mac, version, created_ms, updated_ms) values (@storeId, @path, @id, @mac, 0, {tx.Db.Now}, {tx.Db.Now})
            on conflict (store_id, path) do nothing
            """,
            new { storeId, path, id, mac }) == 1;

    /// <summary>Stores a version and says in the secret's row how it stands then.</summary>
    public static async Task AddVersionAsync(Tx tx, Guid storeId, SecretRow after, NewSecret secret, byte[] envelope)
    {
        await tx.ExecuteAsync(
            $"""
            insert into secret_versions (store_id, secret_id, version, envelope, expire_ms, not_before_ms, advisory, created_ms)
            values (@storeId, @Id, @Version, @envelope, @ExpireMs, @NotBeforeMs, @Advisory, {tx.Db.Now})
            """,
            new { storeId, after.Id, after.Version, envelope, secret.ExpireMs, secret.NotBeforeMs, secret.Advisory });
        await SaveAsync(tx, storeId, after);
    }

    /// <summary>Writes everything of a secret that changes.</summary>
    public static Task SaveAsync(Tx tx, Guid storeId, SecretRow row) =>
        tx.ExecuteAsync(
            $"""
            update secrets
            set version = @Version, current_version = @CurrentVersion, previous_version = @PreviousVersion, pending_version = @PendingVersion,
                deleted_ms = @DeletedMs, purge_ms = @PurgeMs, updated_ms = {tx.Db.Now}
            where store_id = @storeId and id = @Id
            """,
            new { storeId, row.Id, row.Version, row.CurrentVersion, row.PreviousVersion, row.PendingVersion, row.DeletedMs, row.PurgeMs });

    /// <summary>Removes versions beyond the newest <paramref name="keep"/>, except those that have a label.</summary>
    public static Task PruneAsync(Tx tx, Guid storeId, SecretRow row, int keep) =>
        tx.ExecuteAsync(
            "delete from secret_versions where store_id = @storeId and secret_id = @Id and version <= @Version - @keep and version not in (@CurrentVersion, @PreviousVersion, @PendingVersion)",
            new { storeId, row.Id, row.Version, row.CurrentVersion, row.PreviousVersion, row.PendingVersion, keep });

    public static Task<VersionRow?> VersionAsync(Tx tx, Guid storeId, Guid id, long version, bool toChange = false) =>
        tx.OneAsync<VersionRow>(
            $"select {VersionRow.Columns(tx)} from secret_versions where store_id = @storeId and secret_id = @id and version = @version {(toChange ? tx.Db.ForUpdate : "")}",
            new { storeId, id, version });

    /// <summary>Newest first, before a version.</summary>
    public static Task<IReadOnlyList<VersionRow>> VersionsAsync(Tx tx, Guid storeId, Guid id, long before, int limit) =>
        tx.QueryAsync<VersionRow>(
            $"select {VersionRow.Columns(tx)} from secret_versions where store_id = @storeId and secret_id = @id and version < @before order by version desc limit @limit",
            new { storeId, id, before, limit });

    public static Task SetStateAsync(Tx tx, Guid storeId, Guid id, long version, string state, long? destroyMs) =>
        tx.ExecuteAsync(
            "update secret_versions set state = @state, destroy_ms = @destroyMs where store_id = @storeId and secret_id = @id and version = @version",
            new { storeId, id, version, state, destroyMs });

    /// <summary>The value goes; what is known without it stays.</summary>
    public static Task DestroyAsync(Tx tx, Guid storeId, Guid id, long version) =>
        tx.ExecuteAsync(
            $"update secret_versions set state = '{VersionRow.Destroyed}', envelope = @nothing, destroy_ms = null where store_id = @storeId and secret_id = @id and version = @version",
            new { storeId, id, version, nothing = Array.Empty<byte>() });

    /// <summary>Versions whose time to be destroyed has come.</summary>
    public static Task<IReadOnlyList<DueRow>> DueVersionsAsync(Tx tx, int limit) =>
        tx.QueryAsync<DueRow>($"select store_id, secret_id as id, version from secret_versions where destroy_ms <= {tx.Db.Now} order by destroy_ms limit @limit {tx.Db.SkipLocked}", new { limit });

    /// <summary>Deleted secrets whose time to go has come.</summary>
    public static Task<IReadOnlyList<DueRow>> DueSecretsAsync(Tx tx, int limit) =>
        tx.QueryAsync<DueRow>($"select store_id, id, version from secrets where purge_ms <= {tx.Db.Now} order by purge_ms limit @limit {tx.Db.SkipLocked}", new { limit });

    /// <summary>True for the first reading of the hour.</summary>
    public static async Task<bool> MarkReadAsync(Tx tx, Guid storeId, Guid id, long version, long hour) =>
        await tx.ExecuteAsync(
            "update secret_versions set read_hour = @hour where store_id = @storeId and secret_id = @id and version = @version and read_hour < @hour",
            new { storeId, id, version, hour }) == 1;

    /// <summary>Secret and versions go, with everything that is known of them.</summary>
    public static Task DeleteAsync(Tx tx, Guid storeId, Guid id) =>
        tx.ExecuteAsync("delete from secrets where store_id = @storeId and id = @id", new { storeId, id });

    /// <summary>Names by path, after <paramref name="after"/>.</summary>
    public static Task<IReadOnlyList<SecretInfo>> ListAsync(Tx tx, Guid storeId, string prefix, string after, bool deleted, int limit) =>
        // A comparison by substr, not LIKE: '_' is an ordinary character of a path.
        tx.QueryAsync<SecretInfo>(
            $"""
            select s.path, s.version, s.updated_ms, v.expire_ms, s.current_version, s.previous_version, s.pending_version, s.deleted_ms, s.purge_ms
            from secrets s join secret_versions v on v.store_id = s.store_id and v.secret_id = s.id and v.version = s.version
            where s.store_id = @storeId and s.path > @after and substr(s.path, 1, length(@prefix)) = @prefix and s.deleted_ms is {(deleted ? "not null" : "null")}
            order by s.path limit @limit
            """,
            new { storeId, prefix, after, limit });
}

sealed record SecretRow
{
    public Guid Id { get; init; }

    public string Path { get; init; } = "";

    public byte[] Mac { get; init; } = [];

    /// <summary>The newest.</summary>
    public long Version { get; init; }

    /// <summary>The version that has the label; 0 is none. The same for the other labels.</summary>
    public long CurrentVersion { get; init; }

    public long PreviousVersion { get; init; }

    public long PendingVersion { get; init; }

    public long UpdatedMs { get; init; }

    public long? DeletedMs { get; init; }

    public long? PurgeMs { get; init; }
}

sealed record VersionRow
{
    public const string Enabled = "enabled";
    public const string Disabled = "disabled";
    public const string Destroyed = "destroyed";

    public static string Columns(Tx tx) => $"version, state, envelope, not_before_ms, expire_ms, advisory, destroy_ms, created_ms, read_hour, {tx.Db.Now} as now_ms";

    public long Version { get; init; }

    public string State { get; init; } = "";

    public byte[] Envelope { get; init; } = [];

    public long? NotBeforeMs { get; init; }

    public long? ExpireMs { get; init; }

    /// <summary>Outside of its times it is answered with a warning.</summary>
    public bool Advisory { get; init; }

    public long? DestroyMs { get; init; }

    public long CreatedMs { get; init; }

    public long ReadHour { get; init; }

    public long NowMs { get; init; }
}

sealed record DueRow
{
    public Guid StoreId { get; init; }

    public Guid Id { get; init; }

    public long Version { get; init; }
}

/// <summary>What is known of a secret without its value.</summary>
sealed record SecretInfo
{
    public string Path { get; init; } = "";

    public long Version { get; init; }

    public long UpdatedMs { get; init; }

    public long? ExpireMs { get; init; }

    public long CurrentVersion { get; init; }

    public long PreviousVersion { get; init; }

    public long PendingVersion { get; init; }

    public long? DeletedMs { get; init; }

    public long? PurgeMs { get; init; }

    public static SecretInfo Of(SecretRow row, long? expireMs) => new()
    {
        Path = row.Path, Version = row.Version, UpdatedMs = row.UpdatedMs, ExpireMs = expireMs, CurrentVersion = row.CurrentVersion, PreviousVersion = row.PreviousVersion,
        PendingVersion = row.PendingVersion, DeletedMs = row.DeletedMs, PurgeMs = row.PurgeMs,
    };
}
