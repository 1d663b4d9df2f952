using System.Buffers.Binary;
using System.Text;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Platform.Ledger;

/// <summary>One row as it stands. What takes part in its hash is frozen: docs/formats/ledger.md is the specification.</summary>
public sealed class LedgerRow
{
    /// <summary>For select lists.</summary>
    internal const string Columns = "seq, kind, subject, actor, digest, at_ms";

    const byte Format = 1;

    public long Seq { get; init; }

    public string Kind { get; init; } = "";

    public string Subject { get; init; } = "";

    public string Actor { get; init; } = "";

    public byte[] Digest { get; init; } = [];

    public long AtMs { get; init; }

    /// <summary>The hash by which the row stands in its store's tree.</summary>
    internal byte[] Hash(Guid storeId) => Merkle.Leaf(Canonical(storeId));

    internal byte[] Canonical(Guid storeId)
    {
        byte[][] parts = [Encoding.UTF8.GetBytes(Kind), Encoding.UTF8.GetBytes(Subject), Encoding.UTF8.GetBytes(Actor), Digest];
        var bytes = new byte[5 + 16 + 8 + 8 + parts.Sum(part => 4 + part.Length)];
        var rest = bytes.AsSpan();
        "MCLR"u8.CopyTo(rest);
        rest[4] = Format;
        Ids.ToBytes(storeId).CopyTo(rest[5..]);
        BinaryPrimitives.WriteInt64BigEndian(rest[21..], Seq);
        BinaryPrimitives.WriteInt64BigEndian(rest[29..], AtMs);
        rest = rest[37..];
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32BigEndian(rest, part.Length);
            part.CopyTo(rest[4..]);
            rest = rest[(4 + part.Length)..];
        }

        return bytes;
    }
}
