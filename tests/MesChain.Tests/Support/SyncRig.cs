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
using MesChain.Server.Sync.Hooks;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Orders;
using MesChain.Server.Sync.Work;
using MesChain.Tests.Simulation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Support;

/// <summary>What a rig is made of.</summary>
sealed record RigShape
{
    public static readonly RigShape Plain = new();

    /// <summary>Connections of the one store, each to a seller of its own in the same sandbox.</summary>
    public int Connections { get; init; } = 1;

    /// <summary>One program each, and how far its clock is from the marketplace's. More than one needs PostgreSQL.</summary>
    public IReadOnlyList<TimeSpan> Nodes { get; init; } = [TimeSpan.Zero];
}

/// <summary>A connection of a rig's store.</summary>
sealed record RigConnection(Guid Id, SellerRequest Seller);

/// <summary>
/// Sync and its queue on a database, without a host: tests turn the loops and move the time themselves. The marketplace is the
/// Trendyol sandbox in this process. The services can be thrown away and made anew on the same data, as a killed program would be.
/// </summary>
sealed class SyncRig : IAsyncDisposable
{
    /// <summary>Sales from before this are history; longer ago than a clock may be wrong.</summary>
    const long CutoverBackMs = 15 * 60_000;

    /// <summary>A Tuesday at noon in Istanbul.</summary>
    static readonly DateTimeOffset Noon = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    readonly TestDatabase _database;
    readonly WebApplication _marketplace;
    readonly Random _chance;
    readonly Func<HttpMessageHandler, HttpMessageHandler> _road;
    readonly Action<IServiceCollection>? _adjust;
    readonly MemorySecrets _secrets = new();
    readonly IConfiguration _configuration = new ConfigurationBuilder()
        .AddInMemoryCollection([new(RootKey.Variable, Convert.ToBase64String(new byte[RootKey.Length]))]).Build();
    readonly IReadOnlyList<Program> _nodes;
    TemplateDatabase.Copy? _place;

    SyncRig(
        TestDatabase database, FakeTimeProvider clock, WebApplication marketplace, TrendyolSandbox sandbox, Random chance, Func<HttpMessageHandler, HttpMessageHandler>? road,
        Action<IServiceCollection>? adjust, RigShape shape)
    {
        _database = database;
        Clock = clock;
        _marketplace = marketplace;
        Sandbox = sandbox;
        _chance = chance;
        _road = road ?? (static inner => inner);
        _adjust = adjust;
        StoreId = Ids.New(clock);
        Connections = [.. Enumerable.Range(0, shape.Connections).Select(i => new RigConnection(Ids.New(clock), Seller(i)))];
        _nodes = [.. shape.Nodes.Select(skew => new Program(skew, skew == TimeSpan.Zero ? clock : new SeededClock(clock.GetUtcNow() + skew, chance.Next())))];
    }

    public Db Db => _database.Db;

    /// <summary>The true time, which is the marketplace's.</summary>
    public FakeTimeProvider Clock { get; }

    public TrendyolSandbox Sandbox { get; }

    public Guid StoreId { get; }

    public IReadOnlyList<RigConnection> Connections { get; }

    public Guid ConnectionId => Connections[0].Id;

    public int Nodes => _nodes.Count;

    /// <summary>The node that works now: what is got, pumped and restarted is its.</summary>
    public int At { get; set; }

    public static async Task<SyncRig> OpenAsync(
        TestDatabase database, FakeTimeProvider clock, int seed = 1, Func<HttpMessageHandler, HttpMessageHandler>? road = null, Action<IServiceCollection>? adjust = null,
        RigShape? shape = null)
    {
        var sandbox = new TrendyolSandbox(clock, seed);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        var marketplace = builder.Build();
        marketplace.MapTrendyolApi(sandbox, "/_sandbox/trendyol");
        await marketplace.StartAsync();
        var rig = new SyncRig(database, clock, marketplace, sandbox, new Random(seed), road, adjust, shape ?? RigShape.Plain);
        foreach (var connection in rig.Connections)
            sandbox.AddSeller(connection.Seller);
        for (rig.At = rig.Nodes - 1; rig.At > 0; rig.At--)
            await rig.StartAsync();
        await rig.StartAsync();
        await rig.FoundAsync();
        return rig;
    }

    /// <summary>On a database whose clock moves with the rig's alone: neither a slow machine nor the hour of the run makes a test another one.</summary>
    public static async Task<SyncRig> OpenAsync(
        Engine engine, Func<HttpMessageHandler, HttpMessageHandler>? road = null, Action<IServiceCollection>? adjust = null, RigShape? shape = null)
    {
        var clock = new FakeTimeProvider(Noon);
        var copy = engine == Engine.Sqlite ? await TemplateDatabase.CopyFileAsync(clock, TimeSpan.Zero) : await TemplateDatabase.CopyServerAsync(clock);
        var rig = await OpenAsync(copy.Database, clock, road: road, adjust: adjust, shape: shape);
        rig._place = copy;
        return rig;
    }

    public T Get<T>()
        where T : notnull => _nodes[At].Services.GetRequiredService<T>();

