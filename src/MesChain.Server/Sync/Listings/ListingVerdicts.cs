using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Listings;

/// <summary>
/// What the marketplace said, or was seen to show, on the listing. A receipt's success means only that the review begins; what is in
/// doubt is decided by reading, and sent again only when nothing arrived in all the time in which it still could.
/// </summary>
public sealed class ListingVerdicts(ListingStore listings, ChangeStore changes, Linking linking, Nudges nudges) : IListingFate
{
    static readonly TimeSpan DoubtedAgain = TimeSpan.FromMinutes(5);
    internal static readonly TimeSpan LiveAgain = TimeSpan.FromDays(1);

    /// <summary>How soon a review is looked at: again and again at first, then by the hour.</summary>
    static readonly TimeSpan[] ReviewedAfter = [TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(20), TimeSpan.FromHours(1)];

    /// <summary>A review that is missing from the marketplace's answer so often is in doubt.</summary>
    const long AbsentMax = 2;

    public async Task DoubtAsync(Tx tx, ListingBatch batch, string from)
    {
        if (!await listings.MoveAsync(tx, batch.StoreId, batch.Id, from, "uncertain"))
            return;
        var now = await tx.NowMsAsync();
        foreach (var listing in await listings.OfBatchAsync(tx, batch.StoreId, batch.Id))
            await DoubtAsync(tx, listing, now);
    }

    public async Task RefuseBatchAsync(Tx tx, ListingBatch batch, MarketplaceFault? fault)
    {
        if (!await listings.MoveAsync(tx, batch.StoreId, batch.Id, "in_flight", "refused"))
            return;
        foreach (var listing in await listings.OfBatchAsync(tx, batch.StoreId, batch.Id))
        {
            if (fault is not null)
            {
                await RefuseAsync(tx, listing, fault);
                continue;
            }

            (listing.State, listing.BatchId) = (ListingStates.Draft, null);
            await listings.SaveAsync(tx, listing, []);
        }
    }

