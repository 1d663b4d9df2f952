using System.Security.Cryptography;

namespace MesChain.Server.Platform.Ledger;

/// <summary>Hashes of an RFC 6962 tree: leaves and nodes are told apart by their first byte, so that neither can pose as the other.</summary>
static class Merkle
{
    public const int HashLength = 32;

    public static byte[] Leaf(ReadOnlySpan<byte> entry)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData([0]);
        sha.AppendData(entry);
        return sha.GetHashAndReset();
    }

    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> both = stackalloc byte[1 + (2 * HashLength)];
        both[0] = 1;
        left.CopyTo(both[1..]);
        right.CopyTo(both[(1 + HashLength)..]);
        return SHA256.HashData(both);
    }

    /// <summary>The root over hashes that stand side by side and are a power of two in number.</summary>
    public static byte[] Root(ReadOnlySpan<byte> hashes)
    {
        if (hashes.Length == HashLength)
            return hashes.ToArray();
        var half = hashes.Length / 2;
        return Node(Root(hashes[..half]), Root(hashes[half..]));
    }

    /// <summary>Where RFC 6962 splits a tree of that many leaves: the largest power of two below.</summary>
    public static long Split(long leaves) => 1L << (63 - (int)long.LeadingZeroCount(leaves - 1));
}
