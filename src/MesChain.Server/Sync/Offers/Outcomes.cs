using System.Globalization;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Offers;

/// <summary>What became of a sent value, on the offer, as events and as issues. Every method is part of one transaction.</summary>
public sealed class Outcomes(OfferStore offers, BatchStore batches, Nudges nudges, IssueStore issues, EventLog events)
{
    /// <summary>How soon a value that has to be looked at is read back: the marketplace needs a moment to show what it applied.</summary>
    public static readonly TimeSpan VerifyAfter = TimeSpan.FromSeconds(10);

    /// <summary>A request whose fate is unknown may still be applied this much later.</summary>
    public static readonly TimeSpan DoubtFor = TimeSpan.FromMinutes(35);

    /// <summary>How long a refusal stands that says nothing about the value: not one of the items was refused but the request, for no known reason.</summary>
    static readonly TimeSpan UnreasonedFor = TimeSpan.FromMinutes(10);

    /// <summary>One in so many confirmed values is read back although nothing asks for it.</summary>
    const int SampleOneIn = 50;

    /// <summary>The marketplace took a batch; nothing is applied yet.</summary>
    public async Task AcceptAsync(Tx tx, Batch batch)
    {
        var pairs = await PairsAsync(tx, batch);
        foreach (var (offer, item) in pairs)
            offer.Axis(batch.OfPrice).Accept(item.Version);
        await offers.SaveAsync(tx, Offers(pairs));
    }

    /// <summary>Nobody knows what became of a batch (or of the items of it that were never decided).</summary>
    /// <param name="from">The state that the batch must stand in; otherwise somebody has decided it already.</param>
    public async Task DoubtAsync(Tx tx, Batch batch, string from)
    {
        if (!await batches.MoveAsync(tx, batch.StoreId, batch.Id, from, "uncertain"))
            return;
        await DoubtItemsAsync(tx, batch, await PairsAsync(tx, batch), await tx.NowMsAsync());
        await nudges.SendAsync(tx, batch.StoreId, batch.ConnectionId, JobKinds.VerifyOffers, VerifyAfter);
    }

    /// <summary>A batch was refused before it was processed: its values wait again, and an equal body may be sent.</summary>
    public async Task TakeBackAsync(Tx tx, Batch batch)
    {
        await TakeBackAsync(tx, batch, await PairsAsync(tx, batch), await tx.NowMsAsync());
        await batches.RemoveAsync(tx, batch.StoreId, batch.Id);
    }

    /// <summary>A batch was refused as a whole, and nothing of it was applied. Its body stays on record.</summary>
    /// <param name="fault">The refusal of its only item; null when the values shall be tried again in other company.</param>
    public async Task RefuseBatchAsync(Tx tx, Batch batch, MarketplaceFault? fault)
    {
        if (!await batches.MoveAsync(tx, batch.StoreId, batch.Id, "in_flight", "refused"))
            return;
        var now = await tx.NowMsAsync();
        var pairs = await PairsAsync(tx, batch);
        await batches.DecideAsync(tx, batch, Items(pairs), "refused");
        if (fault is null)
        {
            await TakeBackAsync(tx, batch, pairs, now);
            return;
        }

        List<Refusal> refusals = [.. pairs.Select(pair => new Refusal(pair.Offer, pair.Item.Version, pair.Item.Value, fault))];
        if (fault.Code != FaultCodes.OfferRefused)
        {
            await RefuseAsync(tx, batch.OfPrice, refusals, now);
            return;
        }

        await NameAsync(tx, batch.OfPrice, refusals);
        await TakeBackAsync(tx, batch, pairs, now, now + (long)UnreasonedFor.TotalMilliseconds);
    }

    /// <summary>Values are confirmed by their own receipt. Where it matters, and for a sample, one is done only when it is seen there too.</summary>
    public async Task ConfirmAsync(Tx tx, Batch batch, IReadOnlyList<Pair> pairs, long now)
    {
        if (pairs.Count == 0)
            return;
        await batches.DecideAsync(tx, batch, Items(pairs), "ok");
        foreach (var (offer, item) in pairs)
        {
            offer.Axis(batch.OfPrice).Confirm(item.Value, item.Version, now);
            offer.AckedMs = now;
        }

        var looked = await SettleOverlapAsync(tx, batch, Offers(pairs), now);
        foreach (var (offer, item) in pairs)
        {
            if (item.Priority >= Offer.Verified || (item.VariantId.GetHashCode() ^ (int)item.Version) % SampleOneIn == 0)
            {
                offer.Verify(now + (long)VerifyAfter.TotalMilliseconds);
                looked.Add(offer);
            }
            else if (offer.DoubtUntilMs > now)
                offer.Verify(offer.DoubtUntilMs);
            if (!batch.OfPrice && looked.Contains(offer))
                offer.Stock.ReadBack();
        }

        await CureAsync(tx, Offers(pairs));
        await offers.SaveAsync(tx, Offers(pairs));
        await TellAsync(tx, batch.OfPrice, [.. pairs.Where(pair => batch.OfPrice || !looked.Contains(pair.Offer)).Select(pair => (pair.Offer, pair.Item.Value))]);
    }

