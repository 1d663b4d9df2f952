using MesChain.Server.Platform.Data;

namespace MesChain.Server.Platform.Keys;

/// <summary>API keys at rest. A global table: a key is known before its store is.</summary>
public sealed class ApiKeyStore(Db db)
{
    const string Columns = "id, name, store_id, scopes, secret_hash, created_ms, expires_ms, revoked_ms, rotation, rotated_ms, previous_hash, previous_until_ms, used_ms";

    public Task<(ApiKey? Key, long NowMs)> FindAsync(string id, CancellationToken cancel) =>
        db.ReadAsync(async tx => (await FindAsync(tx, id), await tx.NowMsAsync()), cancel);

    public Task<ApiKey?> FindAsync(Tx tx, string id) => tx.OneAsync<ApiKey>($"select {Columns} from api_keys where id = @id", new { id });

    public Task<bool> AnyAsync(CancellationToken cancel) =>
        db.ReadAsync(async tx => await tx.ScalarAsync<long>("select count(*) from api_keys") > 0, cancel);

    public Task AddAsync(Tx tx, ApiKey key) =>
        tx.ExecuteAsync(
            $"""
            insert into api_keys (id, name, store_id, scopes, secret_hash, created_ms, expires_ms)
            values (@Id, @Name, @StoreId, @Scopes, @SecretHash, {tx.Db.Now}, @ExpiresMs)
            """,
            key);

    /// <summary>
    /// Makes sure that a key given from outside opens this database. One that was revoked here stays revoked, and one that was rotated
    /// here keeps its new secret: what is outside may be the very secret that had to be replaced.
    /// </summary>
    public Task PutAsync(ApiKey key, CancellationToken cancel) =>
        db.WriteAsync(
            tx => tx.ExecuteAsync(
                $"""
                insert into api_keys (id, name, store_id, scopes, secret_hash, created_ms)
                values (@Id, @Name, @StoreId, @Scopes, @SecretHash, {tx.Db.Now})
                on conflict (id) do update set secret_hash = excluded.secret_hash where api_keys.rotation = 0
                """,
                key),
            cancel);

    /// <summary>Newest first, after the given key; <paramref name="store"/> narrows to the keys of one store.</summary>
    public Task<IReadOnlyList<ApiKey>> ListAsync(Guid? store, long beforeMs, string afterId, int limit, CancellationToken cancel) =>
        db.ReadAsync(
            tx => tx.QueryAsync<ApiKey>(
                $"""
                select {Columns} from api_keys
                where (created_ms < @beforeMs or (created_ms = @beforeMs and id > @afterId)) {(store is null ? "" : "and store_id = @store")}
                order by created_ms desc, id
                limit @limit
                """,
                new { store, beforeMs, afterId, limit }),
            cancel);

    /// <summary>Replaces the secret; the one before opens for <paramref name="grace"/> longer.</summary>
    public Task RotateAsync(Tx tx, string id, byte[] secretHash, TimeSpan grace) =>
        tx.ExecuteAsync(
            $"""
            update api_keys set previous_hash = secret_hash, previous_until_ms = {tx.Db.Now} + @graceMs, secret_hash = @secretHash, rotation = rotation + 1, rotated_ms = {tx.Db.Now}
            where id = @id
            """,
            new { id, secretHash, graceMs = (long)grace.TotalMilliseconds });

    public Task UsedAsync(Tx tx, string id, long hourMs) =>
        tx.ExecuteAsync("update api_keys set used_ms = @hourMs where id = @id and coalesce(used_ms, 0) < @hourMs", new { id, hourMs });

    public Task<int> RevokeAsync(Tx tx, string id) =>
        tx.ExecuteAsync($"update api_keys set revoked_ms = {tx.Db.Now} where id = @id and revoked_ms is null", new { id });
}
