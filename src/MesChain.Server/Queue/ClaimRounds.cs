using System.Collections.Concurrent;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Queue;

/// <summary>Receivers of one queue that ask at the same time share a claim, instead of waiting for the queue's lock one after the other.</summary>
sealed class ClaimRounds(Db db, ClaimStore claims)
{
    /// <summary>Messages that one claim looks for.</summary>
    const int ClaimMax = 2000;

    readonly ConcurrentDictionary<(Guid Store, string Queue), Rounds<Taker, Claim>> _rounds = new();

    /// <summary>Not ended by a caller that goes away: what was leased for it, the caller's side gives back.</summary>
    public Task<Claim> ClaimAsync(Guid storeId, string queue, Taker taker) =>
        _rounds.GetOrAdd((storeId, queue), place => new(ClaimMax, one => one.Max, takers => RunAsync(place, takers))).AskAsync(taker);

    async Task<IReadOnlyList<Claim>> RunAsync((Guid Store, string Queue) place, IReadOnlyList<Taker> takers)
    {
        try
        {
            return await db.WriteAsync(tx => claims.ClaimAsync(tx, place.Store, place.Queue, takers), CancellationToken.None);
        }
        catch (Exception)
        {
            // There may be no such queue, and names that nobody made must not fill the memory. Two rounds at once would only wait for each other.
            _rounds.TryRemove(place, out _);
            throw;
        }
    }
}
