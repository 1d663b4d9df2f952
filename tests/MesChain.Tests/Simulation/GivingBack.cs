using System.Globalization;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Claims;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Orders;
using MesChain.Server.Sync.Work;
using MesChain.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Simulation;

/// <summary>
/// AC-04: of one order line, everything that may give units back, each of it once or not at all, in every order of at most six. At no time does
/// the shop, or the marketplace, hold more units than were really given back, and in the end neither holds fewer.
/// </summary>
sealed class GivingBack : IAsyncDisposable
{
    const int LengthMax = 6;
    const int Shelf = 10;
    const int Sold = 3;
    const string Variant = "a";

    /// <summary>How many sequences there are: 1 + 7 + 7·6 + … with six of the seven events.</summary>
    public const int Sequences = 8_660;

    static readonly SellerAccess Nobody = new(new Uri("http://127.0.0.1/"), "0", "", "", "panel");
    static readonly Event[] All = Enum.GetValues<Event>();

    readonly TemplateDatabase.Copy _copy;
    readonly SyncRig _rig;
    readonly JobRun _run;
    long _sequence;
    int _orders;

    GivingBack(TemplateDatabase.Copy copy, SyncRig rig, JobRun run)
    {
        _copy = copy;
        _rig = rig;
        _run = run;
    }

    enum Event
    {
        Cancel,
        CancelAgain,
        CancelByHand,
        Claim,
        Restock,
        RestockAgain,
        Shop,
    }

