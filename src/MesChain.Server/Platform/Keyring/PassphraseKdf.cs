using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MesChain.Server.Platform.Hosting;
using NSec.Cryptography;

namespace MesChain.Server.Platform.Keyring;

/// <summary>
/// Turns a passphrase into a root key: Argon2id (RFC 9106, 64 MiB, 3 passes, 1 lane), as libsodium does it. Salt and costs stand in the
/// row of the installation and not beside a key in the data folder: whoever chooses a passphrase wants to be left with nothing but a
/// backup of the database and what he remembers, and every node has to come to the same key. A salt is no secret. Costs below the
/// ones here are refused, so that nobody who can write to the database makes guessing cheap.
/// </summary>
sealed partial class PassphraseKdf
{
    /// <summary>Characters of a passphrase, at least.</summary>
    public const int PassphraseMin = 20;

    const int MemoryKib = 64 * 1024;
    const int Passes = 3;
    const int MemoryKibMax = 4 * 1024 * 1024;
    const int PassesMax = 64;
    const int SaltLength = 16;

    readonly int _memoryKib;
    readonly int _passes;
    readonly byte[] _salt;

    PassphraseKdf(int memoryKib, int passes, byte[] salt)
    {
        _memoryKib = memoryKib;
        _passes = passes;
        _salt = salt;
    }

    public static PassphraseKdf Draw() => new(MemoryKib, Passes, RandomNumberGenerator.GetBytes(SaltLength));

    /// <exception cref="StartRefusedException">Not what <see cref="ToString"/> writes, or cheaper to guess by than we allow.</exception>
    public static PassphraseKdf Parse(string text)
    {
        var match = Form().Match(text);
        var salt = new byte[SaltLength];
        if (!match.Success
            || !int.TryParse(match.Groups["memory"].ValueSpan, CultureInfo.InvariantCulture, out var memory) || memory is < MemoryKib or > MemoryKibMax
            || !int.TryParse(match.Groups["passes"].ValueSpan, CultureInfo.InvariantCulture, out var passes) || passes is < Passes or > PassesMax
            || !Convert.TryFromBase64String(match.Groups["salt"].Value, salt, out var length) || length != SaltLength)
        {
            throw new StartRefusedException("what the database says of how its passphrase becomes a key (installation.root_kdf) was changed; put it back from a backup.");
        }

        return new(memory, passes, salt);
    }

    public byte[] Derive(string passphrase)
    {
        var argon = new Argon2id(new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = _memoryKib, NumberOfPasses = _passes });
        var words = Encoding.UTF8.GetBytes(passphrase.Normalize(NormalizationForm.FormC));
        var key = GC.AllocateUninitializedArray<byte>(RootKey.Length, pinned: true);
        argon.DeriveBytes(words, _salt, key);
        CryptographicOperations.ZeroMemory(words);
        return key;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"argon2id$v=19$m={_memoryKib},t={_passes},p=1${Convert.ToBase64String(_salt)}");

    [GeneratedRegex(@"^argon2id\$v=19\$m=(?<memory>\d{1,9}),t=(?<passes>\d{1,3}),p=1\$(?<salt>[A-Za-z0-9+/=]{24})$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Form();
}
