using MesChain.Server.Platform.Data;
using Microsoft.Extensions.Logging.Abstractions;

namespace MesChain.Tests.Support;

/// <summary>A fresh, migrated database of either engine.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    readonly string? _folder;
    readonly Func<DateTimeOffset, Task>? _setTime;

    TestDatabase(Db db, string? folder, Func<DateTimeOffset, Task>? setTime = null)
    {
        Db = db;
        _folder = folder;
        _setTime = setTime;
    }

    public Db Db { get; }

    public static async Task<TestDatabase> OpenAsync(Engine engine, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        var folder = engine == Engine.Sqlite ? Directory.CreateTempSubdirectory("meschain-db-").FullName : null;
        var db = folder is not null
            ? Db.OpenSqlite(Path.Combine(folder, "meschain.db"), clock)
            : Db.OpenPostgres(await (await PostgresServer.GetAsync()).CreateDatabaseAsync(), clock);
        await new Migrator(db, NullLogger<Migrator>.Instance).RunAsync(clock, CancellationToken.None);
        return new(db, folder);
    }

    /// <summary>A migrated file that is in a folder already; the folder goes with it.</summary>
    public static TestDatabase At(string folder, TimeProvider clock) => new(Db.OpenSqlite(Path.Combine(folder, "meschain.db"), clock), folder);

    /// <summary>A migrated PostgreSQL database whose clock stands still.</summary>
    /// <param name="setTime">Moves it.</param>
    public static TestDatabase Of(string connectionString, TimeProvider clock, Func<DateTimeOffset, Task> setTime) => new(Db.OpenPostgres(connectionString, clock), null, setTime);

    /// <summary>Sets the clock of a database that has one of its own.</summary>
    public Task SetTimeAsync(DateTimeOffset now) => _setTime?.Invoke(now) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Db.DisposeAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }
}
