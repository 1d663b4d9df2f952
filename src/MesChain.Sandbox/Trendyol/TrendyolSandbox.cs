namespace MesChain.Sandbox.Trendyol;

/// <summary>
/// A Trendyol that lives in memory: sellers with items, orders and batches, behind the same API, rules and moods. One lock guards all
/// of it, and everything that looks like chance comes from one seed, so that a run can be repeated.
/// </summary>
public sealed partial class TrendyolSandbox
{
    /// <summary>The seller that is there from the start, for demonstrations.</summary>
    public const string DemoSellerId = "4321";

    public const string DemoApiKey = "sandbox-key";

    public const string DemoApiSecret = "sandbox-secret";

    const int CallsKept = 2000;
    const int ChangesKept = 100_000;

    readonly Lock _gate = new();
    readonly Dictionary<string, Seller> _sellers = new(StringComparer.Ordinal);
    readonly Queue<SandboxCall> _calls = new();
    readonly TrendyolNumbers _numbers;
    long _sequence;

    public TrendyolSandbox(TimeProvider clock, int seed = 1, TrendyolSwitches? switches = null)
    {
        Clock = new(clock);
        _numbers = new(Clock);
        Chance = new(seed);
        Switches = switches ?? new();
        AddSeller(Demo());
    }

    public SandboxClock Clock { get; }

    public TrendyolSwitches Switches { get; private set; }

    internal Random Chance { get; private set; }

    internal FaultList Faults { get; } = new();

    internal TrendyolNumbers Numbers => _numbers;

    public void AddSeller(SellerRequest request) => Locked(() =>
    {
        if (request.SellerId.Length is 0 or > 18 || !request.SellerId.All(char.IsAsciiDigit))
            throw new SandboxRefusal(400, "sellerId is a number of up to 18 digits.");
        if (!TrendyolQuotas.Tiers.Contains(request.Tier, StringComparer.Ordinal))
            throw new SandboxRefusal(400, $"tier is one of {string.Join(", ", TrendyolQuotas.Tiers)}.");
        if (_sellers.TryGetValue(request.SellerId, out var known) && (known.ApiKey, known.ApiSecret, known.Tier) == (request.ApiKey, request.ApiSecret, request.Tier))
            return true;
        if (known is not null)
            throw new SandboxRefusal(409, "The seller exists with another key or tier.");

        _sellers.Add(request.SellerId, new(request.SellerId, request.ApiKey, request.ApiSecret, request.Tier));
        return true;
    });

    public void PutItems(ItemsRequest request) => With(request.SellerId, seller => TrendyolItems.Put(this, seller, request.Items));

    public PlacedOrder PlaceOrder(OrderRequest request) => With(request.SellerId, seller => TrendyolSales.Place(this, seller, request));

    public CancelledUnits CancelUnits(CancelRequest request) => With(request.SellerId, seller => TrendyolSales.Cancel(this, seller, request));

    public void AdvancePackage(AdvanceRequest request) => With(request.SellerId, seller => TrendyolSales.Advance(this, seller, request));

    public void SetQuantity(SetQuantityRequest request) => With(request.SellerId, seller => TrendyolItems.SetElsewhere(this, seller, request));

    public void Review(ReviewRequest request) => With(request.SellerId, seller => TrendyolReview.DecideNow(this, seller, request));

    public void Mark(MarkRequest request) => With(request.SellerId, seller => TrendyolShelf.Mark(this, seller, request));

    public void AddFault(SandboxFault fault) => Locked(() =>
    {
        if (fault.Count < 0 || fault.Probability is < 0 or > 1 || fault.Status is < 200 or > 599)
            throw new SandboxRefusal(400, "count is 0 or more, probability 0 to 1, status 200 to 599.");
        Faults.Add(fault);
        return true;
    });

    public void ClearFaults() => Locked(() =>
    {
        Faults.Clear();
        return true;
    });

    /// <summary>From now on. What was due before happened under the switches of before.</summary>
    public void Set(TrendyolSwitches switches) => Locked(() =>
    {
        CatchUpAll();
        return Switches = switches;
    });

    /// <summary>Forgets everything but the demo seller, its switches and the clock.</summary>
    public void Reset(int seed = 1) => Locked(() =>
    {
        _sellers.Clear();
        _calls.Clear();
        Faults.Clear();
        _numbers.Reset();
        Chance = new(seed);
        var demo = Demo();
        _sellers.Add(demo.SellerId, new(demo.SellerId, demo.ApiKey, demo.ApiSecret, demo.Tier));
        return true;
    });

