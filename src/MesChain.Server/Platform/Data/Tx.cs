using System.Data.Common;
using Dapper;
using Npgsql;

namespace MesChain.Server.Platform.Data;

/// <summary>
/// One transaction (or one snapshot, for a read). A unit of work awaits nothing but these methods: on SQLite they complete
/// before they return, because the one writer that serves all callers cannot wait for anybody.
/// </summary>
public sealed class Tx
{
    readonly DbConnection _connection;
    readonly DbTransaction? _transaction;
    readonly Db _db;
    readonly CancellationToken _cancel;
    List<Action>? _afterCommit;

    internal Tx(Db db, DbConnection connection, DbTransaction? transaction, CancellationToken cancel)
    {
        _db = db;
        _connection = connection;
        _transaction = transaction;
        _cancel = cancel;
    }

    /// <summary>The dialect words, for the statements of this transaction.</summary>
    public Db Db => _db;

    /// <summary>Now, by the database's clock.</summary>
    public Task<long> NowMsAsync() =>
        _db.Engine == Engine.Sqlite ? Task.FromResult(_db.Clock.NowMs()) : ScalarAsync<long>($"select {_db.Now}");

    public Task<int> ExecuteAsync(string sql, object? args = null) =>
        _db.Engine == Engine.Sqlite ? Task.FromResult(_connection.Execute(Command(sql, args))) : _connection.ExecuteAsync(Command(sql, args));

    /// <summary>
    /// Runs one statement once per item, in order. Answers how many rows were touched in all. On PostgreSQL all of them travel together,
    /// so that many rows cost one wait for the network.
    /// </summary>
    public async Task<int> ExecuteManyAsync<T>(string sql, IEnumerable<T> items)
        where T : notnull
    {
        if (_connection is NpgsqlConnection postgres)
        {
            await using var batch = new NpgsqlBatch(postgres, (NpgsqlTransaction?)_transaction);
            foreach (var item in items)
            {
                _db.Heard?.Invoke(sql);
                batch.BatchCommands.Add(Statement(sql, item));
            }

            return batch.BatchCommands.Count == 0 ? 0 : await batch.ExecuteNonQueryAsync(_cancel);
        }

        if (!sql.Contains("@now", StringComparison.Ordinal) && _db.Heard is null)
            return _connection.Execute(Command(sql, items));
        var touched = 0;
        foreach (var item in items)
            touched += await ExecuteAsync(sql, item);
        return touched;
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? args = null) =>
        _db.Engine == Engine.Sqlite
            ? _connection.Query<T>(Command(sql, args)).AsList()
            : (await _connection.QueryAsync<T>(Command(sql, args))).AsList();

    /// <summary>The only row, or default when there is none.</summary>
    public Task<T?> OneAsync<T>(string sql, object? args = null) =>
        _db.Engine == Engine.Sqlite
            ? Task.FromResult(_connection.QuerySingleOrDefault<T>(Command(sql, args)))
            : _connection.QuerySingleOrDefaultAsync<T>(Command(sql, args));

    /// <summary>The first column of the first row, or default when there is no row.</summary>
    public Task<T?> ScalarAsync<T>(string sql, object? args = null) =>
        _db.Engine == Engine.Sqlite
            ? Task.FromResult(_connection.ExecuteScalar<T>(Command(sql, args)))
            : _connection.ExecuteScalarAsync<T>(Command(sql, args));

    /// <summary>
    /// The store's next number of a sequence, or the last of the next <paramref name="count"/>, under a row lock until commit: order of
    /// numbers is order of commits.
    /// </summary>
    public async Task<long> NextAsync(Guid storeId, string sequence, int count = 1) =>
        await ScalarAsync<long>(
            """
            insert into store_sequences (store_id, name, value) values (@storeId, @sequence, @count)
            on conflict (store_id, name) do update set value = store_sequences.value + excluded.value
            returning value
            """,
            new { storeId, sequence, count });

    /// <summary>
    /// The first of <paramref name="count"/> numbers that only grow. On PostgreSQL they come from the sequence of that name and may
    /// commit out of order, so that writers of one store do not wait for each other; take <see cref="LockAsync"/> first where order matters.
    /// </summary>
    public async Task<IReadOnlyList<long>> NumbersAsync(Guid storeId, string sequence, int count)
    {
        if (_db.Engine == Engine.Postgres)
            return await QueryAsync<long>($"select nextval('{sequence}') from generate_series(1, @count)", new { count });

        var last = await NextAsync(storeId, sequence, count);
        return [.. Enumerable.Range(1 - count, count).Select(back => last + back)];
    }

    /// <summary>
    /// Until the commit no other unit holds the same name. SQLite's single writer is the lock; on PostgreSQL these are advisory locks,
    /// taken in order so that two units that name the same things cannot wait for each other.
    /// </summary>
    public async Task LockAsync(params IEnumerable<string> names)
    {
        if (_db.Engine == Engine.Sqlite)
            return;
        foreach (var name in names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            await ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(@name, 0))", new { name });
    }

    /// <summary>Signals and answers leave after the commit, never before it: what is told must be on disk.</summary>
    public void OnCommit(Action after) => (_afterCommit ??= []).Add(after);

    internal void Committed()
    {
        foreach (var after in _afterCommit ?? [])
            after();
    }

    /// <summary>The parameters that Dapper would make, which knows no batches.</summary>
    static NpgsqlBatchCommand Statement<T>(string sql, T item)
        where T : notnull
    {
        var statement = new NpgsqlBatchCommand(sql);
        foreach (var property in typeof(T).GetProperties())
        {
            if (!sql.Contains("@" + property.Name, StringComparison.Ordinal))
                continue;
            var value = property.GetValue(item);
            statement.Parameters.Add(new NpgsqlParameter(property.Name, value is Guid id ? Ids.ToBytes(id) : value ?? DBNull.Value));
        }

        return statement;
    }

    CommandDefinition Command(string sql, object? args)
    {
        _db.Heard?.Invoke(sql);
        // SQLite has no clock that tests can move, so `@now` is handed in; PostgreSQL's statements ask the server.
        if (_db.Engine == Engine.Sqlite && sql.Contains("@now", StringComparison.Ordinal))
        {
            var parameters = new DynamicParameters(args);
            parameters.Add("now", _db.Clock.NowMs());
            args = parameters;
        }

        return new(sql, args, _transaction, cancellationToken: _cancel);
    }
}
