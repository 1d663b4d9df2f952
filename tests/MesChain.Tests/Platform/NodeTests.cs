using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace MesChain.Tests.Platform;

public sealed class NodeTests
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_went_silent_is_told_of_by_another_one_until_it_is_forgotten()
    {
        await using var database = await TestDatabase.OpenAsync(Engine.Postgres);
        using var one = Node(database.Db);
        using var two = Node(database.Db);
        await one.RunOnceAsync(Cancel);
        await two.RunOnceAsync(Cancel);
        Assert.True(Assert.Single(await one.LookAsync(Cancel)).Healthy);

        database.Db.ClockOffset = TimeSpan.FromMinutes(3);
        await one.RunOnceAsync(Cancel);
        Assert.Contains(Environment.MachineName, Assert.Single(await one.LookAsync(Cancel)).Cause, StringComparison.Ordinal);

        database.Db.ClockOffset = TimeSpan.FromHours(25);
        await one.RunOnceAsync(Cancel);
        Assert.True(Assert.Single(await one.LookAsync(Cancel)).Healthy);
        Assert.Equal(1, await CountAsync(database.Db));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_node_that_stops_takes_its_row_away(Engine engine)
    {
        await using var database = await TestDatabase.OpenAsync(engine);
        using var node = Node(database.Db);
        await node.RunOnceAsync(Cancel);
        Assert.Equal(1, await CountAsync(database.Db));
        await node.StopAsync(Cancel);
        Assert.Equal(0, await CountAsync(database.Db));
    }

    [Fact]
    public async Task A_file_knows_one_node()
    {
        await using var database = await TestDatabase.OpenAsync(Engine.Sqlite);
        using var killed = Node(database.Db);
        await killed.RunOnceAsync(Cancel);
        database.Db.ClockOffset = TimeSpan.FromMilliseconds(1);
        using var next = Node(database.Db);
        await next.RunOnceAsync(Cancel);
        Assert.Equal(1, await CountAsync(database.Db));
    }

    static NodeBeat Node(Db db) => new(db, new Node(TimeProvider.System), TimeProvider.System, NullLogger<NodeBeat>.Instance);

    static Task<long> CountAsync(Db db) => db.ReadAsync(tx => tx.ScalarAsync<long>("select count(*) from nodes"), Cancel);
}
