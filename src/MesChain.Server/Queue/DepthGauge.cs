using System.Collections.Concurrent;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;

namespace MesChain.Server.Queue;

/// <summary>
/// Keeps a queue from growing past its limit without counting it at every send: a count hands out room, sends use it up, and only
/// when it is gone (or old) is it counted again. Recounts are spaced by what the last one cost, so a full queue stays cheap to refuse.
/// Other nodes' sends are seen at the next count.
/// </summary>
sealed class DepthGauge(TimeProvider clock)
{
    readonly ConcurrentDictionary<(Guid Store, string Queue), Room> _rooms = new();

    /// <exception cref="ExhaustedException">The queue is full.</exception>
    public async Task TakeAsync(Tx tx, Guid storeId, QueuePolicy policy, int count)
    {
        var room = _rooms.GetOrAdd((storeId, policy.Name), static _ => new());
        if (room.TryTake(count, clock))
            return;
        if (room.MayCount(clock))
        {
            var waiting = await tx.ScalarAsync<long>(
                $"""
                select count(*) from (
                    select 1 from messages where store_id = @storeId and queue = @queue and state in ({State.Scheduled}, {State.Ready}) limit @limit) as waiting
                """,
                new { storeId, queue = policy.Name, limit = policy.DepthMax });
            room.Counted(policy.DepthMax - waiting, waiting, clock);
            if (room.TryTake(count, clock))
                return;
        }

        throw new ExhaustedException(Reasons.QueueFull, $"The queue {policy.Name} holds its most of {policy.DepthMax} waiting messages.", room.Spacing);
    }

    /// <summary>Names of queues that held more than four fifths of their most when they were last counted here.</summary>
    public IReadOnlyList<string> Filling() =>
        [.. _rooms.Where(pair => pair.Value.Filling).Select(pair => pair.Key.Queue).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    sealed class Room
    {
        static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

        readonly Lock _gate = new();
        long _left;
        long _countedAt = long.MinValue;

        public TimeSpan Spacing { get; private set; } = TimeSpan.FromSeconds(1);

        public bool Filling { get; private set; }

        public bool TryTake(int count, TimeProvider clock)
        {
            lock (_gate)
            {
                if (_left < count || clock.GetElapsedTime(_countedAt) > Fresh + Spacing)
                    return false;
                _left -= count;
                return true;
            }
        }

        /// <summary>A count of up to 10,000 is cheap enough to do for every caller.</summary>
        public bool MayCount(TimeProvider clock)
        {
            lock (_gate)
                return _countedAt == long.MinValue || Spacing <= TimeSpan.FromSeconds(1) || clock.GetElapsedTime(_countedAt) >= Spacing;
        }

        public void Counted(long left, long waiting, TimeProvider clock)
        {
            lock (_gate)
            {
                _left = left;
                _countedAt = clock.GetTimestamp();
                Filling = waiting > 4 * left;
                Spacing = TimeSpan.FromSeconds(Math.Clamp(waiting / 10_000, 1, 60));
            }
        }
    }
}
