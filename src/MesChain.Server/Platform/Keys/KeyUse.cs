using System.Collections.Concurrent;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Loops;

namespace MesChain.Server.Platform.Keys;

/// <summary>
/// In which hour each key was last used: enough to find the ones that nobody needs, and at most one write an hour and key. A kill
/// loses a minute of it.
/// </summary>
public sealed class KeyUse(Db db, ApiKeyStore keys, TimeProvider clock, ILogger<KeyUse> log) : Loop(clock, log, TimeSpan.FromMinutes(1))
{
    const long HourMs = 60 * 60 * 1000;

    readonly ConcurrentDictionary<string, long> _hours = new(StringComparer.Ordinal);

    public void Note(ApiKey key, long nowMs)
    {
        var hour = nowMs - (nowMs % HourMs);
        if (!(key.UsedMs >= hour))
            _hours[key.Id] = hour;
    }

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        // In order: two nodes that write the same keys do not wait for each other.
        var noted = _hours.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        if (noted.Count == 0)
            return false;
        await db.WriteAsync(
            async tx =>
            {
                foreach (var (id, hour) in noted)
                    await keys.UsedAsync(tx, id, hour);
            },
            stop);
        foreach (var pair in noted)
            _hours.TryRemove(pair);
        return false;
    }

    protected override Task GiveBackAsync(CancellationToken cancel) => RunOnceAsync(cancel);
}
