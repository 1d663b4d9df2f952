using System.Security.Cryptography;
using System.Text;
using MesChain.Server.Platform.Keyring;

namespace MesChain.Tests.Platform;

/// <summary>The published vectors of c2sp.org/XAES-256-GCM.</summary>
public sealed class Xaes256GcmTests
{
    static readonly byte[] Nonce = "ABCDEFGHIJKLMNOPQRSTUVWX"u8.ToArray();

    [Theory]
    [InlineData(1, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271")]
    [InlineData(3, "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d")]
    public void The_published_vectors_hold(byte keyByte, string aad, string expected)
    {
        var key = Enumerable.Repeat(keyByte, 32).ToArray();
        var sealedText = Xaes256Gcm.Seal(key, Nonce, "XAES-256-GCM"u8, Encoding.ASCII.GetBytes(aad));
        Assert.Equal(expected, Convert.ToHexStringLower(sealedText));

        var opened = new byte[12];
        Xaes256Gcm.Open(key, Nonce, sealedText, Encoding.ASCII.GetBytes(aad), opened);
        Assert.Equal("XAES-256-GCM"u8, opened);
    }

    [Fact]
    public void Ten_thousand_random_messages_accumulate_to_the_published_digest()
    {
        Assert.SkipUnless(Shake128.IsSupported, "This OpenSSL has no SHAKE128");
        var stream = Shake128.HashData([], 4_000_000).AsSpan();
        using var digest = new Shake128();
        for (var i = 0; i < 10_000; i++)
        {
            var key = Take(ref stream, 32);
            var nonce = Take(ref stream, 24);
            var plaintext = Take(ref stream, Take(ref stream, 1)[0]);
            var aad = Take(ref stream, Take(ref stream, 1)[0]);
            var sealedText = Xaes256Gcm.Seal(key, nonce, plaintext, aad);
            var opened = new byte[plaintext.Length];
            Xaes256Gcm.Open(key, nonce, sealedText, aad, opened);
            Assert.True(opened.AsSpan().SequenceEqual(plaintext));
            digest.AppendData(sealedText);
        }

        Assert.Equal("e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939", Convert.ToHexStringLower(digest.GetHashAndReset(32)));
    }

    static ReadOnlySpan<byte> Take(ref Span<byte> stream, int count)
    {
        var taken = stream[..count];
        stream = stream[count..];
        return taken;
    }
}
