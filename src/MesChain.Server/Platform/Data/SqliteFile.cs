using System.Collections.Concurrent;
using System.Threading.Channels;
using Dapper;
using Microsoft.Data.Sqlite;

namespace MesChain.Server.Platform.Data;

/// <summary>
/// One database file with one writer. Callers hand in units; the writer's own thread runs as many as are waiting inside one
/// transaction, a savepoint each, commits once with a sync to disk, and only then answers them all: an acknowledged write is
/// on disk, and a disk sync is shared by everyone who came during the last one.
/// </summary>
sealed class SqliteFile : IAsyncDisposable
{
    const int UnitsMax = 512;
    const int WaitingMax = 10_000;

    readonly Channel<Unit> _waiting = Channel.CreateBounded<Unit>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    readonly ConcurrentBag<PreparedSqlite> _readers = [];
    readonly PreparedSqlite _writer;
    readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SqliteFile(string path)
    {
        ConnectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, ForeignKeys = true, DefaultTimeout = 30 }.ToString();
        _writer = new(ConnectionString);
        _writer.Open();
        // FULL: in WAL mode NORMAL would not sync at commit, and a power cut could take back what was acknowledged.
        _writer.Execute("pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000; pragma secure_delete = on; pragma temp_store = memory");
        new Thread(Run) { IsBackground = true, Name = "sqlite writer" }.Start();
    }

    public string ConnectionString { get; }

    public async Task<T> WriteAsync<T>(Db db, Func<Tx, Task<T>> unit, CancellationToken cancel)
    {
        var entry = new Unit<T>(db, unit, cancel);
        await _waiting.Writer.WriteAsync(entry, cancel);
        return await entry.Answer;
    }

    public async Task<T> ReadAsync<T>(Db db, Func<Tx, Task<T>> read, CancellationToken cancel)
    {
        var connection = _readers.TryTake(out var rested) ? rested : OpenReader();
        try
        {
            await using var transaction = connection.BeginTransaction(deferred: true);
            var tx = new Tx(db, connection, transaction, cancel);
            var answer = await read(tx);
            transaction.Commit();
            tx.Committed();
            return answer;
        }
        finally
        {
            _readers.Add(connection);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stopped.Task;
        await _writer.DisposeAsync();
        while (_readers.TryTake(out var reader))
            await reader.DisposeAsync();
    }

    public async Task FoldLogAsync(CancellationToken cancel)
    {
        var entry = new FoldLog();
        await _waiting.Writer.WriteAsync(entry, cancel);
        await entry.Done;
    }

    PreparedSqlite OpenReader()
    {
        var reader = new PreparedSqlite(ConnectionString);
        reader.Open();
        reader.Execute("pragma query_only = on");
        return reader;
    }

    void Run()
    {
        var batch = new List<Unit>(UnitsMax);
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            while (batch.Count < UnitsMax && _waiting.Reader.TryRead(out var unit))
                batch.Add(unit);
            Commit(batch);
        }

        _stopped.SetResult();
    }

    void Commit(List<Unit> batch)
    {
        try
        {
            using var transaction = _writer.BeginTransaction(deferred: false);
            foreach (var unit in batch)
                RunOne(unit, transaction);
            transaction.Commit();
        }
        catch (Exception fault)
        {
            // The commit itself failed, or SQLite took everything back in the middle (disk full, input/output error): nobody's write is on disk.
            foreach (var unit in batch)
                unit.Fail(fault);
        }

        // After the commit and outside of it: what goes wrong here takes back nobody's write.
        foreach (var fold in batch.OfType<FoldLog>())
            fold.Fold(_writer);
        foreach (var unit in batch)
            unit.Finish();
    }

    void RunOne(Unit unit, SqliteTransaction transaction)
    {
        // As statements, because those of the transaction object are not kept.
        _writer.Execute("savepoint unit", transaction: transaction);
        try
        {
            unit.Run(_writer, transaction);
        }
        catch (Exception fault)
        {
            unit.Fail(fault);
            // With the transaction gone there is nothing to go back to, and what the units before wrote is gone with it.
            if (SQLitePCL.raw.sqlite3_get_autocommit(_writer.Handle) != 0)
                throw;
            _writer.Execute("rollback to unit", transaction: transaction);
        }

        _writer.Execute("release unit", transaction: transaction);
    }

    abstract class Unit
    {
        public abstract void Run(SqliteConnection connection, SqliteTransaction transaction);

        public abstract void Fail(Exception fault);

        public abstract void Finish();
    }

    /// <summary>No write: empties the log once the writes of its batch are committed.</summary>
    sealed class FoldLog : Unit
    {
        readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Exception? _fault;

        public Task Done => _done.Task;

        public override void Run(SqliteConnection connection, SqliteTransaction transaction)
        {
            // A log is not folded inside a transaction.
        }

        public void Fold(SqliteConnection connection)
        {
            try
            {
                // A reader in the middle of its snapshot must not hold up every writer: then it is folded as far as that reader allows.
                var patience = connection.ExecuteScalar<long>("pragma busy_timeout");
                connection.Execute("pragma busy_timeout = 0; pragma wal_checkpoint(truncate)");
                connection.Execute(FormattableString.Invariant($"pragma busy_timeout = {patience}"));
            }
            catch (SqliteException fault)
            {
                Fail(fault);
            }
        }

        public override void Fail(Exception fault) => _fault ??= fault;

        public override void Finish()
        {
            if (_fault is null)
                _done.TrySetResult();
            else
                _done.TrySetException(_fault);
        }
    }

    sealed class Unit<T>(Db db, Func<Tx, Task<T>> work, CancellationToken cancel) : Unit
    {
        readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Exception? _fault;
        Tx? _tx;
        T _result = default!;

        public Task<T> Answer => _answer.Task;

        public override void Run(SqliteConnection connection, SqliteTransaction transaction)
        {
            cancel.ThrowIfCancellationRequested();
            _tx = new Tx(db, connection, transaction, CancellationToken.None);
            var running = work(_tx);
            if (!running.IsCompleted)
                throw new InvalidOperationException("A unit of work awaited something other than its transaction.");
            _result = running.GetAwaiter().GetResult();
        }

        public override void Fail(Exception fault) => _fault ??= fault;

        public override void Finish()
        {
            if (_fault is OperationCanceledException)
                _answer.TrySetCanceled(cancel);
            else if (_fault is not null)
                _answer.TrySetException(_fault);
            else
            {
                _tx!.Committed();
                _answer.TrySetResult(_result);
            }
        }
    }
}
