using MesChain.Marketplaces;
using MesChain.Marketplaces.Http;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keyring;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Queue;
using MesChain.Server.Secret;
using MesChain.Server.Sync;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Orders;
using MesChain.Server.Sync.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Support;

/// <summary>
/// Sync and its queue on a database, without a host: tests turn the loops and move the time themselves. The marketplace is the
/// Trendyol sandbox in this process. The services can be thrown away and made anew on the same data, as a killed program would be.
/// </summary>
sealed class SyncRig : IAsyncDisposable
{
    readonly TestDatabase _database;
    readonly WebApplication _marketplace;
    readonly Random _chance;
    readonly Func<HttpMessageHandler, HttpMessageHandler> _road;
    readonly Action<IServiceCollection>? _adjust;
    readonly MemorySecrets _secrets = new();
    readonly IConfiguration _configuration = new ConfigurationBuilder()
        .AddInMemoryCollection([new(RootKey.Variable, Convert.ToBase64String(new byte[RootKey.Length]))]).Build();
    ServiceProvider _services = null!;

    SyncRig(TestDatabase database, FakeTimeProvider clock, WebApplication marketplace, TrendyolSandbox sandbox, Random chance, Func<HttpMessageHandler, HttpMessageHandler>? road, Action<IServiceCollection>? adjust)
    {
        _database = database;
        Clock = clock;
        _marketplace = marketplace;
        Sandbox = sandbox;
        _chance = chance;
        _road = road ?? (static inner => inner);
        _adjust = adjust;
        StoreId = Ids.New(clock);
        ConnectionId = Ids.New(clock);
    }

    public Db Db => _database.Db;

    public FakeTimeProvider Clock { get; }

    public TrendyolSandbox Sandbox { get; }

    public Guid StoreId { get; }

    public Guid ConnectionId { get; }

    public static async Task<SyncRig> OpenAsync(
        TestDatabase database, FakeTimeProvider clock, int seed = 1, Func<HttpMessageHandler, HttpMessageHandler>? road = null, Action<IServiceCollection>? adjust = null)
    {
        var sandbox = new TrendyolSandbox(clock, seed);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        var marketplace = builder.Build();
        marketplace.MapTrendyolApi(sandbox, "/_sandbox/trendyol");
        await marketplace.StartAsync();
        var rig = new SyncRig(database, clock, marketplace, sandbox, new Random(seed), road, adjust);
        await rig.StartAsync();
        await rig.FoundAsync();
        return rig;
    }

    public static async Task<SyncRig> OpenAsync(Engine engine, Func<HttpMessageHandler, HttpMessageHandler>? road = null)
    {
        // PostgreSQL's own clock runs on; it is only ever moved forward, as this one is.
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        return await OpenAsync(await TestDatabase.OpenAsync(engine, engine == Engine.Sqlite ? clock : TimeProvider.System), clock, road: road);
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Makes the services anew, with nothing in memory.</summary>
    public async Task StartAsync()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(_configuration);
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton(Db);
        services.AddSingleton<ISignal, LocalSignal>();
        services.AddSingleton<ISecrets>(_secrets);
        services.AddSingleton(_ => new MarketplaceCatalog(
            Clock, () => _road(_marketplace.GetTestServer().CreateHandler()), new MarketplaceHttpOptions { Retries = 0, ThrottledFor = TimeSpan.FromSeconds(10) }));
        services.AddSingleton<LedgerRows>();
        services.AddQueue().AddSync();
        services.AddSingleton(provider => new Returns(provider.GetRequiredService<ReadyStores>(), _chance));
        services.AddSingleton<Janitor>().AddSingleton<SyncWorker>().AddSingleton<Cadence>().AddSingleton<Knock>().AddSingleton<BatchSweep>();
        services.AddKeyring();
        services.Configure<SyncOptions>(options => options.Concurrency = 1);
        services.AddSingleton(new RootKey(null, _configuration));
        _adjust?.Invoke(services);
        _services = services.BuildServiceProvider();
        await Get<StoreKeys>().StartAsync(Get<RootKey>(), Get<Node>(), default);
    }

    public async Task RestartAsync()
    {
        await _services.DisposeAsync();
        await StartAsync();
    }

