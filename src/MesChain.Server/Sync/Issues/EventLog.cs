using System.Text.Json;
using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Sync.Issues;

/// <summary>What happened, in the order of commits: the source of WatchEvents.</summary>
public sealed class EventLog(ISignal signal)
{
    static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>(StringComparer.Ordinal);

    static readonly RowSet<(long Seq, NewEvent Event)> Rows = new RowSet<(long Seq, NewEvent Event)>()
        .Number("seq", row => row.Seq)
        .Text("subject", row => row.Event.Subject)
        .Text("params", row => JsonSerializer.Serialize(row.Event.Values ?? None));

    /// <summary>Appends as part of the caller's fact; watchers are woken after the commit.</summary>
    /// <param name="values">For people. No personal data.</param>
    public Task AppendAsync(Tx tx, Guid storeId, string kind, Guid? connectionId, string subject, IReadOnlyDictionary<string, string>? values = null) =>
        AppendAsync(tx, storeId, kind, connectionId, [new(subject, values)]);

    /// <summary>Many of one kind, in their order.</summary>
    public async Task AppendAsync(Tx tx, Guid storeId, string kind, Guid? connectionId, IReadOnlyList<NewEvent> happened)
    {
        if (happened.Count == 0)
            return;
        var first = await tx.NextAsync(storeId, "events", happened.Count) - happened.Count + 1;
        await tx.ExecuteAsync(
            $"""
            insert into events (store_id, kind, connection_id, at_ms, {Rows.Names})
            select @storeId, @kind, @connectionId, {tx.Db.Now}, {Rows.Names} from {Rows.Given(tx.Db)}
            """,
            Rows.Arguments(tx.Db, [.. happened.Select((one, i) => (first + i, one))], new { storeId, kind, connectionId }));
        tx.OnCommit(() => signal.Raise(Topic(storeId)));
    }

    /// <summary>The signal that wakes a store's watchers.</summary>
    public static string Topic(Guid storeId) => "events:" + storeId.ToWire();
}

/// <param name="Values">For people. No personal data.</param>
public sealed record NewEvent(string Subject, IReadOnlyDictionary<string, string>? Values = null);
