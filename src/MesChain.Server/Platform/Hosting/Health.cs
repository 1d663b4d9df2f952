using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Loops;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using System.Globalization;

namespace MesChain.Server.Platform.Hosting;

/// <summary>One component: well, or what was found.</summary>
/// <param name="Detail">What more there is to say to who looks after all stores: counts, ids. No secret, no personal data.</param>
public sealed record ComponentState(string Name, HealthCause? Found = null, string Detail = "")
{
    public bool Healthy => Found is null;

    public HealthLevel Level => Found?.Level ?? HealthLevel.Well;

    /// <summary>For people; empty when it is well.</summary>
    public string Cause => Found is null ? "" : Detail.Length == 0 ? Found.Meaning : $"{Found.Meaning} {Detail}";

    public string Fix => Found?.Fix ?? "";
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
                found.Add(new(source.GetType().Name, HealthCauses.Unreadable, $"({fault.GetType().Name})"));
            }
        }

        return [.. found.OrderBy(component => component.Name, StringComparer.Ordinal)];
    }

    [LoggerMessage(9203, LogLevel.Warning, "{Source} could not tell its health")]
    partial void Broken(string source, Exception fault);
}

/// <summary>The database answers, its clock is ours, and the disk has room.</summary>
sealed class DatabaseHealth(Db db, DataFolder folder, TimeProvider clock) : IHealthSource
{
    const long Megabyte = 1024 * 1024;
    const long FullBelow = 256 * Megabyte;
    const long LowBelow = 1024 * Megabyte;

    static readonly TimeSpan ApartMax = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel) =>
        [.. await DatabaseAsync(cancel), Disk(new DriveInfo(folder.Path).AvailableFreeSpace)];

    internal static ComponentState Disk(long room) =>
        new("disk", room < FullBelow ? HealthCauses.DiskFull : room < LowBelow ? HealthCauses.DiskLow : null, string.Create(CultureInfo.InvariantCulture, $"({room / Megabyte} MB)"));

    async Task<IReadOnlyList<ComponentState>> DatabaseAsync(CancellationToken cancel)
    {
        try
        {
            var its = await db.ReadAsync(
                async tx =>
                {
                    await tx.ScalarAsync<long>("select count(*) from installation");
                    return DateTimeOffset.FromUnixTimeMilliseconds(await tx.NowMsAsync());
                },
                cancel);
            var apart = (its - clock.GetUtcNow()).Duration();
            return [new("database"), new("clock", apart > ApartMax ? HealthCauses.ClockApart : null, string.Create(CultureInfo.InvariantCulture, $"({apart.TotalSeconds:0} s)"))];
        }
        catch (System.Data.Common.DbException fault)
        {
            return [new("database", HealthCauses.DatabaseAway, $"({fault.GetType().Name})")];
        }
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
            return new(name, HealthCauses.LoopFailing, $"({fault})");
        return new(name, clock.GetUtcNow() - loop.LastSuccess > Silence ? HealthCauses.LoopSilent : null);
    }
}

/// <summary>Wake-ups between nodes; inside one process there is nothing that could be away.</summary>
sealed class SignalHealth(ISignal signal) : IHealthSource
{
    public async Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel) => signal is IHealthSource source ? await source.LookAsync(cancel) : [new("signal")];
}

/// <summary>
/// The same board for load balancers: /readyz and grpc.health.v1 say whether calls can be served. It tells the log itself, when that
/// changes: the library would at every question, and of a normal stop as an error (appsettings.json keeps it silent).
/// </summary>
sealed partial class Readiness(Startup startup, DatabaseHealth database, ILogger<Readiness> log) : IHealthCheck
{
    string _broken = "";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!startup.Done)
            return HealthCheckResult.Unhealthy("Starting or stopping.");
        var broken = (await database.LookAsync(cancellationToken)).Where(component => component.Level == HealthLevel.Failed).ToList();
        var cause = string.Join(' ', broken.Select(component => $"{component.Name}: {component.Cause}"));
        // By name: what is said of one, such as the room on the disk, is another thing each time.
        var names = string.Join(' ', broken.Select(component => component.Name));
        if (Interlocked.Exchange(ref _broken, names) != names)
            Tell(cause);
        return broken.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(cause);
    }

    void Tell(string cause)
    {
        if (cause.Length == 0)
            ReadyAgain();
        else
            NotReady(cause);
    }

    [LoggerMessage(9204, LogLevel.Error, "Calls cannot be served: {Cause}")]
    partial void NotReady(string cause);

    [LoggerMessage(9205, LogLevel.Information, "Calls can be served again")]
    partial void ReadyAgain();
}