    public async Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        if (Db.Engine == Engine.Postgres)
            Db.ClockOffset += time;
        await Task.CompletedTask;
    }

    /// <summary>Turns the loops until nothing is due at this moment. Answers how many jobs ran.</summary>
    public async Task<int> PumpAsync(int jobsMax = 500)
    {
        await Get<Janitor>().RunOnceAsync(default);
        await Get<Cadence>().RunOnceAsync(default);
        var ran = 0;
        while (ran < jobsMax && await Get<SyncWorker>().RunOnceAsync(default))
            ran++;
        Assert.True(ran < jobsMax || jobsMax < 500, "The jobs never come to rest.");
        return ran;
    }

    public async Task PumpAsync(TimeSpan time, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            await PassAsync(step);
            await PumpAsync();
        }
    }

    /// <summary>A variant of the shop, linked with an item of the marketplace.</summary>
    public async Task<Guid> AddVariantAsync(string shopVariantId, string barcode, int listed = 0)
    {
        Sandbox.PutItems(new() { Items = [new() { Barcode = barcode, Title = shopVariantId, Quantity = listed, Price = 129.90m, ListPrice = 149.90m }] });
        var id = Ids.New(Clock);
        var productId = Ids.New(Clock);
        await Db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(
                    "insert into products (store_id, id, shop_product_id, title, folded, updated_ms) values (@StoreId, @productId, @shopVariantId, @shopVariantId, @shopVariantId, 1)",
                    new { StoreId, productId, shopVariantId });
                await tx.ExecuteAsync(
                    "insert into variants (store_id, id, product_id, shop_variant_id, barcode) values (@StoreId, @id, @productId, @shopVariantId, @barcode)",
                    new { StoreId, id, productId, shopVariantId, barcode });
            },
            default);
        return id;
    }

    public Task LinkAsync(string shopVariantId) =>
        Db.WriteAsync(tx => Get<Linking>().LinkAsync(tx, StoreId, ConnectionId, [new(shopVariantId, "")]), default);

    public Task<StockReportOutcome> ReportAsync(long sequence, IReadOnlyList<StockLevelInput> levels, IReadOnlyList<AppliedOrderInput>? applied = null) =>
        Db.WriteAsync(tx => Get<StockReports>().RecordAsync(tx, StoreId, new(sequence, levels, applied ?? [])), default);

    public async Task<Offer> OfferAsync(Guid variantId) =>
        Assert.Single(await Db.ReadAsync(tx => Get<OfferStore>().OfVariantsAsync(tx, StoreId, [variantId]), default));

    public async Task<IReadOnlyList<(FeedEntry Entry, OrderView Order)>> PullAsync()
    {
        return await Db.ReadAsync(
            async tx =>
            {
                var due = await Feed.DueAsync(tx, StoreId, 100);
                var orders = (await Get<OrderReader>().LoadAsync(tx, StoreId, [.. due.Select(entry => entry.OrderId)])).ToDictionary(view => view.Order.Id);
                return due.Select(entry => (entry, orders[entry.OrderId])).ToList();
            },
            default);
    }

    public Task<string?> AcknowledgeAsync(Acknowledged done) =>
        Db.WriteAsync(tx => Get<Feed>().AcknowledgeAsync(tx, StoreId, done, (unit, order) => Get<Reservations>().SkippedAsync(unit, StoreId, order)), default);

    /// <summary>A request reaches the marketplace that its sender has given up long ago.</summary>
    public async Task ArriveAsync(HttpRequestMessage request)
    {
        using var client = _marketplace.GetTestClient();
        using var answer = await client.SendAsync(request);
    }

    public Task<T?> ScalarAsync<T>(string sql, object? args = null) => Db.ReadAsync(tx => tx.ScalarAsync<T>(sql, args), default);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _marketplace.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>A store with one live connection to the sandbox.</summary>
    async Task FoundAsync()
    {
        await Db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("insert into stores (id, slug, name, currency_code, created_ms) values (@StoreId, 'shop', 'Shop', 'TRY', 1)", new { StoreId });
                await tx.ExecuteAsync(
                    $"""
                    insert into connections (store_id, id, marketplace, environment, mode, health, name, seller_id, secret_path, stock_enabled, price_enabled, tested_ms, cutover_ms, created_ms)
                    values (@StoreId, @ConnectionId, 'trendyol', 'sandbox', 'live', 'ok', 'Trendyol', @seller, 'credentials', @yes, @yes, {tx.Db.Now}, {tx.Db.Now} - 60000, 1)
                    """,
                    new { StoreId, ConnectionId, seller = TrendyolSandbox.DemoSellerId, yes = true });
                await _secrets.PutAsync(tx, StoreId, "credentials", new SellerKeys(TrendyolSandbox.DemoApiKey, TrendyolSandbox.DemoApiSecret).ToBytes(), null, "test");
            },
            default);
    }
}
