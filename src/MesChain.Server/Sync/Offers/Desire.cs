using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Orders;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Offers;

/// <summary>Finds a marketplace by its code.</summary>
public delegate IMarketplace FindMarketplace(string code);

/// <summary>
/// What every marketplace should offer: P = 0 where the owner keeps the listing off sale, else min(max(0, H − R), the marketplace's largest
/// quantity), with H what the shop has on hand and R the units that are promised to orders. Runs in the transaction that changed an input, and raises the variant's version
/// there, so that of two values the newer one always wins.
/// </summary>
public sealed class Desire(OfferStore offers, Nudges nudges, FindMarketplace find)
{
    /// <summary>While orders of a connection cannot be read, this many units or fewer are not offered there at all.</summary>
    public const long GuardLevel = 3;

    /// <summary>Recomputes the units of all offers of these variants and asks for the pushes that follow.</summary>
    public Task RecomputeAsync(Tx tx, Guid storeId, IReadOnlyCollection<Guid> variantIds) => RecomputeAsync(tx, storeId, variantIds, sales: null);

    /// <param name="sales">Of these variants: the marketplace where they happened has moved its own number.</param>
    public async Task RecomputeAsync(Tx tx, Guid storeId, IReadOnlyCollection<Guid> variantIds, Sales? sales)
    {
        if (variantIds.Count == 0)
            return;

        // First, because the lock on these rows makes everything that is read below the newest there is.
        await LockAsync(tx, storeId, variantIds);
        await tx.ExecuteAsync(
            $"update variants set stock_version = stock_version + 1 where store_id = @storeId and {tx.Db.AnyId("id", "ids")}",
            new { storeId, ids = tx.Db.IdList(variantIds) });
        var inputs = (await tx.QueryAsync<Inputs>(
            $"""
            select v.id, v.stock_version, v.removed_ms, v.stock_reported_ms, v.on_hand, coalesce(r.held, 0) as held, coalesce(r.held_real, 0) as held_real
            from variants v
            left join (
                select variant_id, cast(sum(qty_open) as bigint) as held, cast(sum(case when trial then 0 else qty_open end) as bigint) as held_real
                from reservations where store_id = @storeId and state = 'open' and {tx.Db.AnyId("variant_id", "ids")} group by variant_id
            ) r on r.variant_id = v.id
            where v.store_id = @storeId and {tx.Db.AnyId("v.id", "ids")}
            """,
            new { storeId, ids = tx.Db.IdList(variantIds) })).ToDictionary(input => input.Id);
        var stopped = (await tx.QueryAsync<Stop>(
            $"select connection_id, variant_id from listings where store_id = @storeId and stopped_ms is not null and {tx.Db.AnyId("variant_id", "ids")}",
            new { storeId, ids = tx.Db.IdList(variantIds) })).ToHashSet();
        var places = await PlacesAsync(tx, storeId);
        var now = await tx.NowMsAsync();
        var nudged = new HashSet<Guid>();
        List<Offer> changed = [];
        foreach (var offer in await offers.OfVariantsAsync(tx, storeId, variantIds))
        {
            var place = places[offer.ConnectionId];
            var stop = stopped.Contains(new() { ConnectionId = offer.ConnectionId, VariantId = offer.VariantId });
            var input = inputs[offer.VariantId];
            var moved = offer.ConnectionId == sales?.ConnectionId;
            // Never reported is unknown, not zero: linking must not empty a listing before the shop has said a word.
            if (input.StockReportedMs is null && input.RemovedMs is null && !stop)
                continue;
            if (moved)
            {
                offer.Stock.Sell(sales!.Variants[offer.VariantId].Units);
                offer.Verify(now);
            }

            if (!offer.Stock.Desire(OfferValue.Units(stop ? 0 : Units(input, place)), input.StockVersion, moved, now))
                continue;
            if (stop)
                Ask(offer, now);
            offer.Priority = offer.Urgency(moved);
            changed.Add(offer);
            if (place.SendsStock && offer.Stock.State is AxisStates.Dirty or AxisStates.Diverged or AxisStates.Awaiting or AxisStates.Uncertain && nudged.Add(offer.ConnectionId))
                await nudges.SendAsync(tx, storeId, offer.ConnectionId, JobKinds.PushStock);
        }

        await offers.SaveAsync(tx, changed);
        if (sales is not null)
            await nudges.SendAsync(tx, storeId, sales.ConnectionId, JobKinds.VerifyOffers);
    }

