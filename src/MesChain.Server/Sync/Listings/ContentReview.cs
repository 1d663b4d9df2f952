using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Listings;

/// <summary>
/// Reads what the review says of changed content. It is asked by the card; our request is known by its receipt, and one whose receipt was lost
/// by its hour.
/// </summary>
public sealed class ContentReview(ChangeStore changes, ChangeVerdicts verdicts)
{
    const int PerLook = 50;

    /// <summary>No review takes this long.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromDays(14);

    /// <summary>Their clock and ours need not agree to the second.</summary>
    static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    public async Task LookAsync(JobRun run, IContentTarget source, SellerAccess access, CancellationToken cancel)
    {
        var due = await run.ReadAsync(tx => changes.ToLookAsync(tx, run.StoreId, run.ConnectionId, ChangeKinds.Content, PerLook), cancel);
        foreach (var card in due.GroupBy(change => change.CardId, StringComparer.Ordinal))
        {
            var told = await ReadAsync(source, access, card.Key, cancel);
            await run.WriteAsync(
                async tx =>
                {
                    var now = await tx.NowMsAsync();
                    foreach (var change in await changes.HoldAsync(tx, run.StoreId, run.ConnectionId, ChangeKinds.Content, card.Select(change => change.VariantId)))
                    {
                        // Another unit may have moved it on while the marketplace was read.
                        if (change.State is ChangeStates.Told or ChangeStates.Doubt && change.CheckMs <= now)
                            await SeeAsync(tx, change, told);
                    }
                },
                cancel);
        }
    }

    /// <summary>
    /// Stock code, rate and weight in doubt: no reading shows all three, but they are values and no steps, so that they are said again when
    /// the first request can no longer arrive after the second.
    /// </summary>
    public Task WaitAsync(JobRun run, CancellationToken cancel) => run.WriteAsync(
        async tx =>
        {
            var due = await changes.ToLookAsync(tx, run.StoreId, run.ConnectionId, ChangeKinds.Terms, PerLook);
            foreach (var change in await changes.HoldAsync(tx, run.StoreId, run.ConnectionId, ChangeKinds.Terms, due.Select(change => change.VariantId)))
                await verdicts.NotYetAsync(tx, change, Outcomes.DoubtFor, Unseen);
        },
        cancel);

    static async Task<IReadOnlyList<ContentVerdict>> ReadAsync(IContentTarget source, SellerAccess access, string cardId, CancellationToken cancel)
    {
        try
        {
            return await source.ReadContentVerdictsAsync(access, cardId, cancel);
        }
        catch (MarketplaceFault fault) when (fault.Kind is FaultKind.Missing or FaultKind.Rejected)
        {
            return [];
        }
    }

    async Task SeeAsync(Tx tx, ListingChange change, IReadOnlyList<ContentVerdict> told)
    {
        if (change.State == ChangeStates.Doubt)
        {
            var since = DateTimeOffset.FromUnixTimeMilliseconds(change.SentMs ?? 0) - Margin;
            // Its receipt is that of an earlier one still.
            var arrived = told.FirstOrDefault(verdict => verdict.AskedAt >= since && verdict.ReceiptId != change.ReceiptId);
            if (arrived is null)
            {
                await verdicts.NotYetAsync(tx, change, Outcomes.DoubtFor, Unseen);
                return;
            }

            (change.State, change.ReceiptId) = (ChangeStates.Told, arrived.ReceiptId);
        }

        var ours = told.Where(verdict => verdict.ReceiptId == change.ReceiptId).ToList();
        if (ours.Count == 0 || ours.Exists(verdict => verdict.State == VerdictState.Pending))
            await verdicts.NotYetAsync(tx, change, Patience, Unseen);
        // What stands there already is as it shall be.
        else if (ours.Find(verdict => verdict is { State: VerdictState.Refused, Fault.Code: not FaultCodes.NothingChanged }) is { } refused)
            await verdicts.RefuseAsync(tx, change, refused.Fault ?? new(FaultKind.Rejected, FaultCodes.ListingRejected, "The review refused the change."));
        else
            await verdicts.DoneAsync(tx, change);
    }

    static MarketplaceFault Unseen() => new(FaultKind.Rejected, FaultCodes.ListingRefused, "It was sent three times, and the marketplace says nothing of it.");
}
