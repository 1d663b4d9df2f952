using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>The write contract, on each engine.</summary>
public abstract class DbContract(Engine engine) : IAsyncLifetime
{
    TestDatabase _database = null!;

    Db Db => _database.Db;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.OpenAsync(engine);
        await Db.WriteAsync(tx => tx.ExecuteAsync("insert into stores (id, slug, name, currency_code, created_ms) values (@id, 'a', 'A', 'TRY', 1)", new { id = Ids.SystemStore }), default);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_id_comes_back_as_it_went_in()
    {
        var id = Ids.New(TimeProvider.System);
        await Db.WriteAsync(tx => tx.ExecuteAsync("insert into stores (id, slug, name, currency_code, created_ms) values (@id, 'b', 'B', 'TRY', 1)", new { id }), default);
        Assert.Equal(id, await Db.ReadAsync(tx => tx.OneAsync<Guid>($"select id from stores where {tx.Db.AnyId("id", "ids")}", new { ids = tx.Db.IdList([id]) }), default));
        Assert.Equal(1, await Db.ReadAsync(tx => tx.ScalarAsync<long>($"select count(*) from stores where {tx.Db.AnyText("slug", "slugs")}", new { slugs = tx.Db.TextList(["b", "c"]) }), default));
    }

    [Fact]
    public async Task A_unit_that_throws_takes_back_only_itself()
    {
        var writes = Enumerable.Range(0, 40).Select(i => Db.WriteAsync(
            async tx =>
            {
                await tx.NextAsync(Ids.SystemStore, "good");
                if (i % 4 == 0)
                    await tx.ExecuteAsync("insert into stores (id, slug, name, currency_code, created_ms) values (@id, 'a', 'taken', 'TRY', 1)", new { id = Ids.New(TimeProvider.System) });
            },
            default)).ToList();
        var outcomes = await Task.WhenAll(writes.Select(async write =>
        {
            try
            {
                await write;
                return (Exception?)null;
            }
            catch (Exception fault)
            {
                return fault;
            }
        }));

        Assert.Equal(10, outcomes.Count(fault => fault is not null && Db.IsUniqueViolation(fault)));
        Assert.Equal(30, outcomes.Count(fault => fault is null));
        Assert.Equal(30, await Db.ReadAsync(tx => tx.ScalarAsync<long>("select value from store_sequences where name = 'good'"), default));
    }

    [Fact]
    public async Task Time_moves_only_by_the_database()
    {
        var before = await Db.ReadAsync(tx => tx.ScalarAsync<long>($"select {tx.Db.Now}"), default);
        Db.ClockOffset = TimeSpan.FromHours(1);
        var after = await Db.ReadAsync(tx => tx.ScalarAsync<long>($"select {tx.Db.Now}"), default);
        Assert.InRange(after - before, 3_600_000, 3_660_000);
    }

    [Fact]
    public async Task Signals_leave_after_the_commit_and_never_after_a_failure()
    {
        var rung = 0;
        await Db.WriteAsync(
            tx =>
            {
                tx.OnCommit(() => rung++);
                Assert.Equal(0, rung);
                return Task.CompletedTask;
            },
            default);
        await Assert.ThrowsAsync<FormatException>(() => Db.WriteAsync(
            tx =>
            {
                tx.OnCommit(() => rung++);
                throw new FormatException();
            },
            default));
        Assert.Equal(1, rung);
    }
}

public sealed class DbOnSqlite() : DbContract(Engine.Sqlite)
{
    [Fact]
    public async Task A_unit_that_awaits_anything_else_is_refused()
    {
        await using var database = await TestDatabase.OpenAsync(Engine.Sqlite);
        var never = new TaskCompletionSource();
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.Db.WriteAsync(_ => never.Task, default));
    }
}

public sealed class DbOnPostgres() : DbContract(Engine.Postgres);
