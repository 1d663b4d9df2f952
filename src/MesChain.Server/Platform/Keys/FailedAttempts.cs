using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Ledger;
using Microsoft.Extensions.Options;
using System.Net;

namespace MesChain.Server.Platform.Keys;

/// <summary>
/// Refused attempts by address: a few in a minute are told apart from a search, which is told to wait. A right key passes from any
/// address, so that one shop with a stale key does not lock out its neighbours on the same host. Each attempt below the limit, and
/// the one that reaches it, is a row of the ledger; the address is personal data and is in it as a keyed digest only.
/// </summary>
public sealed class FailedAttempts(Db db, LedgerRows ledger, IOptions<AuthOptions> options, TimeProvider clock)
{
    const int AddressesMax = 10_000;

    static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    readonly Lock _gate = new();
    readonly Dictionary<IPAddress, Attempts> _byAddress = [];

    /// <param name="keyId">The id that was tried, when the text had the form of a key.</param>
    /// <exception cref="ExhaustedException">This address has had its attempts for now.</exception>
    public async Task CountAsync(IPAddress? address, string? keyId, CancellationToken cancel)
    {
        var from = address ?? IPAddress.None;
        var now = clock.GetTimestamp();
        var attempts = Count(from, now);
        var max = options.Value.FailuresPerMinute;
        if (attempts.Count <= max + 1)
        {
            var kind = attempts.Count <= max ? "auth.refused" : "auth.limited";
            await db.WriteAsync(tx => ledger.AppendAsync(tx, Ids.SystemStore, kind, keyId is null ? "key:-" : "key:" + keyId, "system:auth", from.ToString()), cancel);
        }

        if (attempts.Count > max)
            throw new ExhaustedException(Reasons.TooManyAttempts, "Too many refused attempts from this address.", Window - clock.GetElapsedTime(attempts.Since, now));
    }

    Attempts Count(IPAddress from, long now)
    {
        lock (_gate)
        {
            if (_byAddress.Count >= AddressesMax)
                _byAddress.Clear();
            if (!_byAddress.TryGetValue(from, out var attempts) || clock.GetElapsedTime(attempts.Since, now) >= Window)
                attempts = new(now, 0);
            attempts = attempts with { Count = attempts.Count + 1 };
            _byAddress[from] = attempts;
            return attempts;
        }
    }

    readonly record struct Attempts(long Since, int Count);
}
