using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace MesChain.Cli.Ledger;

/// <summary>A verifier's key as C2SP signed-note spells it: <c>name+keyid+base64(type ‖ public key)</c>.</summary>
readonly record struct NoteKey(string Name, uint Id, PublicKey Public)
{
    const byte Ed25519Type = 1;

    public static bool TryParse(string? text, out NoteKey key)
    {
        key = default;
        if (text?.Split('+', 3) is not [var name, var id, var encoded])
            return false;
        var known = new byte[33];
        if (!Convert.TryFromBase64String(encoded, known, out var length) || length != known.Length || known[0] != Ed25519Type
            || !PublicKey.TryImport(SignatureAlgorithm.Ed25519, known.AsSpan(1), KeyBlobFormat.RawPublicKey, out var signer))
        {
            return false;
        }

        var derived = SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', .. known]).AsSpan(0, 4);
        if (id != Convert.ToHexStringLower(derived))
            return false;
        key = new(name, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(derived), signer!);
        return true;
    }

    /// <summary>Whether the name is that of this store's log under this key.</summary>
    public bool Names(Guid store) =>
        Name == $"meschain/{Convert.ToHexStringLower(SHA256.HashData(Public.Export(KeyBlobFormat.RawPublicKey)))[..16]}/{store.ToString("D", CultureInfo.InvariantCulture)}";
}

/// <summary>A head whose signature was found right.</summary>
sealed record SignedNote(long Size, byte[] Root)
{
    const string SignatureMark = "\u2014 ";

    /// <summary>Null when it is none of this key's, or any bit of it was changed.</summary>
    public static SignedNote? Read(NoteKey key, string note)
    {
        var split = note.IndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0)
            return null;
        var text = note[..(split + 1)];
        // One signature, ours: a note that says more than we wrote is not what we wrote.
        var mark = $"{SignatureMark}{key.Name} ";
        var signature = new byte[68];
        if (!note.AsSpan(split + 2).StartsWith(mark, StringComparison.Ordinal) || !note.EndsWith('\n')
            || !Convert.TryFromBase64String(note[(split + 2 + mark.Length)..^1], signature, out var length) || length != signature.Length
            || note[(split + 2 + mark.Length)..^1] != Convert.ToBase64String(signature)
            || System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(signature) != key.Id
            || !SignatureAlgorithm.Ed25519.Verify(key.Public, Encoding.UTF8.GetBytes(text), signature.AsSpan(4)))
        {
            return null;
        }

        var root = new byte[32];
        return text.Split('\n') is [var origin, var size, var hash, ..] && origin == key.Name
            && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            && Convert.TryFromBase64String(hash, root, out var written) && written == root.Length
                ? new(count, root)
                : null;
    }
}
