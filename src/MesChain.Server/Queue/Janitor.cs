using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Loops;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Queue;

/// <summary>One node at a time: returns lapsed leases, rebuilds the hints, prunes what nobody needs any more.</summary>
sealed class Janitor(JanitorStore store, ReadyStores ready, Leases leases, Db db, TimeProvider clock, IOptions<QueueOptions> options, ILogger<Janitor> log)
    : Loop(clock, log, options.Value.JanitorEvery)
{
    const string LeaseName = "queue-janitor";
    static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(15);
    static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(2);
    static readonly TimeSpan PruneEvery = TimeSpan.FromSeconds(20);

    readonly TimeProvider _clock = clock;
    bool _begun;
    long? _swept;
    long? _pruned;

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        if (!await leases.HoldAsync(LeaseName, LeaseLength, stop))
            return false;
        if (!_begun && db.Engine == Engine.Sqlite)
            await store.ForsakeAsync(stop);
        _begun = true;

        var more = await store.LapseAsync(stop);
        if (Due(ref _swept, SweepEvery))
            await ready.SweepAsync(stop);
        if (Due(ref _pruned, PruneEvery) && await store.PruneAsync(stop))
            _pruned = null;
        return more || _pruned is null;
    }

    protected override Task GiveBackAsync(CancellationToken cancel) => leases.ReleaseAsync(LeaseName, cancel);

    bool Due(ref long? last, TimeSpan every)
    {
        if (last is { } then && _clock.GetElapsedTime(then) < every)
            return false;
        last = _clock.GetTimestamp();
        return true;
    }
}
