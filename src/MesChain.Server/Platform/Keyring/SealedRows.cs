using System.Buffers.Binary;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Platform.Keyring;

/// <summary>
/// Reads and replaces what is sealed, in every registered column alike. Under which generation a value stands is read from its header,
/// so that there is no second column that could say otherwise. Names of tables and columns come from the program, never from a caller.
/// </summary>
static class SealedRows
{
    /// <summary>Values of one column in the order of its key, after a place.</summary>
    /// <param name="onlyUnder">Only those under these generations; null means all.</param>
    public static Task<IReadOnlyList<SealedRow>> PageAsync(Tx tx, Guid storeId, SealedPlace after, IReadOnlyCollection<long>? onlyUnder, int limit)
    {
        if (onlyUnder is { Count: 0 })
            return Task.FromResult<IReadOnlyList<SealedRow>>([]);
        var column = after.Column;
        var (key, behind) = column.Version.Length == 0
            ? (column.Id, $"{column.Id} > @id")
            : ($"{column.Id}, {column.Version}", $"({column.Id}, {column.Version}) > (@id, @version)");
        var under = onlyUnder is null ? "" : $"and {Under(column)} in ({string.Join(", ", onlyUnder.Select((_, i) => FormattableString.Invariant($"@g{i}")))})";
        var args = new Dapper.DynamicParameters(new { storeId, id = after.Id, version = after.Version, limit });
        foreach (var (generation, i) in (onlyUnder ?? []).Select((generation, i) => (generation, i)))
            args.Add(FormattableString.Invariant($"g{i}"), Header(generation));
        return tx.QueryAsync<SealedRow>(
            $"""
            select {column.Id} as id, {(column.Version.Length == 0 ? "0" : column.Version)} as version, {column.Column} as sealed
            from {column.Table}
            where store_id = @storeId and length({column.Column}) > 0 and {behind} {under}
            order by {key} limit @limit
            """,
            args);
    }

    /// <summary>Puts a value in the place of the one that was read; false when somebody else changed or removed it in the meantime.</summary>
    public static async Task<bool> ReplaceAsync(Tx tx, Guid storeId, SealedPlace place, byte[] old, byte[] sealedAnew)
    {
        var column = place.Column;
        return await tx.ExecuteAsync(
            $"""
            update {column.Table} set {column.Column} = @sealedAnew
            where store_id = @storeId and {column.Id} = @Id {(column.Version.Length == 0 ? "" : $"and {column.Version} = @Version")} and {column.Column} = @old
            """,
            new { storeId, place.Id, place.Version, old, sealedAnew }) == 1;
    }

    /// <summary>How many values of a store stand under each generation, over all columns.</summary>
    public static async Task<Dictionary<long, long>> CountAsync(Tx tx, Guid storeId, IEnumerable<SealedColumn> columns)
    {
        var counts = new Dictionary<long, long>();
        foreach (var column in columns)
        {
            var rows = await tx.QueryAsync<CountRow>(
                $"select {Under(column)} as header, count(*) as rows from {column.Table} where store_id = @storeId and length({column.Column}) > 0 group by {Under(column)}",
                new { storeId });
            foreach (var row in rows.Where(row => row.Header.Length == 4))
            {
                var generation = BinaryPrimitives.ReadUInt32BigEndian(row.Header);
                counts[generation] = counts.GetValueOrDefault(generation) + row.Rows;
            }
        }

        return counts;
    }

    /// <summary>Bytes 6 to 9 of the header, the same word on both engines.</summary>
    static string Under(SealedColumn column) => $"substr({column.Column}, 7, 4)";

    static byte[] Header(long generation)
    {
        var header = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(header, (uint)generation);
        return header;
    }

    sealed record CountRow
    {
        public byte[] Header { get; init; } = [];

        public long Rows { get; init; }
    }
}

sealed record SealedRow
{
    public Guid Id { get; init; }

    public long Version { get; init; }

    public byte[] Sealed { get; init; } = [];
}
