using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Listings;

/// <summary>Sends drafts with the content of this moment: new ones, and mended ones that the marketplace's review holds already.</summary>
public sealed class ListingSender(
    ConnectionStore connections, CatalogStore catalog, LinkStore links, ListingStore listings, Preflight preflight, ListingVerdicts verdicts, Nudges nudges, TimeProvider clock)
{
    public static readonly TimeSpan FirstPoll = TimeSpan.FromSeconds(2);

    const int BatchesPerRun = 20;

    /// <summary>Drafts that are judged in one transaction.</summary>
    const int PerBatch = 100;

    public async Task RunAsync(JobRun run, IListingTarget target, SellerAccess access, CancellationToken cancel)
    {
        // Null is "whatever waits longest"; a request that was refused as a whole is tried again in halves.
        var turns = new Stack<IReadOnlyCollection<Guid>?>([null]);
        for (var i = 0; i < BatchesPerRun && turns.TryPop(out var only); i++)
        {
            cancel.ThrowIfCancellationRequested();
            var attempt = await run.WriteAsync(tx => PrepareAsync(tx, run, only), cancel);
            if (attempt is null)
                continue;
            if (only is null)
                turns.Push(null);
            foreach (var half in await SendAsync(run, target, access, attempt))
                turns.Push(half);
        }

        if (turns.Count > 0)
            await run.WriteAsync(tx => nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.Listings), cancel);
    }

    /// <summary>Null when nothing may be sent.</summary>
    async Task<Attempt?> PrepareAsync(Tx tx, JobRun run, IReadOnlyCollection<Guid>? only)
    {
        foreach (var lost in await listings.AbandonedAsync(tx, run.StoreId, run.ConnectionId))
            await verdicts.DoubtAsync(tx, lost, "in_flight");
        if (await connections.FindAsync(tx, run.StoreId, run.ConnectionId) is not { Works: true, Mode: ConnectionRow.Live })
            return null;

        var waiting = only is null
            ? await listings.DraftsAsync(tx, run.StoreId, run.ConnectionId, PerBatch)
            : [.. (await listings.HoldAsync(tx, run.StoreId, run.ConnectionId, only)).Where(listing => listing.State == ListingStates.Draft)];
        var drafts = waiting.ToDictionary(listing => listing.VariantId);
        var linked = (await links.LinkedAsync(tx, run.StoreId, run.ConnectionId, drafts.Keys)).ToHashSet();
        foreach (var done in waiting.Where(listing => linked.Contains(listing.VariantId)))
        {
            // Somebody has linked it meanwhile, so it is there.
            done.State = ListingStates.Unknown;
            done.CheckMs = await tx.NowMsAsync();
            await listings.SaveAsync(tx, done, []);
            drafts.Remove(done.VariantId);
        }

        var goods = await catalog.VariantsAsync(tx, run.StoreId, drafts.Keys);
        var ready = new List<(Listing Listing, Judged Judged)>();
        foreach (var judged in await preflight.JudgeAsync(tx, run.StoreId, run.ConnectionId, run.Marketplace, goods, drafts))
        {
            var listing = drafts[judged.Variant.Id];
            listing.Barcode = judged.Variant.Barcode;
            if (judged.Draft is not null)
                ready.Add((listing, judged));
            else if (!judged.Waits)
            {
                listing.State = ListingStates.Blocked;
                await listings.SaveAsync(tx, listing, judged.Faults);
            }
        }

        // One request makes or mends.
        var mends = ready.Count > 0 && ready[0].Listing.Present;
        return ready.Count == 0 ? null : await RecordAsync(tx, run, [.. ready.Where(one => one.Listing.Present == mends)], mends);
    }

    async Task<Attempt> RecordAsync(Tx tx, JobRun run, IReadOnlyList<(Listing Listing, Judged Judged)> ready, bool mends)
    {
        var now = await tx.NowMsAsync();
        var batch = new ListingBatch
        {
            StoreId = run.StoreId,
            Id = Ids.New(clock),
            ConnectionId = run.ConnectionId,
            OwnerEpoch = run.Epoch,
            SentMs = now,
            // An unanswered receipt is given up after 80 % of its life.
            ExpiresMs = now + (long)(0.8 * ((IListingTarget)run.Marketplace).ListingManners.ReceiptLife.TotalMilliseconds),
        };
        await listings.AddBatchAsync(tx, batch);
        foreach (var (listing, judged) in ready)
        {
            if (listing.ContentHash != judged.Hash)
                listing.Refusals = 0;
            listing.State = ListingStates.Submitted;
            listing.BatchId = batch.Id;
            listing.ContentHash = judged.Hash;
            listing.SentMs = now;
            (listing.Checks, listing.CheckMs) = (0, null);
            await listings.SaveAsync(tx, listing, []);
        }

        return new(batch, [.. ready.Select(one => one.Listing.VariantId)], [.. ready.Select(one => one.Judged.Draft!)], mends);
    }

    /// <summary>Answers the halves of a request that was refused as a whole.</summary>
    async Task<IReadOnlyList<IReadOnlyCollection<Guid>>> SendAsync(JobRun run, IListingTarget target, SellerAccess access, Attempt attempt)
    {
        try
        {
            // Not ended by a stop: a request that is cancelled half-way is one whose fate is unknown.
            var receipt = attempt.Mends
                ? await ((IListingMending)target).MendListingsAsync(access, attempt.Drafts, CancellationToken.None)
                : await target.CreateListingsAsync(access, attempt.Drafts, CancellationToken.None);
            await run.WriteAsync(tx => listings.AcceptAsync(tx, run.StoreId, attempt.Batch.Id, receipt.ReceiptId, FirstPoll), CancellationToken.None);
            return [];
        }
        catch (MarketplaceFault fault) when (fault.Kind is FaultKind.Uncertain or FaultKind.Malformed)
        {
            await run.WriteAsync(tx => verdicts.DoubtAsync(tx, attempt.Batch, "in_flight"), CancellationToken.None);
            return [];
        }
        catch (MarketplaceFault fault) when (fault.Kind is FaultKind.Rejected or FaultKind.Missing)
        {
            var alone = attempt.Variants.Count == 1;
            await run.WriteAsync(tx => verdicts.RefuseBatchAsync(tx, attempt.Batch, alone ? fault : null), CancellationToken.None);
            var middle = attempt.Variants.Count / 2;
            return alone ? [] : [attempt.Variants[..middle], attempt.Variants[middle..]];
        }
        catch (MarketplaceFault)
        {
            // Refused before it was processed, or never sent.
            await run.WriteAsync(tx => verdicts.RefuseBatchAsync(tx, attempt.Batch, null), CancellationToken.None);
            throw;
        }
    }

    sealed record Attempt(ListingBatch Batch, List<Guid> Variants, IReadOnlyList<ListingDraft> Drafts, bool Mends);
}
