using MesChain.Server.Platform.Data;

namespace MesChain.Server.Queue;

/// <summary>Reads messages without leasing them, by sequence: a page never repeats one and never skips one that was there throughout (Q-42).</summary>
sealed class BrowseStore(QueueStore queues)
{
    public async Task<IReadOnlyList<MessageRow>> PageAsync(Tx tx, Guid storeId, Browse browse)
    {
        var policy = await queues.PolicyAsync(tx, storeId, browse.Queue);
        var state = browse.States.Length == 0 ? "" : $"and state in ({string.Join(", ", browse.States)})";
        var lane = browse.Lane.Length == 0 ? "" : "and lane = @lane";
        return await tx.QueryAsync<MessageRow>(
            $"""
            select {MessageRow.Columns} from messages
            where store_id = @storeId and queue = @queue and seq > @after {state} {lane}
            order by seq limit @limit
            """,
            new { storeId, queue = policy.Name, after = browse.After, lane = browse.Lane, limit = browse.Limit });
    }
}

/// <param name="States">Of <see cref="State"/>; none means all.</param>
sealed record Browse(string Queue, string[] States, string Lane, long After, int Limit);
