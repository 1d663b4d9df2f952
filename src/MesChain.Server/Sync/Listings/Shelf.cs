using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Listings;

/// <summary>
/// Puts listings into the marketplace's archive and takes them out again. What goes in offers nothing any more, so that what comes out does
/// not bring back units that were sold elsewhere meanwhile: its stock follows only when it is seen on sale.
/// </summary>
public sealed class Shelf(ConnectionStore connections, ListingStore listings, ChangeStore changes, ChangeVerdicts verdicts, ListingPost post, Desire desire)
{
    const int PerLook = 50;

    /// <summary>Listings in one request, and in one transaction.</summary>
    const int PerBatch = 200;

    /// <summary>A listing that is missing from the marketplace's answer so often is gone.</summary>
    const long AbsentMax = 2;

    /// <summary>How long it is waited for the marketplace's word that nothing is offered any more; off sale it must go all the same.</summary>
    static readonly TimeSpan EmptyWithin = TimeSpan.FromMinutes(10);

    static readonly TimeSpan EmptyAgain = TimeSpan.FromSeconds(5);
    static readonly TimeSpan ReviewedAgain = TimeSpan.FromMinutes(2);

    /// <summary>Looks at what was said, and at what nobody knows whether it arrived.</summary>
    public async Task LookAsync(JobRun run, IListingSource source, SellerAccess access, CancellationToken cancel)
    {
        var due = await run.ReadAsync(tx => changes.ToLookAsync(tx, run.StoreId, run.ConnectionId, ChangeKinds.Shelf, PerLook), cancel);
        if (due.Count == 0)
            return;
        var statuses = (await source.ReadListingsAsync(access, [.. due.Select(change => change.Barcode)], cancel))
            .GroupBy(status => status.Barcode, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        await run.WriteAsync(
            async tx =>
            {
                var now = await tx.NowMsAsync();
                foreach (var change in await changes.HoldAsync(tx, run.StoreId, run.ConnectionId, ChangeKinds.Shelf, due.Select(change => change.VariantId)))
                {
                    // Another unit may have moved it on while the marketplace was read.
                    if (change.State is ChangeStates.Told or ChangeStates.Doubt && change.CheckMs <= now)
                        await SeeAsync(tx, change, statuses.GetValueOrDefault(change.Barcode));
                }
            },
            cancel);
    }

    public Task SendAsync(JobRun run, IListingArchive archive, SellerAccess access, CancellationToken cancel) =>
        post.RunAsync(run, verdicts, (tx, only) => PrepareAsync(tx, run, archive, access, only), cancel);

    async Task<ListingLetter?> PrepareAsync(Tx tx, JobRun run, IListingArchive archive, SellerAccess access, IReadOnlyCollection<Guid>? only)
    {
        if (await connections.FindAsync(tx, run.StoreId, run.ConnectionId) is not { Works: true, Mode: ConnectionRow.Live } connection)
            return null;
        var waiting = only is null
            ? await changes.WaitingAsync(tx, run.StoreId, run.ConnectionId, ChangeKinds.Shelf, PerBatch)
            : [.. (await changes.HoldAsync(tx, run.StoreId, run.ConnectionId, ChangeKinds.Shelf, only)).Where(change => change.State == ChangeStates.Waiting)];
        var ready = await ReadyAsync(tx, run, waiting, connection.Sends(price: false));
        if (ready.Count == 0)
            return null;

        // One request says one thing; the marketplace may carry out two in either order.
        var wanted = ready[0].Wanted;
        var now = await tx.NowMsAsync();
        var batch = await post.RecordAsync(tx, run, ChangeKinds.Shelf, now);
        List<ListingChange> said = [.. ready.Where(change => change.Wanted == wanted)];
        foreach (var change in said)
        {
            (change.State, change.Said, change.SentMs, change.BatchId, change.CheckMs) = (ChangeStates.Sent, wanted, now, batch.Id, null);
            await changes.SaveAsync(tx, change);
        }

        return new(
            batch,
            [.. said.Select(change => change.VariantId)],
            () => archive.ArchiveAsync(access, [.. said.Select(change => change.Barcode)], wanted == ListingChange.Archived, CancellationToken.None));
    }

    /// <summary>Those that can be said now; the others are tried again soon.</summary>
    async Task<IReadOnlyList<ListingChange>> ReadyAsync(Tx tx, JobRun run, IReadOnlyList<ListingChange> waiting, bool sendsStock)
    {
        var now = await tx.NowMsAsync();
        var states = (await listings.HoldAsync(tx, run.StoreId, run.ConnectionId, waiting.Select(change => change.VariantId))).ToDictionary(listing => listing.VariantId, listing => listing.State);
        var empty = sendsStock ? (await changes.EmptyAsync(tx, run.StoreId, run.ConnectionId, waiting.Select(change => change.VariantId))).ToHashSet() : null;
        var ready = new List<ListingChange>(waiting.Count);
        foreach (var change in waiting)
        {
            TimeSpan? wait = !ListingStates.IsApproved(states[change.VariantId]) ? ReviewedAgain
                : change.Wanted == ListingChange.Archived && empty?.Contains(change.VariantId) == false && now - change.AskedMs < (long)EmptyWithin.TotalMilliseconds ? EmptyAgain
                : null;
            if (wait is null)
            {
                ready.Add(change);
                continue;
            }

            change.CheckMs = now + (long)wait.Value.TotalMilliseconds;
            await changes.SaveAsync(tx, change);
        }

        return ready;
    }

    async Task SeeAsync(Tx tx, ListingChange change, ListingStatus? status)
    {
        var archives = change.Said == ListingChange.Archived;
        if (status is null && ++change.Checks < AbsentMax)
            await verdicts.NotYetAsync(tx, change, Outcomes.DoubtFor, () => Unseen(change));
        else if (status is null && !archives)
            await verdicts.RefuseAsync(tx, change, new(FaultKind.Rejected, FaultCodes.BarcodeUnknown, "The marketplace no longer has it."));
        else if (status is null || archives == IsOff(status))
            await EndAsync(tx, change, status);
        else
            await verdicts.NotYetAsync(tx, change, Outcomes.DoubtFor, () => Unseen(change));
    }

    // What the marketplace itself has stopped is off sale too, and shows nothing else.
    static bool IsOff(ListingStatus status) => status.State is ListingState.Archived or ListingState.Locked or ListingState.Stopped;

    static MarketplaceFault Unseen(ListingChange change) => new(
        FaultKind.Rejected, FaultCodes.ListingRefused, $"It was said three times and is still {(change.Said == ListingChange.Archived ? "on sale" : "in the archive")}.");

    async Task EndAsync(Tx tx, ListingChange change, ListingStatus? status)
    {
        if (!await verdicts.DoneAsync(tx, change))
            return;
        var listing = (await listings.HoldAsync(tx, change.StoreId, change.ConnectionId, [change.VariantId]))[0];
        var causes = (await listings.CausesAsync(tx, change.StoreId, change.ConnectionId, [change.VariantId])).Select(cause => cause.ToCause()).ToList();
        if (change.Said == ListingChange.Archived)
        {
            if (status is null or { State: ListingState.Archived })
                (listing.State, listing.CheckMs, causes) = (ListingStates.Ended, null, []);
            await listings.SaveAsync(tx, listing, causes);
            return;
        }

        (listing.State, listing.StoppedMs, listing.CheckMs) = (ListingStates.Live, null, await tx.NowMsAsync());
        await listings.SaveAsync(tx, listing, causes);
        await desire.RecomputeAsync(tx, change.StoreId, [change.VariantId]);
        await changes.OutdateAsync(tx, change.StoreId, [change.VariantId]);
    }
}
