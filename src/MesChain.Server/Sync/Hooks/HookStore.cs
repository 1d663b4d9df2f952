using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Hooks;

/// <summary>Hooks at rest, and what a call to one does.</summary>
public sealed class HookStore(Nudges nudges)
{
    /// <summary>However many calls come, orders are read at most once in this time because of them.</summary>
    const long ReadEveryMs = 2_000;

    const long MinuteMs = 60_000;

    const string Columns = "store_id, connection_id, secret_hash, password_hash, woken_ms";

    /// <summary>Null when the connection has none. Ids of connections are unique over all stores.</summary>
    public Task<Hook?> FindAsync(Tx tx, Guid connectionId) =>
        tx.OneAsync<Hook>($"select {Columns} from connection_hooks where connection_id = @connectionId", new { connectionId });

    /// <summary>Before it is registered: whatever becomes of the request, the list of the marketplace tells later whether this one is there.</summary>
    public Task BeginAsync(Tx tx, Guid storeId, Guid connectionId, HookSecrets secrets) =>
        tx.ExecuteAsync(
            """
            insert into connection_hooks (store_id, connection_id, secret_hash, password_hash) values (@storeId, @connectionId, @secret, @password)
            on conflict (store_id, connection_id) do update set secret_hash = excluded.secret_hash, password_hash = excluded.password_hash, woken_ms = null
            """,
            new { storeId, connectionId, secret = HookSecrets.Hash(secrets.Secret), password = HookSecrets.Hash(secrets.Password) });

    public Task ForgetAsync(Tx tx, Guid storeId, Guid connectionId) =>
        tx.ExecuteAsync("delete from connection_hooks where store_id = @storeId and connection_id = @connectionId", new { storeId, connectionId });

    public Task WokenAsync(Tx tx, Guid storeId, Guid connectionId) =>
        tx.ExecuteAsync($"update connection_hooks set woken_ms = {tx.Db.Now} where store_id = @storeId and connection_id = @connectionId", new { storeId, connectionId });

    public Task AwakeAsync(Tx tx, Guid storeId, Guid connectionId) =>
        tx.ExecuteAsync("update connection_hooks set woken_ms = null where store_id = @storeId and connection_id = @connectionId and woken_ms is not null", new { storeId, connectionId });

    /// <summary>
    /// The marketplace told something: the connection's orders are read soon. That this will happen is on disk before it is answered; what
    /// was told is not kept, for only a reading counts.
    /// </summary>
    public async Task HeardAsync(Tx tx, Hook hook)
    {
        var now = await tx.NowMsAsync();
        await tx.ExecuteAsync(
            "update connection_hooks set heard_ms = @now where store_id = @StoreId and connection_id = @ConnectionId and coalesce(heard_ms, 0) <= @now - @MinuteMs",
            new { hook.StoreId, hook.ConnectionId, now, MinuteMs });
        var read = await tx.ScalarAsync<long?>(
            "select orders_read_started_ms from connections where store_id = @StoreId and id = @ConnectionId", new { hook.StoreId, hook.ConnectionId });
        await nudges.SendAsync(
            tx, hook.StoreId, hook.ConnectionId, JobKinds.PullOrders, TimeSpan.FromMilliseconds(Math.Clamp((read ?? 0) + ReadEveryMs - now, 0, ReadEveryMs)));
    }
}
