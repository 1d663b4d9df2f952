using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Listings;

/// <summary>Sends drafts with the content of this moment: new ones, and mended ones that the marketplace's review holds already.</summary>
public sealed class ListingSender(
    ConnectionStore connections, CatalogStore catalog, LinkStore links, ListingStore listings, Preflight preflight, ListingVerdicts verdicts, ListingPost post)
{
    /// <summary>Drafts that are judged in one transaction.</summary>
    const int PerBatch = 100;

    public Task RunAsync(JobRun run, IListingTarget target, SellerAccess access, CancellationToken cancel) =>
        post.RunAsync(run, verdicts, (tx, only) => PrepareAsync(tx, run, target, access, only), cancel);

    /// <summary>Null when nothing may be sent.</summary>
    async Task<ListingLetter?> PrepareAsync(Tx tx, JobRun run, IListingTarget target, SellerAccess access, IReadOnlyCollection<Guid>? only)
    {
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
        return ready.Count == 0 ? null : await RecordAsync(tx, run, target, access, [.. ready.Where(one => one.Listing.Present == mends)], mends);
    }

    async Task<ListingLetter> RecordAsync(Tx tx, JobRun run, IListingTarget target, SellerAccess access, IReadOnlyList<(Listing Listing, Judged Judged)> ready, bool mends)
    {
        var now = await tx.NowMsAsync();
        var batch = await post.RecordAsync(tx, run, ListingBatch.Makes, now);
        foreach (var (listing, judged) in ready)
        {
            if (listing.ContentHash != judged.Hash)
                listing.Refusals = 0;
            listing.State = ListingStates.Submitted;
            listing.BatchId = batch.Id;
            listing.ContentHash = judged.Hash;
            listing.Said = ContentParts.Of(judged.Draft!, judged.Own).ToString();
            listing.SentMs = now;
            (listing.Checks, listing.CheckMs) = (0, null);
            await listings.SaveAsync(tx, listing, []);
        }

        List<ListingDraft> drafts = [.. ready.Select(one => one.Judged.Draft!)];
        return new(
            batch,
            [.. ready.Select(one => one.Listing.VariantId)],
            () => mends ? ((IListingMending)target).MendListingsAsync(access, drafts, CancellationToken.None) : target.CreateListingsAsync(access, drafts, CancellationToken.None));
    }
}
