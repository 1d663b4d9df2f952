using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Face;

public abstract class ReportTests(FaceServer face) : FaceTest(face)
{
    [Fact]
    public async Task A_repeated_report_changes_nothing_and_gets_the_same_answer()
    {
        await Shop.BringAsync("869001");
        var first = await Shop.ReportAsync(5, ("v1", 7));
        Assert.Equal(first, await Shop.ReportAsync(5, ("v1", 7)));
        Assert.True(first.Results[0].Ok);
        Assert.Equal((7, 1), await StandAsync("v1"));
        Assert.Equal(1, await Shop.CountAsync("stock_movements"));
    }

    [Fact]
    public async Task A_report_that_is_not_newer_leaves_the_variant_as_it_is()
    {
        await Shop.BringAsync("869001", "869002");
        await Shop.ReportAsync(5, ("v1", 7));
        var late = await Shop.ReportAsync(4, ("v1", 9), ("v2", 3), ("v3", 1));
        Assert.Equal(["STALE_SEQUENCE", "", "UNKNOWN_VARIANT"], late.Results.Select(result => result.Reason));
        Assert.Equal(["v1", "v2", "v3"], late.Results.Select(result => result.Id));
        Assert.Equal("STALE_SEQUENCE", (await Shop.ReportAsync(5, ("v1", 8))).Results[0].Reason);
        Assert.Equal((7, 1), await StandAsync("v1"));
        Assert.Equal((3, 1), await StandAsync("v2"));
    }

    [Fact]
    public async Task AC07_However_reports_are_shuffled_and_repeated_the_newest_stands()
    {
        await Shop.BringAsync("869001");
        var connection = await LinkedAsync("v1");
        var random = new Random(7);
        var reports = Enumerable.Range(1, 40).SelectMany(sequence => Enumerable.Repeat(sequence, random.Next(1, 3))).ToArray();
        random.Shuffle(reports);
        await Task.WhenAll(reports.Chunk(10).Select(async chunk =>
        {
            foreach (var sequence in chunk)
                await Shop.ReportAsync(sequence, ("v1", sequence * 3));
        }));
        Assert.Equal(120, (await StandAsync("v1")).OnHand);
        Assert.Equal(120, (await OfferAsync(connection)).DesiredQuantity);
        Assert.Equal(120, await Shop.Db.ReadAsync(tx => tx.ScalarAsync<long>("select cast(sum(delta) as bigint) from stock_movements where store_id = @Id", new { Shop.Id }), Stop));
    }

    [Fact]
    public async Task Every_bad_field_of_a_report_is_named()
    {
        var stock = await Refusal.OfAsync(Shop.Offers.ReportStockAsync(new()
        {
            Levels = { new StockLevel { Quantity = -1 }, new StockLevel { ShopVariantId = "a", Quantity = 1_000_001 }, new StockLevel { ShopVariantId = "a" } },
            AppliedOrders = { new AppliedOrder { OrderId = "1", ShopOrderId = "" } },
        }));
        Assert.Equal(
            ["applied_orders[0].order_id", "applied_orders[0].shop_order_id", "levels[0].quantity", "levels[0].shop_variant_id", "levels[1].quantity", "levels[2].shop_variant_id", "shop_sequence"],
            stock.Fields);
        Assert.Equal(["levels"], (await Refusal.OfAsync(Shop.Offers.ReportStockAsync(new() { ShopSequence = 1 }))).Fields);

        var prices = await Refusal.OfAsync(Shop.Offers.ReportPricesAsync(new()
        {
            ShopSequence = -1,
            Levels =
            {
                new PriceLevel { ShopVariantId = "a" },
                new PriceLevel { ShopVariantId = "b", SalePrice = FaceStore.Lira(0) },
                new PriceLevel { ShopVariantId = "c", SalePrice = new() { CurrencyCode = "EUR", Minor = 1 } },
                new PriceLevel { ShopVariantId = "d", SalePrice = FaceStore.Lira(200), ListPrice = FaceStore.Lira(199) },
            },
        }));
        Assert.Equal(["levels[0].sale_price", "levels[1].sale_price.minor", "levels[2].sale_price.currency_code", "levels[3].list_price", "shop_sequence"], prices.Fields);
    }

