using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Listings;

/// <summary>Takes the wish to list variants: it is on record, with everything that keeps it, before the marketplace is told.</summary>
public sealed class ListingDesk(ConnectionStore connections, CatalogStore catalog, LinkStore links, ListingStore listings, ChangeStore changes, Preflight preflight, FindMarketplace find, Nudges nudges, LedgerRows ledger)
{
    /// <param name="actor">Null for a preview, which writes nothing but the wish for a list that is not read.</param>
    /// <exception cref="PreconditionException">The marketplace takes no new listings from here.</exception>
    public async Task<IReadOnlyList<ListingOutcome>> CreateAsync(Tx tx, Guid storeId, Guid connectionId, IReadOnlyList<string> shopVariantIds, string? actor)
    {
        var connection = await connections.GetAsync(tx, storeId, connectionId);
        var marketplace = find(connection.Marketplace);
        if (marketplace is not (IListingTarget and IListingSource))
            throw new PreconditionException(Reasons.ActionNotOffered, "marketplace/" + connection.Marketplace, $"{connection.Marketplace} takes no new listings from here.");

        var goods = (await catalog.HoldPresentAsync(tx, storeId, shopVariantIds)).ToDictionary(row => row.ShopVariantId, StringComparer.Ordinal);
        var known = (await listings.HoldAsync(tx, storeId, connectionId, goods.Values.Select(row => row.Id))).ToDictionary(listing => listing.VariantId);
        var linked = (await links.LinkedAsync(tx, storeId, connectionId, goods.Values.Select(row => row.Id))).ToHashSet();
        var judged = (await preflight.JudgeAsync(tx, storeId, connectionId, marketplace, [.. goods.Values.Where(row => !linked.Contains(row.Id))], known))
            .ToDictionary(one => one.Variant.ShopVariantId, StringComparer.Ordinal);

        var outcomes = new List<ListingOutcome>(shopVariantIds.Count);
        foreach (var id in shopVariantIds)
        {
            if (!goods.TryGetValue(id, out var variant))
                outcomes.Add(new(id, "", Reasons.UnknownVariant, []));
            else if (linked.Contains(variant.Id))
                outcomes.Add(new(id, known.GetValueOrDefault(variant.Id)?.State ?? "", Reasons.AlreadyListed, []));
            else
                outcomes.Add(await TakeAsync(tx, storeId, connectionId, judged[id], known.GetValueOrDefault(variant.Id), preview: actor is null));
        }

        if (actor is not null)
        {
            await ledger.AppendAsync(tx, storeId, "listing.create", $"connection:{connectionId.ToWire()}", actor, string.Join(' ', shopVariantIds));
            await nudges.SendAsync(tx, storeId, connectionId, JobKinds.Listings);
        }

        return outcomes;
    }

    async Task<ListingOutcome> TakeAsync(Tx tx, Guid storeId, Guid connectionId, Judged judged, Listing? listing, bool preview)
    {
        var id = judged.Variant.ShopVariantId;
        // What is on its way, or sells, goes on as it does: asking twice asks once.
        if (preview || (listing is not null && !ListingStates.MaySend(listing.State)))
            return new(id, listing?.State ?? "", "", judged.Causes);

        listing ??= new() { StoreId = storeId, ConnectionId = connectionId, VariantId = judged.Variant.Id };
        listing.Barcode = judged.Variant.Barcode;
        listing.State = judged.Draft is not null || judged.Waits ? ListingStates.Draft : ListingStates.Blocked;
        (listing.CheckMs, listing.StoppedMs) = (null, null);
        foreach (var stop in await changes.OfAsync(tx, storeId, connectionId, [listing.VariantId]))
            await changes.EndAsync(tx, stop);
        await listings.SaveAsync(tx, listing, judged.Faults);
        return new(id, listing.State, "", judged.Causes);
    }
}

/// <param name="State">Empty while it has no listing.</param>
public sealed record ListingOutcome(string ShopVariantId, string State, string Reason, IReadOnlyList<ListingCause> Causes)
{
    /// <summary>The marketplace's; empty where it was not asked for.</summary>
    public string Barcode { get; init; } = "";
}
