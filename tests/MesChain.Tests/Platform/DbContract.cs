using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>The write contract, on each engine.</summary>
public abstract class DbContract(Engine engine) : IAsyncLifetime
{
    TestDatabase _database = null!;

    private protected Db Db => _database.Db;

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
    public async Task Of_many_callers_each_gets_its_turn_and_a_caller_that_floods_holds_up_nobody_for_long()
    {
        const int callers = 32;
        const int each = 50;
        var order = new System.Collections.Concurrent.ConcurrentQueue<int>();
        // One caller hands in everything at once and half of it fails; the others wait for each answer before they ask again.
        var flood = Enumerable.Range(0, 2000).Select(i => Record.ExceptionAsync(() => WriteAsync("flood", i % 2 == 0)).AsTask()).ToList();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                await WriteAsync("polite", broken: false);
                order.Enqueue(caller);
            }
        })));
        var faults = await Task.WhenAll(flood);

        Assert.Equal(1000, faults.Count(fault => fault is not null));
        Assert.All(faults.OfType<Exception>(), fault => Assert.True(Db.IsUniqueViolation(fault), fault.ToString()));
        Assert.Equal([1000L, callers * each], await Db.ReadAsync(tx => tx.QueryAsync<long>("select value from store_sequences where name in ('flood', 'polite') order by name"), default));
        // When half of all polite answers are out, nobody has had less than a tenth of its own.
        Assert.Equal(callers, order.Take(callers * each / 2).GroupBy(caller => caller).Count(turns => turns.Count() > each / 10));

        Task WriteAsync(string sequence, bool broken) => Db.WriteAsync(
            async tx =>
            {
                await tx.NextAsync(Ids.SystemStore, sequence);
                if (broken)
                    await tx.ExecuteAsync("insert into stores (id, slug, name, currency_code, created_ms) values (@id, 'a', 'taken', 'TRY', 1)", new { id = Ids.New(TimeProvider.System) });
            },
            default);
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
    public async Task A_disk_that_is_full_fails_writes_and_nothing_else_and_is_written_again_once_there_is_room()
    {
        var pages = await Db.WriteAsync(tx => tx.ScalarAsync<long>("pragma page_count"), default);
        await Db.WriteAsync(tx => tx.ExecuteAsync($"pragma max_page_count = {pages}"), default);
        // Together, so that some of them share a commit: a small one must not be told that it stands when a large one took it away.
        var writes = Enumerable.Range(0, 40).Select(i => Db.WriteAsync(
            tx => tx.ExecuteAsync("insert into stores (id, slug, name, currency_code, created_ms) values (@id, @slug, @name, 'TRY', 1)", Store(i, i % 2 == 0 ? 100_000 : 10)), default)).ToList();
        var standing = 0;
        foreach (var write in writes)
        {
            try
            {
                await write;
                standing++;
            }
            catch (System.Data.Common.DbException)
            {
                // There was no room for it.
            }
        }

        Assert.InRange(standing, 0, 20);
        Assert.Equal(standing, await Db.ReadAsync(tx => tx.ScalarAsync<long>("select count(*) from stores where slug like 'full%'"), default));
        await Db.WriteAsync(tx => tx.ExecuteAsync("pragma max_page_count = 1073741823"), default);
        Assert.Equal(1, await Db.WriteAsync(
            tx => tx.ExecuteAsync("insert into stores (id, slug, name, currency_code, created_ms) values (@id, @slug, @name, 'TRY', 1)", Store(99, 100_000)), default));
    }

    static object Store(int number, int length) => new { id = Ids.New(TimeProvider.System), slug = FormattableString.Invariant($"full{number}"), name = new string('x', length) };

    [Fact]
    public async Task A_unit_that_awaits_anything_else_is_refused()
    {
        await using var database = await TestDatabase.OpenAsync(Engine.Sqlite);
        var never = new TaskCompletionSource();
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.Db.WriteAsync(_ => never.Task, default));
    }
}

public sealed class DbOnPostgres() : DbContract(Engine.Postgres);
