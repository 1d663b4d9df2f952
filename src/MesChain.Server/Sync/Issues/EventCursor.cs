using System.Buffers.Binary;
using System.Buffers.Text;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Sync.Issues;

/// <summary>
/// Where a reader of a store's events stands: which database, and which number. A restored database is another one, because its
/// numbers may name other events than before.
/// </summary>
public sealed record EventCursor(Guid Incarnation, long Seq)
{
    const byte Version = 1;
    const int Length = 1 + 16 + 8;

    public string ToWire()
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Version;
        Ids.ToBytes(Incarnation).CopyTo(bytes[1..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes[17..], Seq);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Null when it is nothing that this program ever handed out.</summary>
    public static EventCursor? Parse(string text)
    {
        if (text.Length > 2 * Length || !Base64Url.IsValid(text) || Base64Url.DecodeFromChars(text) is not { Length: Length } bytes || bytes[0] != Version)
            return null;
        var seq = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(17));
        return seq < 0 ? null : new(new Guid(bytes.AsSpan(1, 16), bigEndian: true), seq);
    }
}
