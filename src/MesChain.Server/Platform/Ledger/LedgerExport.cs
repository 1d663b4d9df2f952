using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using System.Globalization;

namespace MesChain.Server.Platform.Ledger;

/// <summary>
/// Writes a run of rows with everything that proves it: one JSON object a line, in the order in which a verifier needs them, so
/// that it reads once and remembers next to nothing. docs/formats/ledger.md is the specification. What stands in the tables is
/// written as it stands: finding that it was tampered with is the verifier's work, which trusts nothing but the head's signature.
/// </summary>
public sealed class LedgerExport(Db db, HeadNote notes)
{
    /// <param name="first">The first row; 1 is the first of all.</param>
    /// <param name="last">The last row; 0 means the last one under the newest signed head.</param>
    public async IAsyncEnumerable<string> WriteAsync(Guid storeId, long first, long last, [EnumeratorCancellation] CancellationToken cancel)
    {
        // One snapshot: a head that is signed meanwhile may take the place of one of today.
        var (size, heads) = await db.ReadAsync(async tx => ((await LedgerStore.TreeAsync(tx, storeId))?.SignedSize ?? 0, await LedgerStore.HeadsAsync(tx, storeId, first - 1)), cancel);
        if (size == 0)
            throw new UnknownResourceException("ledger head", storeId.ToWire());
        var end = last == 0 ? size : last;
        if (end > size || first > end)
            throw new UnknownResourceException("sealed ledger row", Math.Max(first, end).ToString(CultureInfo.InvariantCulture));
        var lines = new Lines();
        lines.Header(storeId, notes.Origin(storeId), notes.VerifierKey(storeId), first, end, size);
        // All beside the run: full subtrees, largest possible, in order.
        await db.ReadAsync(tx => BesideAsync(new(tx, storeId), lines, 0, first - 1), cancel);
        yield return lines.Take();

        for (var tile = (first - 1) / LedgerTree.TileWidth; tile * LedgerTree.TileWidth < end; tile++)
        {
            var from = Math.Max(first - 1, tile * LedgerTree.TileWidth);
            var to = Math.Min(end, (tile + 1) * LedgerTree.TileWidth);
            await db.ReadAsync(tx => TileAsync(tx, storeId, lines, first - 1, from, to, heads), cancel);
            yield return lines.Take();
        }

        await db.ReadAsync(tx => BesideAsync(new(tx, storeId), lines, end, size), cancel);
        if (end < size && heads.FirstOrDefault(head => head.Size == size) is { } newest)
            lines.Head(newest.Note);
        yield return lines.Take();
    }

    static async Task<bool> TileAsync(Tx tx, Guid storeId, Lines lines, long start, long from, long to, IReadOnlyList<HeadRow> heads)
    {
        var tree = new LedgerTree(tx, storeId);
        var hashes = await tree.ReadAsync(0, from / LedgerTree.TileWidth);
        var signed = heads.Where(head => head.Size > from && head.Size <= to).ToDictionary(head => head.Size, head => head.Note);
        foreach (var row in await LedgerStore.RowsAsync(tx, storeId, from, to, LedgerTree.TileWidth))
        {
            var at = (int)((row.Seq - 1) % LedgerTree.TileWidth) * Merkle.HashLength;
            lines.Row(row, hashes.Length >= at + Merkle.HashLength ? hashes.AsSpan(at, Merkle.HashLength) : []);
            if (row.Seq % LedgerTree.TileWidth == 0)
                await AboveAsync(tree, lines, start, row.Seq);
            if (signed.Remove(row.Seq, out var note))
                lines.Head(note);
        }

        foreach (var note in signed.OrderBy(head => head.Key).Select(head => head.Value))
            lines.Head(note);
        return true;
    }

    /// <summary>The stored hashes of the full tiles that end here, as far as all of their rows are in the run.</summary>
    static async Task AboveAsync(LedgerTree tree, Lines lines, long start, long end)
    {
        for (var level = 1; level * LedgerTree.TileHeight < 63; level++)
        {
            var width = 1L << (level * LedgerTree.TileHeight);
            if (end % width != 0 || end - width < start)
                return;
            var index = (end / width) - 1;
            var hashes = await tree.ReadAsync(level, index / LedgerTree.TileWidth);
            var at = (int)(index % LedgerTree.TileWidth) * Merkle.HashLength;
            lines.Node(level * LedgerTree.TileHeight, index, hashes.Length >= at + Merkle.HashLength ? hashes.AsSpan(at, Merkle.HashLength) : []);
        }
    }

    static async Task<bool> BesideAsync(LedgerTree tree, Lines lines, long from, long to)
    {
        while (from < to)
        {
            var height = (int)Math.Min(from == 0 ? 62 : long.TrailingZeroCount(from), long.Log2(to - from));
            lines.Node(height, from >> height, await tree.NodeAsync(height, from >> height));
            from += 1L << height;
        }

        return true;
    }

    sealed class Lines
    {
        static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        readonly ArrayBufferWriter<byte> _text = new();

        public void Header(Guid storeId, string origin, string key, long first, long last, long size) => Write(json =>
        {
            json.WriteString("format", "meschain-ledger/1");
            json.WriteString("store_id", storeId.ToWire());
            json.WriteString("origin", origin);
            json.WriteString("key", key);
            json.WriteNumber("first", first);
            json.WriteNumber("last", last);
            json.WriteNumber("size", size);
        });

        public void Row(LedgerRow row, ReadOnlySpan<byte> leaf)
        {
            var hash = Convert.ToHexStringLower(leaf);
            Write(json =>
            {
                json.WriteNumber("row", row.Seq);
                json.WriteNumber("at_ms", row.AtMs);
                json.WriteString("kind", row.Kind);
                json.WriteString("subject", row.Subject);
                json.WriteString("actor", row.Actor);
                json.WriteString("digest", Convert.ToHexStringLower(row.Digest));
                json.WriteString("leaf", hash);
            });
        }

        public void Node(int height, long index, ReadOnlySpan<byte> node)
        {
            var hash = Convert.ToHexStringLower(node);
            Write(json =>
            {
                json.WriteNumber("node", index);
                json.WriteNumber("height", height);
                json.WriteString("hash", hash);
            });
        }

        public void Head(string note) => Write(json => json.WriteString("head", note));

        /// <summary>What was written since the last time.</summary>
        public string Take()
        {
            var text = Encoding.UTF8.GetString(_text.WrittenSpan);
            _text.ResetWrittenCount();
            return text;
        }

        void Write(Action<Utf8JsonWriter> fields)
        {
            using (var json = new Utf8JsonWriter(_text, Readable))
            {
                json.WriteStartObject();
                fields(json);
                json.WriteEndObject();
            }

            _text.Write("\n"u8);
        }
    }
}
