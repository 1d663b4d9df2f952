using System.Security.Cryptography;
using MesChain.Server.Platform.Hosting;

namespace MesChain.Server.Platform.Keyring;

/// <summary>
/// The key outside the database. It is <c>MESCHAIN_ROOT_KEY</c> (32 bytes in base64), or made from <c>MESCHAIN_ROOT_PASSPHRASE</c>, or
/// stands in the file <c>root-key</c> of the data folder. The one that is to replace it is offered in the same three ways, with
/// <c>_NEXT</c> behind the variable or <c>.next</c> behind the file. Whoever has the key and the database reads everything; whoever lost
/// it reads nothing ever again.
/// </summary>
/// <param name="folder">Null: only variables count.</param>
sealed class RootKey(DataFolder? folder, IConfiguration configuration)
{
    public const string Variable = "MESCHAIN_ROOT_KEY";
    public const string PassphraseVariable = "MESCHAIN_ROOT_PASSPHRASE";
    public const string Next = "_NEXT";
    public const int Length = 32;
    const string FileName = "root-key";
    const string NextFile = ".next";

    /// <summary>Where it comes from, for people.</summary>
    public string Source => Where(Variable, PassphraseVariable, FileName);

    public string NextSource => Where(Variable + Next, PassphraseVariable + Next, FileName + NextFile);

    /// <summary>Whether a passphrase has to be turned into a key, which takes a salt from the database.</summary>
    public bool IsPassphrase => Given(PassphraseVariable) is not null;

    public bool IsPassphraseNext => Given(PassphraseVariable + Next) is not null;

    /// <summary>The key, or null where there is none yet.</summary>
    /// <param name="kdf">How a passphrase becomes a key; used only where there is one.</param>
    /// <exception cref="StartRefusedException">There is something, but it is no key.</exception>
    public byte[]? Read(PassphraseKdf? kdf = null) => Read(Variable, PassphraseVariable, FileName, kdf);

    /// <summary>The key offered to replace it, or null.</summary>
    /// <exception cref="StartRefusedException">There is something, but it is no key.</exception>
    public byte[]? ReadNext(PassphraseKdf? kdf = null) => Read(Variable + Next, PassphraseVariable + Next, FileName + NextFile, kdf);

    /// <summary>Draws a key and writes the file, for a database that has none yet. On disk before it is used.</summary>
    public byte[] Draw()
    {
        var key = RandomNumberGenerator.GetBytes(Length);
        (folder ?? throw new StartRefusedException($"there is no root key; give one as {Variable}.")).WriteSecret(FileName, Convert.ToBase64String(key));
        return key;
    }

    /// <summary>Tells keys apart without telling anything about them: 16 hexadecimal digits.</summary>
    public static string Fingerprint(ReadOnlySpan<byte> root)
    {
        Span<byte> digest = stackalloc byte[8];
        HKDF.Expand(HashAlgorithmName.SHA256, root, digest, "meschain/root-fingerprint"u8);
        return Convert.ToHexStringLower(digest);
    }

    byte[]? Read(string variable, string passphrase, string file, PassphraseKdf? kdf)
    {
        var source = Where(variable, passphrase, file);
        if (Given(passphrase) is { } words)
        {
            if (Given(variable) is not null)
                throw new StartRefusedException($"{variable} and {passphrase} are both set; only one of them can be the root key.");
            if (words.Length < PassphraseKdf.PassphraseMin)
                throw new StartRefusedException($"{passphrase} is too short: at least {PassphraseKdf.PassphraseMin} characters are wanted, such as six words drawn by dice.");
            return kdf?.Derive(words);
        }

        var text = Given(variable) ?? FileText(file);
        return text is null ? null : Parse(text.Trim(), source);
    }

    string Where(string variable, string passphrase, string file) =>
        Given(passphrase) is not null ? passphrase : folder is null || Given(variable) is not null ? variable : folder.File(file);

    string? Given(string variable) => configuration[variable] is { Length: > 0 } given ? given : null;

    string? FileText(string file) => folder is not null && File.Exists(folder.File(file)) ? File.ReadAllText(folder.File(file)) : null;

    /// <summary>32 bytes in base64; behind a blank, its fingerprint may stand, so that a slip of the hand is found before anything is sealed by it.</summary>
    static byte[] Parse(string text, string source)
    {
        var parts = text.Split(' ', 2, StringSplitOptions.TrimEntries);
        var key = GC.AllocateUninitializedArray<byte>(Length, pinned: true);
        if (!Convert.TryFromBase64String(parts[0], key, out var length) || length != Length)
            throw new StartRefusedException($"{source} holds no root key: 32 bytes in base64 are wanted.");
        if (parts.Length == 2 && parts[1] != Fingerprint(key))
            throw new StartRefusedException($"{source} is mistyped: its key has the fingerprint {Fingerprint(key)}, and behind it stands {parts[1]}.");
        return key;
    }
}
