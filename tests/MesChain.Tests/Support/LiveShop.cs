using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Support;

/// <summary>The real server with its jobs turning, and a shop that sells one product in the sandbox.</summary>
sealed class LiveShop : IAsyncDisposable
{
    const string Barcode = "8690000000012";

    Guid _store;

    LiveShop(TestServer server) => Server = server;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public TestServer Server { get; }

    /// <summary>With the key of the shop.</summary>
    public ChannelBase Channel { get; private set; } = null!;

    TrendyolSandbox Sandbox => Server.Services.GetRequiredService<TrendyolSandbox>();

    public static async Task<LiveShop> OpenAsync(Engine engine)
    {
        var shop = new LiveShop(await TestServer.StartAsync(engine, clock: null, adjust: null, "--MesChain:Sandbox:Enabled=true", "--MesChain:Sync:OrdersEvery=00:00:05", "--MesChain:Sync:ClaimsEvery=00:00:05", "--MesChain:Sync:QuestionsEvery=00:00:05"));
        var made = await new StoreService.StoreServiceClient(shop.Server.Channel).CreateStoreAsync(new() { Slug = "shop", Name = "Shop" });
        Assert.True(Ids.TryParseWire(made.Store.Id, out shop._store));
        shop.Channel = shop.Server.ChannelWith(await shop.Server.KeyAsync(shop._store, "sync:shop"));
        return shop;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Goes live with ten of the product, of which the marketplace then sells some.</summary>
    public async Task<PlacedOrder> SellAsync(int quantity)
    {
        Sandbox.PutItems(new() { Items = [new() { Barcode = Barcode, Title = "Tişört", Quantity = 3, Price = 129.90m }] });
        await new CatalogService.CatalogServiceClient(Channel).UpsertProductsAsync(new()
        {
            Products = { new Product { ShopProductId = "p1", Title = "Tişört", Variants = { new Variant { ShopVariantId = "v1", Barcode = Barcode } } } },
        });
        var stores = new StoreService.StoreServiceClient(Channel);
        var connection = (await stores.CreateConnectionAsync(new()
        {
            Marketplace = "trendyol",
            Environment = Contracts.Sync.V1.Environment.Sandbox,
            Name = "Trendyol",
            SellerId = TrendyolSandbox.DemoSellerId,
            Credentials = new() { ApiKey = TrendyolSandbox.DemoApiKey, ApiSecret = TrendyolSandbox.DemoApiSecret },
        })).Connection.Id;
        Assert.True((await stores.TestConnectionAsync(new() { ConnectionId = connection })).Passed);
        var offers = new OfferService.OfferServiceClient(Channel);
        await offers.LinkVariantsAsync(new() { ConnectionId = connection, Links = { new Link { ShopVariantId = "v1" } } });
        await stores.SetConnectionModeAsync(new() { ConnectionId = connection, Mode = ConnectionMode.Live });
        await offers.ReportStockAsync(new() { ShopSequence = 1, Levels = { new StockLevel { ShopVariantId = "v1", Quantity = 10 } } });
        await SeenAsync("offer.confirmed");
        Assert.Equal(10, Sandbox.QuantityOf(Barcode));
        var placed = Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = Barcode, Quantity = quantity }] });
        await SeenAsync("order.new");
        return placed;
    }

    /// <summary>The order arrives at its buyer, who wants to give all of it back.</summary>
    public async Task<PlacedClaim> GiveBackAsync(PlacedOrder placed)
    {
        foreach (var step in (string[])["Picking", "Invoiced", "Shipped", "Delivered"])
            Sandbox.AdvancePackage(new() { PackageId = placed.PackageId, Status = step });
        var claim = Sandbox.PlaceClaim(new() { PackageId = placed.PackageId, Barcode = Barcode, Note = "dikişi sökük çıktı" });
        await SeenAsync("claim.new");
        return claim;
    }

    /// <summary>A buyer asks about the product.</summary>
    public async Task<string> AskAsync(string text)
    {
        var asked = Sandbox.Ask(new() { Barcode = Barcode, Text = text });
        await SeenAsync("question.new");
        return asked.QuestionId;
    }

    /// <summary>Waits for something to have happened, by the log of events itself.</summary>
    /// <param name="times">So often at least.</param>
    public async Task SeenAsync(string kind, int times = 1)
    {
        using var call = new SyncService.SyncServiceClient(Channel).WatchEvents(new(), deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5), cancellationToken: Stop);
        await call.ResponseHeadersAsync;
        while (await Server.Db.ReadAsync(tx => tx.ScalarAsync<long>("select count(*) from events where store_id = @_store and kind = @kind", new { _store, kind }), Stop) < times)
            Assert.True(await call.ResponseStream.MoveNext(Stop));
    }
}
