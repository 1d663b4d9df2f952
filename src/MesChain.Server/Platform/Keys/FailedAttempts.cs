using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Ledger;
using Microsoft.Extensions.Options;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MesChain.Server.Platform.Keys;

/// <summary>
/// Refused attempts by address: a few in a minute are told apart from a search, which is told to wait. A right key passes from any
/// address, so that one shop with a stale key does not lock out its neighbours on the same host, and nobody can lock a key out by
/// trying it (S-27). Each attempt below the limit, and the one that reaches it, is a row of the ledger; the address is personal data
/// and is in it as a keyed digest only.
/// </summary>
public sealed class FailedAttempts(Db db, LedgerRows ledger, IOptions<AuthOptions> options, TimeProvider clock)
{
    /// <summary>Addresses in one of two generations; a search from more of them than that pushes out the oldest, never all at once.</summary>
    const int AddressesMax = 10_000;

    static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    readonly Lock _gate = new();
    Dictionary<UInt128, Attempts> _young = [];
    Dictionary<UInt128, Attempts> _old = [];

    /// <summary>How many addresses are remembered now.</summary>
    internal int Remembered
    {
        get
        {
            lock (_gate)
                return _young.Count + _old.Count;
        }
    }

    /// <param name="keyId">The id that was tried, when the text had the form of a key.</param>
    /// <exception cref="ExhaustedException">This address has had its attempts for now.</exception>
    public async Task CountAsync(IPAddress? address, string? keyId, CancellationToken cancel)
    {
        var now = clock.GetTimestamp();
        var attempts = Note(address ?? IPAddress.None, now);
        var max = options.Value.FailuresPerMinute;
        if (attempts.Count <= max + 1)
        {
            var kind = attempts.Count <= max ? "auth.refused" : "auth.limited";
            await db.WriteAsync(tx => ledger.AppendAsync(tx, Ids.SystemStore, kind, keyId is null ? "key:-" : "key:" + keyId, "system:auth", (address ?? IPAddress.None).ToString()), cancel);
        }

        if (attempts.Count > max)
            throw new ExhaustedException(Reasons.TooManyAttempts, "Too many refused attempts from this address.", Window - clock.GetElapsedTime(attempts.Since, now));
    }

    Attempts Note(IPAddress address, long now)
    {
        var from = Household(address);
        lock (_gate)
        {
            if (!_young.TryGetValue(from, out var attempts) && !_old.Remove(from, out attempts))
                attempts = new(now, 0);
            if (clock.GetElapsedTime(attempts.Since, now) >= Window)
                attempts = new(now, 0);
            attempts = attempts with { Count = attempts.Count + 1 };
            _young[from] = attempts;
            if (_young.Count >= AddressesMax)
                (_old, _young) = (_young, []);
            return attempts;
        }
    }

    /// <summary>An IPv4 address, however it is written; of an IPv6 address the network, since one household has all of a /64.</summary>
    static UInt128 Household(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var bytes = address.MapToIPv6().GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            bytes.AsSpan(8).Clear();
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    readonly record struct Attempts(long Since, int Count);
}
