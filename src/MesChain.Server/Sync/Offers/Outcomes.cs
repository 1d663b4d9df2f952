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

    const string Undecided = "";

    /// <summary>The marketplace took a batch; nothing is applied yet.</summary>
    public async Task AcceptAsync(Tx tx, Batch batch)
    {
        await EachAsync(tx, batch, Undecided, (offer, item) =>
        {
            offer.Axis(batch.OfPrice).Accept(item.Version);
            return Task.CompletedTask;
        });
    }

    /// <summary>Nobody knows what became of a batch (or of the items of it that were never decided).</summary>
    /// <param name="from">The state that the batch must stand in; otherwise somebody has decided it already.</param>
    public async Task DoubtAsync(Tx tx, Batch batch, string from)
    {
        if (!await batches.MoveAsync(tx, batch.StoreId, batch.Id, from, "uncertain"))
            return;
        var now = await tx.NowMsAsync();
        await EachAsync(tx, batch, "uncertain", (offer, item) =>
        {
            offer.Axis(batch.OfPrice).Doubt(item.Version);
            offer.DoubtUntilMs = now + (long)DoubtFor.TotalMilliseconds;
            offer.Verify(now + (long)VerifyAfter.TotalMilliseconds);
            return Task.CompletedTask;
        });
        await nudges.SendAsync(tx, batch.StoreId, batch.ConnectionId, JobKinds.VerifyOffers, VerifyAfter);
    }

    /// <summary>A batch was refused before it was processed: its values wait again, and an equal body may be sent.</summary>
    public async Task TakeBackAsync(Tx tx, Batch batch)
    {
        var now = await tx.NowMsAsync();
        await EachAsync(tx, batch, Undecided, (offer, item) =>
        {
            offer.Axis(batch.OfPrice).TakeBack(item.Version, item.DirtyMs, now);
            return Task.CompletedTask;
        });
        await batches.RemoveAsync(tx, batch.StoreId, batch.Id);
    }

    /// <summary>A batch was refused as a whole, and nothing of it was applied. Its body stays on record.</summary>
    /// <param name="fault">The refusal of its only item; null when the values shall be tried again in other company.</param>
    public async Task RefuseBatchAsync(Tx tx, Batch batch, MarketplaceFault? fault)
    {
        if (!await batches.MoveAsync(tx, batch.StoreId, batch.Id, "in_flight", "refused"))
            return;
        var now = await tx.NowMsAsync();
        foreach (var (offer, item) in await PairsAsync(tx, batch))
        {
            await batches.DecideAsync(tx, batch.StoreId, batch.Id, item.VariantId, "refused");
            if (fault is not null && fault.Code != FaultCodes.OfferRefused)
            {
                await RefuseAsync(tx, offer, batch.OfPrice, item.Version, item.Value, fault, now);
                continue;
            }

            offer.Axis(batch.OfPrice).TakeBack(item.Version, item.DirtyMs, now, fault is null ? 0 : now + (long)UnreasonedFor.TotalMilliseconds);
            if (fault is not null)
                await NameAsync(tx, offer, batch.OfPrice, item.Value, fault);
            await offers.SaveAsync(tx, offer);
        }
    }

    /// <summary>A value is confirmed by its own receipt. Where it matters, and for a sample, it is done only when it is seen there too.</summary>
    public async Task ConfirmAsync(Tx tx, Batch batch, Offer offer, BatchItem item, long now)
    {
        await batches.DecideAsync(tx, batch.StoreId, batch.Id, item.VariantId, "ok");
        var axis = offer.Axis(batch.OfPrice);
        axis.Confirm(item.Value, item.Version, now);
        offer.AckedMs = now;
        var looks = await SettleOverlapAsync(tx, batch, offer, now) && !batch.OfPrice;
        if (item.Priority >= Offer.Verified || (item.VariantId.GetHashCode() ^ (int)item.Version) % SampleOneIn == 0)
        {
            offer.Verify(now + (long)VerifyAfter.TotalMilliseconds);
            looks = !batch.OfPrice;
        }
        else if (offer.DoubtUntilMs > now)
            offer.Verify(offer.DoubtUntilMs);
        if (looks)
            axis.ReadBack();
        await CureAsync(tx, offer);
        await offers.SaveAsync(tx, offer);
        if (!looks)
            await TellAsync(tx, offer, batch.OfPrice, item.Value);
    }

    /// <summary>A value is done: nothing more has to be said or seen of it.</summary>
    public Task TellAsync(Tx tx, Offer offer, bool price, OfferValue value) =>
        events.AppendAsync(
            tx, offer.StoreId, "offer.confirmed", offer.ConnectionId, offer.Barcode,
            new Dictionary<string, string>(StringComparer.Ordinal) { [price ? "price_minor" : "quantity"] = Text(value.First) });

    /// <summary>A value is refused by its own receipt.</summary>
    public async Task RefuseItemAsync(Tx tx, Batch batch, Offer offer, BatchItem item, MarketplaceFault fault, long now)
    {
        await batches.DecideAsync(tx, batch.StoreId, batch.Id, item.VariantId, "refused");
        await SettleOverlapAsync(tx, batch, offer, now);
        if (fault.Code == FaultCodes.IdenticalBody)
        {
            // Not applied. The body is on record, so the next attempt waits or is composed differently.
            offer.Axis(batch.OfPrice).TakeBack(item.Version, item.DirtyMs, now);
            await offers.SaveAsync(tx, offer);
            return;
        }

        if (fault.Code is FaultCodes.PriceTooOften or FaultCodes.TooManyRequests || fault.Kind is FaultKind.Throttled or FaultKind.Unavailable)
        {
            // Of this moment only: the newest value is tried again after a while.
            offer.Axis(batch.OfPrice).TakeBack(item.Version, item.DirtyMs, now, now + 60_000);
            await offers.SaveAsync(tx, offer);
            await nudges.SendAsync(tx, batch.StoreId, batch.ConnectionId, batch.OfPrice ? JobKinds.PushPrices : JobKinds.PushStock, TimeSpan.FromSeconds(60));
            return;
        }

        await RefuseAsync(tx, offer, batch.OfPrice, item.Version, item.Value, fault, now);
    }

    /// <summary>An item is missing from a complete receipt.</summary>
    public async Task DoubtItemAsync(Tx tx, Batch batch, Offer offer, BatchItem item, long now)
    {
        await batches.DecideAsync(tx, batch.StoreId, batch.Id, item.VariantId, "uncertain");
        offer.Axis(batch.OfPrice).Doubt(item.Version);
        offer.DoubtUntilMs = now + (long)DoubtFor.TotalMilliseconds;
        offer.Verify(now + (long)VerifyAfter.TotalMilliseconds);
        await offers.SaveAsync(tx, offer);
    }

    /// <summary>Refuses the value an offer was sent with; the issue carries the marketplace's words.</summary>
    /// <param name="rule">The published rule that the value breaks, where it was judged here and not sent.</param>
    public async Task RefuseAsync(Tx tx, Offer offer, bool price, long version, OfferValue value, MarketplaceFault fault, long now, string rule = "")
    {
        var failed = offer.Axis(price).Refuse(version, value, now);
        if (failed)
        {
            await NameAsync(tx, offer, price, value, fault, rule);
            await events.AppendAsync(
                tx, offer.StoreId, "offer.failed", offer.ConnectionId, offer.Barcode,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["code"] = fault.Code });
        }

        await offers.SaveAsync(tx, offer);
    }

    Task NameAsync(Tx tx, Offer offer, bool price, OfferValue value, MarketplaceFault fault, string rule = "")
    {
        offer.IssueCode = fault.Code;
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["axis"] = BatchStore.Axis(price), ["value"] = Text(value.First) };
        if (rule.Length > 0)
            values.Add("rule", rule);
        return issues.OpenAsync(tx, offer.StoreId, fault.Code, offer.ConnectionId, offer.Barcode, values, fault.MarketplaceText);
    }

    /// <summary>Closes the issue of an offer that has none of its axes in trouble any more.</summary>
    public async Task CureAsync(Tx tx, Offer offer)
    {
        // Too much on sale is over when the right number is seen, whatever receipts said in between.
        if (offer.IssueCode.Length == 0 || IsTroubled(offer.Stock) || IsTroubled(offer.Price)
            || (offer.IssueCode == IssueCatalog.OfferDiverged && offer.Stock.State != AxisStates.Clean))
            return;
        await issues.ResolveAsync(tx, offer.StoreId, offer.IssueCode, offer.ConnectionId, offer.Barcode);
        offer.IssueCode = "";
    }

    static bool IsTroubled(OfferAxis axis) => axis.State is AxisStates.Failed or AxisStates.Diverged or AxisStates.Uncertain;

    /// <summary>Two batches held this offer; the marketplace may have applied them in either order. When the last is decided, look.</summary>
    async Task<bool> SettleOverlapAsync(Tx tx, Batch batch, Offer offer, long now)
    {
        if (!offer.Overlapped || await batches.HeldElsewhereAsync(tx, batch.StoreId, batch.ConnectionId, offer.VariantId, batch.Id, batch.Axis))
            return false;
        offer.Overlapped = false;
        offer.Verify(now + (long)VerifyAfter.TotalMilliseconds);
        return true;
    }

    async Task EachAsync(Tx tx, Batch batch, string outcome, Func<Offer, BatchItem, Task> change)
    {
        foreach (var (offer, item) in await PairsAsync(tx, batch))
        {
            await change(offer, item);
            await offers.SaveAsync(tx, offer);
            if (outcome != Undecided)
                await batches.DecideAsync(tx, batch.StoreId, batch.Id, item.VariantId, outcome);
        }
    }

    /// <summary>The undecided items of a batch with their offers, which are locked. Offers that were unlinked meanwhile are left out.</summary>
    public async Task<IReadOnlyList<(Offer Offer, BatchItem Item)>> PairsAsync(Tx tx, Batch batch)
    {
        var items = await batches.OpenItemsAsync(tx, batch.StoreId, batch.Id);
        var found = (await offers.OfConnectionAsync(tx, batch.StoreId, batch.ConnectionId, [.. items.Select(item => item.VariantId)]))
            .ToDictionary(offer => offer.VariantId);
        return [.. items.Where(item => found.ContainsKey(item.VariantId)).Select(item => (found[item.VariantId], item))];
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
