using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Loops;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Listeners;

/// <summary>
/// Looks for a renewed certificate, and tells of one that ends soon. It reads the files instead of being told by the system: what
/// renews certificates moves links about, and a watch on a link's target sees nothing of it.
/// </summary>
public sealed partial class CertificateWatch(CertificateFiles files, IOptions<ListenerOptions> options, TimeProvider clock, ILogger<CertificateWatch> log)
    : Loop(clock, log, TimeSpan.FromSeconds(10)), IHealthSource
{
    /// <summary>Certificates are renewed a month before their end: two weeks before it, something is wrong.</summary>
    static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    readonly TimeProvider _clock = clock;
    string? _fault;

    public override Task<bool> RunOnceAsync(CancellationToken stop)
    {
        if (options.Value.Tls)
        {
            var before = files.Ends;
            var fault = files.Refresh();
            if (fault is not null && fault != _fault)
                NotTaken(log, fault);
            if (files.Ends != before)
                Taken(log, files.Ends);
            _fault = fault;
        }

        return Task.FromResult(false);
    }

    public Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<ComponentState>>(options.Value.Tls ? [State()] : []);

    ComponentState State()
    {
        const string name = "certificate";
        var left = files.Ends - _clock.GetUtcNow();
        if (left <= TimeSpan.Zero)
            return new(name, HealthCauses.CertificateEnded);
        if (_fault is not null)
            return new(name, HealthCauses.CertificateNotTaken);
        return left > Soon ? new(name) : new(name, HealthCauses.CertificateEnds);
    }

    [LoggerMessage(9210, LogLevel.Information, "A new certificate is shown from now on; it ends {Ends}")]
    static partial void Taken(ILogger log, DateTimeOffset ends);

    [LoggerMessage(9211, LogLevel.Warning, "The certificate's files changed and are not taken: {Fault}")]
    static partial void NotTaken(ILogger log, string fault);
}