    [Fact]
    public async Task A_booked_order_gives_its_units_back_in_the_moment_the_quantity_no_longer_holds_them()
    {
        await Shop.BringAsync("869001");
        var connection = await LinkedAsync("v1");
        await Shop.ReportAsync(1, ("v1", 10));
        var order = await Shop.SellAsync(connection, "1001", "869001", await Shop.VariantAsync("v1"), 3);
        await Shop.ReportAsync(2, ("v1", 11));
        Assert.Equal(8, (await OfferAsync(connection)).DesiredQuantity);

        var request = new ReportStockRequest
        {
            ShopSequence = 3,
            Levels = { new StockLevel { ShopVariantId = "v1", Quantity = 8 } },
            AppliedOrders = { new AppliedOrder { OrderId = order.ToWire(), ShopOrderId = "77" } },
        };
        var booked = await Shop.Offers.ReportStockAsync(request);
        Assert.Equal((true, 1), (booked.Results[0].Ok, booked.ClosedOrders));
        Assert.Equal(8, (await OfferAsync(connection)).DesiredQuantity);

        var again = await Shop.Offers.ReportStockAsync(request);
        Assert.Equal((true, 0), (again.Results[0].Ok, again.ClosedOrders));
        Assert.Equal(8, (await OfferAsync(connection)).DesiredQuantity);
    }

    [Fact]
    public async Task A_report_of_a_counter_that_was_set_back_closes_no_order()
    {
        await Shop.BringAsync("869001", "869002");
        var connection = await LinkedAsync("v1");
        await Shop.ReportAsync(50, ("v1", 10));
        var order = await Shop.SellAsync(connection, "1001", "869001", await Shop.VariantAsync("v1"), 3);
        var rewound = new ReportStockRequest
        {
            ShopSequence = 7,
            Levels = { new StockLevel { ShopVariantId = "v1", Quantity = 7 }, new StockLevel { ShopVariantId = "v2", Quantity = 1 } },
            AppliedOrders = { new AppliedOrder { OrderId = order.ToWire(), ShopOrderId = "77" } },
        };
        var answer = await Shop.Offers.ReportStockAsync(rewound);
        Assert.Equal(["STALE_SEQUENCE", ""], answer.Results.Select(result => result.Reason));
        Assert.Equal(0, answer.ClosedOrders);
        await Shop.ReportAsync(51, ("v1", 11));
        Assert.Equal(8, (await OfferAsync(connection)).DesiredQuantity);

        rewound.ShopSequence = 52;
        Assert.Equal(1, (await Shop.Offers.ReportStockAsync(rewound)).ClosedOrders);
        Assert.Equal(7, (await OfferAsync(connection)).DesiredQuantity);
    }

    [Fact]
    public async Task An_unknown_booked_order_closes_nothing_and_keeps_the_quantities_in()
    {
        await Shop.BringAsync("869001");
        var answer = await Shop.Offers.ReportStockAsync(new()
        {
            ShopSequence = 1,
            Levels = { new StockLevel { ShopVariantId = "v1", Quantity = 4 } },
            AppliedOrders = { new AppliedOrder { OrderId = Ids.New(TimeProvider.System).ToWire(), ShopOrderId = "1" } },
        });
        Assert.Equal((true, 0), (answer.Results[0].Ok, answer.ClosedOrders));
        Assert.Equal(4, (await StandAsync("v1")).OnHand);
    }

