using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MesChain.Cli.Ledger;

/// <summary>What is wrong with an export, and the first row from which on it cannot be believed.</summary>
/// <param name="What">A word that scripts can compare; docs/formats/ledger.md lists them.</param>
public sealed record Finding(string What, long At, string Sentence);

/// <summary>
/// Reads an export line by line and believes nothing but the signatures of heads. Written from docs/formats/ledger.md, sharing no
/// code with the server that wrote it. Remembers one hash a level, however long the export.
/// </summary>
/// <param name="trustedKey">The key that must have signed; null takes the one in the export, which proves that it fits itself.</param>
/// <param name="earlier">A head kept from before: the export must go on from it. Null: none.</param>
public sealed class LedgerVerifier(string? trustedKey, string? earlier)
{
    static readonly JsonSerializerOptions Form = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    readonly Stack<(int Height, byte[] Hash)> _left = new();
    readonly Dictionary<int, byte[]> _ended = [];
    SignedNote? _earlier;
    bool _earlierSeen;
    Guid _store;
    NoteKey _key;
    long _line;
    long _position;
    long _believed;

    /// <summary>The rows that the export holds, from and to; 0 before its first line was read.</summary>
    public (long First, long Last) Rows { get; private set; }

    /// <summary>How many rows the newest head covers.</summary>
    public long Size { get; private set; }

    /// <summary>The newest head whose signature and root were found right.</summary>
    public string Head { get; private set; } = "";

    /// <summary>Takes the next line; null while all is well.</summary>
    public Finding? Read(string text)
    {
        _line++;
        Line? line;
        try
        {
            line = JsonSerializer.Deserialize<Line>(text, Form);
        }
        catch (JsonException)
        {
            line = null;
        }

        return line switch
        {
            { Format: "meschain-ledger/1" } when _line == 1 => Begin(line),
            _ when line is null || Size == 0 => Malformed(),
            { Row: not null } => Row(line),
            { Node: not null } => Node(line),
            { Head: not null } => Signed(line.Head),
            _ => Malformed(),
        };
    }

    /// <summary>After the last line.</summary>
    public Finding? End()
    {
        if (Size == 0 || _position < Size || _believed < Size)
            return new("cut_short", _position + 1, Say($"It ends after row {_position}; its newest head covers {Size} rows, and what follows is missing."));
        return _earlier is null || _earlierSeen ? null : new("earlier_outside", _earlier.Size, Say($"The earlier head covers {_earlier.Size} rows, of which these rows say nothing. Export from row 1."));
    }

    Finding? Begin(Line line)
    {
        if (!Guid.TryParseExact(line.StoreId, "D", out _store) || !NoteKey.TryParse(line.Key, out _key) || line.First is not > 0 || line.Last < line.First || line.Size < line.Last || line.Last is null || line.Size is null || line.Origin != _key.Name || !_key.Names(_store))
            return Malformed();
        if (trustedKey is not null && line.Key != trustedKey)
            return new("other_key", 1, "It is signed with another key than the one that was given.");
        Rows = (line.First.Value, line.Last.Value);
        Size = line.Size.Value;
        if (earlier is null)
            return null;
        _earlier = SignedNote.Read(_key, earlier);
        if (_earlier is null)
            return new("earlier_forged", 1, "The earlier head was not signed by the key of this ledger, or was changed.");
        return _earlier.Size > Size ? new("truncated", Size + 1, Say($"The earlier head covers {_earlier.Size} rows; only {Size} are left.")) : Compare();
    }

    Finding? Row(Line line)
    {
        var expected = _position + 1;
        if (line is not { Row: { } seq, AtMs: { } atMs, Kind: { } kind, Subject: { } subject, Actor: { } actor } || !TryHex(line.Digest, null, out var digest) || line.Leaf is null)
            return Malformed();
        if (_position < Rows.First - 1 || expected > Rows.Last)
            return Malformed();
        if (seq > expected)
            return new("row_missing", expected, Say($"Row {expected} is missing: row {seq} stands in its place."));
        if (seq < expected)
            return new("row_misplaced", expected, Say($"Row {seq} stands where row {expected} should."));
        var leaf = Leaf(seq, atMs, [Encoding.UTF8.GetBytes(kind), Encoding.UTF8.GetBytes(subject), Encoding.UTF8.GetBytes(actor), digest]);
        if (line.Leaf != Convert.ToHexStringLower(leaf))
            return new("row_changed", seq, Say($"Row {seq} was changed: it does not hash to what was sealed."));
        Push(0, leaf);
        return Compare();
    }

