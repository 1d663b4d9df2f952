using MesChain.Server.Platform.Data;
using Microsoft.Extensions.Logging.Abstractions;

namespace MesChain.Tests.Support;

/// <summary>A fresh, migrated database of either engine.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    readonly string? _folder;

    TestDatabase(Db db, string? folder)
    {
        Db = db;
        _folder = folder;
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

    public async ValueTask DisposeAsync()
    {
        await Db.DisposeAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }
}
