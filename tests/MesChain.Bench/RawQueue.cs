using System.Data.Common;
using System.Threading.Channels;
using MesChain.Server.Platform.Data;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MesChain.Bench;

/// <summary>
/// What the engine and the disk give in this process: prepared statements on the server's own tables, and a commit that all share who
/// came during the last one. No calls, no policy, no duplicates, no fencing: the ceiling that a queue on this engine has.
/// </summary>
sealed class RawQueue : IAsyncDisposable
{
    /// <summary>Asks of one commit, as in the server.</summary>
    const int AsksMax = 512;

    readonly Channel<Ask> _waiting = Channel.CreateBounded<Ask>(new BoundedChannelOptions(10_000) { SingleReader = true });
    readonly DbConnection _connection;
    readonly DbCommand _insert;
    readonly DbCommand _claim;
    readonly DbCommand _settle;
    readonly Task _running;
    readonly DirectoryInfo? _folder;
    readonly Queue<(byte[] Id, byte[] Body)> _claimed = new();
    long _seq;

    RawQueue(DbConnection connection, DirectoryInfo? folder, string from)
    {
        (_connection, _folder) = (connection, folder);
        _insert = Prepared(
            $"insert into messages (store_id, id, queue, seq, state, kind, body, priority, labels, sent_ms, due_ms) {from}", "store", "id", "seq", "body");
        var (skip, any) = folder is null ? ("for update skip locked", "= any(@ids)") : ("", "in (select unhex(value) from json_each(@ids))");
        _claim = Prepared(
            $"""
            update messages set state = 2, epoch = epoch + 1, deliveries = deliveries + 1, lease_until_ms = @until
            where store_id = @store and id in (select id from messages where store_id = @store and queue = 'raw' and state = 1 and lane is null order by priority desc, seq limit @max {skip})
            returning id, body
            """,
            "until", "store", "max");
        _settle = Prepared($"update messages set state = 4, ended_ms = @at, lease_until_ms = null, body = @nothing where store_id = @store and id {any}", "at", "nothing", "store", "ids");
        _running = Task.Run(RunAsync);
    }

    public static async Task<RawQueue> OnSqliteAsync()
    {
        var folder = Directory.CreateTempSubdirectory("meschain-bench-raw-");
        var path = Path.Combine(folder.FullName, "raw.db");
        await using (var db = Db.OpenSqlite(path, TimeProvider.System))
            await new Migrator(db, NullLogger<Migrator>.Instance).RunAsync(TimeProvider.System, CancellationToken.None);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var settings = connection.CreateCommand();
        settings.CommandText = "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000; pragma secure_delete = on; pragma temp_store = memory";
        await settings.ExecuteNonQueryAsync();
        return new(connection, folder, "values (@store, @id, 'raw', @seq, 1, 'bench', @body, 0, '{}', 0, 0)");
    }

    public static async Task<RawQueue> OnPostgresAsync(string database)
    {
        await using (var db = Db.OpenPostgres(database, TimeProvider.System))
            await new Migrator(db, NullLogger<Migrator>.Instance).RunAsync(TimeProvider.System, CancellationToken.None);
        var connection = new NpgsqlConnection(database + ";Max Auto Prepare=10;Auto Prepare Min Usages=1");
        await connection.OpenAsync();
        // One statement a commit, whatever the number of rows: the fastest way in short of COPY.
        return new(connection, null, "select @store, i, 'raw', s, 1, 'bench', b, 0, '{}', 0, 0 from unnest(@id, @seq, @body) as rows(i, s, b)");
    }

    public Task SendAsync(IReadOnlyList<byte[]> bodies) => AskAsync(new(bodies, 0, []));

    public Task<IReadOnlyList<byte[]>> ReceiveAsync(int max) => AskAsync(new([], max, []));

    public Task SettleAsync(IReadOnlyList<byte[]> ids) => AskAsync(new([], 0, ids));

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.Complete();
        await _running;
        foreach (var command in new[] { _insert, _claim, _settle })
            await command.DisposeAsync();
        await _connection.DisposeAsync();
        _folder?.Delete(recursive: true);
    }

    async Task<IReadOnlyList<byte[]>> AskAsync(Ask ask)
    {
        await _waiting.Writer.WriteAsync(ask);
        return await ask.Answer.Task;
    }

    async Task RunAsync()
    {
        var round = new List<Ask>(AsksMax);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            round.Clear();
            while (round.Count < AsksMax && _waiting.Reader.TryRead(out var ask))
                round.Add(ask);
            await using (var transaction = await _connection.BeginTransactionAsync())
            {
                foreach (var command in new[] { _insert, _claim, _settle })
                    command.Transaction = transaction;
                await InsertAsync([.. round.SelectMany(ask => ask.Bodies)]);
                await ClaimAsync(round.Sum(ask => ask.Max));
                await SettleAllAsync([.. round.SelectMany(ask => ask.Ids)]);
                await transaction.CommitAsync();
            }

            foreach (var ask in round)
                ask.Answer.SetResult([.. Enumerable.Range(0, Math.Min(ask.Max, _claimed.Count)).Select(_ => _claimed.Dequeue().Id)]);
        }
    }

    async Task InsertAsync(byte[][] bodies)
    {
        if (bodies.Length == 0)
            return;
        if (_folder is null)
        {
            Set(_insert, Store, bodies.Select(_ => Ids.ToBytes(Ids.New(TimeProvider.System))).ToArray(), bodies.Select(_ => ++_seq).ToArray(), bodies);
            await _insert.ExecuteNonQueryAsync();
            return;
        }

        foreach (var body in bodies)
        {
            Set(_insert, Store, Ids.ToBytes(Ids.New(TimeProvider.System)), ++_seq, body);
            await _insert.ExecuteNonQueryAsync();
        }
    }

    async Task ClaimAsync(int max)
    {
        if (max == 0)
            return;
        Set(_claim, long.MaxValue, Store, max);
        await using var rows = await _claim.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            _claimed.Enqueue(((byte[])rows[0], (byte[])rows[1]));
    }

    async Task SettleAllAsync(byte[][] ids)
    {
        if (ids.Length == 0)
            return;
        Set(_settle, 0L, Array.Empty<byte>(), Store, _folder is null ? ids : System.Text.Json.JsonSerializer.Serialize(ids.Select(Convert.ToHexString)));
        await _settle.ExecuteNonQueryAsync();
    }

    static byte[] Store { get; } = Ids.ToBytes(Guid.Parse("01900000-0000-7000-8000-000000000001"));

    DbCommand Prepared(string sql, params string[] names)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in names)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    static void Set(DbCommand command, params object[] values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
    }

    sealed record Ask(IReadOnlyList<byte[]> Bodies, int Max, IReadOnlyList<byte[]> Ids)
    {
        public TaskCompletionSource<IReadOnlyList<byte[]>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
