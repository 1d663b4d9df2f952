using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Listings;

/// <summary>What becomes of the things that a request about listings carries.</summary>
public interface IListingFate
{
    /// <summary>Nobody knows what became of a request.</summary>
    /// <param name="from">The state that it must stand in; otherwise somebody has decided it already.</param>
    Task DoubtAsync(Tx tx, ListingBatch batch, string from);

    /// <summary>A request was refused as a whole.</summary>
    /// <param name="fault">The refusal of the only thing in it; null when they are to be sent again.</param>
    Task RefuseBatchAsync(Tx tx, ListingBatch batch, MarketplaceFault? fault);

    /// <summary>Takes what a receipt says of each. Answers whether some are not decided yet.</summary>
    Task<bool> TakeAsync(Tx tx, ListingBatch batch, ListingReceiptAnswer answer);
}

/// <summary>A request that stands written down and is to leave now.</summary>
/// <param name="Variants">Whose listings it is about.</param>
public sealed record ListingLetter(ListingBatch Batch, IReadOnlyList<Guid> Variants, Func<Task<ListingReceipt>> Send);

/// <summary>Sends requests about listings, one after another. Each is on record before it leaves, and none is repeated because its answer was lost.</summary>
public sealed class ListingPost(ListingStore listings, Nudges nudges, TimeProvider clock)
{
    public static readonly TimeSpan FirstPoll = TimeSpan.FromSeconds(2);

    const int BatchesPerRun = 20;

    /// <param name="prepare">Writes the next request down, in the transaction of what it changes; null when nothing may be sent. Told which variants are meant, or null for whatever waits longest.</param>
    public async Task RunAsync(JobRun run, IListingFate fate, Func<Tx, IReadOnlyCollection<Guid>?, Task<ListingLetter?>> prepare, CancellationToken cancel)
    {
        // Null is "whatever waits longest"; a request that was refused as a whole is tried again in halves.
        var turns = new Stack<IReadOnlyCollection<Guid>?>([null]);
        for (var i = 0; i < BatchesPerRun && turns.TryPop(out var only); i++)
        {
            cancel.ThrowIfCancellationRequested();
            var letter = await run.WriteAsync(tx => prepare(tx, only), cancel);
            if (letter is null)
                continue;
            if (only is null)
                turns.Push(null);
            foreach (var half in await SendAsync(run, fate, letter))
                turns.Push(half);
        }

        if (turns.Count > 0)
            await run.WriteAsync(tx => nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.Listings), cancel);
    }

    /// <summary>A request to be, written down.</summary>
    public async Task<ListingBatch> RecordAsync(Tx tx, JobRun run, string kind, long now)
    {
        var batch = new ListingBatch
        {
            StoreId = run.StoreId,
            Id = Ids.New(clock),
            ConnectionId = run.ConnectionId,
            Kind = kind,
            OwnerEpoch = run.Epoch,
            SentMs = now,
            // An unanswered receipt is given up after 80 % of its life.
            ExpiresMs = now + (long)(0.8 * ((IListingTarget)run.Marketplace).ListingManners.ReceiptLife.TotalMilliseconds),
        };
        await listings.AddBatchAsync(tx, batch);
        return batch;
    }

    /// <summary>Answers the halves of a request that was refused as a whole.</summary>
    async Task<IReadOnlyList<IReadOnlyCollection<Guid>>> SendAsync(JobRun run, IListingFate fate, ListingLetter letter)
    {
        try
        {
            // Not ended by a stop: a request that is cancelled half-way is one whose fate is unknown.
            var receipt = await letter.Send();
            await run.WriteAsync(tx => listings.AcceptAsync(tx, run.StoreId, letter.Batch.Id, receipt.ReceiptId, FirstPoll), CancellationToken.None);
            return [];
        }
        catch (MarketplaceFault fault) when (fault.Kind is FaultKind.Uncertain or FaultKind.Malformed)
        {
            await run.WriteAsync(tx => fate.DoubtAsync(tx, letter.Batch, "in_flight"), CancellationToken.None);
            return [];
        }
        catch (MarketplaceFault fault) when (fault.Kind is FaultKind.Rejected && fault.Code != FaultCodes.ApiRetired)
        {
            var alone = letter.Variants.Count == 1;
            await run.WriteAsync(tx => fate.RefuseBatchAsync(tx, letter.Batch, alone ? fault : null), CancellationToken.None);
            var middle = letter.Variants.Count / 2;
            return alone ? [] : [[.. letter.Variants.Take(middle)], [.. letter.Variants.Skip(middle)]];
        }
        catch (MarketplaceFault)
        {
            // Refused before it was processed, or never sent. A service that is not there, or not there any more, has judged nothing either.
            await run.WriteAsync(tx => fate.RefuseBatchAsync(tx, letter.Batch, null), CancellationToken.None);
            throw;
        }
    }
}
