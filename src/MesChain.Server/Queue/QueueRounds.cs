using System.Collections.Concurrent;
using MesChain.Server.Platform.Data;
using Npgsql;

namespace MesChain.Server.Queue;

/// <summary>
/// Callers of one queue that come together share a transaction: one look at the policy, one insert, one claim, one settle and one sync for
/// all of them, instead of a wait for the queue's rows one after the other. An ask that is refused is refused alone. SQLite's writer makes
/// rounds of its own: there only claims, whose looking around is dear, are worth a second hand-over.
/// </summary>
sealed class QueueRounds
{
    /// <summary>Messages of one round; a caller with more has a round to itself.</summary>
    const int MessagesMax = 2000;

    readonly Db _db;
    readonly SettleStore _settles;
    readonly PerQueue<IReadOnlyList<Draft>, IReadOnlyList<SendOutcome>> _sends;
    readonly PerQueue<Taker, Claim> _claims;
    readonly PerQueue<IReadOnlyList<Verdict>, IReadOnlyList<Settled>> _verdicts;

    public QueueRounds(Db db, SendStore sends, ClaimStore claims, SettleStore settles)
    {
        (_db, _settles) = (db, settles);
        var shared = db.Engine == Engine.Postgres;
        _sends = new(shared, drafts => drafts.Count, async (place, asks) =>
            Deal(await WriteAsync(tx => sends.SendAsync(tx, place.Store, place.Queue, [.. asks.SelectMany(ask => ask)])), asks));
        _claims = new(shared: true, taker => taker.Max, (place, asks) => WriteAsync(tx => claims.ClaimAsync(tx, place.Store, place.Queue, asks)));
        _verdicts = new(shared, verdicts => verdicts.Count, (place, asks) => WriteAsync(tx => SettleAsync(tx, place, asks)));
    }

    public Task<IReadOnlyList<SendOutcome>> SendAsync(Guid storeId, string queue, IReadOnlyList<Draft> drafts, CancellationToken cancel) =>
        _sends.AskAsync(new(storeId, queue), drafts).WaitAsync(cancel);

    /// <summary>Not ended by a caller that goes away: what was leased for it, the caller's side gives back.</summary>
    public Task<Claim> ClaimAsync(Guid storeId, string queue, Taker taker) => _claims.AskAsync(new(storeId, queue), taker);

    public Task<IReadOnlyList<Settled>> SettleAsync(Guid storeId, string queue, IReadOnlyList<Verdict> verdicts, CancellationToken cancel) =>
        _verdicts.AskAsync(new(storeId, queue), verdicts).WaitAsync(cancel);

    /// <summary>Two asks about one message are judged one after the other: the second has to see what the first did.</summary>
    async Task<IReadOnlyList<IReadOnlyList<Settled>>> SettleAsync(Tx tx, Place place, IReadOnlyList<IReadOnlyList<Verdict>> asks)
    {
        var answers = new List<IReadOnlyList<Settled>>(asks.Count);
        while (answers.Count < asks.Count)
        {
            var seen = new HashSet<Guid>();
            var apart = asks.Skip(answers.Count).TakeWhile(ask =>
            {
                var ids = ask.Select(verdict => verdict.MessageId).ToHashSet();
                var fresh = !seen.Overlaps(ids);
                seen.UnionWith(ids);
                return fresh;
            }).ToList();
            answers.AddRange(Deal(await _settles.SettleAsync(tx, place.Store, place.Queue, [.. apart.SelectMany(ask => ask)], atomic: false), apart));
        }

        return answers;
    }

    /// <summary>Not ended by a caller that goes away: the others in its round are still there.</summary>
    Task<T> WriteAsync<T>(Func<Tx, Task<T>> unit) => _db.WriteAsync(unit, CancellationToken.None);

    /// <summary>Gives each asker its part, in their order.</summary>
    static List<IReadOnlyList<TAnswer>> Deal<TAnswer, TAsk>(IReadOnlyList<TAnswer> answers, IReadOnlyList<IReadOnlyList<TAsk>> asks)
    {
        var dealt = new List<IReadOnlyList<TAnswer>>(asks.Count);
        var at = 0;
        foreach (var ask in asks)
        {
            dealt.Add([.. answers.Skip(at).Take(ask.Count)]);
            at += ask.Count;
        }

        return dealt;
    }

    readonly record struct Place(Guid Store, string Queue);

    sealed class PerQueue<TAsk, TAnswer>(bool shared, Func<TAsk, int> weigh, Func<Place, IReadOnlyList<TAsk>, Task<IReadOnlyList<TAnswer>>> run)
    {
        readonly ConcurrentDictionary<Place, Rounds<TAsk, Task<TAnswer>>> _rounds = new();

        public async Task<TAnswer> AskAsync(Place place, TAsk ask)
        {
            if (!shared)
                return (await run(place, [ask]))[0];

            return await await _rounds.GetOrAdd(place, _ => new(MessagesMax, weigh, asks => RunAsync(place, asks))).AskAsync(ask);
        }

        async Task<IReadOnlyList<Task<TAnswer>>> RunAsync(Place place, IReadOnlyList<TAsk> asks)
        {
            try
            {
                return [.. (await run(place, asks)).Select(Task.FromResult)];
            }
            catch (Exception fault) when (asks.Count > 1 && fault is not NpgsqlException { IsTransient: true })
            {
                // One of them was refused; which one shows when each is asked alone. A database that is away refuses all alike.
                var alone = new List<Task<TAnswer>>(asks.Count);
                foreach (var ask in asks)
                    alone.AddRange(await RunAsync(place, [ask]));
                return alone;
            }
            catch (Exception fault)
            {
                // There may be no such queue, and names that nobody made must not fill the memory. Two rounds at once would only wait for each other.
                _rounds.TryRemove(place, out _);
                return [.. asks.Select(_ => Task.FromException<TAnswer>(fault))];
            }
        }
    }
}
