using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Offers;

/// <summary>Asks what became of accepted batches, more seldom each time. Only what is said of an item counts.</summary>
public sealed class ReadReceiptsJob(BatchStore batches, Outcomes outcomes, ReceiptPace pace, Nudges nudges, IssueStore issues) : ISyncJob
{
    const int PerRun = 40;

    /// <summary>A result that is awaited for so long is worth a word: most come within a minute.</summary>
    const long LateMs = 10 * 60_000;

    public string Kind => JobKinds.ReadReceipts;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (run.Can<IOfferTarget>() is not { } target)
            return;
        var access = await run.AccessAsync(cancel);
        foreach (var batch in await run.ReadAsync(tx => batches.ToPollAsync(tx, run.StoreId, run.ConnectionId, PerRun), cancel))
            await PollAsync(run, target, access, batch, cancel);

        await run.WriteAsync(
            async tx =>
            {
                await issues.StandAsync(
                    tx, run.StoreId, IssueCatalog.ReceiptLate, run.ConnectionId, run.ConnectionId.ToWire(),
                    await batches.OldestAwaitedAsync(tx, run.StoreId, run.ConnectionId) <= await tx.NowMsAsync() - LateMs);
                if (await batches.NextPollInAsync(tx, run.StoreId, run.ConnectionId) is { } wait)
                    await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, Kind, TimeSpan.FromMilliseconds(Math.Max(0, wait) + 1));
            },
            cancel);
    }

    async Task PollAsync(JobRun run, IOfferTarget target, SellerAccess access, Batch batch, CancellationToken cancel)
    {
        ReceiptAnswer answer;
        try
        {
            answer = await target.ReadReceiptAsync(access, batch.ReceiptId, cancel);
        }
        catch (MarketplaceFault fault) when (fault.Kind == FaultKind.Missing)
        {
            await run.WriteAsync(tx => GiveUpAsync(tx, batch), cancel);
            return;
        }
        catch (MarketplaceFault fault) when (fault.Kind is not (FaultKind.Unauthorised or FaultKind.Forbidden or FaultKind.Throttled))
        {
            // One batch that cannot be asked for must not keep the others from being asked.
            await run.WriteAsync(tx => WaitAsync(tx, batch), cancel);
            return;
        }

        var askedMs = await run.WriteAsync(tx => TakeAsync(tx, batch, answer), cancel);
        if (askedMs is { } atMs && batch.Polls == 0)
            pace.Learn(run.ConnectionId, TimeSpan.FromMilliseconds(atMs - batch.SentMs), answer.Terminal);
    }

    /// <returns>When it was asked for; null when somebody has decided the batch already.</returns>
    async Task<long?> TakeAsync(Tx tx, Batch batch, ReceiptAnswer answer)
    {
        if (!await batches.IsAwaitedAsync(tx, batch.StoreId, batch.Id))
            return null;
        var now = await tx.NowMsAsync();
        var said = answer.Items.GroupBy(item => item.Barcode, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        List<Pair> confirmed = [], silent = [];
        List<(Pair, MarketplaceFault)> refused = [];
        foreach (var pair in await outcomes.PairsAsync(tx, batch))
        {
            if (!said.TryGetValue(pair.Item.Barcode, out var decided))
                silent.Add(pair);
            else if (decided.Fault is null)
                confirmed.Add(pair);
            else
                refused.Add((pair, decided.Fault));
        }

        await outcomes.ConfirmAsync(tx, batch, confirmed, now);
        await outcomes.RefuseItemsAsync(tx, batch, refused, now);
        if (answer.Terminal)
            await outcomes.DoubtItemsAsync(tx, batch, silent, now);
        if (said.Values.Any(item => item.Fault is null))
            await tx.ExecuteAsync(
                "update connections set confirmed_ms = @atMs where store_id = @StoreId and id = @ConnectionId and (confirmed_ms is null or confirmed_ms < @atMs)",
                new { batch.StoreId, batch.ConnectionId, atMs = now });
        if (answer.Terminal || silent.Count == 0)
            await FinishAsync(tx, batch);
        else
            await WaitAsync(tx, batch);
        return now;
    }

    async Task FinishAsync(Tx tx, Batch batch)
    {
        await batches.MoveAsync(tx, batch.StoreId, batch.Id, "awaiting", "done");
        await issues.ResolveAsync(tx, batch.StoreId, IssueCatalog.ReceiptLost, batch.ConnectionId, batch.ConnectionId.ToWire());
        // What changed while it was on its way goes next, and what is in doubt is looked at.
        await nudges.SendAsync(tx, batch.StoreId, batch.ConnectionId, batch.OfPrice ? JobKinds.PushPrices : JobKinds.PushStock);
        await nudges.SendAsync(tx, batch.StoreId, batch.ConnectionId, JobKinds.VerifyOffers, Outcomes.VerifyAfter);
    }

    async Task WaitAsync(Tx tx, Batch batch)
    {
        if (batch.ExpiresMs <= await tx.NowMsAsync())
        {
            await GiveUpAsync(tx, batch);
            return;
        }

        await batches.PollLaterAsync(tx, batch.StoreId, batch.Id, pace.Next(batch.ConnectionId, batch.Polls));
    }

    async Task GiveUpAsync(Tx tx, Batch batch)
    {
        await outcomes.DoubtAsync(tx, batch, "awaiting");
        await issues.OpenAsync(tx, batch.StoreId, IssueCatalog.ReceiptLost, batch.ConnectionId, batch.ConnectionId.ToWire());
    }
}