    [Fact]
    public async Task Prices_follow_the_same_rule_on_a_counter_of_their_own()
    {
        await Shop.BringAsync("869001");
        var connection = await LinkedAsync("v1");
        await Shop.ReportAsync(9, ("v1", 5));
        Assert.True((await PriceAsync(3, 12_990, null)).Ok);
        Assert.Equal("STALE_SEQUENCE", (await PriceAsync(2, 9_990, null)).Reason);
        Assert.True((await PriceAsync(3, 12_990, 12_990)).Ok);
        Assert.Equal("STALE_SEQUENCE", (await PriceAsync(3, 12_990, 15_000)).Reason);
        Assert.True((await PriceAsync(4, 11_990, 15_000)).Ok);
        Assert.Equal(FaceStore.Lira(11_990), (await OfferAsync(connection)).DesiredPrice);
        Assert.Equal("UNKNOWN_VARIANT", (await PriceAsync(5, 1, null, "nobody")).Reason);
    }

    [Fact]
    public async Task A_report_asks_for_a_push_only_where_one_may_be_sent()
    {
        await Shop.BringAsync("869001");
        var shadow = await LinkedAsync("v1");
        await Shop.ReportAsync(1, ("v1", 5));
        Assert.DoesNotContain("push-stock", await Shop.NudgesAsync());
        Assert.Equal(OfferState.Dirty, (await OfferAsync(shadow)).StockState);

        await Shop.Stores.TestConnectionAsync(new() { ConnectionId = shadow });
        await Shop.Stores.SetConnectionModeAsync(new() { ConnectionId = shadow, Mode = ConnectionMode.Live });
        await Shop.Db.WriteAsync(tx => tx.ExecuteAsync("delete from messages where store_id = @Id", new { Shop.Id }), Stop);
        await Shop.ReportAsync(2, ("v1", 4));
        Assert.Equal(["push-stock"], await Shop.NudgesAsync());
    }

    [Fact]
    public async Task Reports_of_many_variants_at_once_do_not_stand_in_each_others_way()
    {
        await Shop.BringAsync([.. Enumerable.Range(1, 60).Select(i => $"86900{i}")]);
        var connection = await LinkedAsync("v1");
        await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection, Links = { Enumerable.Range(2, 59).Select(i => new Link { ShopVariantId = $"v{i}" }) } });
        await Task.WhenAll(Enumerable.Range(1, 12).Select(async sequence =>
        {
            var levels = Enumerable.Range(1, 60).Select(i => ($"v{i}", sequence)).ToArray();
            new Random(sequence).Shuffle(levels);
            await Shop.ReportAsync(sequence, levels);
        }));
        Assert.Equal(60, await Shop.Db.ReadAsync(tx => tx.ScalarAsync<long>("select count(*) from offers where store_id = @Id and desired_qty = 12", new { Shop.Id }), Stop));
    }

    async Task<string> LinkedAsync(string variant)
    {
        var connection = await Shop.ConnectAsync();
        Assert.Equal(1, (await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection.Id, Links = { new Link { ShopVariantId = variant } } })).Linked);
        return connection.Id;
    }

    async Task<Offer> OfferAsync(string connection) => Assert.Single((await Shop.Offers.ListOffersAsync(new() { ConnectionId = connection })).Offers);

    async Task<ItemResult> PriceAsync(long sequence, long sale, long? list, string variant = "v1")
    {
        var level = new PriceLevel { ShopVariantId = variant, SalePrice = FaceStore.Lira(sale) };
        if (list is { } minor)
            level.ListPrice = FaceStore.Lira(minor);
        return Assert.Single((await Shop.Offers.ReportPricesAsync(new() { ShopSequence = sequence, Levels = { level } })).Results);
    }

    async Task<(long OnHand, long Version)> StandAsync(string variant)
    {
        var row = await Shop.Db.ReadAsync(
            tx => tx.OneAsync<Stand>("select on_hand, stock_version from variants where store_id = @Id and shop_variant_id = @variant", new { Shop.Id, variant }), Stop);
        return (row!.OnHand, row.StockVersion);
    }

    sealed record Stand
    {
        public long OnHand { get; init; }

        public long StockVersion { get; init; }
    }
}

[Collection(SqliteFaces.Name)]
public sealed class ReportsOnSqlite(FaceOnSqlite face) : ReportTests(face);

[Collection(PostgresFaces.Name)]
public sealed class ReportsOnPostgres(FaceOnPostgres face) : ReportTests(face);
