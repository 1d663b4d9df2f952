using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Sync.Work;

/// <summary>The real server with its jobs turning: a change goes out, an order comes in, through the doors that a shop has.</summary>
public abstract class OrderRpcTests(Engine engine) : IAsyncLifetime
{
    const string Barcode = "8690000000012";

    TestServer _server = null!;
    Guid _store;
    ChannelBase _channel = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    TrendyolSandbox Sandbox => _server.Services.GetRequiredService<TrendyolSandbox>();

    OrderService.OrderServiceClient Orders => new(_channel);

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(engine, clock: null, adjust: null, "--MesChain:Sandbox:Enabled=true", "--MesChain:Sync:OrdersEvery=00:00:05");
        var made = await new StoreService.StoreServiceClient(_server.Channel).CreateStoreAsync(new() { Slug = "shop", Name = "Shop" });
        Assert.True(Ids.TryParseWire(made.Store.Id, out _store));
        _channel = _server.ChannelWith(await _server.KeyAsync(_store, "sync:shop"));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_order_comes_to_the_shop_and_its_acknowledgement_goes_back()
    {
        var placed = await SellAsync();
        var entry = Assert.Single((await Orders.PullOrdersAsync(new(), cancellationToken: Stop)).Entries);
        var order = entry.Order;
        Assert.Equal((EntryKind.New, placed.OrderNumber, true, 2, 25980L), (entry.Kind, order.OrderNumber, order.Trial, order.Lines[0].Quantity, order.Total.Minor));
        Assert.Equal("v1", order.Lines[0].ShopVariantId);
        Assert.NotEmpty(order.ShippingAddress.City);
        Assert.Equal(order.Total.Minor, order.GrossTotal.Minor - order.DiscountTotal.Minor);

        var said = new AcknowledgeOrdersRequest { Acknowledgements = { new Acknowledgement { EntryId = entry.EntryId, Revision = order.Revision, Outcome = AcknowledgeOutcome.Applied, ShopOrderId = "17" } } };
        Assert.True((await Orders.AcknowledgeOrdersAsync(said, cancellationToken: Stop)).Results[0].Ok);
        Assert.True((await Orders.AcknowledgeOrdersAsync(said, cancellationToken: Stop)).Results[0].Ok);
        Assert.Empty((await Orders.PullOrdersAsync(new(), cancellationToken: Stop)).Entries);
        Assert.Equal("17", (await Orders.GetOrderAsync(new() { OrderId = order.Id }, cancellationToken: Stop)).Order.ShopOrderId);
        Assert.Equal(order.Id, Assert.Single((await Orders.ListOrdersAsync(new() { OrderNumber = placed.OrderNumber }, cancellationToken: Stop)).Orders).Id);
        Assert.Empty((await Orders.ListOrdersAsync(new() { OrderNumber = "0" }, cancellationToken: Stop)).Orders);

        var pick = new UpdateOrderRequest { RequestId = Ids.New(TimeProvider.System).ToWire(), OrderId = order.Id, Pick = new() { PackageId = placed.PackageId } };
        await Orders.UpdateOrderAsync(pick, cancellationToken: Stop);
        await Orders.UpdateOrderAsync(pick, cancellationToken: Stop);
        await SeenAsync("order.changed");
        Assert.Equal(PackageStatus.Picking, (await Orders.GetOrderAsync(new() { OrderId = order.Id }, cancellationToken: Stop)).Order.Packages[0].Status);
    }

    [Fact]
    public async Task Bad_fields_and_foreign_orders_are_told_apart()
    {
        var bad = await Refusal.OfAsync(Orders.AcknowledgeOrdersAsync(new()
        {
            Acknowledgements = { new Acknowledgement { EntryId = "1" }, new Acknowledgement { EntryId = Ids.New(TimeProvider.System).ToWire(), Outcome = AcknowledgeOutcome.Applied, Revision = -1 } },
        }));
        Assert.Equal(
            ["acknowledgements[0].entry_id", "acknowledgements[0].outcome", "acknowledgements[1].revision", "acknowledgements[1].shop_order_id"],
            bad.Fields);
        var unknown = Ids.New(TimeProvider.System).ToWire();
        Assert.Equal(Reasons.UnknownResource, (await Refusal.OfAsync(Orders.GetOrderAsync(new() { OrderId = unknown }))).Reason);
        Assert.Equal(Reasons.UnknownResource, (await Refusal.OfAsync(Orders.UpdateOrderAsync(new() { OrderId = unknown, Pick = new() { PackageId = "1" } }))).Reason);
        Assert.Equal(Reasons.InvalidField, (await Refusal.OfAsync(Orders.ListOrdersAsync(new() { PageToken = "x" }))).Reason);
        Assert.Equal("UNKNOWN_ENTRY", (await Orders.AcknowledgeOrdersAsync(new()
        {
            Acknowledgements = { new Acknowledgement { EntryId = unknown, Outcome = AcknowledgeOutcome.Skipped } },
        }, cancellationToken: Stop)).Results[0].Reason);
    }

    /// <summary>A store that is live, with one product at ten, of which the marketplace sells two.</summary>
    async Task<PlacedOrder> SellAsync()
    {
        Sandbox.PutItems(new() { Items = [new() { Barcode = Barcode, Title = "Tişört", Quantity = 3, Price = 129.90m }] });
        await new CatalogService.CatalogServiceClient(_channel).UpsertProductsAsync(new()
        {
            Products = { new Product { ShopProductId = "p1", Title = "Tişört", Variants = { new Variant { ShopVariantId = "v1", Barcode = Barcode } } } },
        });
        var stores = new StoreService.StoreServiceClient(_channel);
        var connection = (await stores.CreateConnectionAsync(new()
        {
            Marketplace = "trendyol",
            Environment = Contracts.Sync.V1.Environment.Sandbox,
            Name = "Trendyol",
            SellerId = TrendyolSandbox.DemoSellerId,
            Credentials = new() { ApiKey = TrendyolSandbox.DemoApiKey, ApiSecret = TrendyolSandbox.DemoApiSecret },
        })).Connection.Id;
        Assert.True((await stores.TestConnectionAsync(new() { ConnectionId = connection })).Passed);
        var offers = new OfferService.OfferServiceClient(_channel);
        await offers.LinkVariantsAsync(new() { ConnectionId = connection, Links = { new Link { ShopVariantId = "v1" } } });
        await stores.SetConnectionModeAsync(new() { ConnectionId = connection, Mode = ConnectionMode.Live });
        await offers.ReportStockAsync(new() { ShopSequence = 1, Levels = { new StockLevel { ShopVariantId = "v1", Quantity = 10 } } });
        await SeenAsync("offer.confirmed");
        Assert.Equal(10, Sandbox.QuantityOf(Barcode));
        var placed = Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = Barcode, Quantity = 2 }] });
        await SeenAsync("order.new");
        return placed;
    }

    /// <summary>Waits for something to have happened, by the log of events itself.</summary>
    async Task SeenAsync(string kind)
    {
        using var call = new SyncService.SyncServiceClient(_channel).WatchEvents(new(), deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(2), cancellationToken: Stop);
        await call.ResponseHeadersAsync;
        while (await _server.Db.ReadAsync(tx => tx.ScalarAsync<long>("select count(*) from events where store_id = @_store and kind = @kind", new { _store, kind }), Stop) == 0)
            Assert.True(await call.ResponseStream.MoveNext(Stop));
    }
}

public sealed class OrderRpcsOnSqlite() : OrderRpcTests(Engine.Sqlite);

public sealed class OrderRpcsOnPostgres() : OrderRpcTests(Engine.Postgres);
