using System.Data.Common;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;

namespace MesChain.Server.Secret;

/// <summary>Puts readings on the ledger before their values leave; those that come together share a commit.</summary>
sealed class ReadingBook
{
    /// <summary>Rows of one commit.</summary>
    const int CommitMax = 500;

    readonly Db _db;
    readonly LedgerRows _ledger;
    readonly Rounds<IReadOnlyList<LedgerFact>, bool> _rounds;

    public ReadingBook(Db db, LedgerRows ledger)
    {
        _db = db;
        _ledger = ledger;
        _rounds = new(CommitMax, rows => rows.Count, CommitAsync);
    }

    /// <summary>How many commits were made, and of how many rows; for tests and people.</summary>
    public (long Commits, long Rows) Written { get; private set; }

    /// <summary>Ends once the rows are on disk.</summary>
    /// <exception cref="BusyException">They could not be written; nothing may be answered.</exception>
    public Task WriteAsync(IReadOnlyList<LedgerFact> rows, CancellationToken cancel) => _rounds.AskAsync(rows).WaitAsync(cancel);

    async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<IReadOnlyList<LedgerFact>> round)
    {
        var rows = round.SelectMany(one => one).ToList();
        try
        {
            await _db.WriteAsync(tx => _ledger.AppendAsync(tx, rows), CancellationToken.None);
        }
        catch (DbException)
        {
            // Nobody here may answer; the next round tries again.
            throw Unavailable();
        }

        Written = (Written.Commits + 1, Written.Rows + rows.Count);
        return [.. round.Select(_ => true)];
    }

    public static BusyException Unavailable() => new(Reasons.LedgerUnavailable, "The reading could not be recorded, so nothing is answered.", TimeSpan.FromSeconds(5));
}
