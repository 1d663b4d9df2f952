using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using System.Globalization;

namespace MesChain.Server.Platform.Ledger;

/// <summary>What is on a store's ledger, and its proofs.</summary>
public sealed class LedgerReader(Db db, HeadNote notes)
{
    /// <summary>A page looks at no more rows than this, so that a filter that fits nothing costs no more than one that fits.</summary>
    const int LookedAtMax = 10_000;

    /// <summary>How far the clock by which rows are stamped may have been set back between two of them.</summary>
    const long ClockSlackMs = 60 * 60 * 1000;

    /// <summary>The newest signed head.</summary>
    /// <exception cref="UnknownResourceException">None was signed yet.</exception>
    public Task<LedgerHead> HeadAsync(Guid storeId, CancellationToken cancel) => db.ReadAsync(tx => HeadAsync(tx, storeId), cancel);

    public string VerifierKey(Guid storeId) => notes.VerifierKey(storeId);

    /// <param name="size">Of which tree; 0 means the newest head's.</param>
    public Task<InclusionProof> InclusionAsync(Guid storeId, long seq, long size, CancellationToken cancel) => db.ReadAsync(
        async tx =>
        {
            var head = await HeadAsync(tx, storeId);
            var within = Within(head, size);
            if (seq > within)
                throw new UnknownResourceException("sealed ledger row", Text(seq));
            var row = (await LedgerStore.RowsAsync(tx, storeId, seq - 1, seq, 1)).SingleOrDefault() ?? throw new IntegrityException($"Row {Text(seq)} of the ledger is missing.");
            var tree = new LedgerTree(tx, storeId);
            return new InclusionProof(row, within, row.Hash(storeId), await tree.InclusionAsync(seq - 1, within), head);
        },
        cancel);

    /// <param name="second">0 means the newest head's size.</param>
    public Task<ConsistencyProof> ConsistencyAsync(Guid storeId, long first, long second, CancellationToken cancel) => db.ReadAsync(
        async tx =>
        {
            var head = await HeadAsync(tx, storeId);
            var within = Within(head, second);
            if (first > within)
                throw new UnknownResourceException("sealed ledger row", Text(first));
            return new ConsistencyProof(first, within, await new LedgerTree(tx, storeId).ConsistencyAsync(first, within), head);
        },
        cancel);

    /// <summary>Newest first. A page may be short, even empty, while <see cref="LedgerPage.Next"/> says that there is more to look at.</summary>
    public Task<LedgerPage> ListAsync(Guid storeId, LedgerFilter filter, CancellationToken cancel) => db.ReadAsync(
        async tx =>
        {
            var before = filter.Before ?? long.MaxValue;
            var floor = await tx.OneAsync<Floor>(
                """
                select min(seq) as seq, min(at_ms) as at_ms, count(*) as looked_at
                from (select seq, at_ms from ledger where store_id = @storeId and seq < @before order by seq desc limit @LookedAtMax) as looked
                """,
                new { storeId, before, LookedAtMax });
            if (floor?.Seq is not { } lowest)
                return new LedgerPage([], null);
            var rows = await tx.QueryAsync<LedgerRow>(
                $"""
                select {LedgerRow.Columns} from ledger
                where store_id = @storeId and seq < @before and seq >= @lowest and at_ms >= @FromMs and at_ms < @ToMs
                  and substr(kind, 1, length(@Kind)) = @Kind and substr(subject, 1, length(@Subject)) = @Subject and (@Actor = '' or actor = @Actor)
                order by seq desc limit @limit
                """,
                new { storeId, before, lowest, filter.FromMs, filter.ToMs, filter.Kind, filter.Subject, filter.Actor, limit = filter.Limit + 1 });
            if (rows.Count > filter.Limit)
                return new([.. rows.Take(filter.Limit)], rows[filter.Limit - 1].Seq);
            return new(rows, floor.LookedAt < LookedAtMax || floor.AtMs < filter.FromMs - ClockSlackMs ? null : lowest);
        },
        cancel);

    internal async Task<LedgerHead> HeadAsync(Tx tx, Guid storeId)
    {
        var tree = await LedgerStore.TreeAsync(tx, storeId);
        if (tree is null || tree.SignedSize == 0)
            throw new UnknownResourceException("ledger head", storeId.ToWire());
        var note = await LedgerStore.NoteAsync(tx, storeId, tree.SignedSize) ?? throw new IntegrityException("The newest signed head of the ledger is gone.");
        return notes.Read(storeId, note);
    }

    static long Within(LedgerHead head, long size) =>
        size <= head.Size ? (size == 0 ? head.Size : size) : throw new UnknownResourceException("sealed ledger row", Text(size));

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    sealed class Floor
    {
        public long? Seq { get; init; }

        public long? AtMs { get; init; }

        public long LookedAt { get; init; }
    }
}

/// <summary>Empty texts and open ends let everything pass. Kind and subject match as beginnings.</summary>
public sealed record LedgerFilter(string Kind, string Subject, string Actor, long FromMs, long ToMs, long? Before, int Limit);

/// <param name="Next">Where the next page goes on; null at the end.</param>
public sealed record LedgerPage(IReadOnlyList<LedgerRow> Rows, long? Next);

public sealed record InclusionProof(LedgerRow Row, long Size, byte[] Leaf, IReadOnlyList<byte[]> Hashes, LedgerHead Head);

public sealed record ConsistencyProof(long First, long Second, IReadOnlyList<byte[]> Hashes, LedgerHead Head);