    /// <summary>The same for prices: raises the price version and marks the offers whose price differs from the confirmed one.</summary>
    public async Task RepriceAsync(Tx tx, Guid storeId, IReadOnlyCollection<Guid> variantIds)
    {
        if (variantIds.Count == 0)
            return;

        await LockAsync(tx, storeId, variantIds);
        await tx.ExecuteAsync(
            $"update variants set price_version = price_version + 1 where store_id = @storeId and {tx.Db.AnyId("id", "ids")}",
            new { storeId, ids = tx.Db.IdList(variantIds) });
        var prices = (await tx.QueryAsync<Prices>(
            $"select id, price_version, price_minor, list_price_minor from variants where store_id = @storeId and {tx.Db.AnyId("id", "ids")}",
            new { storeId, ids = tx.Db.IdList(variantIds) })).ToDictionary(price => price.Id);
        var places = await PlacesAsync(tx, storeId);
        var now = await tx.NowMsAsync();
        var nudged = new HashSet<Guid>();
        List<Offer> changed = [];
        foreach (var offer in await offers.OfVariantsAsync(tx, storeId, variantIds))
        {
            var price = prices[offer.VariantId];
            if (OfferValue.Price(price.PriceMinor, price.ListPriceMinor) is not { } value
                || !offer.Price.Desire(value, price.PriceVersion, moved: false, now))
                continue;
            changed.Add(offer);
            if (places[offer.ConnectionId].SendsPrices && offer.Price.State is AxisStates.Dirty or AxisStates.Diverged && nudged.Add(offer.ConnectionId))
                await nudges.SendAsync(tx, storeId, offer.ConnectionId, JobKinds.PushPrices);
        }

        await offers.SaveAsync(tx, changed);
    }

    /// <summary>The owner himself took it off sale: that is no accident which waits for his word.</summary>
    static void Ask(Offer offer, long nowMs)
    {
        offer.ReleasedVersion = offer.Stock.DesiredVersion;
        if (offer.Stock.State == AxisStates.Held)
            offer.Stock.Rest(nowMs);
    }

    static async Task LockAsync(Tx tx, Guid storeId, IReadOnlyCollection<Guid> variantIds) =>
        await tx.QueryAsync<Guid>(
            $"select id from variants where store_id = @storeId and {tx.Db.AnyId("id", "ids")} order by id {tx.Db.ForUpdate}",
            new { storeId, ids = tx.Db.IdList(variantIds) });

    static async Task<Dictionary<Guid, Place>> PlacesAsync(Tx tx, Guid storeId) =>
        (await tx.QueryAsync<Place>(
            "select id, marketplace, environment, mode, health, stock_enabled, price_enabled from connections where store_id = @storeId",
            new { storeId })).ToDictionary(place => place.Id);

    long Units(Inputs input, Place place)
    {
        if (input.RemovedMs is not null)
            return 0;
        // A trial order holds units of the sandbox it came from, never units that production offers.
        var held = place.Environment == "production" ? input.HeldReal : input.Held;
        var free = Math.Max(0, input.OnHand - held);
        if (place.Health == "guarded" && free <= GuardLevel)
            return 0;
        return Math.Min(free, find(place.Marketplace).Manners.QuantityMax);
    }

    /// <summary>A listing that its owner keeps off sale.</summary>
    sealed record Stop
    {
        public required Guid ConnectionId { get; init; }

        public required Guid VariantId { get; init; }
    }

    sealed class Inputs
    {
        public Guid Id { get; init; }

        public long StockVersion { get; init; }

        public long? RemovedMs { get; init; }

        public long? StockReportedMs { get; init; }

        public long OnHand { get; init; }

        public long Held { get; init; }

        public long HeldReal { get; init; }
    }

    sealed class Prices
    {
        public Guid Id { get; init; }

        public long PriceVersion { get; init; }

        public long? PriceMinor { get; init; }

        public long? ListPriceMinor { get; init; }
    }

    sealed class Place
    {
        public Guid Id { get; init; }

        public string Marketplace { get; init; } = "";

        public string Environment { get; init; } = "";

        public string Mode { get; init; } = "";

        public string Health { get; init; } = "";

        public bool StockEnabled { get; init; }

        public bool PriceEnabled { get; init; }

        // Nothing is sent in shadow or while paused, but what would be sent is known.
        public bool SendsStock => Mode == "live" && StockEnabled && Health != "needs_reauth";

        public bool SendsPrices => Mode == "live" && PriceEnabled && Health != "needs_reauth";
    }
}
