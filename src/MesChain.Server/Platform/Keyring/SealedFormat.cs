using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;

namespace MesChain.Server.Platform.Keyring;

/// <summary>
/// The frozen layout of everything that is sealed under a store's key: header (magic, format, algorithm, KEK generation), the
/// wrapped data key, the value. docs/formats/envelope.md is its specification and tests/formats opens it without this code.
/// A layout is never changed: a new one gets a new format byte.
/// </summary>
static class SealedFormat
{
    public const int HeaderLength = 10;
    public const int Overhead = HeaderLength + Xaes256Gcm.NonceLength + KeyLength + TagLength + GcmNonceLength + TagLength;

    const int KeyLength = 32;
    const int TagLength = 16;
    const int GcmNonceLength = 12;
    const byte Format = 1;

    /// <summary>Value by AES-256-GCM under a data key used once; data key wrapped by XAES-256-GCM.</summary>
    const byte Algorithm = 1;

    /// <summary>A version of a secret.</summary>
    public static ReadOnlySpan<byte> Secret => "MCSE"u8;

    /// <summary>A small document of another slice.</summary>
    public static ReadOnlySpan<byte> Document => "MCSD"u8;

    /// <summary>A key-encryption key, wrapped by the root key.</summary>
    static ReadOnlySpan<byte> Kek => "MCSK"u8;

    /// <param name="binding">Which row this is, beyond the store: immutable ids only, never a name.</param>
    public static byte[] Seal(ReadOnlySpan<byte> magic, ReadOnlySpan<byte> kek, uint generation, Guid storeId, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> value)
    {
        var blob = new byte[Overhead + value.Length];
        var span = blob.AsSpan();
        WriteHeader(span, magic, generation);
        var aad = Aad(magic, storeId, binding, generation);
        var wrapNonce = span.Slice(HeaderLength, Xaes256Gcm.NonceLength);
        RandomNumberGenerator.Fill(wrapNonce);
        Span<byte> dek = stackalloc byte[KeyLength];
        RandomNumberGenerator.Fill(dek);
        var rest = span[(HeaderLength + Xaes256Gcm.NonceLength)..];
        Xaes256Gcm.Seal(kek, wrapNonce, dek, aad).CopyTo(rest);
        rest = rest[(KeyLength + TagLength)..];
        RandomNumberGenerator.Fill(rest[..GcmNonceLength]);
        using var gcm = new AesGcm(dek, TagLength);
        gcm.Encrypt(rest[..GcmNonceLength], value, rest[GcmNonceLength..^TagLength], rest[^TagLength..], aad);
        CryptographicOperations.ZeroMemory(dek);
        return blob;
    }

    /// <summary>Which generation a blob asks for; a foreign magic, format or algorithm is refused, never guessed.</summary>
    /// <exception cref="IntegrityException">It is no such blob.</exception>
    public static uint Generation(ReadOnlySpan<byte> magic, ReadOnlySpan<byte> blob)
    {
        if (blob.Length < Overhead || !blob[..4].SequenceEqual(magic) || blob[4] != Format || blob[5] != Algorithm)
            throw Broken();
        return BinaryPrimitives.ReadUInt32BigEndian(blob[6..]);
    }

    /// <exception cref="IntegrityException">Any bit of it is not what was sealed for this place.</exception>
    public static byte[] Open(ReadOnlySpan<byte> magic, ReadOnlySpan<byte> kek, Guid storeId, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> blob)
    {
        var aad = Aad(magic, storeId, binding, Generation(magic, blob));
        var rest = blob[HeaderLength..];
        Span<byte> dek = stackalloc byte[KeyLength];
        var value = new byte[blob.Length - Overhead];
        try
        {
            Xaes256Gcm.Open(kek, rest[..Xaes256Gcm.NonceLength], rest.Slice(Xaes256Gcm.NonceLength, KeyLength + TagLength), aad, dek);
            rest = rest[(Xaes256Gcm.NonceLength + KeyLength + TagLength)..];
            using var gcm = new AesGcm(dek, TagLength);
            gcm.Decrypt(rest[..GcmNonceLength], rest[GcmNonceLength..^TagLength], rest[^TagLength..], value, aad);
            return value;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Broken();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dek);
        }
    }

    public static byte[] WrapKek(ReadOnlySpan<byte> root, Guid storeId, uint generation, ReadOnlySpan<byte> kek)
    {
        var blob = new byte[HeaderLength + Xaes256Gcm.NonceLength + KeyLength + TagLength];
        WriteHeader(blob, Kek, generation);
        var nonce = blob.AsSpan(HeaderLength, Xaes256Gcm.NonceLength);
        RandomNumberGenerator.Fill(nonce);
        Xaes256Gcm.Seal(root, nonce, kek, Aad(Kek, storeId, [], generation)).CopyTo(blob.AsSpan(HeaderLength + Xaes256Gcm.NonceLength));
        return blob;
    }

    /// <summary>Answers the key in memory that the collector does not move, so that no copies of it stay behind.</summary>
    /// <exception cref="IntegrityException">Not a key that this root key wrapped for this store and generation.</exception>
    public static byte[] UnwrapKek(ReadOnlySpan<byte> root, Guid storeId, uint generation, ReadOnlySpan<byte> blob)
    {
        if (blob.Length != HeaderLength + Xaes256Gcm.NonceLength + KeyLength + TagLength || !blob[..4].SequenceEqual(Kek) || blob[4] != Format || blob[5] != Algorithm
            || BinaryPrimitives.ReadUInt32BigEndian(blob[6..]) != generation)
        {
            throw Broken();
        }

        var kek = GC.AllocateUninitializedArray<byte>(KeyLength, pinned: true);
        try
        {
            Xaes256Gcm.Open(root, blob.Slice(HeaderLength, Xaes256Gcm.NonceLength), blob[(HeaderLength + Xaes256Gcm.NonceLength)..], Aad(Kek, storeId, [], generation), kek);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Broken();
        }

        return kek;
    }

    /// <summary>secret uuid ‖ version.</summary>
    public static byte[] SecretBinding(Guid secretId, long version)
    {
        var binding = new byte[24];
        Ids.ToBytes(secretId).CopyTo(binding.AsSpan());
        BinaryPrimitives.WriteInt64BigEndian(binding.AsSpan(16), version);
        return binding;
    }

    /// <summary>row uuid ‖ kind.</summary>
    public static byte[] DocumentBinding(Guid rowId, string kind) => [.. Ids.ToBytes(rowId), .. Encoding.UTF8.GetBytes(kind)];

    /// <summary>format id ‖ store uuid ‖ binding ‖ generation. The parts of one format have fixed lengths, or only one that varies.</summary>
    static byte[] Aad(ReadOnlySpan<byte> magic, Guid storeId, ReadOnlySpan<byte> binding, uint generation)
    {
        var aad = new byte[6 + 16 + binding.Length + 4];
        magic.CopyTo(aad);
        aad[4] = Format;
        aad[5] = Algorithm;
        Ids.ToBytes(storeId).CopyTo(aad.AsSpan(6));
        binding.CopyTo(aad.AsSpan(22));
        BinaryPrimitives.WriteUInt32BigEndian(aad.AsSpan(22 + binding.Length), generation);
        return aad;
    }

    static void WriteHeader(Span<byte> blob, ReadOnlySpan<byte> magic, uint generation)
    {
        magic.CopyTo(blob);
        blob[4] = Format;
        blob[5] = Algorithm;
        BinaryPrimitives.WriteUInt32BigEndian(blob[6..], generation);
    }

    static IntegrityException Broken() => new("What is stored does not open: it was changed, or moved from another place.");
}
