using System.Text.Json;
using Npgsql;

namespace MesChain.Server.Platform.Data;

public enum Engine
{
    Sqlite,
    Postgres,
}

/// <summary>
/// The one data source. Statements are written once for both engines; what truly differs is a word from here.
/// </summary>
public sealed class Db : IAsyncDisposable
{
    const int SerializationRetries = 8;

    readonly SqliteFile? _file;
    readonly NpgsqlDataSource? _postgres;
    readonly TimeProvider _time;

    static Db() => GuidHandler.Register();

    Db(SqliteFile? file, NpgsqlDataSource? postgres, TimeProvider time, DbClock clock)
    {
        _file = file;
        _postgres = postgres;
        _time = time;
        Clock = clock;
    }

    /// <summary>Opens (or makes) a database file. One process at a time.</summary>
    public static Db OpenSqlite(string path, TimeProvider time)
    {
        var clock = new DbClock(time);
        return new(new SqliteFile(path), null, time, clock);
    }

    /// <summary>Opens a PostgreSQL database by connection string.</summary>
    public static Db OpenPostgres(string connectionString, TimeProvider time)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConnectionStringBuilder.MaxAutoPrepare = 200;
        builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        // Short statements by their indexes, all of them: what the planner thinks of a table that it has not counted lately must neither make
        // it read the whole of one nor compile a statement that takes less time than its compiling. What an operator sets comes after, and counts.
        builder.ConnectionStringBuilder.Options = $"-c jit=off -c enable_seqscan=off {builder.ConnectionStringBuilder.Options}".TrimEnd();
        return new(null, builder.Build(), time, new DbClock(time));
    }

    public Engine Engine => _file is null ? Engine.Postgres : Engine.Sqlite;

    /// <summary>The embedded database's clock. On PostgreSQL only <see cref="DbClock.Offset"/> counts.</summary>
    public DbClock Clock { get; }

    /// <summary>Moves the database's time on either engine; contract suites use it.</summary>
    public TimeSpan ClockOffset
    {
        get => Clock.Offset;
        set => Clock.Offset = value;
    }

    /// <summary>
    /// Now in UTC milliseconds, as an expression. A scalar subquery: the bare volatile call keeps PostgreSQL from using an index.
    /// </summary>
    public string Now => Engine == Engine.Sqlite
        ? "@now"
        : ClockOffset == TimeSpan.Zero
            ? "(select (extract(epoch from clock_timestamp())*1000)::bigint)"
            : $"(select (extract(epoch from clock_timestamp())*1000)::bigint + {(long)ClockOffset.TotalMilliseconds})";

    /// <summary>After a SELECT that claims rows. SQLite's single writer is the lock.</summary>
    public string SkipLocked => Engine == Engine.Sqlite ? "" : "for update skip locked";

    /// <summary>After a SELECT whose rows this transaction will change.</summary>
    public string ForUpdate => Engine == Engine.Sqlite ? "" : "for update";

    /// <summary>After a SELECT whose rows must stay as they are until this transaction's commit.</summary>
    public string ForShare => Engine == Engine.Sqlite ? "" : "for share";

    /// <summary>The greater of two expressions (null if either is).</summary>
    public string Greatest(string left, string right) => Engine == Engine.Sqlite ? $"max({left}, {right})" : $"greatest({left}, {right})";

    /// <summary>The lesser of two expressions (null if either is).</summary>
    public string Least(string left, string right) => Engine == Engine.Sqlite ? $"min({left}, {right})" : $"least({left}, {right})";

    /// <summary><c>column is one of the ids</c>; the parameter's value comes from <see cref="IdList"/>.</summary>
    public string AnyId(string column, string parameter) => Engine == Engine.Sqlite
        ? $"{column} in (select unhex(value) from json_each(@{parameter}))"
        : $"{column} = any(@{parameter})";

    public object IdList(IEnumerable<Guid> ids) => Engine == Engine.Sqlite
        ? JsonSerializer.Serialize(ids.Select(id => Convert.ToHexString(Ids.ToBytes(id))))
        : ids.Select(Ids.ToBytes).ToArray();

    /// <summary><c>column is one of the texts</c>; the parameter's value comes from <see cref="TextList"/>.</summary>
    public string AnyText(string column, string parameter) => Engine == Engine.Sqlite
        ? $"{column} in (select value from json_each(@{parameter}))"
        : $"{column} = any(@{parameter})";

    public object TextList(IEnumerable<string> texts) => Engine == Engine.Sqlite ? JsonSerializer.Serialize(texts) : texts.ToArray();

    /// <summary>
    /// Runs <paramref name="unit"/> in a transaction and answers when it is on disk. The unit awaits only its transaction and
    /// may run again. On SQLite the units of many callers share one commit; one that throws takes only itself back.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<Tx, Task<T>> unit, CancellationToken cancel) =>
        Probe is null ? WriteOnceAsync(unit, cancel) : ProbedAsync(unit, cancel);

    public Task WriteAsync(Func<Tx, Task> unit, CancellationToken cancel) =>
        WriteAsync(
            async tx =>
            {
                await unit(tx);
                return true;
            },
            cancel);

    /// <summary>Reads one consistent snapshot. Never writes.</summary>
    public async Task<T> ReadAsync<T>(Func<Tx, Task<T>> read, CancellationToken cancel)
    {
        if (_file is not null)
            return await _file.ReadAsync(this, read, cancel);

        await using var connection = await _postgres!.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var tx = new Tx(this, connection, transaction, cancel);
        var answer = await read(tx);
        await transaction.CommitAsync(cancel);
        tx.Committed();
        return answer;
    }

    /// <summary>
    /// On SQLite: folds the write-ahead log into the file and empties it, so that nothing overwritten stays in it. Does nothing while a
    /// reader still needs the log; the next call does it then. PostgreSQL keeps its log as its operator set it up.
    /// </summary>
    public Task FoldLogAsync(CancellationToken cancel) => _file?.FoldLogAsync(cancel) ?? Task.CompletedTask;

    async Task<T> WritePostgresAsync<T>(Func<Tx, Task<T>> unit, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await _postgres!.OpenConnectionAsync(cancel);
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                var tx = new Tx(this, connection, transaction, cancel);
                var answer = await unit(tx);
                // From here on the commit decides; a caller that goes away must not turn "committed" into "unknown".
                await transaction.CommitAsync(CancellationToken.None);
                tx.Committed();
                return answer;
            }
            catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
                                                  && attempt < SerializationRetries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 << attempt)), _time, cancel);
            }
        }
    }

    /// <summary>
    /// Called before a write begins and after it stands; what it throws, the caller gets instead of an answer. Crash tests use it to
    /// kill the program between any two steps. Never set in production.
    /// </summary>
    internal Action? Probe { get; set; }

    /// <summary>Told the text of each statement that is about to run; tests count by it. Never set in production.</summary>
    internal Action<string>? Heard { get; set; }

    Task<T> WriteOnceAsync<T>(Func<Tx, Task<T>> unit, CancellationToken cancel) =>
        _file is not null ? _file.WriteAsync(this, unit, cancel) : WritePostgresAsync(unit, cancel);

    async Task<T> ProbedAsync<T>(Func<Tx, Task<T>> unit, CancellationToken cancel)
    {
        Probe!();
        var answer = await WriteOnceAsync(unit, cancel);
        Probe?.Invoke();
        return answer;
    }

    /// <summary>Whether a write failed because a unique key was taken, on either engine.</summary>
    public static bool IsUniqueViolation(Exception fault) => fault switch
    {
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,
        Microsoft.Data.Sqlite.SqliteException sqlite => sqlite.SqliteExtendedErrorCode is 1555 or 2067,
        _ => false,
    };

    /// <summary>For migrations and nothing else.</summary>
    internal string ConnectionString => _file?.ConnectionString ?? _postgres!.ConnectionString;

    internal NpgsqlDataSource? Postgres => _postgres;

    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
            await _file.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }
}
