using System.Globalization;
using MesChain.Client;
using MesChain.Contracts.Common.V1;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Demo;

/// <summary>
/// A shop that does what the OpenCart package does: reports stock in sequence, pulls orders, books each exactly once, acknowledges
/// what is on its own disk. Every step can be repeated.
/// </summary>
sealed class DemoShop(MesChainChannel backbone, SandboxControl marketplace, DemoBooks books, string booksPath, Random chance, Action<string> say)
{
    const int FirstStock = 25;
    const int RestockBelow = 4;

    public const string SellerId = "4321";
    const string ApiKey = "sandbox-key";
    const string ApiSecret = "sandbox-secret";

    /// <summary>Lists the goods on both sides. The marketplace starts without stock, so that the first push can be seen.</summary>
    public async Task StockShelvesAsync(CancellationToken stop)
    {
        var known = books.Stock.Count > 0;
        await marketplace.PutItemsAsync(
            new(DemoGoods.All.Select(good => new SandboxItem(good.Barcode, good.Title, known ? books.Stock[good.Id] : 0, good.PriceMinor / 100m, good.VatPercent, good.Id)).ToList()),
            stop);
        foreach (var good in DemoGoods.All)
        {
            books.Stock.TryAdd(good.Id, FirstStock + chance.Next(20));
            books.Dirty.Add(good.Id);
        }

        books.Write(booksPath);

        var products = new UpsertProductsRequest();
        products.Products.AddRange(DemoGoods.All.Select(good => new Product
        {
            ShopProductId = good.Id,
            Title = good.Title,
            Brand = good.Brand,
            Variants = { new Variant { ShopVariantId = good.Id, Sku = "DEMO-" + good.Id, Barcode = good.Barcode, VatBasisPoints = good.VatPercent * 100 } },
        }));
        Expect((await backbone.Catalog.UpsertProductsAsync(products, cancellationToken: stop)).Results);
        await ReportPricesAsync(stop);
        await FlushAsync(stop);
        say($"{DemoGoods.All.Count} products reported");
    }

    /// <summary>Makes (or finds) the sandbox connection, tests it, and answers its id.</summary>
    public async Task<string> ConnectAsync(CancellationToken stop)
    {
        var known = await backbone.Stores.ListConnectionsAsync(new(), cancellationToken: stop);
        var connection = known.Connections.FirstOrDefault(one => one is { Environment: Contracts.Sync.V1.Environment.Sandbox, SellerId: SellerId })
            ?? (await backbone.Stores.CreateConnectionAsync(
                new()
                {
                    Marketplace = "trendyol",
                    Environment = Contracts.Sync.V1.Environment.Sandbox,
                    Name = "Trendyol (deneme)",
                    SellerId = SellerId,
                    Credentials = new() { ApiKey = ApiKey, ApiSecret = ApiSecret },
                },
                cancellationToken: stop)).Connection;
        var test = await backbone.Stores.TestConnectionAsync(new() { ConnectionId = connection.Id }, cancellationToken: stop);
        if (!test.Passed)
            throw new UsageException("The sandbox connection does not pass its test: " + string.Join("; ", test.Probes.Where(probe => !probe.Passed).Select(probe => $"{probe.Name} {probe.Code} {probe.Detail}")));
        say("connection to the Trendyol sandbox tested: " + string.Join(", ", test.Probes.Select(probe => probe.Name)));
        return connection.Id;
    }

    /// <summary>Links what can be linked. True when every good is.</summary>
    public async Task<bool> LinkAsync(string connection, CancellationToken stop)
    {
        var proposals = await backbone.Offers.ProposeLinksAsync(new() { ConnectionId = connection, PageSize = 1 }, cancellationToken: stop);
        if (proposals.Sure > 0)
        {
            var answer = await backbone.Offers.LinkVariantsAsync(new() { ConnectionId = connection, AllSure = true }, cancellationToken: stop);
            say($"{answer.Linked} products linked by barcode");
        }

        return proposals.ReadTime is not null && proposals.Sure + await LinkedAsync(connection, stop) >= DemoGoods.All.Count;
    }

    public async Task GoLiveAsync(string connection, CancellationToken stop)
    {
        await backbone.Stores.SetConnectionModeAsync(new() { ConnectionId = connection, Mode = ConnectionMode.Live }, cancellationToken: stop);
        say("live: stock goes out, orders come in");
    }

    /// <summary>A customer buys in the shop itself.</summary>
    public Task SellAsync(CancellationToken stop)
    {
        var good = Pick();
        var units = Math.Min(books.Stock[good.Id], 1 + chance.Next(2));
        return MoveAsync(good, -units, $"sold {units} × {good.Title} in the shop", stop);
    }

    /// <summary>Goods arrive where little is left.</summary>
    public async Task RestockAsync(CancellationToken stop)
    {
        foreach (var good in DemoGoods.All.Where(good => books.Stock[good.Id] < RestockBelow))
            await MoveAsync(good, 20, $"restocked 20 × {good.Title}", stop);
    }

