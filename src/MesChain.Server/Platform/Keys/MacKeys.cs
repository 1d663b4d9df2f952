using MesChain.Server.Platform.Hosting;
using System.Security.Cryptography;
using System.Text;

namespace MesChain.Server.Platform.Keys;

/// <summary>
/// Keyed digests, one derived key a purpose, so that what is kept to recognise a request or a session tells nothing about it.
/// </summary>
public sealed class MacKeys(DataFolder folder)
{
    const string FileName = "mac-key";
    const int KeyLength = 32;

    readonly Lazy<byte[]> _root = new(() => Root(folder));

    /// <summary>HMAC-SHA-256 of <paramref name="content"/> under the purpose's own key.</summary>
    public byte[] Of(string purpose, ReadOnlySpan<byte> content) =>
        HMACSHA256.HashData(HKDF.Expand(HashAlgorithmName.SHA256, _root.Value, KeyLength, Encoding.UTF8.GetBytes("meschain/" + purpose)), content);

    static byte[] Root(DataFolder folder)
    {
        var path = folder.File(FileName);
        if (!File.Exists(path))
            folder.WriteSecret(FileName, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyLength)));
        return Convert.FromHexString(File.ReadAllText(path));
    }
}