    public static async Task<GivingBack> OpenAsync(Engine engine)
    {
        var clock = new FakeTimeProvider(new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));
        var copy = engine == Engine.Sqlite ? await TemplateDatabase.CopyFileAsync(clock, TimeSpan.Zero) : await TemplateDatabase.CopyServerAsync(clock);
        var rig = await SyncRig.OpenAsync(copy.Database, clock);
        await rig.AddVariantAsync(Variant, "869a");
        await rig.LinkAsync(Variant);
        var connection = await rig.Db.ReadAsync(tx => rig.Get<ConnectionStore>().GetAsync(tx, rig.StoreId, rig.ConnectionId), default);
        var epoch = await rig.Get<Owners>().TakeAsync(rig.StoreId, rig.ConnectionId, default);
        return new(copy, rig, new(rig.Db, rig.Get<Owners>(), rig.Get<ConnectionAccess>(), connection, epoch!.Value, rig.Get<MarketplaceCatalog>().Get("trendyol")));
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        _copy.Dispose();
    }

    /// <param name="seed">As many in a row as there are sequences are each of them once, and fewer are scattered among them.</param>
    public async Task PlayAsync(int seed)
    {
        const long Stride = 3_001;
        var events = Sequence((int)(seed * Stride % Sequences));
        var scene = new Scene { Number = (++_orders).ToString(CultureInfo.InvariantCulture), ReportsFirst = seed % 2 == 0 };
        await _rig.ReportAsync(++_sequence, [new(Variant, Shelf)]);
        await TakeAsync(Package(scene, "1", Sold, PackageState.New));
        try
        {
            foreach (var what in events)
            {
                await HappenAsync(scene, what);
                await JudgeAsync(scene, atTheEnd: false);
            }

            // What it learnt with the last visit it reports with the next, and further ones bring nothing.
            for (var visit = 0; visit < 3; visit++)
            {
                await ComeAsync(scene);
                await JudgeAsync(scene, atTheEnd: visit > 0);
            }
        }
        catch (Exception fault)
        {
            Assert.Fail($"{string.Join(", ", events)}: {fault.Message}");
        }
    }

    static List<Event> Sequence(int number)
    {
        var length = 0;
        for (var count = 1; number >= count; count *= All.Length - length++)
            number -= count;
        var left = All.ToList();
        var events = new List<Event>();
        for (; length > 0; length--)
        {
            events.Add(left[number % left.Count]);
            number /= left.Count;
            left.Remove(events[^1]);
        }

        return events;
    }

    Task HappenAsync(Scene scene, Event what) => what switch
    {
        Event.Cancel or Event.CancelAgain => CancelAsync(scene),
        Event.CancelByHand => Task.FromResult(scene.Shop.CancelByHand()),
        Event.Claim => ClaimAsync(scene),
        Event.Restock or Event.RestockAgain => RestockAsync(scene),
        _ => ComeAsync(scene),
    };

    /// <summary>The marketplace cancels one unit: the package is closed, and another holds the rest.</summary>
    async Task CancelAsync(Scene scene)
    {
        scene.Cancelled = 1;
        await TakeAsync(Package(scene, "1", Sold, PackageState.Cancelled, 1), Package(scene, "2", Sold - 1, PackageState.New, 1));
        await _rig.Get<OrderIntake>().SettleAsync(_run, default);
    }

    Task TakeAsync(params MarketplacePackage[] packages) => _rig.Get<OrderIntake>().TakeAsync(_run, packages, default);

    Task ClaimAsync(Scene scene)
    {
        scene.Claimed = true;
        return _rig.Get<ClaimIntake>().TakeAsync(
            _run,
            [
                new()
                {
                    ClaimId = scene.Number, OrderNumber = scene.Number, ClaimedAt = _rig.Clock.GetUtcNow(), ChangedAt = _rig.Clock.GetUtcNow(),
                    Items = [new() { ItemId = "i", LineId = "l", Barcode = "869a", State = ClaimState.Accepted, StateText = "Accepted" }],
                },
            ],
            Nobody, default);
    }

    /// <summary>Says that the unit lies on the shelf again, if there is a claim to say it of.</summary>
    async Task RestockAsync(Scene scene)
    {
        if (!scene.Claimed)
            return;
        scene.Restocked = 1;
        await _rig.Db.WriteAsync(
            async tx =>
            {
                var claim = (await tx.OneAsync<ClaimRow>("select * from claims where store_id = @StoreId and external_id = @Number", new { _rig.StoreId, scene.Number }))!;
                await _rig.Get<ReturnedGoods>().RecordAsync(tx, _rig.StoreId, claim.Id, [new("i", Custody.Restocked)], "test");
            },
            default);
    }

    /// <summary>The shop's timer: it books what waits and reports, or reports what it knew before.</summary>
    async Task ComeAsync(Scene scene)
    {
        if (scene.ReportsFirst)
            await ReportAsync(scene);
        await BookAsync(scene);
        if (!scene.ReportsFirst)
            await ReportAsync(scene);
    }

    async Task BookAsync(Scene scene)
    {
        foreach (var (entry, order) in await _rig.PullAsync())
        {
            scene.Shop.Book(order);
            Assert.Null(await _rig.AcknowledgeAsync(new(entry.Id, order.Order.Revision, AcknowledgeKind.Applied, scene.Number, "")));
        }
    }

    async Task ReportAsync(Scene scene)
    {
        await _rig.ReportAsync(++_sequence, [new(Variant, scene.Shop.Stock)], scene.Shop.OrderId is { } order ? [new(order, scene.Number)] : []);
    }

    async Task JudgeAsync(Scene scene, bool atTheEnd)
    {
        var (shop, owed) = (scene.Shop, scene.Owed);
        var here = (await _rig.QueryAsync<Here>(
            """
            select v.on_hand, o.desired_qty as offered, (select cast(sum(m.delta) as bigint) from stock_movements m where m.store_id = v.store_id and m.variant_id = v.id) as moved,
                   (select count(*) from claim_steps s join claims c on c.store_id = s.store_id and c.id = s.claim_id where c.store_id = v.store_id and c.external_id = @Number) as steps
            from variants v join offers o on o.store_id = v.store_id and o.variant_id = v.id
            """,
            new { scene.Number }))[0];
        // I8, and the one step of the restock.
        Assert.Equal((here.OnHand, scene.Restocked), (here.Moved, here.Steps));
        Assert.True(here.Offered <= Shelf - owed, $"{here.Offered} are offered, and {owed} of {Shelf} are the buyer's");
        Assert.True(shop.OrderId is null || shop.Stock <= Shelf - owed, $"the shop has {shop.Stock}, and {owed} of {Shelf} are the buyer's");
        if (atTheEnd)
            Assert.Equal((Shelf - owed, Shelf - owed, Shelf - owed), ((long)shop.Stock, here.OnHand, here.Offered));
    }

    MarketplacePackage Package(Scene scene, string id, int units, PackageState state, int minutes = 0) => new()
    {
        OrderNumber = scene.Number, PackageId = $"{scene.Number}-{id}", State = state, StateText = state.ToString(), CurrencyCode = "TRY",
        OrderedAt = _rig.Clock.GetUtcNow(), ChangedAt = _rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(minutes), Replaces = id == "2" ? [$"{scene.Number}-1"] : [],
        Person = new() { Shipping = new(), Invoice = new() },
        Lines =
        [
            new()
            {
                LineId = "l", Barcode = "869a", Title = "Tişört", Quantity = units, UnitTotalsMinor = [.. Enumerable.Repeat(12990L, units)],
                UnitDiscountsMinor = [.. Enumerable.Repeat(0L, units)],
            },
        ],
    };

    sealed class Here
    {
        public long OnHand { get; init; }

        public long Offered { get; init; }

        public long Moved { get; init; }

        public long Steps { get; init; }
    }

    /// <summary>What has really happened to the order.</summary>
    sealed class Scene
    {
        public required string Number { get; init; }

        public required bool ReportsFirst { get; init; }

        public OpenCart Shop { get; } = new();

        public int Cancelled { get; set; }

        public bool Claimed { get; set; }

        public long Restocked { get; set; }

        /// <summary>Units that are the buyer's, or on their way there. What was cancelled by hand is the shop's again, as its owner says.</summary>
        public long Owed => Shop.CancelledByHand ? 0 : Sold - Cancelled - Restocked;
    }

    /// <summary>How OpenCart keeps the stock of an order: the row holds units, and a cancel by hand gives back what it holds.</summary>
    sealed class OpenCart
    {
        int _row;

        public int Stock { get; private set; } = Shelf;

        public Guid? OrderId { get; private set; }

        public bool CancelledByHand { get; private set; }

        public void Book(OrderView view)
        {
            var line = Assert.Single(view.Lines);
            var sold = (int)(line.Quantity - Math.Min(line.Quantity, line.Cancelled + line.Restocked));
            if (!CancelledByHand)
                Stock += _row - sold;
            (_row, OrderId) = (sold, view.Order.Id);
        }

        public bool CancelByHand()
        {
            if (OrderId is null || CancelledByHand)
                return false;
            Stock += _row;
            return CancelledByHand = true;
        }
    }
}

public abstract class GivingBackContract(Engine engine)
{
    [Fact] // AC-04
    [Trait(Soak.Trait, "yes")]
    public async Task AC04_Whatever_gives_units_of_an_order_back_and_in_which_order_they_come_back_once()
    {
        await using var game = await GivingBack.OpenAsync(engine);
        await Soak.RunAsync("giving-back-" + engine.ToString().ToLowerInvariant(), GivingBack.Sequences, game.PlayAsync);
    }
}

public sealed class GivingBackOnSqlite() : GivingBackContract(Engine.Sqlite);

public sealed class GivingBackOnPostgres() : GivingBackContract(Engine.Postgres);