    /// <summary>A stored hash: of rows just read, which must give it; or in the place of rows that are not in the export.</summary>
    Finding? Node(Line line)
    {
        if (line is not { Node: { } index and >= 0, Height: { } height and >= 0 and <= 62 } || line.Hash is null || index > (long.MaxValue >> height) - 1)
            return Malformed();
        var (first, end) = (index << height, (index + 1) << height);
        if (end == _position && _ended.TryGetValue(height, out var known))
            return line.Hash == Convert.ToHexStringLower(known) ? null : new("node_changed", first + 1, Say($"The hash over rows {first + 1} to {end} was changed: it is not that of the rows."));
        var beside = end <= Rows.First - 1 || (first >= Rows.Last && end <= Size);
        if (first != _position || !beside || !TryHex(line.Hash, 32, out var hash))
            return Malformed();
        Push(height, hash);
        return Compare();
    }

    Finding? Signed(string note)
    {
        if (SignedNote.Read(_key, note) is not { } head)
            return new("head_forged", _believed + 1, Say($"The head after row {_position} is not signed by the key of this ledger, or was changed."));
        if (head.Size > _position)
            return new("row_missing", _position + 1, Say($"Row {_position + 1} is missing: the signed head covers {head.Size} rows."));
        if (head.Size < _position || _position == 0)
            return Malformed();
        if (!head.Root.AsSpan().SequenceEqual(Root()))
            return Differs(head.Size);
        (_believed, Head) = (head.Size, note);
        return null;
    }

    /// <summary>Is this the place of the earlier head, and does it say the same?</summary>
    Finding? Compare()
    {
        if (_earlier?.Size != _position)
            return null;
        _earlierSeen = true;
        return _earlier.Root.AsSpan().SequenceEqual(Root()) ? null : new("rewritten", _believed + 1, Say($"The first {_position} rows are not those of the earlier head: something was changed together with every hash over it."));
    }

    Finding Differs(long size) => new("head_differs", _believed + 1, Say($"Between rows {_believed + 1} and {size} something was changed together with its hashes: the signed head over {size} rows has another root."));

    Finding Malformed() => new("malformed", _position + 1, Say($"Line {_line} is not what stands there in an export."));

    void Push(int height, byte[] hash)
    {
        var index = _position >> height;
        _position += 1L << height;
        _ended.Clear();
        _ended[height] = hash;
        for (; (index & 1) == 1; index >>= 1)
        {
            hash = Parent(_left.Pop().Hash, hash);
            _ended[++height] = hash;
        }

        _left.Push((height, hash));
    }

    /// <summary>Over all that was read: subtrees from right to left.</summary>
    byte[] Root() => _left.Select(subtree => subtree.Hash).Aggregate((right, left) => Parent(left, right));

    byte[] Leaf(long seq, long atMs, byte[][] parts)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        sha.AppendData([0, .. "MCLR"u8, 1]);
        sha.AppendData(_store.ToByteArray(bigEndian: true));
        foreach (var value in (long[])[seq, atMs])
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            sha.AppendData(number);
        }

        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, part.Length);
            sha.AppendData(number[..4]);
            sha.AppendData(part);
        }

        return sha.GetHashAndReset();
    }

    static byte[] Parent(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);

    static bool TryHex(string? text, int? length, out byte[] bytes)
    {
        bytes = new byte[(text?.Length ?? 0) / 2];
        return text is not null && text.Length % 2 == 0 && (length is null || bytes.Length == length)
            && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
    }

    static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    sealed record Line(
        string? Format, string? StoreId, string? Origin, string? Key, long? First, long? Last, long? Size,
        long? Row, long? AtMs, string? Kind, string? Subject, string? Actor, string? Digest, string? Leaf,
        long? Node, int? Height, string? Hash, string? Head);
}
