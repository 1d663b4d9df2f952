using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keyring;

namespace MesChain.Server.Secret;

/// <summary>Secrets at rest: names, versions, envelopes. Knows nothing of keys.</summary>
static class SecretStore
{
    /// <summary>Where the values are.</summary>
    public static readonly SealedColumn Envelopes = SealedColumn.Secrets("secret_versions", "envelope", "secret_id", "version");

    /// <summary>The secret of that name; null when there is none.</summary>
    public static Task<SecretRow?> FindAsync(Tx tx, Guid storeId, string path, bool toChange = false) =>
        tx.OneAsync<SecretRow>(
            $"select id, path, mac, version, updated_ms from secrets where store_id = @storeId and path = @path {(toChange ? tx.Db.ForUpdate : "")}",
            new { storeId, path });

    /// <summary>Names in the order of their uuids, after one.</summary>
    public static Task<IReadOnlyList<SecretRow>> NamesAsync(Tx tx, Guid storeId, Guid after, int limit) =>
        tx.QueryAsync<SecretRow>("select id, path, mac, version, updated_ms from secrets where store_id = @storeId and id > @after order by id limit @limit", new { storeId, after, limit });

    /// <summary>Takes a name, with no version yet. False when somebody else was faster.</summary>
    public static async Task<bool> AddAsync(Tx tx, Guid storeId, string path, Guid id, byte[] mac) =>
        await tx.ExecuteAsync(
            $"""
            insert into secrets (store_id, path, id, mac, version, created_ms, updated_ms) values (@storeId, @path, @id, @mac, 0, {tx.Db.Now}, {tx.Db.Now})
            on conflict (store_id, path) do nothing
            """,
            new { storeId, path, id, mac }) == 1;

    public static async Task AddVersionAsync(Tx tx, Guid storeId, Guid id, long version, byte[] envelope, long? expireMs)
    {
        var args = new { storeId, id, version, envelope, expireMs };
        await tx.ExecuteAsync(
            $"""
            insert into secret_versions (store_id, secret_id, version, envelope, expire_ms, created_ms)
            values (@storeId, @id, @version, @envelope, @expireMs, {tx.Db.Now})
            """,
            args);
        await tx.ExecuteAsync($"update secrets set version = @version, updated_ms = {tx.Db.Now} where store_id = @storeId and id = @id", args);
    }

    public static Task<VersionRow?> VersionAsync(Tx tx, Guid storeId, Guid id, long version) =>
        tx.OneAsync<VersionRow>(
            $"""
            select version, envelope, expire_ms, created_ms, read_hour, {tx.Db.Now} as now_ms from secret_versions
            where store_id = @storeId and secret_id = @id and version = @version
            """,
            new { storeId, id, version });

    /// <summary>True for the first reading of the hour.</summary>
    public static async Task<bool> MarkReadAsync(Tx tx, Guid storeId, Guid id, long version, long hour) =>
        await tx.ExecuteAsync(
            "update secret_versions set read_hour = @hour where store_id = @storeId and secret_id = @id and version = @version and read_hour < @hour",
            new { storeId, id, version, hour }) == 1;

    public static Task DeleteAsync(Tx tx, Guid storeId, Guid id) =>
        tx.ExecuteAsync("delete from secrets where store_id = @storeId and id = @id", new { storeId, id });

    /// <summary>Names by path, after <paramref name="after"/>.</summary>
    public static Task<IReadOnlyList<SecretInfo>> ListAsync(Tx tx, Guid storeId, string prefix, string after, int limit) =>
        // A comparison by substr, not LIKE: '_' is an ordinary character of a path.
        tx.QueryAsync<SecretInfo>(
            """
            select s.path, s.version, s.updated_ms, v.expire_ms
            from secrets s join secret_versions v on v.store_id = s.store_id and v.secret_id = s.id and v.version = s.version
            where s.store_id = @storeId and s.path > @after and substr(s.path, 1, length(@prefix)) = @prefix
            order by s.path limit @limit
            """,
            new { storeId, prefix, after, limit });
}

sealed class SecretRow
{
    public Guid Id { get; init; }

    public string Path { get; init; } = "";

    public byte[] Mac { get; init; } = [];

    public long Version { get; init; }

    public long UpdatedMs { get; init; }
}

sealed class VersionRow
{
    public long Version { get; init; }

    public byte[] Envelope { get; init; } = [];

    public long? ExpireMs { get; init; }

    public long CreatedMs { get; init; }

    public long ReadHour { get; init; }

    public long NowMs { get; init; }
}

/// <summary>What is known of a secret without its value.</summary>
sealed record SecretInfo
{
    public string Path { get; init; } = "";

    public long Version { get; init; }

    public long UpdatedMs { get; init; }

    public long? ExpireMs { get; init; }
}
