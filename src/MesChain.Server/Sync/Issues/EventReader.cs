using System.Runtime.CompilerServices;
using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Sync.Issues;

/// <summary>Follows a store's events. Nothing is missed: a step is taken only after what lies before it was read from the database.</summary>
public sealed class EventReader(Db db, ISignal signal, IOptions<SyncOptions> options, TimeProvider clock)
{
    const int PageMax = 200;

    /// <summary>
    /// Everything after <paramref name="from"/> (null: after now), then what happens. The first item comes at once and says where
    /// the stream stands; an item without an event is a heartbeat.
    /// </summary>
    /// <exception cref="CursorExpiredException">The cursor is of another database, or older than what is kept.</exception>
    public async IAsyncEnumerable<EventStep> FollowAsync(Guid storeId, EventCursor? from, [EnumeratorCancellation] CancellationToken cancel)
    {
        var position = await db.ReadAsync(tx => StartAsync(tx, storeId, from), cancel);
        yield return new(null, position.ToWire());

        var told = clock.GetTimestamp();
        Task? bell = null;
        while (!cancel.IsCancellationRequested)
        {
            // Asked for before looking: what is raised from here on is not missed.
            bell ??= signal.WaitAsync(EventLog.Topic(storeId), Longest(clock.GetElapsedTime(told)), cancel);
            var rows = await db.ReadAsync(tx => NextAsync(tx, storeId, position.Seq), cancel);
            foreach (var row in rows)
            {
                position = position with { Seq = row.Seq };
                yield return new(row, position.ToWire());
                told = clock.GetTimestamp();
            }

            if (rows.Count > 0)
                continue;
            if (clock.GetElapsedTime(told) >= options.Value.EventHeartbeat)
            {
                yield return new(null, position.ToWire());
                told = clock.GetTimestamp();
            }

            await bell;
            bell = null;
        }
    }

    /// <summary>No longer than to the next heartbeat, nor than a lost wake-up may cost.</summary>
    TimeSpan Longest(TimeSpan silent)
    {
        var left = options.Value.EventHeartbeat - silent;
        return left <= TimeSpan.Zero || left > options.Value.EventPoll ? options.Value.EventPoll : left;
    }

    static async Task<EventCursor> StartAsync(Tx tx, Guid storeId, EventCursor? from)
    {
        var incarnation = await tx.OneAsync<Guid>("select incarnation from installation");
        var last = await tx.ScalarAsync<long>("select value from store_sequences where store_id = @storeId and name = 'events'", new { storeId });
        if (from is not { } cursor)
            return new(incarnation, last);

        // Numbers have no gaps, so a missing neighbour is one that was swept.
        var next = await tx.ScalarAsync<long?>("select min(seq) from events where store_id = @storeId", new { storeId }) ?? last + 1;
        return cursor.Incarnation == incarnation && cursor.Seq >= next - 1 && cursor.Seq <= last ? cursor : throw new CursorExpiredException();
    }

    static async Task<IReadOnlyList<EventRow>> NextAsync(Tx tx, Guid storeId, long after)
    {
        var rows = await tx.QueryAsync<EventRow>(
            "select seq, kind, connection_id, subject, params, at_ms from events where store_id = @storeId and seq > @after order by seq limit @PageMax",
            new { storeId, after, PageMax });
        // A reader so slow that the sweep overtook it must not skip in silence.
        return rows is [var first, ..] && first.Seq != after + 1 ? throw new CursorExpiredException() : rows;
    }
}

/// <param name="Event">Null in a heartbeat.</param>
public sealed record EventStep(EventRow? Event, string Cursor);

public sealed record EventRow
{
    public required long Seq { get; init; }

    public required string Kind { get; init; }

    public Guid? ConnectionId { get; init; }

    public required string Subject { get; init; }

    /// <summary>A JSON object of texts.</summary>
    public required string Params { get; init; }

    public long AtMs { get; init; }
}
