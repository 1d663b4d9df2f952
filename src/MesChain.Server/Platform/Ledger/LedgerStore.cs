using MesChain.Server.Platform.Data;

namespace MesChain.Server.Platform.Ledger;

/// <summary>Rows, trees and heads as they stand in the tables.</summary>
static class LedgerStore
{
    /// <summary>So many stores are told of at once.</summary>
    public const int ToldMax = 10;

    const string Sequence = "ledger";

    /// <summary>Stores with rows that no head covers, and what was found wrong there the last time.</summary>
    public static Task<IReadOnlyList<TreeRow>> UnsignedAsync(Tx tx) => tx.QueryAsync<TreeRow>(
        $"""
        select s.store_id, coalesce(t.size, 0) as size, coalesce(t.signed_size, 0) as signed_size, coalesce(t.signed_ms, 0) as signed_ms, coalesce(t.fault, '') as fault
        from store_sequences s left join ledger_trees t on t.store_id = s.store_id
        where s.name = '{Sequence}' and (t.store_id is null or s.value <> t.signed_size or t.fault <> '')
        order by s.store_id
        """);

    public static Task<IReadOnlyList<LedgerRow>> RowsAsync(Tx tx, Guid storeId, long after, long last, int limit) => tx.QueryAsync<LedgerRow>(
        $"select {LedgerRow.Columns} from ledger where store_id = @storeId and seq > @after and seq <= @last order by seq limit @limit",
        new { storeId, after, last, limit });

    /// <summary>The tree's row, made if it is not there, held until the commit: two sealers cannot extend one tree.</summary>
    public static async Task<TreeRow> HoldAsync(Tx tx, Guid storeId)
    {
        await tx.ExecuteAsync("insert into ledger_trees (store_id) values (@storeId) on conflict (store_id) do nothing", new { storeId });
        return (await tx.OneAsync<TreeRow>($"select store_id, size, signed_size, signed_ms, fault from ledger_trees where store_id = @storeId {tx.Db.ForUpdate}", new { storeId }))!;
    }

    public static Task<TreeRow?> TreeAsync(Tx tx, Guid storeId) =>
        tx.OneAsync<TreeRow>("select store_id, size, signed_size, signed_ms, fault from ledger_trees where store_id = @storeId", new { storeId });

    public static Task GrownAsync(Tx tx, Guid storeId, long size) =>
        tx.ExecuteAsync("update ledger_trees set size = @size where store_id = @storeId", new { storeId, size });

    public static async Task FaultAsync(Tx tx, Guid storeId, string fault)
    {
        await HoldAsync(tx, storeId);
        await tx.ExecuteAsync("update ledger_trees set fault = @fault where store_id = @storeId", new { storeId, fault });
    }

    /// <summary>Keeps a new head, and of those before it the last one of each day.</summary>
    public static async Task SignedAsync(Tx tx, Guid storeId, LedgerHead head)
    {
        const long day = 24L * 60 * 60 * 1000;
        await tx.ExecuteAsync("delete from ledger_heads where store_id = @storeId and at_ms >= @todayMs", new { storeId, todayMs = head.AtMs - (head.AtMs % day) });
        await tx.ExecuteAsync("insert into ledger_heads (store_id, size, note, at_ms) values (@storeId, @Size, @Note, @AtMs)", new { storeId, head.Size, head.Note, head.AtMs });
        await tx.ExecuteAsync("update ledger_trees set signed_size = @Size, signed_ms = @AtMs, fault = '' where store_id = @storeId", new { storeId, head.Size, head.AtMs });
    }

    public static Task<string?> NoteAsync(Tx tx, Guid storeId, long size) =>
        tx.ScalarAsync<string>("select note from ledger_heads where store_id = @storeId and size = @size", new { storeId, size });

    /// <summary>Sizes and notes of the heads over more than <paramref name="above"/> rows, smallest first.</summary>
    public static Task<IReadOnlyList<HeadRow>> HeadsAsync(Tx tx, Guid storeId, long above) =>
        tx.QueryAsync<HeadRow>("select size, note from ledger_heads where store_id = @storeId and size > @above order by size", new { storeId, above });

    /// <summary>Stores whose oldest row without a head is older than that.</summary>
    public static Task<IReadOnlyList<Guid>> LateAsync(Tx tx, TimeSpan age) => tx.QueryAsync<Guid>(
        $"""
        select s.store_id
        from store_sequences s left join ledger_trees t on t.store_id = s.store_id
        join ledger l on l.store_id = s.store_id and l.seq = coalesce(t.signed_size, 0) + 1
        where s.name = '{Sequence}' and l.at_ms < {tx.Db.Now} - @ageMs
        order by s.store_id limit {ToldMax}
        """,
        new { ageMs = (long)age.TotalMilliseconds });

    /// <summary>Stores where the sealer found something wrong.</summary>
    public static Task<IReadOnlyList<Guid>> FaultyAsync(Tx tx) =>
        tx.QueryAsync<Guid>($"select store_id from ledger_trees where fault <> '' order by store_id limit {ToldMax}");
}

sealed class TreeRow
{
    public Guid StoreId { get; init; }

    public long Size { get; init; }

    public long SignedSize { get; init; }

    public long SignedMs { get; init; }

    public string Fault { get; init; } = "";
}

sealed class HeadRow
{
    public long Size { get; init; }

    public string Note { get; init; } = "";
}
