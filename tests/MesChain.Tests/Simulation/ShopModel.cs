using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Orders;
using MesChain.Tests.Support;

namespace MesChain.Tests.Simulation;

/// <summary>
/// Plays an OpenCart: stock that its own customers buy too, an outbox of dirty marks, orders that are booked once, and reports that
/// name the booked orders before the quantities. Its database never loses anything; every message on the way may be lost, late or double.
/// </summary>
sealed class ShopModel(SyncRig rig, World world, IReadOnlyList<string> variants)
{
    readonly Dictionary<string, int> _stock = variants.ToDictionary(variant => variant, _ => 0, StringComparer.Ordinal);
    readonly HashSet<string> _marks = [];
    readonly Dictionary<Guid, Booking> _bookings = [];
    readonly HashSet<Guid> _unreported = [];
    long _sequence;
    int _shopOrders = 1000;

    sealed record Booking(string ShopOrderId, string OrderNumber, Dictionary<string, int> Taken);

    /// <summary>What each movement of stock had as its cause: one order line, one booking.</summary>
    public List<string> Movements { get; } = [];

    public int Stock(string variant) => _stock[variant];

    public IEnumerable<string> OrderNumbers => _bookings.Values.Select(booking => booking.OrderNumber);

    public int UnitsOf(string orderNumber) => _bookings.Values.Where(booking => booking.OrderNumber == orderNumber).Sum(booking => booking.Taken.Values.Sum());

    public void Set(string variant, int quantity)
    {
        _stock[variant] = quantity;
        _marks.Add(variant);
    }

    /// <summary>A customer of the shop itself.</summary>
    public void Sell(string variant, int units)
    {
        if (_stock[variant] < units)
            return;
        _stock[variant] -= units;
        _marks.Add(variant);
    }

    /// <summary>Sends what is marked. Marks are taken away only after the answer.</summary>
    public async Task FlushAsync()
    {
        if (_marks.Count == 0 && _unreported.Count == 0)
            return;
        var applied = _unreported.Select(id => new AppliedOrderInput(id, _bookings[id].ShopOrderId)).ToList();
        var taken = _marks.Order(StringComparer.Ordinal).ToList();
        var levels = taken.Select(variant => new StockLevelInput(variant, Math.Max(0, _stock[variant]))).ToList();
        var sequence = ++_sequence;
        // The same report, whenever it arrives.
        async Task Deliver() => await rig.ReportAsync(sequence, levels, applied);

        if (!await world.SendAsync("report", Deliver))
            return;
        foreach (var variant in taken)
            _marks.Remove(variant);
        foreach (var order in applied)
            _unreported.Remove(order.OrderId);
    }

    /// <summary>Pulls, books, and acknowledges, each of which may end half-way.</summary>
    public async Task ImportAsync()
    {
        IReadOnlyList<(FeedEntry Entry, OrderView Order)> entries = [];
        if (!await world.SendAsync("pull", async () => entries = await rig.PullAsync()))
            return;
        foreach (var (entry, order) in entries)
        {
            if (world.Crashes("shop before booking"))
                return;
            var outcome = Book(order);
            if (world.Crashes("shop before acknowledging"))
                return;
            var shopOrderId = _bookings.TryGetValue(order.Order.Id, out var booking) ? booking.ShopOrderId : "";
            await world.SendAsync("acknowledge", () => rig.AcknowledgeAsync(new(entry.Id, order.Order.Revision, outcome, shopOrderId, "")));
        }
    }

    /// <summary>One transaction of the shop: order, stock, mark and "applied" row together.</summary>
    AcknowledgeKind Book(OrderView view)
    {
        var id = view.Order.Id;
        if (!_bookings.TryGetValue(id, out var booking))
        {
            if (view.Lines.All(line => line.Quantity == line.Cancelled))
                return AcknowledgeKind.Skipped;
            booking = new($"{++_shopOrders}", view.Order.OrderNumber, new(StringComparer.Ordinal));
            _bookings.Add(id, booking);
            _unreported.Add(id);
        }

        Assert.Equal(view.Lines.Sum(line => line.TotalMinor), view.Order.TotalMinor);
        foreach (var line in view.Lines)
        {
            var open = (int)(line.Quantity - Math.Min(line.Quantity, line.Cancelled + line.Restocked));
            var before = booking.Taken.GetValueOrDefault(line.LineId);
            if (open == before)
                continue;
            if (before == 0 && !booking.Taken.ContainsKey(line.LineId))
                Movements.Add($"{view.Order.OrderNumber}/{line.LineId}");
            booking.Taken[line.LineId] = open;
            _stock[line.ShopVariantId] -= open - before;
            _marks.Add(line.ShopVariantId);
        }

        return AcknowledgeKind.Applied;
    }
}
