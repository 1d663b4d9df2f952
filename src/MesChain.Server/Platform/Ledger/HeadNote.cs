using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using NSec.Cryptography;

namespace MesChain.Server.Platform.Ledger;

/// <summary>A signed head: that a store's first <see cref="Size"/> rows have this root.</summary>
public sealed record LedgerHead(long Size, byte[] Root, long AtMs, string Note);

/// <summary>
/// Signs heads with Ed25519 and writes them as C2SP tlog-checkpoints (signed notes), which other people's verifiers read. The key
/// is derived from the keyring's seed, so it rests sealed under the root key and is the same on every node.
/// </summary>
public sealed class HeadNote(Keyring.StoreKeys keyring)
{
    const byte Ed25519Type = 1;
    const string SignatureMark = "\u2014 ";
    const string TimeMark = "time ";
    const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    static readonly SignatureAlgorithm Ed25519 = SignatureAlgorithm.Ed25519;

    /// <summary>The name of a store's log, unique among installations by a digest of the key.</summary>
    public string Origin(Guid storeId)
    {
        using var key = Open();
        return Origin(Public(key), storeId);
    }

    /// <summary>What a verifier needs: <c>name+keyid+base64(type ‖ public key)</c>, as signed-note spells it.</summary>
    public string VerifierKey(Guid storeId)
    {
        using var key = Open();
        var known = Public(key);
        var origin = Origin(known, storeId);
        return $"{origin}+{Convert.ToHexStringLower(KeyId(origin, known))}+{Convert.ToBase64String([Ed25519Type, .. known])}";
    }

    public LedgerHead Sign(Guid storeId, long size, byte[] root, long atMs)
    {
        using var key = Open();
        var known = Public(key);
        var origin = Origin(known, storeId);
        var time = DateTimeOffset.FromUnixTimeMilliseconds(atMs).UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        var text = string.Create(CultureInfo.InvariantCulture, $"{origin}\n{size}\n{Convert.ToBase64String(root)}\n{TimeMark}{time}\n");
        byte[] signature = [.. KeyId(origin, known), .. Ed25519.Sign(key, Encoding.UTF8.GetBytes(text))];
        return new(size, root, atMs, $"{text}\n{SignatureMark}{origin} {Convert.ToBase64String(signature)}\n");
    }

    /// <summary>Reads a head of ours again.</summary>
    /// <exception cref="IntegrityException">It is not, to the last bit, what was signed for this store.</exception>
    public LedgerHead Read(Guid storeId, string note)
    {
        // Ed25519 is deterministic: signing what the note says must give the note.
        var signed = note.Split('\n') is [_, var size, var root, var time, ..]
            && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && time.StartsWith(TimeMark, StringComparison.Ordinal)
            && DateTimeOffset.TryParseExact(time[TimeMark.Length..], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            && RootOf(root) is { } bytes
                ? Sign(storeId, count, bytes, at.ToUnixTimeMilliseconds())
                : null;
        return signed?.Note == note ? signed : throw new IntegrityException("A signed head of the ledger is not as it was signed.");
    }

    static byte[]? RootOf(string base64)
    {
        var root = new byte[Merkle.HashLength];
        return Convert.TryFromBase64String(base64, root, out var written) && written == root.Length ? root : null;
    }

    Key Open() => Key.Import(Ed25519, keyring.Mac("ledger-head", "ed25519"u8), KeyBlobFormat.RawPrivateKey);

    static byte[] Public(Key key) => key.PublicKey.Export(KeyBlobFormat.RawPublicKey);

    static string Origin(byte[] known, Guid storeId) => $"meschain/{Convert.ToHexStringLower(SHA256.HashData(known))[..16]}/{storeId.ToWire()}";

    static byte[] KeyId(string origin, byte[] known) => SHA256.HashData([.. Encoding.UTF8.GetBytes(origin), (byte)'\n', Ed25519Type, .. known])[..4];
}
