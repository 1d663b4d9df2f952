using System.Globalization;
using Google.Protobuf;
using MesChain.Contracts.Sync.V1;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Sync.Orders;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Amounts;

/// <summary>
/// Buyers of a sandbox who fill their baskets from a seed, and what the shop is handed of it: from the marketplace's JSON through adapter,
/// intake and feed to the bytes of PullOrders. What a buyer pays is the sandbox's own account, in decimals, of what was ordered.
/// Trendyol's orders hold no cargo for the buyer to pay (its fact sheet, §6.3), so cargo varies and must change no amount.
/// </summary>
sealed class Till(SyncRig rig, int seed)
{
    const int Goods = 24;

    static readonly int[] VatRates = [0, 1, 10, 20];
    static readonly string[] Carriers = ["TEXMP", "YKMP", "ARASMP", "SURATMP"];

    readonly Random _chance = new(seed);
    readonly Dictionary<string, int> _vatOf = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _packageOf = new(StringComparer.Ordinal);

    /// <summary>The entries as they went to the shop, in their order.</summary>
    public List<byte[]> Handed { get; } = [];

    public async Task OpenAsync()
    {
        for (var i = 0; i < Goods; i++)
        {
            var (name, barcode) = (string.Create(CultureInfo.InvariantCulture, $"g{i}"), string.Create(CultureInfo.InvariantCulture, $"869000{i:00}"));
            _vatOf[barcode] = VatRates[i % VatRates.Length];
            await rig.AddVariantAsync(name, barcode, listed: 20_000);
            rig.Sandbox.PutItems(new() { Items = [new() { Barcode = barcode, Title = "Ürün " + name, Quantity = 20_000, Price = 1, VatRate = _vatOf[barcode] }] });
            await rig.LinkAsync(name);
        }
    }

