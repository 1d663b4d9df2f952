using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;

namespace MesChain.Server.Platform.Ledger;

/// <summary>
/// One store's tree inside one transaction. It rests in tiles of up to 256 hashes: level 0 holds the hashes of rows, level n those
/// of full tiles of the level below; what lies between is computed. So a proof reads two tiles a level, a hash that stands is
/// never written again, and the tree costs 32 bytes a row. Positions count from 0: row <c>seq</c> is leaf <c>seq - 1</c>.
/// </summary>
sealed class LedgerTree(Tx tx, Guid storeId)
{
    /// <summary>Binary levels a tile spans.</summary>
    public const int TileHeight = 8;

    public const int TileWidth = 1 << TileHeight;

    readonly Dictionary<(int Level, long Tile), byte[]> _read = [];

    /// <summary>Extends a tree of <paramref name="size"/> leaves.</summary>
    /// <exception cref="IntegrityException">The tiles do not hold that many.</exception>
    public async Task AppendAsync(long size, IReadOnlyList<byte[]> leaves)
    {
        for (var level = 0; leaves.Count > 0; level++)
        {
            var full = new List<byte[]>();
            var at = size >> (level * TileHeight);
            while (leaves.Count > 0)
            {
                var kept = (int)(at % TileWidth);
                var tile = at / TileWidth;
                var standing = await ReadAsync(level, tile);
                if (standing.Length != kept * Merkle.HashLength)
                    throw Broken(level, tile);
                var taken = leaves.Take(TileWidth - kept).ToList();
                var hashes = standing.Concat(taken.SelectMany(hash => hash)).ToArray();
                await tx.ExecuteAsync(
                    """
                    insert into ledger_tiles (store_id, level, tile, hashes) values (@storeId, @level, @tile, @hashes)
                    on conflict (store_id, level, tile) do update set hashes = excluded.hashes
                    """,
                    new { storeId, level, tile, hashes });
                _read[(level, tile)] = hashes;
                if (hashes.Length == TileWidth * Merkle.HashLength)
                    full.Add(Merkle.Root(hashes));
                at += taken.Count;
                leaves = [.. leaves.Skip(taken.Count)];
            }

            leaves = full;
        }
    }

    /// <summary>The root over the leaves from <paramref name="first"/> up to, not including, <paramref name="end"/>.</summary>
    public async Task<byte[]> RootAsync(long first, long end)
    {
        var count = end - first;
        if (long.IsPow2(count) && first % count == 0)
            return await NodeAsync((int)long.TrailingZeroCount(count), first / count);
        var split = first + Merkle.Split(count);
        var (left, right) = (await RootAsync(first, split), await RootAsync(split, end));
        return Merkle.Node(left, right);
    }

    /// <summary>RFC 6962, 2.1.1: the hashes beside the path from a leaf to the root of a tree of <paramref name="size"/>.</summary>
    public async Task<IReadOnlyList<byte[]>> InclusionAsync(long leaf, long size)
    {
        var path = new List<byte[]>();
        var (first, end) = (0L, size);
        while (end - first > 1)
        {
            var split = first + Merkle.Split(end - first);
            if (leaf < split)
            {
                path.Add(await RootAsync(split, end));
                end = split;
            }
            else
            {
                path.Add(await RootAsync(first, split));
                first = split;
            }
        }

        path.Reverse();
        return path;
    }

    /// <summary>RFC 6962, 2.1.2: what shows that the tree of <paramref name="second"/> begins with that of <paramref name="earlier"/>.</summary>
    public async Task<IReadOnlyList<byte[]>> ConsistencyAsync(long earlier, long second)
    {
        var proof = new List<byte[]>();
        var (first, end) = (0L, second);
        while (earlier < end)
        {
            var split = first + Merkle.Split(end - first);
            if (earlier <= split)
            {
                proof.Add(await RootAsync(split, end));
                end = split;
            }
            else
            {
                proof.Add(await RootAsync(first, split));
                first = split;
            }
        }

        // The earlier tree as a whole is known to whoever asks; a part of it is not.
        if (first > 0)
            proof.Add(await RootAsync(first, end));
        proof.Reverse();
        return proof;
    }

    /// <summary>The hash of the full subtree of 2^<paramref name="height"/> leaves at that index.</summary>
    public async Task<byte[]> NodeAsync(int height, long index)
    {
        var level = height / TileHeight;
        var spans = 1 << (height % TileHeight);
        var at = index * spans;
        var hashes = await ReadAsync(level, at / TileWidth);
        var from = (int)(at % TileWidth) * Merkle.HashLength;
        return hashes.Length >= from + (spans * Merkle.HashLength) ? Merkle.Root(hashes.AsSpan(from, spans * Merkle.HashLength)) : throw Broken(level, at / TileWidth);
    }

    /// <summary>A tile as it stands; empty when there is none.</summary>
    public async Task<byte[]> ReadAsync(int level, long tile)
    {
        if (!_read.TryGetValue((level, tile), out var hashes))
        {
            hashes = await tx.ScalarAsync<byte[]>("select hashes from ledger_tiles where store_id = @storeId and level = @level and tile = @tile", new { storeId, level, tile }) ?? [];
            _read[(level, tile)] = hashes;
        }

        return hashes;
    }

    static IntegrityException Broken(int level, long tile) => new($"Tile {tile} of level {level} does not hold the hashes that the tree of the ledger needs.");
}
