using System.Collections.Concurrent;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MesChain.Tests.Simulation;

/// <summary>
/// A migrated database is made once and copied for every seed; a file lies in memory where the machine offers it. Places are used again:
/// what Dapper compiles for a statement it keeps by connection string, and compiling costs more than a seed does.
/// </summary>
static class TemplateDatabase
{
    static readonly Lazy<Task<byte[]>> File = new(MigrateFileAsync);
    static readonly Lazy<Task<string>> Server = new(MigrateServerAsync);
    static readonly ConcurrentBag<string> Folders = [];
    static readonly ConcurrentBag<string> Names = [];

    /// <param name="skew">How far the clock of the program is from the true time.</param>
    public static async Task<Copy> CopyFileAsync(TimeProvider clock, TimeSpan skew)
    {
        var folder = Folders.TryTake(out var rested) ? rested : NewFolder();
        Directory.CreateDirectory(folder);
        await System.IO.File.WriteAllBytesAsync(Path.Combine(folder, "meschain.db"), await File.Value);
        return new(TestDatabase.At(folder, new SkewedClock(clock, skew)), () => Folders.Add(folder));
    }

    /// <summary>A PostgreSQL database whose clock stands where it was set: every node asks it, so one that ran on would make no run like another.</summary>
    public static async Task<Copy> CopyServerAsync(TimeProvider clock)
    {
        var template = new NpgsqlConnectionStringBuilder(await Server.Value);
        var name = Names.TryTake(out var rested) ? rested : "sim" + Ids.New(TimeProvider.System).ToWire().Replace("-", "", StringComparison.Ordinal);
        var admin = new NpgsqlConnectionStringBuilder(template.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString;
        await RunAsync(admin, $"drop database if exists {name} with (force)");
        await RunAsync(admin, $"create database {name} template {template.Database}");
        // Ours is found before the one of pg_catalog.
        var own = new NpgsqlConnectionStringBuilder(template.ConnectionString) { Database = name, SearchPath = "frozen,pg_catalog,public", Pooling = true, MaxPoolSize = 8 }.ConnectionString;
        Task SetAsync(DateTimeOffset now) => RunAsync(own, FormattableString.Invariant($"update frozen.clock set at_ms = {now.ToUnixTimeMilliseconds()}"));
        await SetAsync(clock.GetUtcNow());
        return new(TestDatabase.Of(own, clock, SetAsync), Leave);

        void Leave()
        {
            // The next database of this name must not be met with connections to this one.
            using var any = new NpgsqlConnection(own);
            NpgsqlConnection.ClearPool(any);
            Names.Add(name);
        }
    }

    static async Task<byte[]> MigrateFileAsync()
    {
        var folder = NewFolder();
        try
        {
            var file = Path.Combine(folder, "meschain.db");
            await using (var db = Db.OpenSqlite(file, TimeProvider.System))
            {
                await new Migrator(db, NullLogger<Migrator>.Instance).RunAsync(TimeProvider.System, CancellationToken.None);
            }

            return await System.IO.File.ReadAllBytesAsync(file);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task<string> MigrateServerAsync()
    {
        var template = new NpgsqlConnectionStringBuilder(await (await PostgresServer.GetAsync()).CreateDatabaseAsync()) { Pooling = false }.ConnectionString;
        await using (var db = Db.OpenPostgres(template, TimeProvider.System))
        {
            await new Migrator(db, NullLogger<Migrator>.Instance).RunAsync(TimeProvider.System, CancellationToken.None);
        }

        await RunAsync(
            template,
            """
            create schema frozen;
            create table frozen.clock (at_ms bigint not null);
            insert into frozen.clock values (0);
            create function frozen.clock_timestamp() returns timestamptz language sql stable as 'select to_timestamp(at_ms / 1000.0) from frozen.clock'
            """);
        return template;
    }

    static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    static string NewFolder() =>
        Directory.Exists("/dev/shm")
            ? Directory.CreateDirectory(Path.Combine("/dev/shm", "meschain-sim-" + Ids.New(TimeProvider.System).ToWire())).FullName
            : Directory.CreateTempSubdirectory("meschain-sim-").FullName;

    /// <summary>A database, whose owner disposes of it, and its place, which is free again when this is disposed.</summary>
    public sealed class Copy(TestDatabase database, Action leave) : IDisposable
    {
        public TestDatabase Database { get; } = database;

        public void Dispose() => leave();
    }

    sealed class SkewedClock(TimeProvider inner, TimeSpan skew) : TimeProvider
    {
        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + skew;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
    }
}