    public async Task<bool> TakeAsync(Tx tx, ListingBatch batch, ListingReceiptAnswer answer)
    {
        var now = await tx.NowMsAsync();
        var said = answer.Items.GroupBy(item => item.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        var open = 0;
        foreach (var listing in await listings.OfBatchAsync(tx, batch.StoreId, batch.Id))
        {
            if (!said.TryGetValue(listing.Barcode, out var item))
            {
                if (answer.Terminal)
                    await DoubtAsync(tx, listing, now);
                else
                    open++;
            }
            else if (item.Fault is null)
            {
                (listing.State, listing.BatchId, listing.DoubtMs, listing.Checks) = (ListingStates.InReview, null, null, 0);
                listing.CheckMs = now + (long)ReviewedAfter[0].TotalMilliseconds;
                await listings.SaveAsync(tx, listing, []);
            }
            else if (item.Fault.Code == FaultCodes.BarcodeExists)
            {
                // Perhaps our own, of a request whose answer was lost: the marketplace shows whose it is.
                (listing.State, listing.BatchId, listing.DoubtMs, listing.CheckMs) = (ListingStates.Unknown, null, null, now);
                await listings.SaveAsync(tx, listing, [Cause(listing, item.Fault)]);
            }
            else
            {
                await RefuseAsync(tx, listing, item.Fault);
            }
        }

        if (open == 0)
            await listings.MoveAsync(tx, batch.StoreId, batch.Id, "awaiting", "done");
        return open > 0;
    }

    /// <summary>Takes what the marketplace shows of listings; what it does not show is absent.</summary>
    public async Task SeeAsync(Tx tx, JobRun run, IReadOnlyList<Listing> looked, IReadOnlyDictionary<string, ListingStatus> statuses)
    {
        var now = await tx.NowMsAsync();
        foreach (var listing in await listings.HoldAsync(tx, run.StoreId, run.ConnectionId, looked.Select(listing => listing.VariantId)))
        {
            // Another unit may have moved it on while the marketplace was read.
            if (listing.CheckMs is null || listing.CheckMs > now)
                continue;
            listing.CheckMs = null;
            if (statuses.TryGetValue(listing.Barcode, out var status))
                await SeeAsync(tx, listing, status, now);
            else
                await MissAsync(tx, run, listing, now);
        }
    }

    async Task SeeAsync(Tx tx, Listing listing, ListingStatus status, long now)
    {
        listing.DoubtMs = null;
        listing.CardId = status.CardId;
        switch (status.State)
        {
            case ListingState.Pending:
                listing.State = ListingStates.InReview;
                listing.Present = true;
                listing.Checks++;
                listing.CheckMs = now + (long)ReviewedAfter[Math.Min(listing.Checks, ReviewedAfter.Length - 1)].TotalMilliseconds;
                await listings.SaveAsync(tx, listing, []);
                break;
            case ListingState.Rejected:
                listing.Present = true;
                await RefuseAsync(tx, listing, status.Fault ?? new(FaultKind.Rejected, FaultCodes.ListingRejected, "The review rejected the product."));
                break;
            case ListingState.Approved:
                await GoLiveAsync(tx, listing, now);
                break;
            case ListingState.Locked or ListingState.Stopped:
                var code = status.State == ListingState.Locked ? FaultCodes.ListingLocked : FaultCodes.ListingStopped;
                listing.State = ListingStates.Suspended;
                listing.CheckMs = now + (long)LiveAgain.TotalMilliseconds;
                await listings.SaveAsync(tx, listing, [Cause(listing, status.Fault ?? new(FaultKind.Rejected, code, "The marketplace has stopped the product."))]);
                break;
            default:
                listing.State = ListingStates.Ended;
                await listings.SaveAsync(tx, listing, []);
                break;
        }
    }

    /// <summary>
    /// Approved: from now on it is an offer as any other, and its stock is sent as soon as orders are fresh. Linked once: a link that somebody
    /// took away later is not made again behind his back.
    /// </summary>
    async Task GoLiveAsync(Tx tx, Listing listing, long now)
    {
        var linkedBefore = listing.State is ListingStates.Live or ListingStates.Suspended;
        listing.State = ListingStates.Live;
        (listing.Present, listing.Refusals) = (false, 0);
        listing.CheckMs = now + (long)LiveAgain.TotalMilliseconds;
        await listings.SaveAsync(tx, listing, []);
        if (linkedBefore)
            return;
        // What the shop has changed during the review.
        await changes.OutdateAsync(tx, listing.StoreId, [listing.VariantId]);
        var variant = await tx.ScalarAsync<string>("select shop_variant_id from variants where store_id = @StoreId and id = @VariantId and removed_ms is null", listing);
        if (variant is not null)
            await linking.LinkAsync(tx, listing.StoreId, listing.ConnectionId, [new(variant, listing.Barcode)], sure: true);
    }

    async Task MissAsync(Tx tx, JobRun run, Listing listing, long now)
    {
        var causes = await listings.CausesAsync(tx, run.StoreId, run.ConnectionId, [listing.VariantId]);
        switch (listing)
        {
            case { State: ListingStates.Unknown, DoubtMs: { } since } when now - since < (long)Outcomes.DoubtFor.TotalMilliseconds:
                listing.CheckMs = now + (long)DoubtedAgain.TotalMilliseconds;
                break;
            case { State: ListingStates.Unknown, DoubtMs: not null }:
                // It has never arrived.
                (listing.State, listing.DoubtMs, listing.Present) = (ListingStates.Draft, null, false);
                await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.Listings);
                break;
            case { State: ListingStates.Unknown } when causes.Any(cause => cause.Code == FaultCodes.BarcodeExists):
                listing.State = ListingStates.Rejected;
                break;
            case { State: ListingStates.InReview } when ++listing.Checks < AbsentMax:
                listing.CheckMs = now + (long)DoubtedAgain.TotalMilliseconds;
                break;
            case { State: ListingStates.InReview }:
                await DoubtAsync(tx, listing, now);
                return;
            default:
                listing.State = ListingStates.Ended;
                break;
        }

        await listings.SaveAsync(tx, listing, [.. causes.Select(cause => cause.ToCause())]);
    }

    async Task DoubtAsync(Tx tx, Listing listing, long now)
    {
        (listing.State, listing.BatchId, listing.Checks) = (ListingStates.Unknown, null, 0);
        listing.DoubtMs ??= now;
        listing.CheckMs = now + (long)ReviewedAfter[0].TotalMilliseconds;
        await listings.SaveAsync(tx, listing, []);
        await nudges.SendAsync(tx, listing.StoreId, listing.ConnectionId, JobKinds.Listings, ReviewedAfter[0]);
    }

    async Task RefuseAsync(Tx tx, Listing listing, MarketplaceFault fault)
    {
        (listing.State, listing.BatchId, listing.DoubtMs, listing.CheckMs) = (ListingStates.Rejected, null, null, null);
        listing.Refusals++;
        await listings.SaveAsync(tx, listing, [Cause(listing, fault)]);
    }

    static ListingCause Cause(Listing listing, MarketplaceFault fault) => new(fault.Code, listing.Barcode, "", fault.Message, fault.MarketplaceText);
}
