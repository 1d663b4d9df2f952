using System.Data.Common;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;

namespace MesChain.Server.Secret;

/// <summary>
/// Puts readings on the ledger before their values leave. Whoever comes while a commit is on its way to the disk shares the next one, on
/// PostgreSQL too, where each would otherwise wait alone for the store's next number and a sync of its own.
/// </summary>
sealed class ReadingBook(Db db, LedgerRows ledger)
{
    /// <summary>Rows of one commit.</summary>
    const int CommitMax = 500;

    readonly Lock _gate = new();
    List<Entry> _waiting = [];
    bool _writing;

    /// <summary>How many commits were made, and of how many rows; for tests and people.</summary>
    public (long Commits, long Rows) Written { get; private set; }

    /// <summary>Ends once the rows are on disk.</summary>
    /// <exception cref="BusyException">They could not be written; nothing may be answered.</exception>
    public async Task WriteAsync(IReadOnlyList<LedgerFact> rows, CancellationToken cancel)
    {
        var entry = new Entry(rows);
        var first = false;
        lock (_gate)
        {
            _waiting.Add(entry);
            if (!_writing)
                first = _writing = true;
        }

        if (first)
            _ = Task.Run(CommitAllAsync, CancellationToken.None);
        await entry.Done.Task.WaitAsync(cancel);
    }

    async Task CommitAllAsync()
    {
        while (Next() is { Count: > 0 } batch)
        {
            try
            {
                await db.WriteAsync(
                    tx => ledger.AppendAsync(tx, batch.SelectMany(entry => entry.Rows)),
                    CancellationToken.None);
                Written = (Written.Commits + 1, Written.Rows + batch.Sum(entry => entry.Rows.Count));
                foreach (var entry in batch)
                    entry.Done.TrySetResult();
            }
            catch (Exception fault)
            {
                // Whatever it was, nobody here may answer; the next batch tries again.
                foreach (var entry in batch)
                    entry.Done.TrySetException(fault is DbException ? Unavailable() : fault);
            }
        }
    }

    /// <summary>What waits, up to a commit's worth; empty ends the writing.</summary>
    List<Entry> Next()
    {
        lock (_gate)
        {
            var take = 0;
            for (var rows = 0; take < _waiting.Count && (take == 0 || rows + _waiting[take].Rows.Count <= CommitMax); take++)
                rows += _waiting[take].Rows.Count;
            var batch = _waiting[..take];
            _waiting = _waiting[take..];
            _writing = batch.Count > 0;
            return batch;
        }
    }

    public static BusyException Unavailable() => new(Reasons.LedgerUnavailable, "The reading could not be recorded, so nothing is answered.", TimeSpan.FromSeconds(5));

    sealed record Entry(IReadOnlyList<LedgerFact> Rows)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
