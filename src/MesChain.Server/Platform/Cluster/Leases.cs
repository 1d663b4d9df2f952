using System.Collections.Concurrent;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Platform.Cluster;

/// <summary>
/// "Only one node does this": named leases in the database. Embedded there is one node, so every lease is granted without a write.
/// A lease is no lock: what its holder does must bear that another one has begun already.
/// </summary>
public sealed class Leases(Db db, TimeProvider clock)
{
    readonly Guid _owner = Ids.New(clock);
    readonly ConcurrentDictionary<string, long> _renewed = new(StringComparer.Ordinal);

    /// <summary>Takes or keeps a lease; false while another node has it. Writes only once a third of its length has passed.</summary>
    public async Task<bool> HoldAsync(string name, TimeSpan length, CancellationToken cancel)
    {
        if (db.Engine == Engine.Sqlite)
            return true;
        if (_renewed.TryGetValue(name, out var renewed) && clock.GetElapsedTime(renewed) < length / 3)
            return true;

        var asked = clock.GetTimestamp();
        var held = await db.WriteAsync(
            tx => tx.ExecuteAsync(
                $"""
                insert into leases (store_id, name, owner, epoch, until_ms) values (@storeId, @name, @owner, 1, {tx.Db.Now} + @lengthMs)
                on conflict (store_id, name) do update set
                    owner = excluded.owner,
                    epoch = case when leases.owner = excluded.owner then leases.epoch else leases.epoch + 1 end,
                    until_ms = excluded.until_ms
                where leases.owner = excluded.owner or leases.until_ms <= {tx.Db.Now}
                """,
                new { storeId = Ids.SystemStore, name, owner = _owner, lengthMs = (long)length.TotalMilliseconds }),
            cancel) == 1;
        if (held)
            _renewed[name] = asked;
        else
            _renewed.TryRemove(name, out _);
        return held;
    }

    /// <summary>Lets the next node begin at once, at a graceful stop.</summary>
    public async Task ReleaseAsync(string name, CancellationToken cancel)
    {
        if (_renewed.TryRemove(name, out _))
        {
            await db.WriteAsync(
                tx => tx.ExecuteAsync("delete from leases where store_id = @storeId and name = @name and owner = @owner", new { storeId = Ids.SystemStore, name, owner = _owner }),
                cancel);
        }
    }
}