    /// <summary>Makes the services of the node anew, with nothing in memory.</summary>
    public async Task StartAsync()
    {
        var clock = _nodes[At].Clock;
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(_configuration);
        services.AddLogging();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(Db);
        services.AddSingleton<ISignal, LocalSignal>();
        services.AddSingleton<ISecrets>(_secrets);
        services.AddSingleton(_ => new MarketplaceCatalog(
            clock, () => _road(_marketplace.GetTestServer().CreateHandler()), new MarketplaceHttpOptions { Retries = 0, ThrottledFor = TimeSpan.FromSeconds(10) }));
        services.AddSingleton<LedgerRows>();
        services.AddQueue().AddSync();
        services.AddSingleton(provider => new Returns(provider.GetRequiredService<ReadyStores>(), _chance));
        services.AddSingleton<Janitor>().AddSingleton<SyncWorker>().AddSingleton<Cadence>().AddSingleton<Knock>().AddSingleton<BatchSweep>().AddSingleton<Farewell>();
        services.AddKeyring();
        services.Configure<SyncOptions>(options => options.Concurrency = 1);
        services.AddSingleton(new RootKey(null, _configuration));
        _adjust?.Invoke(services);
        _nodes[At].Services = services.BuildServiceProvider();
        await Get<StoreKeys>().StartAsync(Get<RootKey>(), Get<Node>(), default);
    }

    public async Task RestartAsync()
    {
        await _nodes[At].Services.DisposeAsync();
        await StartAsync();
    }

    /// <param name="asleep">A node that does not notice: its clock stands until time passes again.</param>
    public async Task PassAsync(TimeSpan time, int? asleep = null)
    {
        Clock.Advance(time);
        for (var i = 0; i < _nodes.Count; i++)
        {
            if (i != asleep && _nodes[i].Clock != Clock)
                _nodes[i].Clock.SetUtcNow(Clock.GetUtcNow() + _nodes[i].Skew);
        }

        await _database.SetTimeAsync(Clock.GetUtcNow());
    }

    /// <summary>Turns the loops until nothing is due at this moment. Answers how many jobs ran.</summary>
    public async Task<int> PumpAsync(int jobsMax = 500)
    {
        await Get<Janitor>().RunOnceAsync(default);
        await Get<Cadence>().RunOnceAsync(default);
        await Get<Farewell>().RunOnceAsync(default);
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
        foreach (var connection in Connections)
            Sandbox.PutItems(new() { SellerId = connection.Seller.SellerId, Items = [new() { Barcode = barcode, Title = shopVariantId, Quantity = listed, Price = 129.90m, ListPrice = 149.90m }] });
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

    /// <summary>Links a variant at every connection.</summary>
    public async Task LinkAsync(string shopVariantId)
    {
        foreach (var connection in Connections)
            await Db.WriteAsync(tx => Get<Linking>().LinkAsync(tx, StoreId, connection.Id, [new(shopVariantId, "")]), default);
    }

    public Task<StockReportOutcome> ReportAsync(long sequence, IReadOnlyList<StockLevelInput> levels, IReadOnlyList<AppliedOrderInput>? applied = null) =>
        Db.WriteAsync(tx => Get<StockReports>().RecordAsync(tx, StoreId, new(sequence, levels, applied ?? []), "key:shop"), default);

    /// <summary>The offer of a variant at the first connection, or at another.</summary>
    public async Task<Offer> OfferAsync(Guid variantId, int connection = 0) =>
        Assert.Single(await Db.ReadAsync(tx => Get<OfferStore>().OfConnectionAsync(tx, StoreId, Connections[connection].Id, [variantId]), default));

    /// <summary>What buyers see at a connection.</summary>
    public int? Shown(string barcode, int connection = 0) => Sandbox.QuantityOf(barcode, Connections[connection].Seller.SellerId);

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

    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? args = null) => Db.ReadAsync(tx => tx.QueryAsync<T>(sql, args), default);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.Services.DisposeAsync();
        await _marketplace.DisposeAsync();
        await _database.DisposeAsync();
        _place?.Dispose();
    }

    /// <summary>A store with live connections to the sandbox.</summary>
    Task FoundAsync() => Db.WriteAsync(
        async tx =>
        {
            await tx.ExecuteAsync("insert into stores (id, slug, name, currency_code, created_ms) values (@StoreId, 'shop', 'Shop', 'TRY', 1)", new { StoreId });
            foreach (var (id, seller) in Connections)
            {
                await tx.ExecuteAsync(
                    $"""
                    insert into connections (store_id, id, marketplace, environment, mode, health, name, seller_id, secret_path, stock_enabled, price_enabled, tested_ms, cutover_ms, created_ms)
                    values (@StoreId, @id, 'trendyol', 'sandbox', 'live', 'ok', @SellerId, @SellerId, @path, @yes, @yes, {tx.Db.Now}, {tx.Db.Now} - @CutoverBackMs, 1)
                    """,
                    new { StoreId, id, seller.SellerId, path = Path(seller), yes = true, CutoverBackMs });
                await _secrets.PutAsync(tx, StoreId, Path(seller), new SellerKeys(seller.ApiKey, seller.ApiSecret).ToBytes(), null, "test");
            }
        },
        default);

    static string Path(SellerRequest seller) => "credentials-" + seller.SellerId;

    static SellerRequest Seller(int number) => number == 0
        ? new() { SellerId = TrendyolSandbox.DemoSellerId, ApiKey = TrendyolSandbox.DemoApiKey, ApiSecret = TrendyolSandbox.DemoApiSecret }
        : new() { SellerId = FormattableString.Invariant($"432{number}00"), ApiKey = FormattableString.Invariant($"key-{number}"), ApiSecret = FormattableString.Invariant($"secret-{number}") };

    /// <summary>A program, with a clock of its own.</summary>
    sealed class Program(TimeSpan skew, FakeTimeProvider clock)
    {
        public TimeSpan Skew { get; } = skew;

        public FakeTimeProvider Clock { get; } = clock;

        public ServiceProvider Services { get; set; } = null!;
    }
}
