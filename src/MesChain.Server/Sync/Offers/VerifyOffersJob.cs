using System.Globalization;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Offers;

/// <summary>
/// Reads back what the marketplace shows, where that decides: after a request whose fate is unknown, after urgent changes, after
/// two requests that overlapped, and for a sample of the rest.
/// </summary>
public sealed class VerifyOffersJob(ConnectionStore connections, OfferStore offers, Outcomes outcomes, Nudges nudges, IssueStore issues) : ISyncJob
{
    const int PerCall = 50;
    const int CallsPerRun = 20;

    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    public string Kind => JobKinds.VerifyOffers;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (run.Can<IItemSource>() is not { } source)
            return;
        var access = await run.AccessAsync(cancel);
        for (var i = 0; i < CallsPerRun; i++)
        {
            var seen = await run.ReadAsync(tx => offers.ToVerifyAsync(tx, run.StoreId, run.ConnectionId, PerCall), cancel);
            if (seen.Count == 0)
                break;
            var items = (await source.ReadItemsAsync(access, [.. seen.Select(offer => offer.Barcode)], cancel))
                .GroupBy(item => item.Barcode, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
            await run.WriteAsync(tx => CompareAsync(tx, run, seen, items), cancel);
        }

        await run.WriteAsync(
            async tx =>
            {
                if (await offers.NextVerifyInAsync(tx, run.StoreId, run.ConnectionId) is { } wait)
                    await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, Kind, TimeSpan.FromMilliseconds(Math.Max(0, wait) + 1));
            },
            cancel);
    }

    async Task CompareAsync(Tx tx, JobRun run, IReadOnlyList<Offer> seen, Dictionary<string, MarketplaceItem> items)
    {
        var now = await tx.NowMsAsync();
        var found = new Findings(now, (await connections.FindAsync(tx, run.StoreId, run.ConnectionId))?.OrdersReadStartedMs ?? 0);
        var current = (await offers.OfConnectionAsync(tx, run.StoreId, run.ConnectionId, [.. seen.Select(offer => offer.VariantId)])).ToDictionary(offer => offer.VariantId);
        List<Offer> compared = [];
        List<(Offer, OfferValue)> done = [];
        foreach (var before in seen)
        {
            if (!current.TryGetValue(before.VariantId, out var offer))
                continue;
            offer.VerifyDueMs = null;
            if (HasMoved(before, offer))
            {
                // What was read belongs to a moment that is over.
                offer.Verify(now + (long)Outcomes.VerifyAfter.TotalMilliseconds);
            }
            else
            {
                items.TryGetValue(offer.Barcode, out var item);
                var readBack = offer.Stock is { State: AxisStates.Uncertain, IsTold: true };
                CompareStock(offer, item, found);
                if (readBack && offer.Stock.State == AxisStates.Clean)
                    done.Add((offer, offer.Stock.Acked!.Value));
                ComparePrice(offer, item, found);
                if (offer.DoubtUntilMs > now)
                    offer.Verify(offer.DoubtUntilMs);
                compared.Add(offer);
            }
        }

        await outcomes.CureAsync(tx, compared);
        foreach (var (offer, _) in found.Diverged)
            offer.IssueCode = IssueCatalog.OfferDiverged;
        await offers.SaveAsync(tx, current.Values);
        await outcomes.TellAsync(tx, price: false, done);
        await issues.OpenAsync(tx, run.StoreId, run.ConnectionId, [.. found.Diverged.Select(one => Diverged(one.Offer, one.Confirmed))]);
        if (found.AskOrders)
            await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.PullOrders);
        if (found.SendStock)
            await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.PushStock);
        if (found.SendPrices)
            await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.PushPrices);
    }

    static IssueCause Diverged(Offer offer, long confirmed) => new(IssueCatalog.OfferDiverged, offer.Barcode)
    {
        Values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["confirmed"] = confirmed.ToString(CultureInfo.InvariantCulture),
            ["shown"] = (offer.ObservedQty ?? 0).ToString(CultureInfo.InvariantCulture),
        },
    };

    static bool HasMoved(Offer before, Offer now) => HasMoved(before.Stock, now.Stock) || HasMoved(before.Price, now.Price);

    static bool HasMoved(OfferAxis before, OfferAxis now) =>
        before.State != now.State || before.SentVersion != now.SentVersion || before.AckedVersion != now.AckedVersion || before.DesiredVersion != now.DesiredVersion;

    static void CompareStock(Offer offer, MarketplaceItem? item, Findings found)
    {
        var axis = offer.Stock;
        var earlier = (Qty: offer.ObservedQty, At: offer.ObservedMs);
        if (item is not null)
        {
            offer.ObservedQty = item.Quantity;
            offer.ObservedPriceMinor = item.SalePriceMinor;
            offer.ObservedMs = found.NowMs;
        }

        var shown = OfferValue.Units((long?)item?.Quantity);
        // The least that can stand there, as far as we know.
        var least = axis.State == AxisStates.Uncertain && axis.Sent?.First < axis.Acked?.First ? axis.Sent : axis.Acked;
        if (axis.State == AxisStates.Clean ? shown is null || axis.Acked is null || shown == axis.Acked : axis.State != AxisStates.Uncertain)
            return;
        if (axis.IsTold && shown?.First > axis.Acked?.First)
        {
            // Oversell danger: nothing of ours explains it.
            found.Diverged.Add((offer, axis.Acked!.Value.First));
            axis.Know(shown, found.NowMs);
            axis.State = AxisStates.Diverged;
            axis.DirtyMs = found.NowMs;
        }
        else if (shown?.First < least?.First && shown?.First < axis.Desired?.First && !(earlier.Qty == shown?.First && earlier.At >= (offer.SentMs ?? 0) && earlier.At <= found.OrdersReadStartedMs))
        {
            // Fewer is what a sale looks like that is not imported yet: read orders first. If that explains nothing, and the number
            // still is the same, send again.
            // A reading of orders that began in the very millisecond counts: it was asked for after the look.
            found.AskOrders = true;
            offer.Verify(found.NowMs + (long)LookAgain.TotalMilliseconds);
            return;
        }
        else
        {
            // A marketplace that does not say takes nothing back of what its receipt said.
            axis.Know(axis.IsTold ? shown ?? axis.Acked : shown, found.NowMs);
        }

        if (axis.State == AxisStates.Clean)
            offer.AckedMs = found.NowMs;
        else
        {
            offer.Priority = offer.Urgency(moved: true);
            found.SendStock = true;
        }
    }

    static void ComparePrice(Offer offer, MarketplaceItem? item, Findings found)
    {
        var axis = offer.Price;
        if (axis.State != AxisStates.Uncertain)
            return;
        if (OfferValue.Price(item?.SalePriceMinor, item?.ListPriceMinor) is { } shown && shown == axis.Sent)
        {
            axis.Confirm(shown, axis.SentVersion, found.NowMs);
            return;
        }

        axis.Know(OfferValue.Price(item?.SalePriceMinor, item?.ListPriceMinor), found.NowMs);
        found.SendPrices |= axis.State == AxisStates.Dirty;
    }

    sealed class Findings(long nowMs, long ordersReadStartedMs)
    {
        public long NowMs { get; } = nowMs;

        public long OrdersReadStartedMs { get; } = ordersReadStartedMs;

        public bool AskOrders { get; set; }

        public bool SendStock { get; set; }

        public bool SendPrices { get; set; }

        public List<(Offer Offer, long Confirmed)> Diverged { get; } = [];
    }
}