    /// <summary>Orders, their reading, and what the shop is handed of each.</summary>
    public async Task SellAsync(int orders)
    {
        var placed = new Dictionary<string, PlacedOrder>(StringComparer.Ordinal);
        for (var i = 0; i < orders; i++)
        {
            var order = Place();
            placed.Add(order.OrderNumber, order);
            _packageOf[order.OrderNumber] = order.PackageId;
            await rig.PassAsync(TimeSpan.FromMilliseconds(_chance.Next(0, 20)));
        }

        await rig.PumpAsync(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60));
        var handed = await PullAllAsync();
        Assert.Equal(placed.Keys.Order(StringComparer.Ordinal), handed.Keys.Order(StringComparer.Ordinal));
        foreach (var (number, order) in handed)
        {
            Assert.True(order.Total.Minor == Kurus(placed[number].Total), Say(number, "the buyer pays", placed[number].Total, order));
            Judge(number, order, placed[number].PackageId);
        }
    }

    /// <summary>Buyers take back some units before they are sent.</summary>
    public async Task CancelAsync(int orders)
    {
        string[] all = [.. _packageOf.Keys.Order(StringComparer.Ordinal)];
        _chance.Shuffle(all);
        var some = all[..orders];
        foreach (var number in some)
        {
            var lines = rig.Sandbox.With("", seller => TrendyolSales.Find(seller, _packageOf[number]).Lines.Select(line => (line.Id, line.Units.Count)).ToList());
            var (line, units) = lines[_chance.Next(lines.Count)];
            _packageOf[number] = rig.Sandbox.CancelUnits(new() { PackageId = _packageOf[number], LineId = TrendyolSales.Text(line), Quantity = _chance.Next(1, units + 1) }).NewPackageId;
        }

        // Until no rest of a cancelled package is waited for any more.
        await rig.PumpAsync(LineCounters.Grace + TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4));
        var handed = await PullAllAsync();
        Assert.Equal(some.Order(StringComparer.Ordinal), handed.Keys.Order(StringComparer.Ordinal));
        foreach (var (number, order) in handed)
            Judge(number, order, _packageOf[number]);
    }

    PlacedOrder Place()
    {
        var lines = Enumerable.Range(0, _chance.Next(1, 21)).Select(_ => Line()).ToList();
        var order = rig.Sandbox.PlaceOrder(new()
        {
            Lines = lines,
            Carrier = Carriers[_chance.Next(Carriers.Length)],
            SellerPays = _chance.Next(4) == 0,
            Force = true,
        });
        Assert.Equal(lines.Sum(line => (line.Price!.Value * line.Quantity) - line.SellerDiscount - line.TyDiscount), order.Total);
        return order;
    }

    /// <summary>Prices that do not divide, discounts of the seller and coupons of the marketplace, up to the whole line.</summary>
    OrderLineRequest Line()
    {
        var (units, price) = (_chance.Next(3) == 0 ? _chance.Next(1, 13) : _chance.Next(1, 4), _chance.Next(8) == 0 ? _chance.NextInt64(1, 100) : _chance.NextInt64(100, 2_000_000));
        var gross = price * units;
        var own = Share(gross, 3);
        var coupon = _chance.Next(25) == 0 ? gross - own : Share(gross - own, 4);
        return new() { Barcode = _vatOf.Keys.ElementAt(_chance.Next(Goods)), Quantity = units, Price = price / 100m, SellerDiscount = own / 100m, TyDiscount = coupon / 100m };
    }

    long Share(long amount, int oneIn) => _chance.Next(oneIn) == 0 ? _chance.NextInt64(0, (amount / 2) + 1) : 0;

    /// <summary>Reads and acknowledges until nothing is left, as the shop does.</summary>
    async Task<Dictionary<string, Order>> PullAllAsync()
    {
        var handed = new Dictionary<string, Order>(StringComparer.Ordinal);
        while (await rig.PullAsync() is { Count: > 0 } entries)
        {
            foreach (var (entry, view) in entries)
            {
                Handed.Add(entry.ToProto(view).ToByteArray());
                var order = OrderEntry.Parser.ParseFrom(Handed[^1]).Order;
                Assert.True(handed.TryAdd(order.OrderNumber, order), order.OrderNumber + " was handed to the shop twice.");
                Assert.Null(await rig.AcknowledgeAsync(new(entry.Id, order.Revision, AcknowledgeKind.Applied, "s" + order.OrderNumber, "")));
            }
        }

        return handed;
    }

    /// <param name="packageId">What is left of the order; empty when all of it was cancelled.</param>
    void Judge(string number, Order order, string packageId)
    {
        var lines = packageId.Length == 0 ? [] : rig.Sandbox.With("", seller => TrendyolSales.Find(seller, packageId).Lines.ToDictionary(line => TrendyolSales.Text(line.Id), StringComparer.Ordinal));
        var paid = lines.Values.Sum(Paid);
        Assert.True(order.Total.Minor == Kurus(paid), Say(number, "the buyer pays", paid, order));
        Assert.True(order.Total.Minor == order.Lines.Sum(line => line.Total.Minor), Say(number, "the lines do not sum to the total of", paid, order));
        Assert.Equal(order.Total.Minor, order.GrossTotal.Minor - order.DiscountTotal.Minor);
        Assert.Equal(order.DiscountTotal.Minor, order.Lines.Sum(line => line.Discount.Minor));
        foreach (var line in order.Lines)
        {
            var sold = lines.GetValueOrDefault(line.LineId);
            var open = line.Quantity - line.Cancelled;
            Assert.Equal((sold?.Units.Count ?? 0, sold is null ? 0 : Kurus(Paid(sold))), (open, line.Total.Minor));
            Assert.Equal(sold is null ? 0 : Kurus(sold.Units.Sum(unit => unit.SellerDiscount + unit.TyDiscount)), line.Discount.Minor);
            Assert.True(open == 0 || (line.UnitPrice.Minor * open) - line.Total.Minor is >= 0 and var above && above < open);
            // 0 % is said, and is not the same as nothing said.
            Assert.True(line.HasVatBasisPoints);
            Assert.Equal(_vatOf[line.Barcode] * 100, line.VatBasisPoints);
        }
    }

    static decimal Paid(Line line) => line.Units.Sum(unit => line.Price - unit.SellerDiscount - unit.TyDiscount);

    static long Kurus(decimal amount) => decimal.ToInt64(amount * 100);

    static string Say(string number, string what, decimal paid, Order order) =>
        string.Create(CultureInfo.InvariantCulture, $"{number}: {what} {paid}; the shop is handed {order.Total.Minor} kuruş in lines of {string.Join('+', order.Lines.Select(line => line.Total.Minor))}.");
}
