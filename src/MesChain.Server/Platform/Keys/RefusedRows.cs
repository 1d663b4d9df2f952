using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Ledger;
using System.Globalization;

namespace MesChain.Server.Platform.Keys;

/// <summary>
/// Puts refused keys on the ledger such that a search is seen and cannot fill it. Of one address in a minute the first attempt, the
/// tenth, the hundredth … are rows, and the one that reaches its limit; of all addresses together so many rows a minute and node, after
/// which one says that there are more. The address is personal data: it is in the row as a keyed digest, the same for all its attempts.
/// </summary>
public sealed class RefusedRows(Db db, LedgerRows ledger, Keyring.StoreKeys keyring, TimeProvider clock)
{
    internal const int PerMinuteMax = 200;

    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    readonly Lock _gate = new();
    long? _since;
    int _written;

    /// <param name="address">As bytes that are the same for all spellings of it.</param>
    /// <param name="keyId">The id that was tried; null when what was tried was no key at all.</param>
    /// <param name="attempt">Which attempt of this address in its minute.</param>
    /// <param name="max">After how many it is told to wait.</param>
    public async Task NoteAsync(ReadOnlyMemory<byte> address, string? keyId, int attempt, int max, CancellationToken cancel)
    {
        if (Kind(attempt, max) is not { } kind)
            return;
        var row = Next();
        if (row > PerMinuteMax + 1)
            return;
        var subject = keyId is null ? "key:-" : "key:" + keyId;
        var actor = "address:" + Convert.ToHexStringLower(keyring.Mac("address", address.Span))[..16];
        await db.WriteAsync(
            tx => row > PerMinuteMax ? ledger.AppendAsync(tx, Ids.SystemStore, "auth.flood", "key:-", "system:auth") : ledger.AppendAsync(tx, Ids.SystemStore, kind, subject, actor),
            cancel);
    }

    static string? Kind(int attempt, int max)
    {
        if (attempt == max + 1)
            return "auth.limited";
        var power = 1;
        while (power <= attempt / 10)
            power *= 10;
        return attempt != power ? null
            : attempt == 1 ? "auth.refused"
            : string.Create(CultureInfo.InvariantCulture, $"auth.refused.{attempt}");
    }

    /// <summary>The number of the row that would be written now in this minute.</summary>
    int Next()
    {
        lock (_gate)
        {
            if (_since is not { } since || clock.GetElapsedTime(since) >= Minute)
                (_since, _written) = (clock.GetTimestamp(), 0);
            return ++_written;
        }
    }
}
