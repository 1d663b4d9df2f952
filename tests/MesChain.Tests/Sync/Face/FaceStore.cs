using Grpc.Net.Client;
using MesChain.Contracts.Common.V1;
using MesChain.Contracts.Sync.V1;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;

namespace MesChain.Tests.Sync.Face;

/// <summary>A store as its shop sees it, and what a test may do behind its back.</summary>
public sealed class FaceStore(FaceServer face, Guid id, GrpcChannel channel)
{
    public Guid Id { get; } = id;

    public StoreService.StoreServiceClient Stores { get; } = new(channel);

    public CatalogService.CatalogServiceClient Catalog { get; } = new(channel);

    public OfferService.OfferServiceClient Offers { get; } = new(channel);

    public SyncService.SyncServiceClient Sync { get; } = new(channel);

    public Db Db => face.Server.Db;

    public static CreateConnectionRequest Wanted(string seller = TrendyolSandbox.DemoSellerId) => new()
    {
        Marketplace = "trendyol",
        Environment = Contracts.Sync.V1.Environment.Sandbox,
        Name = "Trendyol",
        SellerId = seller,
        Credentials = new() { ApiKey = TrendyolSandbox.DemoApiKey, ApiSecret = TrendyolSandbox.DemoApiSecret },
    };

    public async Task<Connection> ConnectAsync(string seller = TrendyolSandbox.DemoSellerId) => (await Stores.CreateConnectionAsync(Wanted(seller))).Connection;

    /// <summary>Tested, and sending.</summary>
    public async Task<Connection> GoLiveAsync()
    {
        var connection = await ConnectAsync();
        Assert.True((await Stores.TestConnectionAsync(new() { ConnectionId = connection.Id })).Passed);
        return (await Stores.SetConnectionModeAsync(new() { ConnectionId = connection.Id, Mode = ConnectionMode.Live })).Connection;
    }

    /// <summary>One product with one variant a barcode; the ids are p1, v1, p2, v2 …</summary>
    public async Task BringAsync(params string[] barcodes)
    {
        var request = new UpsertProductsRequest();
        for (var i = 0; i < barcodes.Length; i++)
            request.Products.Add(Product($"p{i + 1}", $"Ürün {i + 1}", (Id: $"v{i + 1}", Barcode: barcodes[i])));
        Assert.All((await Catalog.UpsertProductsAsync(request)).Results, result => Assert.True(result.Ok, result.Detail));
    }

    public static Product Product(string id, string title, params (string Id, string Barcode)[] variants) => new()
    {
        ShopProductId = id,
        Title = title,
        Variants = { variants.Select(variant => new Variant { ShopVariantId = variant.Id, Barcode = variant.Barcode }) },
    };

    public async Task<ReportStockResponse> ReportAsync(long sequence, params (string Id, int Quantity)[] levels) =>
        await Offers.ReportStockAsync(new()
        {
            ShopSequence = sequence,
            Levels = { levels.Select(level => new StockLevel { ShopVariantId = level.Id, Quantity = level.Quantity }) },
        });

    public static Money Lira(long minor) => new() { CurrencyCode = "TRY", Minor = minor };

    /// <summary>What the marketplace would list, as the job that reads it leaves it.</summary>
    public Task ListItemsAsync(string connection, params (string Barcode, int? Quantity)[] items) =>
        Db.WriteAsync(
            tx => tx.ExecuteManyAsync(
                $"""
                insert into marketplace_items (store_id, connection_id, barcode, title, quantity, sale_price_minor, seen_round, observed_ms)
                values (@Id, @connectionId, @Barcode, @title, @quantity, 12990, 1, {tx.Db.Now})
                """,
                items.Select(item => new { Id, connectionId = Wire(connection), item.Barcode, title = "Pazaryerinde " + item.Barcode, quantity = (long?)item.Quantity })),
            default);

    /// <summary>An order of one line that holds units, as the job that reads orders leaves it. Answers its id.</summary>
    public async Task<Guid> SellAsync(string connection, string number, string barcode, Guid? variant, int units, bool fed = true)
    {
        var order = Ids.New(TimeProvider.System);
        var it = new { Id, order, connectionId = Wire(connection), number, barcode, variant, units, person = Array.Empty<byte>(), yes = true, no = false, entry = Ids.New(TimeProvider.System) };
        await Db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(
                    $"""
                    insert into orders (store_id, id, connection_id, order_number, seq, trial, ordered_ms, changed_ms, currency_code, total_minor, gross_minor, discount_minor, person, created_ms)
                    values (@Id, @order, @connectionId, @number, @seq, @yes, {tx.Db.Now}, {tx.Db.Now}, 'TRY', 100, 100, 0, @person, {tx.Db.Now})
                    """,
                    new { Id, order, it.connectionId, number, it.yes, it.person, seq = await tx.NextAsync(Id, "orders") });
                await tx.ExecuteAsync(
                    """
                    insert into order_lines (store_id, order_id, line_id, position, package_id, variant_id, barcode, title, quantity, unit_totals, unit_discounts, total_minor, discount_minor)
                    values (@Id, @order, '1', 1, '1', @variant, @barcode, 'Ürün', @units, '100', '0', 100, 0)
                    """,
                    it);
                await tx.ExecuteAsync(
                    $"""
                    insert into reservations (store_id, connection_id, order_number, line_id, variant_id, barcode, trial, qty_open, state, ordered_ms)
                    values (@Id, @connectionId, @number, '1', @variant, @barcode, @yes, @units, 'open', {tx.Db.Now})
                    """,
                    it);
                if (fed)
                    await tx.ExecuteAsync(
                        $"insert into feed_entries (store_id, id, seq, order_id, kind, created_ms) values (@Id, @entry, @seq, @order, 'new', {tx.Db.Now})",
                        new { Id, order, it.entry, seq = await tx.NextAsync(Id, "feed") });
            },
            default);
        return order;
    }

    public Task<Guid> VariantAsync(string shopVariantId) =>
        Db.ReadAsync(tx => tx.OneAsync<Guid>("select id from variants where store_id = @Id and shop_variant_id = @shopVariantId", new { Id, shopVariantId }), default);

    /// <summary>Messages that wait in the store's queue, by kind.</summary>
    public async Task<IReadOnlyList<string>> NudgesAsync() =>
        await Db.ReadAsync(tx => tx.QueryAsync<string>("select kind from messages where store_id = @Id and queue = 'sync' order by kind", new { Id }), default);

    public Task<long> CountAsync(string table) => Db.ReadAsync(tx => tx.ScalarAsync<long>($"select count(*) from {table} where store_id = @Id", new { Id }), default);

    public static Guid Wire(string id) => Ids.TryParseWire(id, out var parsed) ? parsed : throw new FormatException(id);
}
