using MesChain.Contracts.Ops.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Platform.Loops;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Platform;

/// <summary>What OpsService.GetHealth tells people.</summary>
public sealed class HealthTests
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_server_that_is_well_says_so_of_each_component(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine);
        var health = await new OpsService.OpsServiceClient(server.Channel).GetHealthAsync(new(), cancellationToken: Cancel);
        Assert.Equal("", string.Join(' ', health.Components.Where(component => !component.Healthy)));
        Assert.True(health.Healthy);
        Assert.All(health.Components, component => Assert.Equal((HealthState.Well, "", "", ""), (component.State, component.Code, component.Cause, component.Fix)));
        foreach (var name in (string[])["clock", "database", "disk", "keys", "ledger", "marketplaces", "nodes", "queue", "signal"])
            Assert.Single(health.Components, component => component.Name == name);
        Assert.Contains(health.Components, component => component.Name == "loop RepeatsSweep");
    }

    [Fact]
    public async Task An_ill_component_comes_with_cause_and_fix_and_a_source_that_breaks_is_ill_itself()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite, adjust: builder =>
        {
            builder.Services.AddSingleton<IHealthSource, Ill>();
            builder.Services.AddSingleton<IHealthSource, Broken>();
        });
        var health = await new OpsService.OpsServiceClient(server.Channel).GetHealthAsync(new(), cancellationToken: Cancel);
        Assert.False(health.Healthy);
        Assert.Equal(["Broken", "mill"], health.Components.Where(component => !component.Healthy).Select(component => component.Name));
        Assert.All(health.Components.Where(component => !component.Healthy), component => Assert.NotEqual("", component.Fix));
        Assert.Equal((HealthState.Degraded, "DISK_LOW"), health.Components.Where(component => component.Name == "mill").Select(component => (component.State, component.Code)).Single());
        Assert.Equal((HealthState.Failed, "UNREADABLE"), health.Components.Where(component => component.Name == "Broken").Select(component => (component.State, component.Code)).Single());
    }

    [Fact]
    public async Task A_key_of_one_store_is_told_what_is_ill_but_not_whose_it_is()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite, adjust: builder => builder.Services.AddSingleton<IHealthSource, Ill>());
        var shop = new OpsService.OpsServiceClient(server.ChannelWith(await server.KeyAsync(await server.StoreAsync("shop"), "sync:shop")));
        var told = (await shop.GetHealthAsync(new(), cancellationToken: Cancel)).Components.Single(component => component.Name == "mill");
        Assert.Equal(("DISK_LOW", HealthCauses.DiskLow.Meaning), (told.Code, told.Cause));
        var whole = (await new OpsService.OpsServiceClient(server.Channel).GetHealthAsync(new(), cancellationToken: Cancel)).Components.Single(component => component.Name == "mill");
        Assert.EndsWith("The sails are torn.", whole.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2048, "")]
    [InlineData(1023, "DISK_LOW")]
    [InlineData(255, "DISK_FULL")]
    public void A_disk_is_low_before_it_is_full(long megabytes, string code) => Assert.Equal(code, DatabaseHealth.Disk(megabytes * 1024 * 1024).Found?.Code ?? "");

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Each_ill_component_says_so_and_is_well_again_when_it_was_mended(Engine engine)
    {
        // A clock that stands: no loop turns but those that the test turns, once the first turn is over.
        await using var server = await TestServer.StartAsync(engine, new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        server.ExpectErrors();
        var ops = new OpsService.OpsServiceClient(server.Channel);
        var store = await server.StoreAsync("shop");
        while (server.Services.GetRequiredService<Sealer>().LastSuccess is null)
            await Task.Yield();

        await server.Db.WriteAsync(tx => server.Services.GetRequiredService<LedgerRows>().AppendAsync(tx, store, "test.done", "thing:1", "key:1"), Cancel);
        server.Db.ClockOffset = TimeSpan.FromMinutes(10);
        Assert.Equal("clock CLOCK_APART, ledger LEDGER_LATE", await IllAsync());
        await server.Services.GetRequiredService<Sealer>().RunOnceAsync(Cancel);
        Assert.Equal("clock CLOCK_APART", await IllAsync());

        await server.Db.WriteAsync(tx => tx.ExecuteAsync("update ledger_heads set size = 2 where store_id = @store", new { store }), Cancel);
        await server.Db.WriteAsync(tx => server.Services.GetRequiredService<LedgerRows>().AppendAsync(tx, store, "test.done", "thing:2", "key:1"), Cancel);
        await server.Services.GetRequiredService<Sealer>().RunOnceAsync(Cancel);
        Assert.Equal("clock CLOCK_APART, ledger LEDGER_TAMPERED", await IllAsync());
        await server.Db.WriteAsync(tx => tx.ExecuteAsync("update ledger_heads set size = 1 where store_id = @store", new { store }), Cancel);
        server.Db.ClockOffset = TimeSpan.FromMinutes(12);
        await server.Services.GetRequiredService<Sealer>().RunOnceAsync(Cancel);
        server.Db.ClockOffset = TimeSpan.Zero;
        Assert.Equal("", await IllAsync());

        await SendAsync(server, store);
        server.Db.ClockOffset = TimeSpan.FromMinutes(20);
        Assert.Equal("clock CLOCK_APART, queue QUEUE_STALLED", await IllAsync());
        server.Db.ClockOffset = TimeSpan.Zero;

        await ConnectionAsync(server, store, "needs_reauth", null);
        Assert.Equal("marketplaces MARKETPLACE_KEY_REFUSED", await IllAsync());
        await ConnectionAsync(server, store, "degraded", 1);
        Assert.Equal("marketplaces MARKETPLACE_UNREAD", await IllAsync());
        await ConnectionAsync(server, store, "guarded", 1);
        Assert.Equal("marketplaces EGRESS_DOWN", await IllAsync());
        await ConnectionAsync(server, store, "ok", null);
        Assert.Equal("marketplaces MARKETPLACE_UNREAD", await IllAsync());
        await server.Db.WriteAsync(tx => tx.ExecuteAsync("update connections set mode = 'paused'"), Cancel);
        Assert.Equal("", await IllAsync());

        async Task<string> IllAsync() =>
            string.Join(", ", (await ops.GetHealthAsync(new(), cancellationToken: Cancel)).Components.Where(component => !component.Healthy).Select(component => $"{component.Name} {component.Code}"));
    }

    [Fact]
    public async Task A_queue_that_is_nearly_full_is_told_of_before_it_refuses()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        var store = (await server.StoreAsync("shop")).ToWire();
        var queues = new Contracts.Queue.V1.QueueService.QueueServiceClient(server.Channel);
        await queues.CreateQueueAsync(new() { StoreId = store, Queue = new() { Name = "work", DepthMax = 10 } }, cancellationToken: Cancel);
        for (var i = 0; i < 11; i++)
        {
            try
            {
                await queues.SendAsync(new() { StoreId = store, Queue = "work", Messages = { new Contracts.Queue.V1.NewMessage { Kind = "mail" } } }, cancellationToken: Cancel);
            }
            catch (Grpc.Core.RpcException full) when (full.StatusCode == Grpc.Core.StatusCode.ResourceExhausted)
            {
                Assert.Equal(10, i);
            }
        }

        var health = await new OpsService.OpsServiceClient(server.Channel).GetHealthAsync(new(), cancellationToken: Cancel);
        Assert.Equal("queue QUEUE_FILLING A queue holds more than four fifths of what it may; then sends are refused. (work)", string.Join('\n', health.Components.Where(component => !component.Healthy).Select(component => $"{component.Name} {component.Code} {component.Cause}")));
    }

    [Fact]
    public async Task A_redis_that_is_away_is_told_of()
    {
        await using var away = await TestServer.StartAsync(Engine.Sqlite, settings: [$"--MesChain:Redis=127.0.0.1:{PrivatePostgres.FreePort()}"]);
        var health = await new OpsService.OpsServiceClient(away.Channel).GetHealthAsync(new(), cancellationToken: Cancel);
        Assert.Equal(("signal", "REDIS_AWAY"), health.Components.Where(component => !component.Healthy).Select(component => (component.Name, component.Code)).Single());
    }

    static async Task SendAsync(TestServer server, Guid store)
    {
        var queues = new Contracts.Queue.V1.QueueService.QueueServiceClient(server.Channel);
        await queues.CreateQueueAsync(new() { StoreId = store.ToWire(), Queue = new() { Name = "work" } }, cancellationToken: Cancel);
        await queues.SendAsync(new() { StoreId = store.ToWire(), Queue = "work", Messages = { new Contracts.Queue.V1.NewMessage { Kind = "mail" } } }, cancellationToken: Cancel);
    }

    static Task<int> ConnectionAsync(TestServer server, Guid store, string health, long? failingMs) => server.Db.WriteAsync(
        tx => tx.ExecuteAsync(
            """
            insert into connections (store_id, id, marketplace, environment, mode, health, name, seller_id, secret_path, orders_failing_ms, orders_next_ms, items_next_ms, created_ms)
            values (@store, @id, 'trendyol', 'sandbox', 'shadow', @health, @name, @name, 'none', @failingMs, @never, @never, 0)
            """,
            new { store, id = Ids.New(TimeProvider.System), name = Ids.New(TimeProvider.System).ToWire(), health, failingMs, never = long.MaxValue }),
        Cancel);

    [Fact]
    public async Task A_loop_that_failed_its_turn_is_ill_until_it_ends_one_well()
    {
        Stumbling? loop = null;
        await using var server = await TestServer.StartAsync(Engine.Sqlite, adjust: builder => builder.Services.AddSingleton<IHostedService>(provider => loop = new(TimeProvider.System, provider.GetRequiredService<ILogger<Stumbling>>())));
        server.ExpectErrors();
        await loop!.Failed.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        var ops = new OpsService.OpsServiceClient(server.Channel);
        // The turn is over when its fault can be read.
        while (loop.LastFault is null)
            await Task.Yield();
        Assert.Contains((await ops.GetHealthAsync(new(), cancellationToken: Cancel)).Components, component => component.Name == "loop Stumbling" && component.Cause.Contains("FormatException", StringComparison.Ordinal));

        loop.May.SetResult();
        await loop.Recovered.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        while (loop.LastFault is not null)
            await Task.Yield();
        Assert.True((await ops.GetHealthAsync(new(), cancellationToken: Cancel)).Healthy);
    }

    sealed class Ill : IHealthSource
    {
        public Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<ComponentState>>([new("mill", HealthCauses.DiskLow, "The sails are torn.")]);
    }

    sealed class Broken : IHealthSource
    {
        public Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel) => throw new FormatException();
    }

    sealed class Stumbling(TimeProvider clock, ILogger log) : Loop(clock, log, TimeSpan.FromMilliseconds(1))
    {
        bool _stumbled;

        public TaskCompletionSource Failed { get; } = new();

        public TaskCompletionSource May { get; } = new();

        public TaskCompletionSource Recovered { get; } = new();

        public override async Task<bool> RunOnceAsync(CancellationToken stop)
        {
            if (!_stumbled)
            {
                _stumbled = true;
                Failed.TrySetResult();
                throw new FormatException();
            }

            await May.Task.WaitAsync(stop);
            Recovered.TrySetResult();
            return false;
        }
    }
}
