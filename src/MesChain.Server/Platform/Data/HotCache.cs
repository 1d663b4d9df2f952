using MesChain.Server.Platform.Hosting;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MesChain.Server.Platform.Data;

/// <summary>
/// A small cache inside the process for rows that are read by every call: short-lived, bounded, and read once however many ask at
/// the same time. A value may be <paramref name="lifetime"/> old on other nodes than the one that changed it.
/// </summary>
public sealed class HotCache<TKey, TValue>(string name, TimeSpan lifetime, int max, TimeProvider clock)
    where TKey : notnull
{
    static readonly Counter<long> Reads = new Meter(Telemetry.Name + ".Cache").CreateCounter<long>("meschain.cache.reads", description: "Reads of in-process caches, by cache and whether they hit.");

    readonly ConcurrentDictionary<TKey, Entry> _entries = new();

    public Task<TValue> GetAsync(TKey key, Func<TKey, CancellationToken, Task<TValue>> read, CancellationToken cancel)
    {
        if (_entries.TryGetValue(key, out var entry) && clock.GetElapsedTime(entry.Stamp) < lifetime && !entry.Value.IsFaulted && !entry.Value.IsCanceled)
        {
            Reads.Add(1, new("cache", name), new("hit", true));
            return entry.Value.WaitAsync(cancel);
        }

        Reads.Add(1, new("cache", name), new("hit", false));
        if (_entries.Count >= max)
            _entries.Clear();
        // The reading belongs to everyone who waits for it: one caller that goes away must not end it.
        var fresh = new Entry(clock.GetTimestamp(), read(key, CancellationToken.None));
        _entries[key] = fresh;
        return fresh.Value.WaitAsync(cancel);
    }

    public void Drop(TKey key) => _entries.TryRemove(key, out _);

    sealed record Entry(long Stamp, Task<TValue> Value);
}
