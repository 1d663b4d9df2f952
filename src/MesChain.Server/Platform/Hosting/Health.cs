using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Loops;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MesChain.Server.Platform.Hosting;

/// <summary>One component: what was found, and what to do about it. Both empty when it is well.</summary>
public sealed record ComponentState(string Name, string Cause = "", string Fix = "")
{
    public bool Healthy => Cause.Length == 0;
}

/// <summary>What a slice tells about itself. Asked often: a source answers within a second and changes nothing.</summary>
public interface IHealthSource
{
    Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel);
}

/// <summary>All components by name. A source that throws is itself an unhealthy component.</summary>
public sealed partial class Health(IEnumerable<IHealthSource> sources, ILogger<Health> log)
{
    public async Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel)
    {
        var found = new List<ComponentState>();
        foreach (var source in sources)
        {
            try
            {
                found.AddRange(await source.LookAsync(cancel));
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested)
            {
                Broken(source.GetType().Name, fault);
                found.Add(new(source.GetType().Name, $"It cannot be looked at ({fault.GetType().Name}).", "See the log for the failure."));
            }
        }

        return [.. found.OrderBy(component => component.Name, StringComparer.Ordinal)];
    }

    [LoggerMessage(9203, LogLevel.Warning, "{Source} could not tell its health")]
    partial void Broken(string source, Exception fault);
}

/// <summary>The database answers, and the disk has room.</summary>
sealed class DatabaseHealth(Db db, DataFolder folder) : IHealthSource
{
    const long RoomMin = 256L * 1024 * 1024;

    public async Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel) => [await DatabaseAsync(cancel), Disk()];

    async Task<ComponentState> DatabaseAsync(CancellationToken cancel)
    {
        try
        {
            await db.ReadAsync(tx => tx.ScalarAsync<long>("select count(*) from installation"), cancel);
            return new("database");
        }
        catch (System.Data.Common.DbException fault)
        {
            return new("database", $"It does not answer ({fault.GetType().Name}).", db.Engine == Engine.Sqlite ? "Check that the data folder is there and writable." : "Check that PostgreSQL runs and that MesChain:Database:Postgres is right.");
        }
    }

    ComponentState Disk()
    {
        var room = new DriveInfo(folder.Path).AvailableFreeSpace;
        return room >= RoomMin
            ? new("disk")
            : new("disk", $"The data folder has {room / 1024 / 1024} MB left.", "Free some space: without it no change can be acknowledged.");
    }
}

/// <summary>Every background loop ended its last turn well, and not too long ago.</summary>
sealed class LoopHealth(IServiceProvider services, TimeProvider clock) : IHealthSource
{
    static readonly TimeSpan Silence = TimeSpan.FromMinutes(30);

    public Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<ComponentState>>([.. services.GetServices<IHostedService>().OfType<Loop>().Select(State)]);

    ComponentState State(Loop loop)
    {
        var name = "loop " + loop.Name;
        if (loop.LastFault is { } fault)
            return new(name, $"Its last turn failed ({fault}).", "It tries again by itself; see the log if this stays.");
        return clock.GetUtcNow() - loop.LastSuccess > Silence
            ? new(name, $"It has not ended a turn for {Silence.TotalMinutes:0} minutes.", "Restart the server, and report what the log said before.")
            : new(name);
    }
}

/// <summary>The same board for load balancers: /readyz and grpc.health.v1 say whether calls can be served.</summary>
sealed class Readiness(Startup startup, DatabaseHealth database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!startup.Done)
            return HealthCheckResult.Unhealthy("Starting or stopping.");
        var broken = (await database.LookAsync(cancellationToken)).Where(component => !component.Healthy).ToList();
        return broken.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(string.Join(' ', broken.Select(component => $"{component.Name}: {component.Cause}")));
    }
}