    /// <summary>These values of one connection are done: nothing more has to be said or seen of them.</summary>
    public async Task TellAsync(Tx tx, bool price, IReadOnlyList<(Offer Offer, OfferValue Value)> done)
    {
        if (done.Count > 0)
            await events.AppendAsync(
                tx, done[0].Offer.StoreId, "offer.confirmed", done[0].Offer.ConnectionId,
                [
                    .. done.Select(one => new NewEvent(
                        one.Offer.Barcode, new Dictionary<string, string>(StringComparer.Ordinal) { [price ? "price_minor" : "quantity"] = Text(one.Value.First) })),
                ]);
    }

    /// <summary>Values are refused by their own receipt.</summary>
    public async Task RefuseItemsAsync(Tx tx, Batch batch, IReadOnlyList<(Pair Pair, MarketplaceFault Fault)> refused, long now)
    {
        if (refused.Count == 0)
            return;
        List<Pair> pairs = [.. refused.Select(one => one.Pair)];
        await batches.DecideAsync(tx, batch, Items(pairs), "refused");
        await SettleOverlapAsync(tx, batch, Offers(pairs), now);

        // Not applied. The body is on record, so the next attempt waits or is composed differently.
        var repeated = refused.Where(one => one.Fault.Code == FaultCodes.IdenticalBody).ToList();
        await TakeBackAsync(tx, batch, [.. repeated.Select(one => one.Pair)], now);

        // Of this moment only: the newest value is tried again after a while.
        var early = refused.Except(repeated).Where(one => IsOfTheMoment(one.Fault)).ToList();
        await TakeBackAsync(tx, batch, [.. early.Select(one => one.Pair)], now, now + 60_000);
        if (early.Count > 0)
            await nudges.SendAsync(tx, batch.StoreId, batch.ConnectionId, batch.OfPrice ? JobKinds.PushPrices : JobKinds.PushStock, TimeSpan.FromSeconds(60));

        var final = refused.Except(repeated).Except(early);
        await RefuseAsync(tx, batch.OfPrice, [.. final.Select(one => new Refusal(one.Pair.Offer, one.Pair.Item.Version, one.Pair.Item.Value, one.Fault))], now);
    }

    static bool IsOfTheMoment(MarketplaceFault fault) =>
        fault.Code is FaultCodes.PriceTooOften or FaultCodes.TooManyRequests || fault.Kind is FaultKind.Throttled or FaultKind.Unavailable;

    /// <summary>Nobody knows what became of these items, as when a complete receipt does not name them.</summary>
    public async Task DoubtItemsAsync(Tx tx, Batch batch, IReadOnlyList<Pair> pairs, long now)
    {
        if (pairs.Count == 0)
            return;
        await batches.DecideAsync(tx, batch, Items(pairs), "uncertain");
        foreach (var (offer, item) in pairs)
        {
            offer.Axis(batch.OfPrice).Doubt(item.Version);
            offer.DoubtUntilMs = now + (long)DoubtFor.TotalMilliseconds;
            offer.Verify(now + (long)VerifyAfter.TotalMilliseconds);
        }

        await offers.SaveAsync(tx, Offers(pairs));
    }

    /// <summary>Refuses the values that offers of one connection were sent with; the issues carry the marketplace's words.</summary>
    public async Task RefuseAsync(Tx tx, bool price, IReadOnlyList<Refusal> refusals, long now)
    {
        if (refusals.Count == 0)
            return;
        var failed = refusals.Where(one => one.Offer.Axis(price).Refuse(one.Version, one.Value, now)).ToList();
        await NameAsync(tx, price, failed);
        await events.AppendAsync(
            tx, refusals[0].Offer.StoreId, "offer.failed", refusals[0].Offer.ConnectionId,
            [.. failed.Select(one => new NewEvent(one.Offer.Barcode, new Dictionary<string, string>(StringComparer.Ordinal) { ["code"] = one.Fault.Code }))]);
        await offers.SaveAsync(tx, [.. refusals.Select(one => one.Offer)]);
    }

