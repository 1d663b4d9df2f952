using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Hosting;
using Microsoft.Extensions.Options;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MesChain.Server.Platform.Keys;

/// <summary>
/// Refused attempts by address: a few in a minute are told apart from a search, which is told to wait. A right key passes from any
/// address, so that one shop with a stale key does not lock out its neighbours on the same host, and nobody can lock a key out by
/// trying it (S-27).
/// </summary>
public sealed class FailedAttempts(RefusedRows rows, IOptions<AuthOptions> options, TimeProvider clock)
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
        var from = Household(address ?? IPAddress.None);
        var attempts = Note(BinaryPrimitives.ReadUInt128BigEndian(from), now);
        var max = options.Value.FailuresPerMinute;
        await rows.NoteAsync(from, keyId, attempts.Count, max, cancel);
        if (attempts.Count > max)
            throw new ExhaustedException(Reasons.TooManyAttempts, "Too many refused attempts from this address.", Window - clock.GetElapsedTime(attempts.Since, now));
    }

    Attempts Note(UInt128 from, long now)
    {
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
    static byte[] Household(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var bytes = address.MapToIPv6().GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            bytes.AsSpan(8).Clear();
        return bytes;
    }

    readonly record struct Attempts(long Since, int Count);
}
