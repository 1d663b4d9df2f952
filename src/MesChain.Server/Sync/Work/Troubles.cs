namespace MesChain.Server.Sync.Work;

/// <summary>
/// Since when the jobs of this node meet the same trouble again and again. One failure is an accident and nobody's business; what lasts is
/// told. Kept in memory only: after a restart it is told a moment later, and the judgement about unread orders stands in the database.
/// </summary>
public sealed class Troubles(TimeProvider clock)
{
    /// <summary>Trouble that has not lasted this long may be over before anybody reads of it.</summary>
    public static readonly TimeSpan ToldAfter = TimeSpan.FromMinutes(1);

    readonly Lock _gate = new();
    readonly Dictionary<Guid, Dictionary<string, long>> _since = [];

    /// <summary>Notes that it was met. True when it has lasted.</summary>
    /// <param name="what">The kind of the job that met it, or another word for one course of trouble.</param>
    public bool Lasts(Guid connectionId, string what)
    {
        lock (_gate)
        {
            if (!_since.TryGetValue(connectionId, out var met))
                _since[connectionId] = met = new(StringComparer.Ordinal);
            if (met.TryAdd(what, clock.GetTimestamp()))
                return false;
            return clock.GetElapsedTime(met[what]) >= ToldAfter;
        }
    }

    public void Over(Guid connectionId, string what)
    {
        lock (_gate)
        {
            if (_since.TryGetValue(connectionId, out var met) && met.Remove(what) && met.Count == 0)
                _since.Remove(connectionId);
        }
    }

    /// <summary>The connection does not work any more.</summary>
    public void Forget(Guid connectionId)
    {
        lock (_gate)
            _since.Remove(connectionId);
    }

    /// <summary>Whether any of these were met when they were last tried.</summary>
    public bool HasAny(Guid connectionId, IEnumerable<string> whats)
    {
        lock (_gate)
            return _since.TryGetValue(connectionId, out var met) && whats.Any(met.ContainsKey);
    }
}
