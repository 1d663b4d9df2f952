using System.Security.Cryptography;
using MesChain.Server.Platform.Hosting;

namespace MesChain.Server.Platform.Keyring;

/// <summary>
/// The key outside the database, from <c>MESCHAIN_ROOT_KEY</c> (32 bytes in base64) or from the file <c>root-key</c> in the data
/// folder. Whoever has it and the database reads everything; whoever lost it reads nothing ever again.
/// </summary>
sealed class RootKey(DataFolder folder, IConfiguration configuration)
{
    public const string Variable = "MESCHAIN_ROOT_KEY";
    public const int Length = 32;
    const string FileName = "root-key";

    /// <summary>Where it comes from, for people.</summary>
    public string Source => configuration[Variable] is { Length: > 0 } ? Variable : folder.File(FileName);

    /// <summary>The key, or null where there is none yet.</summary>
    /// <exception cref="StartRefusedException">There is something, but it is no key.</exception>
    public byte[]? Read()
    {
        var text = configuration[Variable] is { Length: > 0 } given ? given : File.Exists(folder.File(FileName)) ? File.ReadAllText(folder.File(FileName)) : null;
        return text is null ? null : Parse(text.Trim()) ?? throw new StartRefusedException($"{Source} holds no root key: 32 bytes in base64 are wanted.");
    }

    /// <summary>Draws a key and writes the file, for a database that has none yet. On disk before it is used.</summary>
    public byte[] Draw()
    {
        var key = RandomNumberGenerator.GetBytes(Length);
        folder.WriteSecret(FileName, Convert.ToBase64String(key));
        return key;
    }

    /// <summary>Tells keys apart without telling anything about them: 16 hexadecimal digits.</summary>
    public static string Fingerprint(ReadOnlySpan<byte> root)
    {
        Span<byte> digest = stackalloc byte[8];
        HKDF.Expand(HashAlgorithmName.SHA256, root, digest, "meschain/root-fingerprint"u8);
        return Convert.ToHexStringLower(digest);
    }

    static byte[]? Parse(string text)
    {
        var key = GC.AllocateUninitializedArray<byte>(Length, pinned: true);
        return Convert.TryFromBase64String(text, key, out var length) && length == Length ? key : null;
    }
}