    /// <summary>Quantity of an item as a buyer sees it now; null when there is no such item.</summary>
    public int? QuantityOf(string barcode, string sellerId = "") =>
        With(sellerId, seller => seller.ByBarcode.GetValueOrDefault(barcode)?.Quantity);

    /// <summary>Every change of a quantity so far, oldest first.</summary>
    public IReadOnlyList<StockChange> Changes(string sellerId = "", long after = 0) =>
        With<IReadOnlyList<StockChange>>(sellerId, seller => [.. seller.Changes.Where(change => change.Sequence > after)]);

    public IReadOnlyList<SandboxCall> Calls(long after = 0) => Locked<IReadOnlyList<SandboxCall>>(() => [.. _calls.Where(call => call.Sequence > after)]);

    internal T Locked<T>(Func<T> act)
    {
        lock (_gate)
            return act();
    }

    internal T With<T>(string sellerId, Func<Seller, T> act) => Locked(() =>
    {
        var seller = SellerOf(sellerId.Length > 0 ? sellerId : DemoSellerId) ?? throw new SandboxRefusal(404, "There is no such seller.");
        CatchUp(seller);
        return act(seller);
    });

    // Those below are called inside the lock.

    /// <summary>Lets happen what is due by now. Sellers have nothing to do with each other, so whoever looks at one need not wait for the others.</summary>
    internal void CatchUp(Seller seller)
    {
        var now = Clock.GetUtcNow();
        TrendyolTime.ApplyDue(this, seller, now);
        ApplyAfterSales(seller, now);
    }

    internal void CatchUpAll()
    {
        foreach (var seller in _sellers.Values)
            CatchUp(seller);
    }

    internal Seller? SellerOf(string sellerId) => _sellers.GetValueOrDefault(sellerId);

    /// <summary>A package that has not appeared yet, or is lost from the lists for a while, does not exist for anybody.</summary>
    internal bool Shows(Package package, DateTimeOffset now) => package.VisibleAt <= now && !(package.Lost && Switches.LoseNewOrders);

    internal IEnumerable<Seller> Sellers => _sellers.Values;

    internal void Change(Seller seller, Item item, int quantity, string cause, string reference, DateTimeOffset at)
    {
        if (quantity != item.Quantity)
        {
            seller.Changes.Add(new()
            {
                Sequence = ++_sequence,
                AtMs = at.ToUnixTimeMilliseconds(),
                Barcode = item.Barcode,
                From = item.Quantity,
                To = quantity,
                Cause = cause,
                Reference = reference,
            });
            if (seller.Changes.Count > ChangesKept)
                seller.Changes.RemoveRange(0, ChangesKept / 10);
        }

        item.Quantity = quantity;
        item.StockModifiedAt = at;
        item.ModifiedAt = at;
    }

    internal void Log(Func<long, SandboxCall> call)
    {
        _calls.Enqueue(call(++_sequence));
        if (_calls.Count > CallsKept)
            _calls.Dequeue();
    }

    static SellerRequest Demo() => new() { SellerId = DemoSellerId, ApiKey = DemoApiKey, ApiSecret = DemoApiSecret };
}

/// <summary>
/// The numbers Trendyol gives, counted up. They begin at the seconds of the clock: the sandbox forgets its orders when it ends, those who
/// read them do not, and a number must never come back as another order.
/// </summary>
sealed class TrendyolNumbers(TimeProvider clock)
{
    static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    long _made = SecondsOf(clock);

    public long Package() => 3_330_110_000 + ++_made;

    public long Line() => 4_765_110_000 + ++_made;

    public long Unit() => 9_000 + ++_made;

    public long Tracking() => 7_280_027_504_110_000 + ++_made;

    public long Question() => 341_000 + ++_made;

    public long Content() => 12_715_000 + ++_made;

    public long Brand() => 2_000_000 + ++_made;

    public long Variant() => 70_228_000 + ++_made;

    public string Order() => (10_654_410_000 + ++_made).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public void Reset() => _made = Math.Max(_made, SecondsOf(clock));

    static long SecondsOf(TimeProvider clock) => Math.Max(0, (long)(clock.GetUtcNow() - Epoch).TotalSeconds);
}
