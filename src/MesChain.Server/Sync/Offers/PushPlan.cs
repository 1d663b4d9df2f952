using System.Security.Cryptography;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Sync.Offers;

/// <summary>One value of a planned request.</summary>
public sealed record Planned(Offer Offer, OfferValue Value)
{
    public OfferPush ToPush(bool price) => price
        ? new(Offer.Barcode, null, Value.First, Value.Second)
        : new(Offer.Barcode, (int)Value.First, null, null);
}

/// <summary>
/// Composes a body that the marketplace will not refuse as a repeat. In 5 → 4 → 5 the third body equals the first, but the
/// marketplace stands at 4: dropping it would lose the value for good. A change up waits for the end of the window; a change
/// down, which cannot wait, is composed differently: without its companions, with a value that is confirmed anyway, or, when
/// there is nothing else, with a unit fewer than there is. The exact number follows as soon as a body can carry it.
/// </summary>
public sealed class PushPlan(OfferStore offers, BatchStore batches)
{
    // Their clock and ours need not agree to the second.
    static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

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

        var down = price ? [] : plan.Where(item => item.Offer.GoesDown() || IsStoodInFor(item.Offer)).ToList();
        if (down.Count > 0)
        {
            var others = await OthersAsync(tx, plan, down);
            foreach (var candidate in Exact(plan, down, others, fresh).Concat(StoodIn(down)))
            {
                if (await RefusedUntilAsync(tx, target, candidate, price, windowMs) is null)
                    return candidate;
            }

            // Another offer may come to rest, or orders be read, long before the window ends.
            until = Math.Min(until, await tx.NowMsAsync() + (long)LookAgain.TotalMilliseconds);
        }

        foreach (var item in plan)
            item.Offer.Axis(price).NotBeforeMs = until;
        await offers.SaveAsync(tx, [.. plan.Select(item => item.Offer)]);
        return [];
    }

    /// <summary>Whether the marketplace has confirmed another number of ours in place of the desired one.</summary>
    static bool IsStoodInFor(Offer offer) => offer.Stock.AckedVersion == offer.Stock.DesiredVersion && offer.Stock.Acked?.First < offer.Stock.Desired?.First;

    /// <summary>Offers whose confirmed value may be said again to make a body another one.</summary>
    async Task<IReadOnlyList<Planned>> OthersAsync(Tx tx, IReadOnlyList<Planned> plan, List<Planned> down)
    {
        var first = down[0].Offer;
        var planned = plan.Select(item => item.Offer.VariantId).ToHashSet();
        return
        [
            .. (await offers.ToReassertAsync(tx, first.StoreId, first.ConnectionId, Reassertable + plan.Count))
                .Where(other => !planned.Contains(other.VariantId))
                .Select(other => new Planned(other, other.Stock.Desired!.Value)),
        ];
    }

    /// <summary>Bodies that carry the changes down as they are, most welcome first.</summary>
    static IEnumerable<IReadOnlyList<Planned>> Exact(IReadOnlyList<Planned> plan, List<Planned> down, IReadOnlyList<Planned> others, bool fresh)
    {
        if (down.Count < plan.Count)
            yield return down;
        if (down.Count > 1)
            yield return down[..(down.Count / 2)];
        // Sending a value again is a push like any other: up only with fresh orders; nothing is always allowed.
        foreach (var other in others.Where(other => fresh || other.Value.First == 0))
            yield return [.. down, other];
    }

    /// <summary>
    /// Bodies in which one number is lower than it should be: as safe as none at all, and the shop goes on selling. Only what was sent
    /// within the window is passed over, so few are looked at.
    /// </summary>
    static IEnumerable<IReadOnlyList<Planned>> StoodIn(IEnumerable<Planned> down)
    {
        // What stands at such a number already gains nothing by another.
        var urgent = down.Where(item => item.Offer.GoesDown()).ToList();
        if (urgent.MaxBy(item => item.Value.First) is not { } most)
            yield break;
        for (var units = most.Value.First - 1; units >= 0; units--)
            yield return [.. urgent.Where(item => item != most), most with { Value = OfferValue.Units(units) }];
    }

    Task<long?> RefusedUntilAsync(Tx tx, IOfferTarget target, IReadOnlyList<Planned> plan, bool price, long windowMs) =>
        batches.RefusedUntilAsync(tx, plan[0].Offer.StoreId, plan[0].Offer.ConnectionId, Hash(target, plan, price), windowMs);
}