    /// <summary>Somebody buys at the marketplace.</summary>
    public async Task BuyAtMarketplaceAsync(CancellationToken stop)
    {
        var lines = Enumerable.Range(0, 1 + chance.Next(2)).Select(_ => Pick().Barcode).Distinct(StringComparer.Ordinal).Select(barcode => new SandboxOrderLine(barcode, 1 + chance.Next(2)));
        if (await marketplace.PlaceOrderAsync(new(lines.ToList()), stop) is { } number)
            say($"a customer ordered at the marketplace: {number}");
    }

    /// <summary>Pulls, books, acknowledges, reports: the order of these four is what keeps a unit from being sold twice.</summary>
    public async Task BookOrdersAsync(CancellationToken stop)
    {
        var pulled = await backbone.Orders.PullOrdersAsync(new() { PageSize = 50 }, cancellationToken: stop);
        if (pulled.Entries.Count == 0)
            return;

        var acknowledge = new AcknowledgeOrdersRequest();
        foreach (var entry in pulled.Entries)
        {
            var number = Book(entry.Order);
            acknowledge.Acknowledgements.Add(new Acknowledgement { EntryId = entry.EntryId, Revision = entry.Order.Revision, Outcome = AcknowledgeOutcome.Applied, ShopOrderId = number });
            say($"booked {entry.Order.OrderNumber} as shop order {number}: {Terminal.Money(entry.Order.Total)}");
        }

        books.Write(booksPath);
        await backbone.Orders.AcknowledgeOrdersAsync(acknowledge, cancellationToken: stop);
        await FlushAsync(stop);
    }

    string Book(Order order)
    {
        if (!books.Booked.TryGetValue(order.Id, out var number))
        {
            number = (1000 + books.Booked.Count + 1).ToString(CultureInfo.InvariantCulture);
            books.Booked[order.Id] = number;
        }

        foreach (var line in order.Lines)
        {
            var good = DemoGoods.All.FirstOrDefault(one => one.Id == line.ShopVariantId);
            if (good is null)
                continue;
            var slot = $"{order.Id}/{line.LineId}";
            var live = line.Quantity - Math.Min(line.Quantity, line.Cancelled + line.Restocked);
            books.Stock[good.Id] = Math.Max(0, books.Stock[good.Id] - live + books.Units.GetValueOrDefault(slot));
            books.Units[slot] = live;
            books.Dirty.Add(good.Id);
        }

        books.Unreported[order.Id] = number;
        return number;
    }

    async Task MoveAsync(Good good, int units, string what, CancellationToken stop)
    {
        if (units == 0)
            return;
        books.Stock[good.Id] += units;
        books.Dirty.Add(good.Id);
        books.Write(booksPath);
        say($"{what}; {books.Stock[good.Id]} left");
        await FlushAsync(stop);
    }

    /// <summary>Empties the outbox into one report. What cannot be said now stays in it.</summary>
    async Task FlushAsync(CancellationToken stop)
    {
        // First the orders, then the quantities: the other way round a unit booked in between would count twice.
        var request = new ReportStockRequest { ShopSequence = Next() };
        request.AppliedOrders.AddRange(books.Unreported.Select(order => new AppliedOrder { OrderId = order.Key, ShopOrderId = order.Value }));
        request.Levels.AddRange(books.Dirty.Select(id => new StockLevel { ShopVariantId = id, Quantity = books.Stock[id] }));
        Expect((await backbone.Offers.ReportStockAsync(request, cancellationToken: stop)).Results);
        books.Unreported.Clear();
        books.Dirty.Clear();
        books.Write(booksPath);
    }

    async Task ReportPricesAsync(CancellationToken stop)
    {
        var request = new ReportPricesRequest { ShopSequence = Next() };
        request.Levels.AddRange(DemoGoods.All.Select(good => new PriceLevel { ShopVariantId = good.Id, SalePrice = new Money { CurrencyCode = "TRY", Minor = good.PriceMinor } }));
        Expect((await backbone.Offers.ReportPricesAsync(request, cancellationToken: stop)).Results);
    }

    async Task<int> LinkedAsync(string connection, CancellationToken stop)
    {
        var offers = await backbone.Offers.ListOffersAsync(new() { ConnectionId = connection, PageSize = 200 }, cancellationToken: stop);
        return offers.Offers.Count;
    }

    /// <summary>The next number, on disk before it is used: one that was sent must never be sent for other values.</summary>
    long Next()
    {
        books.Sequence++;
        books.Write(booksPath);
        return books.Sequence;
    }

    Good Pick() => DemoGoods.All[chance.Next(DemoGoods.All.Count)];

    void Expect(IEnumerable<ItemResult> results)
    {
        foreach (var refused in results.Where(result => !result.Ok).Take(3))
            say($"refused: {refused.Id} {refused.Reason} {refused.Detail}");
    }
}
