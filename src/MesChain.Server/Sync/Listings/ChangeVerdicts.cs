using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Listings;

/// <summary>
/// What the marketplace answers to changes. Whatever it says, a change counts as done only when it is seen, where there is something to see;
/// and one in doubt is said again only after a look that began when it could no longer arrive.
/// </summary>
public sealed class ChangeVerdicts(ListingStore listings, ChangeStore changes, Nudges nudges) : IListingFate
{
    /// <summary>How soon it is looked at what was taken.</summary>
    static readonly TimeSpan[] SeenAfter = [TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5)];

    /// <summary>A review takes minutes at least, and days at most.</summary>
    static readonly TimeSpan[] ReviewedAfter = [TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(20), TimeSpan.FromHours(1)];

    public async Task DoubtAsync(Tx tx, ListingBatch batch, string from)
    {
        if (!await listings.MoveAsync(tx, batch.StoreId, batch.Id, from, "uncertain"))
            return;
        foreach (var change in await changes.OfBatchAsync(tx, batch.StoreId, batch.Id))
            await DoubtAsync(tx, change);
    }

    public async Task RefuseBatchAsync(Tx tx, ListingBatch batch, MarketplaceFault? fault)
    {
        if (!await listings.MoveAsync(tx, batch.StoreId, batch.Id, "in_flight", "refused"))
            return;
        foreach (var change in await changes.OfBatchAsync(tx, batch.StoreId, batch.Id))
        {
            if (fault is null)
                await AgainAsync(tx, change);
            else
                await RefuseAsync(tx, change, fault);
        }
    }

    public async Task<bool> TakeAsync(Tx tx, ListingBatch batch, ListingReceiptAnswer answer)
    {
        var said = answer.Items.GroupBy(item => item.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        var open = 0;
        foreach (var change in await changes.OfBatchAsync(tx, batch.StoreId, batch.Id))
        {
            if (said.TryGetValue(change.Kind == ChangeKinds.Content ? change.CardId : change.Barcode, out var item))
                await (item.Fault is { } fault ? RefuseAsync(tx, change, fault) : ToldAsync(tx, change, batch.ReceiptId));
            else if (answer.Terminal)
                await DoubtAsync(tx, change);
            else
                open++;
        }

        if (open == 0)
            await listings.MoveAsync(tx, batch.StoreId, batch.Id, "awaiting", "done");
        return open > 0;
    }

    /// <summary>Seen, or decided: nothing is left to do unless the wish is another by now. Answers whether it is done.</summary>
    public async Task<bool> DoneAsync(Tx tx, ListingChange change)
    {
        if (change.Kind != ChangeKinds.Shelf)
            await listings.SaidAsync(tx, change);
        if (change.Wanted != change.Said)
        {
            await AgainAsync(tx, change);
            return false;
        }

        await changes.EndAsync(tx, change);
        return true;
    }

    /// <summary>It does not show yet. When it should for long, it was said in vain.</summary>
    public async Task NotYetAsync(Tx tx, ListingChange change, TimeSpan patience, Func<MarketplaceFault> unseen)
    {
        var now = await tx.NowMsAsync();
        if (now - (change.SentMs ?? 0) < (long)patience.TotalMilliseconds)
        {
            var steps = change is { Kind: ChangeKinds.Content, State: ChangeStates.Told } ? ReviewedAfter : SeenAfter;
            change.Checks++;
            change.CheckMs = now + (long)steps[Math.Min(change.Checks, steps.Length - 1)].TotalMilliseconds;
            await changes.SaveAsync(tx, change);
        }
        else if (++change.Vain < VainMax)
            await AgainAsync(tx, change);
        else
            await RefuseAsync(tx, change, unseen());
    }

    /// <summary>Refused as it was said. A newer wish is tried at once, the same one not before somebody asks again.</summary>
    public async Task RefuseAsync(Tx tx, ListingChange change, MarketplaceFault fault)
    {
        var newer = change.Wanted != change.Said;
        if (newer && change.Kind == ChangeKinds.Shelf)
        {
            await AgainAsync(tx, change);
            return;
        }

        // Of content it is judged whether it is newer indeed: the very same is not sent again.
        change.State = newer ? ChangeStates.Waiting : ChangeStates.Refused;
        change.CheckMs = newer ? await tx.NowMsAsync() : null;
        change.BatchId = null;
        (change.Code, change.Detail, change.MarketplaceText) = (fault.Code, fault.Message, fault.MarketplaceText);
        await changes.SaveAsync(tx, change);
    }

    /// <summary>Said so often without being seen, it is not said again.</summary>
    const long VainMax = 3;

    async Task ToldAsync(Tx tx, ListingChange change, string receiptId)
    {
        if (change.Kind == ChangeKinds.Terms)
        {
            // Nobody reviews them, and nothing that is read shows them.
            await DoneAsync(tx, change);
            return;
        }

        var now = await tx.NowMsAsync();
        var steps = change.Kind == ChangeKinds.Content ? ReviewedAfter : SeenAfter;
        (change.State, change.BatchId, change.ReceiptId, change.Checks) = (ChangeStates.Told, null, receiptId, 0);
        change.CheckMs = now + (long)steps[0].TotalMilliseconds;
        await changes.SaveAsync(tx, change);
        await nudges.SendAsync(tx, change.StoreId, change.ConnectionId, JobKinds.Listings, steps[0]);
    }

    async Task DoubtAsync(Tx tx, ListingChange change)
    {
        (change.State, change.BatchId, change.Checks) = (ChangeStates.Doubt, null, 0);
        change.CheckMs = await tx.NowMsAsync() + Telling.OnItsWayMs;
        await changes.SaveAsync(tx, change);
        await nudges.SendAsync(tx, change.StoreId, change.ConnectionId, JobKinds.Listings, TimeSpan.FromMilliseconds(Telling.OnItsWayMs));
    }

    async Task AgainAsync(Tx tx, ListingChange change)
    {
        (change.State, change.BatchId, change.CheckMs, change.Checks) = (ChangeStates.Waiting, null, await tx.NowMsAsync(), 0);
        (change.Code, change.Detail, change.MarketplaceText) = ("", "", "");
        await changes.SaveAsync(tx, change);
        await nudges.SendAsync(tx, change.StoreId, change.ConnectionId, JobKinds.Listings);
    }
}
