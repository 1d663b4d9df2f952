using System.Text.Json;
using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Sync.Issues;

/// <summary>What happened, in the order of commits: the source of WatchEvents.</summary>
public sealed class EventLog(ISignal signal)
{
    /// <summary>Appends as part of the caller's fact; watchers are woken after the commit.</summary>
    /// <param name="values">For people. No personal data.</param>
    public async Task AppendAsync(Tx tx, Guid storeId, string kind, Guid? connectionId, string subject, IReadOnlyDictionary<string, string>? values = null)
    {
        await tx.ExecuteAsync(
            $"""
            insert into events (store_id, seq, kind, connection_id, subject, params, at_ms)
            values (@storeId, @seq, @kind, @connectionId, @subject, @values, {tx.Db.Now})
            """,
            new
            {
                storeId,
                seq = await tx.NextAsync(storeId, "events"),
                kind,
                connectionId,
                subject,
                values = JsonSerializer.Serialize(values ?? new Dictionary<string, string>(StringComparer.Ordinal)),
            });
        tx.OnCommit(() => signal.Raise(Topic(storeId)));
    }

    /// <summary>The signal that wakes a store's watchers.</summary>
    public static string Topic(Guid storeId) => "events:" + storeId.ToWire();
}
