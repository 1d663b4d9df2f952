using System.Security.Cryptography;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Sync.Offers;

/// <summary>One value of a planned request.</summary>
public sealed record Planned(Offer Offer, OfferValue Value)
{
    /// <summary>Another than the desired value stands in for it until then; 0 when it is the desired one.</summary>
    public long ExactFromMs { get; init; }

    public OfferPush ToPush(bool price) => price
        ? new(Offer.Barcode, null, Value.First, Value.Second)
        : new(Offer.Barcode, (int)Value.First, null, null);
}

/// <summary>
/// Composes a body that the marketplace will not refuse as a repeat. In 5 → 4 → 5 the third body equals the first, but the
/// marketplace stands at 4: dropping it would lose the value for good. A change up waits for the end of the window; a change
/// down, which cannot wait, is composed differently: without its companions, with a value that is confirmed anyway, or, when
/// there is nothing else, as zero until the exact value may be sent.
/// </summary>
public sealed class PushPlan(OfferStore offers, BatchStore batches)
{
    // Their clock and ours need not agree to the second.
    static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    const int Reassertable = 8;

    /// <summary>In one order, whatever made the plan: the same values are the same body.</summary>
    public static IReadOnlyList<OfferPush> Pushes(IEnumerable<Planned> plan, bool price) =>
        [.. plan.OrderBy(item => item.Offer.Barcode, StringComparer.Ordinal).Select(item => item.ToPush(price))];

    public static byte[] Hash(IOfferTarget target, IEnumerable<Planned> plan, bool price) => SHA256.HashData(target.Body(Pushes(plan, price)).Span);

    /// <summary>The part of the plan that may be sent now, possibly changed; empty when all of it waits. What waits is written back.</summary>
    public async Task<IReadOnlyList<Planned>> ComposeAsync(Tx tx, IMarketplace marketplace, IReadOnlyList<Planned> plan, bool price, bool fresh)
    {
        var target = (IOfferTarget)marketplace;
        var windowMs = (long)(marketplace.Manners.IdenticalBodyWindow + Margin).TotalMilliseconds;
        if (plan.Count == 0 || await RefusedUntilAsync(tx, target, plan, price, windowMs) is not { } until)
            return plan;

        var down = price ? [] : plan.Where(item => item.Offer.GoesDown()).ToList();
        if (down.Count == 0)
        {
            foreach (var item in plan)
            {
                item.Offer.Axis(price).NotBeforeMs = until;
                await offers.SaveAsync(tx, item.Offer);
            }

            return [];
        }

        foreach (var candidate in await CandidatesAsync(tx, plan, down, fresh))
        {
            if (await RefusedUntilAsync(tx, target, candidate, price, windowMs) is null)
                return candidate;
        }

        return await AsZeroAsync(tx, target, down, windowMs);
    }

    /// <summary>Honest bodies that carry the changes down, most welcome first.</summary>
    async Task<IReadOnlyList<IReadOnlyList<Planned>>> CandidatesAsync(Tx tx, IReadOnlyList<Planned> plan, List<Planned> down, bool fresh)
    {
        List<IReadOnlyList<Planned>> candidates = [];
        if (down.Count < plan.Count)
            candidates.Add(down);
        if (down.Count > 1)
            candidates.Add(down[..(down.Count / 2)]);

        var first = down[0].Offer;
        var planned = plan.Select(item => item.Offer.VariantId).ToHashSet();
        foreach (var other in await offers.ToReassertAsync(tx, first.StoreId, first.ConnectionId, Reassertable + plan.Count))
        {
            // Sending a value again is a push like any other: up only with fresh orders; nothing is always allowed.
            if (!planned.Contains(other.VariantId) && (fresh || other.Stock.Desired?.First == 0))
                candidates.Add([.. down, new Planned(other, other.Stock.Desired!.Value)]);
        }

        return candidates;
    }

    async Task<IReadOnlyList<Planned>> AsZeroAsync(Tx tx, IOfferTarget target, List<Planned> down, long windowMs)
    {
        // All of it is an equal body, so its window is known; the exact values follow when it is over.
        var until = (await RefusedUntilAsync(tx, target, down, false, windowMs))!.Value;
        var zeroes = down.Where(item => item.Value.First > 0).Select(item => item with { Value = OfferValue.Units(0), ExactFromMs = until }).ToList();
        if (zeroes.Count > 0 && await RefusedUntilAsync(tx, target, zeroes, false, windowMs) is null)
            return zeroes;

        foreach (var item in down)
        {
            item.Offer.Stock.NotBeforeMs = until;
            await offers.SaveAsync(tx, item.Offer);
        }

        return [];
    }

    Task<long?> RefusedUntilAsync(Tx tx, IOfferTarget target, IReadOnlyList<Planned> plan, bool price, long windowMs) =>
        batches.RefusedUntilAsync(tx, plan[0].Offer.StoreId, plan[0].Offer.ConnectionId, Hash(target, plan, price), windowMs);
}
