using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;
using MesChain.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace MesChain.Tests.Platform;

/// <summary>What stands between a database and a release that does not fit it.</summary>
public abstract class MigratorContract(Engine engine) : IAsyncLifetime
{
    TestDatabase _database = null!;

    Db Db => _database.Db;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.OpenAsync(engine);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Running_again_changes_nothing()
    {
        var before = await IncarnationAsync();
        await RunAsync();
        Assert.Equal(before, await IncarnationAsync());
    }

    [Fact]
    public async Task A_script_that_was_edited_after_it_ran_is_refused()
    {
        await Db.WriteAsync(tx => tx.ExecuteAsync("update schema_scripts set sha256 = 'other' where name = '0001_platform.sql'"), default);
        var refusal = await Assert.ThrowsAsync<StartRefusedException>(RunAsync);
        Assert.Contains("0001_platform.sql was changed after it ran", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_of_a_newer_release_is_refused()
    {
        await Db.WriteAsync(tx => tx.ExecuteAsync("insert into schema_scripts (name, sha256, run_ms) values ('9999_future.sql', 'x', 1)"), default);
        var refusal = await Assert.ThrowsAsync<StartRefusedException>(RunAsync);
        Assert.Contains("newer release (9999_future.sql)", refusal.Message, StringComparison.Ordinal);
    }

    protected Task RunAsync() => new Migrator(Db, NullLogger<Migrator>.Instance).RunAsync(TimeProvider.System, CancellationToken.None);

    protected Task<Guid> IncarnationAsync() => Db.ReadAsync(tx => tx.OneAsync<Guid>("select incarnation from installation"), default);
}

public sealed class MigratorOnSqlite() : MigratorContract(Engine.Sqlite);

public sealed class MigratorOnPostgres() : MigratorContract(Engine.Postgres)
{
    [Fact]
    public async Task Nodes_that_start_together_migrate_once()
    {
        var connection = await (await PostgresServer.GetAsync()).CreateDatabaseAsync();
        var nodes = Enumerable.Range(0, 4).Select(_ => Db.OpenPostgres(connection, TimeProvider.System)).ToList();
        await Task.WhenAll(nodes.Select(node => new Migrator(node, NullLogger<Migrator>.Instance).RunAsync(TimeProvider.System, CancellationToken.None)));
        Assert.Equal(1, await nodes[0].ReadAsync(tx => tx.ScalarAsync<long>("select count(*) from installation"), default));
        foreach (var node in nodes)
            await node.DisposeAsync();
    }
}
