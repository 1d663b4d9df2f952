using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Work;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Sync.Offers;

/// <summary>
/// Sends what waits on one axis of a connection's offers: claims with the values of this moment, writes the attempt down, sends, and
/// writes down what was answered. Killed anywhere in between, the attempt is found and counts as unknown.
/// </summary>
public sealed class Pusher(
    ConnectionStore connections, OfferStore offers, BatchStore batches, PushPlan plans, Breaker breaker, Outcomes outcomes, ReceiptPace pace, Nudges nudges, TimeProvider clock, IOptions<SyncOptions> options)
{
    const int BatchesPerRun = 20;

    public async Task RunAsync(JobRun run, bool price, CancellationToken cancel)
    {
        if (run.Can<IOfferTarget>() is not { } target)
            return;

        // Null is "whatever is most urgent"; a batch that was refused as a whole is tried again in halves.
        var turns = new Stack<IReadOnlyCollection<Guid>?>([null]);
        var access = await run.AccessAsync(cancel);
        for (var i = 0; i < BatchesPerRun && turns.TryPop(out var only); i++)
        {
            cancel.ThrowIfCancellationRequested();
            var attempt = await run.WriteAsync(tx => PrepareAsync(tx, run, target, only, price), cancel);
            if (attempt is null)
                continue;
            if (only is null)
                turns.Push(null);
            foreach (var half in await SendAsync(run, target, access, attempt))
                turns.Push(half);
        }

        await run.WriteAsync(tx => PlanNextAsync(tx, run, price, again: turns.Count > 0), cancel);
    }

    /// <summary>Steps 4 and 5, in one transaction with the record of the attempt. Null when nothing may be sent.</summary>
    async Task<Attempt?> PrepareAsync(Tx tx, JobRun run, IOfferTarget target, IReadOnlyCollection<Guid>? only, bool price)
    {
        var now = await tx.NowMsAsync();
        foreach (var lost in await batches.AbandonedAsync(tx, run.StoreId, run.ConnectionId, BatchStore.Axis(price)))
            await outcomes.DoubtAsync(tx, lost, "in_flight");

        if (await connections.FindAsync(tx, run.StoreId, run.ConnectionId) is not { } connection || !connection.Sends(price))
            return null;
        var fresh = connection.OrdersReadStartedMs >= now - (long)options.Value.Fresh.TotalMilliseconds;
        var claimed = await ClaimAsync(tx, run, only, price, fresh, now);
        if (!price)
            claimed = await breaker.PassAsync(tx, run.StoreId, run.ConnectionId, claimed);
        var sound = await JudgeAsync(tx, target, claimed, price, now);
        var plan = await plans.ComposeAsync(tx, run.Marketplace, sound, price, fresh);
        return plan.Count == 0 ? null : await RecordAsync(tx, run, target, plan, price, now);
    }

    async Task<List<Planned>> ClaimAsync(Tx tx, JobRun run, IReadOnlyCollection<Guid>? only, bool price, bool fresh, long now)
    {
        var max = run.Marketplace.Manners.BatchMax;
        var found = only is not null
            ? (await offers.OfConnectionAsync(tx, run.StoreId, run.ConnectionId, only)).Where(offer => IsWaiting(offer, price, now))
            : price
                ? await offers.PricesToSendAsync(tx, run.StoreId, run.ConnectionId, max)
                : await offers.StockToSendAsync(tx, run.StoreId, run.ConnectionId, max, fresh);
        var planned = found
            .Where(offer => price || fresh || offer.GoesDown())
            .Where(offer => offer.Axis(price).Desired is not null)
            .Select(offer => new Planned(offer, offer.Axis(price).Desired!.Value))
            .ToList();

        // What may only be raised on fresh orders waits for them; the read nudges us when it is complete.
        if (!price && !fresh && await offers.WaitsForOrdersAsync(tx, run.StoreId, run.ConnectionId))
            await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.PullOrders);
        return planned;
    }

    static bool IsWaiting(Offer offer, bool price, long now) =>
        offer.Axis(price).State is AxisStates.Dirty or AxisStates.Diverged && offer.Axis(price).NotBeforeMs <= now;

    /// <summary>Takes out what the marketplace's published rules refuse, so that one bad value does not fail its neighbours.</summary>
    async Task<IReadOnlyList<Planned>> JudgeAsync(Tx tx, IOfferTarget target, List<Planned> plan, bool price, long now)
    {
        List<Planned> sound = [];
        List<Refusal> unsound = [];
        foreach (var item in plan)
        {
            if (target.Judge(item.ToPush(price)) is not { } fault)
            {
                sound.Add(item);
                continue;
            }

            var axis = item.Offer.Axis(price);
            axis.Send(item.Value);
            unsound.Add(new(item.Offer, axis.SentVersion, item.Value, fault) { Rule = fault.Message });
        }

        await outcomes.RefuseAsync(tx, price, unsound, now);
        return sound;
    }

    async Task<Attempt> RecordAsync(Tx tx, JobRun run, IOfferTarget target, IReadOnlyList<Planned> plan, bool price, long now)
    {
        var batch = new Batch
        {
            StoreId = run.StoreId,
            Id = Ids.New(clock),
            ConnectionId = run.ConnectionId,
            Axis = BatchStore.Axis(price),
            BodyHash = PushPlan.Hash(target, plan, price),
            State = "in_flight",
            OwnerEpoch = run.Epoch,
            SentMs = now,
            // An unanswered receipt is given up after 80 % of its life.
            ExpiresMs = now + (long)(0.8 * run.Marketplace.Manners.ReceiptLife.TotalMilliseconds),
        };
        List<BatchItem> items = [];
        IReadOnlySet<Guid> emptied = price ? new HashSet<Guid>() : await Breaker.EmptiedAsync(tx, plan.Select(item => item.Offer));
        foreach (var (offer, value) in plan)
        {
            var axis = offer.Axis(price);
            items.Add(new()
            {
                StoreId = run.StoreId,
                BatchId = batch.Id,
                VariantId = offer.VariantId,
                Barcode = offer.Barcode,
                Quantity = price ? null : value.First,
                PriceMinor = price ? value.First : null,
                ListMinor = price ? value.Second : null,
                Version = axis.DesiredVersion,
                DirtyMs = axis.DirtyMs,
                Priority = offer.Priority,
                Zeroed = emptied.Contains(offer.VariantId),
            });
        }

        await batches.AddAsync(tx, batch, items);
        foreach (var item in plan)
        {
            if (!price && item.Offer.Stock.State is AxisStates.Awaiting or AxisStates.Uncertain)
                item.Offer.Overlapped = true;
            item.Offer.Axis(price).Send(item.Value);
            item.Offer.SentMs = now;
        }

        await offers.SaveAsync(tx, [.. plan.Select(item => item.Offer)]);

        return new(batch, [.. items.Select(item => item.VariantId)], PushPlan.Pushes(plan, price));
    }

    /// <summary>Step 6. Answers the halves of a batch that was refused as a whole.</summary>
    async Task<IReadOnlyList<IReadOnlyCollection<Guid>>> SendAsync(JobRun run, IOfferTarget target, SellerAccess access, Attempt attempt)
    {
        try
        {
            // Not ended by a stop: a request that is cancelled half-way is one whose fate is unknown.
            var receipt = await target.PushAsync(access, attempt.Pushes, CancellationToken.None);
            run.WasAnswered();
            // The next price of an item waits for the result of the one before, so the pace of looking is the pace of prices.
            var poll = pace.First(run.ConnectionId);
            if (attempt.Batch.OfPrice && poll < run.Marketplace.Manners.PriceInterval)
                poll = run.Marketplace.Manners.PriceInterval;
            await run.WriteAsync(
                async tx =>
                {
                    if (!await batches.AcceptAsync(tx, run.StoreId, attempt.Batch.Id, receipt.ReceiptId, poll))
                        return;
                    await outcomes.AcceptAsync(tx, attempt.Batch);
                    await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.ReadReceipts, poll);
                },
                CancellationToken.None);
            return [];
        }
        catch (MarketplaceFault fault) when (fault.Kind is FaultKind.Uncertain or FaultKind.Malformed)
        {
            run.IsInDoubt(fault);
            await run.WriteAsync(tx => outcomes.DoubtAsync(tx, attempt.Batch, "in_flight"), CancellationToken.None);
            return [];
        }
        catch (MarketplaceFault fault) when (fault.Kind is FaultKind.Rejected && fault.Code != FaultCodes.ApiRetired)
        {
            run.WasAnswered();
            var repeat = fault.Code == FaultCodes.IdenticalBody;
            var alone = attempt.Variants.Count == 1 && !repeat;
            await run.WriteAsync(tx => outcomes.RefuseBatchAsync(tx, attempt.Batch, alone ? fault : null), CancellationToken.None);
            if (alone || repeat)
                return [];
            var middle = attempt.Variants.Count / 2;
            return [attempt.Variants[..middle], attempt.Variants[middle..]];
        }
        catch (MarketplaceFault)
        {
            // Refused before it was processed, or never sent. A service that is not there, or not there any more, has judged no value either.
            await run.WriteAsync(tx => outcomes.TakeBackAsync(tx, attempt.Batch), CancellationToken.None);
            throw;
        }
    }

    async Task PlanNextAsync(Tx tx, JobRun run, bool price, bool again)
    {
        var kind = price ? JobKinds.PushPrices : JobKinds.PushStock;
        if (again)
            await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, kind);
        else if (await offers.NextSendInAsync(tx, run.StoreId, run.ConnectionId, price) is { } wait)
            await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, kind, TimeSpan.FromMilliseconds(Math.Max(0, wait) + 1));
    }

    sealed record Attempt(Batch Batch, List<Guid> Variants, IReadOnlyList<OfferPush> Pushes);
}

/// <summary>Sends stock.</summary>
public sealed class PushStockJob(Pusher pusher) : ISyncJob
{
    public string Kind => JobKinds.PushStock;

    public Task RunAsync(JobRun run, CancellationToken cancel) => pusher.RunAsync(run, price: false, cancel);
}

/// <summary>Sends prices.</summary>
public sealed class PushPricesJob(Pusher pusher) : ISyncJob
{
    public string Kind => JobKinds.PushPrices;

    public Task RunAsync(JobRun run, CancellationToken cancel) => pusher.RunAsync(run, price: true, cancel);
}