    async Task NameAsync(Tx tx, bool price, List<Refusal> refusals)
    {
        if (refusals.Count == 0)
            return;
        foreach (var (offer, _, _, fault) in refusals)
            offer.IssueCode = fault.Code;
        await issues.OpenAsync(tx, refusals[0].Offer.StoreId, refusals[0].Offer.ConnectionId, [.. refusals.Select(one => one.ToCause(price))]);
    }

    /// <summary>Closes the issues of those of a connection's offers that have none of their axes in trouble any more.</summary>
    public async Task CureAsync(Tx tx, IEnumerable<Offer> looked)
    {
        // Too much on sale is over when the right number is seen, whatever receipts said in between.
        var cured = looked.Where(offer =>
            offer.IssueCode.Length > 0 && !IsTroubled(offer.Stock) && !IsTroubled(offer.Price)
            && (offer.IssueCode != IssueCatalog.OfferDiverged || offer.Stock.State == AxisStates.Clean)).ToList();
        if (cured.Count == 0)
            return;
        await issues.ResolveAsync(tx, cured[0].StoreId, cured[0].ConnectionId, [.. cured.Select(offer => new IssueCause(offer.IssueCode, offer.Barcode))]);
        foreach (var offer in cured)
            offer.IssueCode = "";
    }

    static bool IsTroubled(OfferAxis axis) => axis.State is AxisStates.Failed or AxisStates.Diverged or AxisStates.Uncertain;

    /// <summary>Two batches held these offers; the marketplace may have applied them in either order. When the last is decided, look.</summary>
    /// <returns>Those to look at.</returns>
    async Task<HashSet<Offer>> SettleOverlapAsync(Tx tx, Batch batch, IEnumerable<Offer> decided, long now)
    {
        var overlapped = decided.Where(offer => offer.Overlapped).ToHashSet();
        if (overlapped.Count == 0)
            return overlapped;
        var held = await batches.HeldElsewhereAsync(tx, batch, overlapped.Select(offer => offer.VariantId));
        overlapped.RemoveWhere(offer => held.Contains(offer.VariantId));
        foreach (var offer in overlapped)
        {
            offer.Overlapped = false;
            offer.Verify(now + (long)VerifyAfter.TotalMilliseconds);
        }

        return overlapped;
    }

    async Task TakeBackAsync(Tx tx, Batch batch, IReadOnlyList<Pair> pairs, long now, long notBeforeMs = 0)
    {
        foreach (var (offer, item) in pairs)
            offer.Axis(batch.OfPrice).TakeBack(item.Version, item.DirtyMs, now, notBeforeMs);
        await offers.SaveAsync(tx, Offers(pairs));
    }

    /// <summary>The undecided items of a batch with their offers, which are locked. Offers that were unlinked meanwhile are left out.</summary>
    public async Task<IReadOnlyList<Pair>> PairsAsync(Tx tx, Batch batch)
    {
        var items = await batches.OpenItemsAsync(tx, batch.StoreId, batch.Id);
        var found = (await offers.OfConnectionAsync(tx, batch.StoreId, batch.ConnectionId, [.. items.Select(item => item.VariantId)]))
            .ToDictionary(offer => offer.VariantId);
        return [.. items.Where(item => found.ContainsKey(item.VariantId)).Select(item => new Pair(found[item.VariantId], item))];
    }

    static IReadOnlyList<Offer> Offers(IEnumerable<Pair> pairs) => [.. pairs.Select(pair => pair.Offer)];

    static IEnumerable<BatchItem> Items(IEnumerable<Pair> pairs) => pairs.Select(pair => pair.Item);

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>An item of a batch with its offer.</summary>
public sealed record Pair(Offer Offer, BatchItem Item);

/// <summary>A value that an offer was sent with and that was refused.</summary>
public sealed record Refusal(Offer Offer, long Version, OfferValue Value, MarketplaceFault Fault)
{
    /// <summary>The published rule that the value breaks, where it was judged here and not sent.</summary>
    public string Rule { get; init; } = "";

    public IssueCause ToCause(bool price)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["axis"] = BatchStore.Axis(price),
            ["value"] = Value.First.ToString(CultureInfo.InvariantCulture),
        };
        if (Rule.Length > 0)
            values.Add("rule", Rule);
        return new(Fault.Code, Offer.Barcode) { Values = values, MarketplaceText = Fault.MarketplaceText };
    }
}
