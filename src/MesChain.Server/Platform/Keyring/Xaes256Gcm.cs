using System.Security.Cryptography;

namespace MesChain.Server.Platform.Keyring;

/// <summary>
/// XAES-256-GCM as C2SP specifies it: a key of its own for each message, derived from half of a 192-bit nonce, so that one key may
/// wrap any number of messages under random nonces.
/// </summary>
static class Xaes256Gcm
{
    public const int KeyLength = 32;
    public const int NonceLength = 24;
    public const int TagLength = 16;

    const int Block = 16;
    const int Half = 12;

    /// <summary>Answers ciphertext and tag.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> aad)
    {
        var sealedText = new byte[plaintext.Length + TagLength];
        Span<byte> messageKey = stackalloc byte[KeyLength];
        Derive(key, nonce, messageKey);
        using var gcm = new AesGcm(messageKey, TagLength);
        gcm.Encrypt(nonce[Half..], plaintext, sealedText.AsSpan(0, plaintext.Length), sealedText.AsSpan(plaintext.Length), aad);
        CryptographicOperations.ZeroMemory(messageKey);
        return sealedText;
    }

    /// <exception cref="AuthenticationTagMismatchException">Not what was sealed under this key, nonce and associated data.</exception>
    public static void Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, ReadOnlySpan<byte> aad, Span<byte> plaintext)
    {
        Span<byte> messageKey = stackalloc byte[KeyLength];
        Derive(key, nonce, messageKey);
        using var gcm = new AesGcm(messageKey, TagLength);
        try
        {
            gcm.Decrypt(nonce[Half..], sealedText[..^TagLength], sealedText[^TagLength..], plaintext, aad);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(messageKey);
        }
    }

    /// <summary>The message key: CMAC-AES-256 as a KDF over counter, label "X" and the nonce's first half (NIST SP 800-108r1).</summary>
    static void Derive(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, Span<byte> messageKey)
    {
        using var aes = Aes.Create();
        aes.SetKey(key);
        Span<byte> subkey = stackalloc byte[Block];
        subkey.Clear();
        aes.EncryptEcb(subkey, subkey, PaddingMode.None);
        // Doubling in GF(2^128): the shifted-out bit comes back as the reduction polynomial, without a branch on it.
        var carry = (byte)(0x87 & -(subkey[0] >> 7));
        for (var i = 0; i < Block - 1; i++)
            subkey[i] = (byte)((subkey[i] << 1) | (subkey[i + 1] >> 7));
        subkey[^1] = (byte)((subkey[^1] << 1) ^ carry);

        Span<byte> message = stackalloc byte[Block];
        for (byte counter = 1; counter <= 2; counter++)
        {
            message.Clear();
            message[1] = counter;
            message[2] = (byte)'X';
            nonce[..Half].CopyTo(message[4..]);
            for (var i = 0; i < Block; i++)
                message[i] ^= subkey[i];
            aes.EncryptEcb(message, messageKey.Slice((counter - 1) * Block, Block), PaddingMode.None);
        }
    }
}
