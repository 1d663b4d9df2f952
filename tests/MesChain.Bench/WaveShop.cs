using System.Globalization;
using MesChain.Contracts.Sync.V1;
using MesChain.Sandbox;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using Microsoft.Extensions.DependencyInjection;
using Environment = MesChain.Contracts.Sync.V1.Environment;

namespace MesChain.Bench;

/// <summary>The whole program with the sandbox inside, and one shop that has sold many offers there for long: all of them are confirmed.</summary>
sealed class WaveShop : IAsyncDisposable
{
    public const int Units = 1000;
    public const long PriceMinor = 100_00;

    const int RowsAtOnce = 5000;

    WaveShop(FullServer server, Guid store, Guid connection, int offers)
    {
        Server = server;
        Store = store;
        Connection = connection;
        Offers = offers;
    }

    public FullServer Server { get; }

    public Guid Store { get; }

    public Guid Connection { get; }

    public int Offers { get; }

    public Db Db => Server.Services.GetRequiredService<Db>();

    public TrendyolSandbox Sandbox => Server.Services.GetRequiredService<TrendyolSandbox>();

    public string Against => Server.Against + ", sandbox with the published limits in the same process";

    public static string Barcode(int number) => string.Create(CultureInfo.InvariantCulture, $"869{number:D10}");

    public static string Variant(int number) => string.Create(CultureInfo.InvariantCulture, $"v{number}");

    public static async Task<WaveShop> OpenAsync(string postgres, int offers, TimeProvider? clock = null)
    {
        Report.Progress($"a shop with {offers} offers is made");
        var server = await FullServer.StartAsync(postgres, clock, "--MesChain:Sandbox:Enabled=true");
        var store = Id(server.StoreId);
        var made = await server.Channel.Stores.CreateConnectionAsync(new()
        {
            StoreId = server.StoreId,
            Marketplace = "trendyol",
            Environment = Environment.Sandbox,
            Name = "Trendyol",
            SellerId = TrendyolSandbox.DemoSellerId,
            Credentials = new() { ApiKey = TrendyolSandbox.DemoApiKey, ApiSecret = TrendyolSandbox.DemoApiSecret },
        });
        var connection = Id(made.Connection.Id);
        var shop = new WaveShop(server, store, connection, offers);
        await shop.FillAsync();
        await server.Channel.Stores.TestConnectionAsync(new() { StoreId = server.StoreId, ConnectionId = made.Connection.Id });
        await shop.Db.WriteAsync(
            tx => tx.ExecuteAsync(
                // The marketplace's list is not read: that is another load than the one measured.
                $"update connections set mode = 'live', stock_enabled = @yes, price_enabled = @yes, cutover_ms = {tx.Db.Now}, items_next_ms = {tx.Db.Now} + 86400000 where id = @connection",
                new { connection, yes = true }),
            default);
        await UntilAsync("the first read of orders", async () => await shop.CountAsync("select count(*) from connections where orders_read_started_ms is not null") > 0);
        return shop;
    }

    /// <summary>Calls that the sandbox has received, without those seen before.</summary>
    public IReadOnlyList<SandboxCall> Calls(ref long after)
    {
        var calls = Sandbox.Calls(after);
        after = calls.Count > 0 ? calls[^1].Sequence : after;
        return calls;
    }

    public Task<long> CountAsync(string sql) => Db.ReadAsync(tx => tx.ScalarAsync<long>(sql, new { Store, Connection }), default);

    public static async Task UntilAsync(string what, Func<Task<bool>> reached)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await reached())
        {
            if (TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromMinutes(15))
                throw new TimeoutException($"Not within a quarter of an hour: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public async Task ReportStockAsync(long sequence, params IEnumerable<(int Offer, int Quantity)> levels) =>
        await Server.Channel.Offers.ReportStockAsync(new()
        {
            StoreId = Server.StoreId,
            ShopSequence = sequence,
            Levels = { levels.Select(level => new StockLevel { ShopVariantId = Variant(level.Offer), Quantity = level.Quantity }) },
        });

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    static Guid Id(string wire) => Ids.TryParseWire(wire, out var id) ? id : throw new FormatException("The server gave no id.");

    async Task FillAsync()
    {
        foreach (var chunk in Enumerable.Range(0, Offers).Chunk(RowsAtOnce))
        {
            Sandbox.PutItems(new()
            {
                Items = [.. chunk.Select(number => new ItemRequest { Barcode = Barcode(number), Title = "Tişört", Quantity = Units, Price = PriceMinor / 100m })],
            });
            await Db.WriteAsync(tx => FillAsync(tx, chunk), default);
        }
    }

    /// <summary>Straight into the tables: putting a large shop in is not what is measured.</summary>
    async Task FillAsync(Tx tx, int[] numbers)
    {
        var rows = numbers
            .Select(number => new { Store, Connection, Product = Ids.New(TimeProvider.System), Id = Ids.New(TimeProvider.System), Shop = Variant(number), Barcode = Barcode(number), Units = (long)Units, Price = PriceMinor })
            .ToList();
        await tx.ExecuteManyAsync(
            "insert into products (store_id, id, shop_product_id, title, folded, updated_ms) values (@Store, @Product, @Shop, 'Tişört', 'tisort', 1)", rows);
        await tx.ExecuteManyAsync(
            """
            insert into variants (store_id, id, product_id, shop_variant_id, barcode, on_hand, stock_version, stock_reported_ms, price_minor, list_price_minor, price_version)
            values (@Store, @Id, @Product, @Shop, @Barcode, @Units, 1, 1, @Price, @Price, 1)
            """,
            rows);
        await tx.ExecuteManyAsync("insert into links (store_id, connection_id, barcode, variant_id, origin, linked_ms) values (@Store, @Connection, @Barcode, @Id, 'barcode', 1)", rows);
        await tx.ExecuteManyAsync(
            """
            insert into offers (
                store_id, connection_id, variant_id, barcode, desired_qty, desired_version, sent_qty, sent_version, acked_qty, acked_version,
                desired_price_minor, desired_list_minor, desired_price_version, sent_price_minor, sent_list_minor, sent_price_version,
                acked_price_minor, acked_list_minor, acked_price_version)
            values (@Store, @Connection, @Id, @Barcode, @Units, 1, @Units, 1, @Units, 1, @Price, @Price, 1, @Price, @Price, 1, @Price, @Price, 1)
            """,
            rows);
    }
}
