using System.Collections.Concurrent;

namespace MesChain.Server.Platform.Cluster;

/// <summary>Wake-ups inside one process.</summary>
public sealed class LocalSignal(TimeProvider clock) : ISignal
{
    readonly ConcurrentDictionary<string, TaskCompletionSource> _bells = new(StringComparer.Ordinal);

    public void Raise(string topic)
    {
        if (_bells.TryRemove(topic, out var bell))
            bell.TrySetResult();
    }

    public async Task WaitAsync(string topic, TimeSpan longest, CancellationToken cancel)
    {
        var bell = _bells.GetOrAdd(topic, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await bell.Task.WaitAsync(longest, clock, cancel);
        }
        catch (TimeoutException)
        {
            // Nobody rang in time: the caller looks by itself.
        }
    }
}
