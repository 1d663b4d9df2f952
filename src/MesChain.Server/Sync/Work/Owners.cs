using MesChain.Server.Platform.Data;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Sync.Work;

/// <summary>
/// Which node runs a connection: a lease by the database's clock, and an epoch that grows with every change of hands. A node
/// that was away longer than it knows finds another epoch in the row, and nothing that it still writes stands.
/// </summary>
public sealed class Owners(Db db, TimeProvider clock, IOptions<SyncOptions> options)
{
    /// <summary>This process, not this machine: a restarted one is another.</summary>
    public Guid Node { get; } = Ids.New(clock);

    /// <summary>Takes or prolongs the ownership of a connection.</summary>
    /// <returns>The epoch; null when another node holds it.</returns>
    public Task<long?> TakeAsync(Guid storeId, Guid connectionId, CancellationToken cancel) =>
        db.WriteAsync(tx => TakeAsync(tx, storeId, connectionId), cancel);

    async Task<long?> TakeAsync(Tx tx, Guid storeId, Guid connectionId) =>
        await tx.ScalarAsync<long?>(
            // An embedded database has one process (its folder is locked), so what another one left behind is nobody's.
            $"""
            insert into connection_owner (store_id, connection_id, owner, epoch, until_ms) values (@storeId, @connectionId, @Node, 1, {tx.Db.Now} + @leaseMs)
            on conflict (store_id, connection_id) do update
            set epoch = case when connection_owner.owner = excluded.owner then connection_owner.epoch else connection_owner.epoch + 1 end,
                owner = excluded.owner, until_ms = excluded.until_ms
            where connection_owner.owner = excluded.owner or connection_owner.until_ms <= {tx.Db.Now} or @embedded
            returning epoch
            """,
            new { storeId, connectionId, Node, leaseMs = (long)options.Value.OwnerLease.TotalMilliseconds, embedded = tx.Db.Engine == Engine.Sqlite });

    /// <summary>Throws when the connection is no longer held under this epoch; locks the row, so that it cannot change hands before the commit.</summary>
    public async Task DemandAsync(Tx tx, Guid storeId, Guid connectionId, long epoch)
    {
        var held = await tx.ScalarAsync<long?>(
            $"select epoch from connection_owner where store_id = @storeId and connection_id = @connectionId and owner = @Node and epoch = @epoch {tx.Db.ForUpdate}",
            new { storeId, connectionId, Node, epoch });
        if (held is null)
            throw new OwnerLostException();
    }

    /// <summary>Lets other nodes take over at once; the last act of a graceful stop.</summary>
    public Task GiveBackAsync(CancellationToken cancel) =>
        db.WriteAsync(tx => tx.ExecuteAsync("update connection_owner set until_ms = 0 where owner = @Node", new { Node }), cancel);
}

/// <summary>The connection runs elsewhere now: the job ends, and the owner does it.</summary>
public sealed class OwnerLostException() : Exception("The connection has changed hands.");
