using System.Globalization;
using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Loops;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Ledger;

/// <summary>
/// Puts rows under proof, one node at a time: extends each store's tree over its new rows, then signs its head. Appending a row
/// waits for none of it. Each step is one transaction that finds where the last one stopped, so that a kill between any two, or
/// a second sealer whose lease overlaps, leaves a tree as good as before. Over a tree that no longer matches its last head nothing
/// is signed: the store's fault says what was found, and the other stores go on.
/// </summary>
sealed partial class Sealer(Db db, Leases leases, HeadNote notes, IOptions<LedgerOptions> options, TimeProvider clock, ILogger<Sealer> log) : Loop(clock, log, Idle)
{
    const string LeaseName = "ledger-sealer";
    const int BatchMax = 4 * LedgerTree.TileWidth;

    static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);
    static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(30);

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        if (!await leases.HoldAsync(LeaseName, LeaseLength, stop))
            return false;
        foreach (var tree in await db.ReadAsync(LedgerStore.UnsignedAsync, stop))
        {
            try
            {
                while (await ExtendAsync(tree.StoreId, stop))
                {
                    if (!await leases.HoldAsync(LeaseName, LeaseLength, stop))
                        return false;
                }

                await db.WriteAsync(tx => SignAsync(tx, tree.StoreId), stop);
            }
            catch (IntegrityException fault)
            {
                if (fault.Message == tree.Fault)
                    continue;
                Broken(log, tree.StoreId, fault.Message);
                await db.WriteAsync(tx => LedgerStore.FaultAsync(tx, tree.StoreId, fault.Message), stop);
            }
        }

        return false;
    }

    protected override Task GiveBackAsync(CancellationToken cancel) => leases.ReleaseAsync(LeaseName, cancel);

    /// <summary>Takes the next rows into the tree; true when there may be more. Rows are read and hashed before the writer is asked.</summary>
    async Task<bool> ExtendAsync(Guid storeId, CancellationToken stop)
    {
        var (size, rows) = await db.ReadAsync(
            async tx =>
            {
                var size = (await LedgerStore.TreeAsync(tx, storeId))?.Size ?? 0;
                return (size, await LedgerStore.RowsAsync(tx, storeId, size, long.MaxValue, BatchMax));
            },
            stop);
        if (rows.Count == 0)
            return false;
        // Numbers are given under a row lock until the commit, so a gap is no row that is still to come.
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Seq != size + 1 + i)
                throw Gone(size + 1 + i);
        }

        var leaves = rows.Select(row => row.Hash(storeId)).ToList();
        return await db.WriteAsync(
            async tx =>
            {
                // Another node was faster: the rows are in its tree already.
                if ((await LedgerStore.HoldAsync(tx, storeId)).Size != size)
                    return true;
                await new LedgerTree(tx, storeId).AppendAsync(size, leaves);
                await LedgerStore.GrownAsync(tx, storeId, size + leaves.Count);
                return leaves.Count == BatchMax;
            },
            stop);
    }

    async Task SignAsync(Tx tx, Guid storeId)
    {
        var standing = await LedgerStore.HoldAsync(tx, storeId);
        var now = await tx.NowMsAsync();
        var tree = new LedgerTree(tx, storeId);
        await ProveAsync(tx, tree, standing);
        if (standing.Size == standing.SignedSize)
        {
            if (standing.Fault.Length > 0)
                await LedgerStore.FaultAsync(tx, storeId, "");
            return;
        }

        if (now - standing.SignedMs >= (long)options.Value.SignEvery.TotalMilliseconds)
            await LedgerStore.SignedAsync(tx, storeId, notes.Sign(storeId, standing.Size, await tree.RootAsync(0, standing.Size), now));
    }

    /// <summary>What was signed before must still be the beginning of what is signed next.</summary>
    async Task ProveAsync(Tx tx, LedgerTree tree, TreeRow standing)
    {
        if (await tx.ScalarAsync<long?>("select max(seq) from ledger where store_id = @StoreId", new { standing.StoreId }) is var last && (last ?? 0) < standing.Size)
            throw Gone((last ?? 0) + 1);
        if (standing.SignedSize == 0)
            return;
        var note = await LedgerStore.NoteAsync(tx, standing.StoreId, standing.SignedSize) ?? throw new IntegrityException(Text($"The signed head over {standing.SignedSize} rows is gone."));
        var head = notes.Read(standing.StoreId, note);
        var root = standing.Size >= head.Size ? await tree.RootAsync(0, head.Size) : [];
        if (head.Size != standing.SignedSize || !root.SequenceEqual(head.Root))
            throw new IntegrityException(Text($"The tree no longer matches its signed head over {standing.SignedSize} rows."));
    }

    static IntegrityException Gone(long seq) => new(Text($"Row {seq} is missing."));

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(9401, LogLevel.Error, "The ledger of store {StoreId} is not as it was sealed: {Fault} Nothing more is signed there. meschain ops ledger verify names the place")]
    static partial void Broken(ILogger log, Guid storeId, string fault);
}
