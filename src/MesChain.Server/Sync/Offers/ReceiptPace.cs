using System.Collections.Concurrent;

namespace MesChain.Server.Sync.Offers;

/// <summary>
/// When the result of a batch is asked for. Marketplaces take seconds or minutes to decide, and asking counts against a limit of its own, so
/// the first question comes when three of four results are there by experience with this connection, and later ones more seldom each time.
/// What is learned is kept in memory: after a start it is learned anew, within some twenty batches.
/// </summary>
public sealed class ReceiptPace
{
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan Most = TimeSpan.FromMinutes(2);

    /// <summary>The share of results that shall be there at the first question.</summary>
    const double Share = 0.75;

    /// <summary>How far one result moves what is known.</summary>
    const double Step = 0.2;

    /// <summary>A result that is found this much later than planned says nothing about the plan: the question had waited for its turn.</summary>
    const double Late = 1.25;

    const double Growth = 1.5;

    readonly ConcurrentDictionary<Guid, TimeSpan> _usual = new();

    /// <summary>From the sending to the first question.</summary>
    public TimeSpan First(Guid connectionId) => _usual.GetValueOrDefault(connectionId, Least);

    /// <summary>From a question without result to the next one.</summary>
    /// <param name="asked">How often it was asked before that question.</param>
    public TimeSpan Next(Guid connectionId, long asked)
    {
        var pause = Between(First(connectionId) / 3) * Math.Pow(Growth, Math.Min(asked, 20));
        return pause < Most ? pause : Most;
    }

    /// <summary>What the first question about a batch found.</summary>
    /// <param name="age">Of the batch when it was asked.</param>
    public void Learn(Guid connectionId, TimeSpan age, bool decided)
    {
        var usual = First(connectionId);
        // A running quantile: at rest where steps up and down, each weighed by how often it is taken, cancel out.
        if (!decided && age >= usual)
            _usual[connectionId] = Between(usual * (1 + (Step * Share)));
        else if (decided && age <= usual * Late)
            _usual[connectionId] = Between(usual * (1 - (Step * (1 - Share))));
    }

    static TimeSpan Between(TimeSpan time) => time < Least ? Least : time > Most ? Most : time;
}
