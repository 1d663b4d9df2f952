using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Listings;

/// <summary>
/// Brings listings on: asks what became of requests, looks at what is under review or in doubt, and sends what waits, in this order, so that
/// what a reading answers is never sent again. Each request is written down before it is sent; killed in between, it counts as unknown.
/// What shall go off sale comes before what shall come on.
/// </summary>
public sealed class ListingsJob(ListingStore listings, ListingSender sender, ListingVerdicts verdicts, Shelf shelf, ContentSender content, ContentReview review, ChangeVerdicts changes, Nudges nudges) : ISyncJob
{
    const int PerRun = 50;

    static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(2);

    public string Kind => JobKinds.Listings;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (run.Marketplace is not (IListingTarget target and IListingSource source))
            return;
        var access = await run.AccessAsync(cancel);
        await run.WriteAsync(tx => DoubtAbandonedAsync(tx, run), cancel);
        foreach (var batch in await run.ReadAsync(tx => listings.ToPollAsync(tx, run.StoreId, run.ConnectionId, PerRun), cancel))
            await PollAsync(run, target, access, batch, cancel);
        await CheckAsync(run, source, access, cancel);
        if (run.Can<IListingArchive>() is { } archive)
        {
            await shelf.LookAsync(run, source, access, cancel);
            await shelf.SendAsync(run, archive, access, cancel);
        }

        await sender.RunAsync(run, target, access, cancel);
        if (run.Can<IContentTarget>() is { } cards)
            await review.LookAsync(run, cards, access, cancel);
        await review.WaitAsync(run, cancel);
        await content.RunAsync(run, access, cancel);
        await run.WriteAsync(
            async tx =>
            {
                if (await listings.NextInAsync(tx, run.StoreId, run.ConnectionId) is { } wait)
                    await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, Kind, TimeSpan.FromMilliseconds(Math.Max(0, wait) + 1));
            },
            cancel);
    }

    /// <summary>Requests that were being sent when their sender died: of a connection one run at a time is at work.</summary>
    async Task DoubtAbandonedAsync(Tx tx, JobRun run)
    {
        foreach (var lost in await listings.AbandonedAsync(tx, run.StoreId, run.ConnectionId))
            await FateOf(lost).DoubtAsync(tx, lost, "in_flight");
    }

    IListingFate FateOf(ListingBatch batch) => batch.Kind == ListingBatch.Makes ? verdicts : changes;

    async Task PollAsync(JobRun run, IListingTarget target, SellerAccess access, ListingBatch batch, CancellationToken cancel)
    {
        ListingReceiptAnswer answer;
        try
        {
            answer = await target.ReadListingReceiptAsync(access, batch.ReceiptId, cancel);
        }
        catch (MarketplaceFault fault) when (fault.Kind == FaultKind.Missing)
        {
            await run.WriteAsync(tx => FateOf(batch).DoubtAsync(tx, batch, "awaiting"), cancel);
            return;
        }
        catch (MarketplaceFault fault) when (fault.Kind is not (FaultKind.Unauthorised or FaultKind.Forbidden or FaultKind.Throttled))
        {
            // One receipt that cannot be asked for must not keep the others from being asked.
            await run.WriteAsync(tx => WaitAsync(tx, batch), cancel);
            return;
        }

        await run.WriteAsync(
            async tx =>
            {
                if (await FateOf(batch).TakeAsync(tx, batch, answer))
                    await WaitAsync(tx, batch);
            },
            cancel);
    }

    async Task WaitAsync(Tx tx, ListingBatch batch)
    {
        if (batch.ExpiresMs <= await tx.NowMsAsync())
        {
            await FateOf(batch).DoubtAsync(tx, batch, "awaiting");
            return;
        }

        var pause = ListingPost.FirstPoll * Math.Pow(2, Math.Min(batch.Polls + 1, 10));
        await listings.PollLaterAsync(tx, batch.StoreId, batch.Id, pause < PauseMax ? pause : PauseMax);
    }

    async Task CheckAsync(JobRun run, IListingSource source, SellerAccess access, CancellationToken cancel)
    {
        var due = await run.ReadAsync(tx => listings.ToCheckAsync(tx, run.StoreId, run.ConnectionId, PerRun), cancel);
        if (due.Count == 0)
            return;
        var statuses = (await source.ReadListingsAsync(access, [.. due.Select(listing => listing.Barcode)], cancel))
            .GroupBy(status => status.Barcode, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        await run.WriteAsync(tx => verdicts.SeeAsync(tx, run, due, statuses), cancel);
    }
}
