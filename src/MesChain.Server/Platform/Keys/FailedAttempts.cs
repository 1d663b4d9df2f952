using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Hosting;
using Microsoft.Extensions.Options;
using System.Net;

namespace MesChain.Server.Platform.Keys;

/// <summary>
/// Refused attempts by address: a few in a minute are told apart from a search, which is told to wait. A right key passes from any
/// address, so that one shop with a stale key does not lock out its neighbours on the same host.
/// </summary>
public sealed partial class FailedAttempts(IOptions<AuthOptions> options, TimeProvider clock, ILogger<FailedAttempts> log)
{
    const int AddressesMax = 10_000;

    static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    readonly Lock _gate = new();
    readonly Dictionary<IPAddress, Attempts> _byAddress = [];

    public Task CountAsync(IPAddress? address, string? keyId, CancellationToken cancel)
    {
        var now = clock.GetTimestamp();
        Attempts attempts;
        lock (_gate)
        {
            if (_byAddress.Count >= AddressesMax)
                _byAddress.Clear();
            var from = address ?? IPAddress.None;
            if (!_byAddress.TryGetValue(from, out attempts) || clock.GetElapsedTime(attempts.Since, now) >= Window)
                attempts = new(now, 0);
            attempts = attempts with { Count = attempts.Count + 1 };
            _byAddress[from] = attempts;
        }

        if (attempts.Count <= options.Value.FailuresPerMinute)
            return Task.CompletedTask;
        if (attempts.Count == options.Value.FailuresPerMinute + 1)
            TooMany(keyId ?? "-");
        throw new ExhaustedException(Reasons.TooManyAttempts, "Too many refused attempts from this address.", Window - clock.GetElapsedTime(attempts.Since, now));
    }

    [LoggerMessage(9202, LogLevel.Warning, "Too many refused attempts from one address, last with key id {KeyId}")]
    partial void TooMany(string keyId);

    readonly record struct Attempts(long Since, int Count);
}
