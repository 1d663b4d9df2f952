using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Sync.Work;

/// <summary>
/// One thing to tell a marketplace that it must not hear twice. That it is being said is on record before it is: whatever happens then,
/// also the death of the program, it is said again only after a reading that began <see cref="OnItsWayMs"/> later and still shows it undone.
/// </summary>
public sealed record Telling
{
    /// <summary>A request that its sender has given up may still arrive for so long: a reading that began sooner says nothing about it.</summary>
    public const long OnItsWayMs = 60_000;

    /// <summary>When it was last said without a definite answer; null when it never was.</summary>
    public required long? SentMs { get; init; }

    /// <summary>The refusal that, said again after doubt, means that it was heard the first time.</summary>
    public required string HeardCode { get; init; }

    /// <summary>Stores <see cref="SentMs"/>. Answers 0 when it is not to be said any more.</summary>
    public required Func<Tx, long?, Task<int>> Mark { get; init; }

    /// <summary>Says it. Not ended by a stop of the program: cancelled half-way, its fate would be unknown.</summary>
    public required Func<Task> Say { get; init; }

    /// <summary>Stores how it ended: refused, or without a fault taken.</summary>
    public required Func<Tx, MarketplaceFault?, Task> Told { get; init; }

    /// <summary>Tells what waits, one after the other, and has the marketplace read again for what came of it.</summary>
    /// <param name="waiting">Those whose turn it is, a run's worth.</param>
    /// <param name="thenRead">The job that sees the outcome: one of <see cref="JobKinds"/>.</param>
    public static async Task AllAsync<T>(
        JobRun run, Nudges nudges, Func<Tx, Task<IReadOnlyList<T>>> waiting, Func<T, SellerAccess, Task<Telling>> prepare, string thenRead, CancellationToken cancel)
    {
        var access = await run.AccessAsync(cancel);
        var all = await run.ReadAsync(waiting, cancel);
        foreach (var one in all)
        {
            cancel.ThrowIfCancellationRequested();
            await (await prepare(one, access)).RunAsync(run, cancel);
        }

        if (all.Count > 0)
            await run.WriteAsync(tx => nudges.SendAsync(tx, run.StoreId, run.ConnectionId, thenRead), cancel);
    }

    async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (await run.WriteAsync(async tx => await Mark(tx, await tx.NowMsAsync()), cancel) == 0)
            return;
        MarketplaceFault? refusal = null;
        try
        {
            await Say();
            run.WasAnswered();
        }
        catch (MarketplaceFault fault) when (fault.Kind is FaultKind.Rejected or FaultKind.Missing)
        {
            run.WasAnswered();
            refusal = SentMs is not null && fault.Code == HeardCode ? null : fault;
        }
        catch (MarketplaceFault fault) when (fault.Kind is FaultKind.Uncertain or FaultKind.Malformed)
        {
            run.IsInDoubt(fault);
            return;
        }
        catch (MarketplaceFault)
        {
            // It never reached the marketplace, or was turned away unread: it is as much in doubt as it was before.
            await run.WriteAsync(tx => Mark(tx, SentMs), CancellationToken.None);
            throw;
        }

        await run.WriteAsync(tx => Told(tx, refusal), CancellationToken.None);
    }
}
