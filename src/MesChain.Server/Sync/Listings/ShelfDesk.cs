using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Listings;

/// <summary>
/// Takes the wish to have listings off sale, or on sale again. What is off sale offers nothing from this moment on; the archive follows when
/// the marketplace has confirmed that.
/// </summary>
public sealed class ShelfDesk(ConnectionStore connections, ListingStore listings, ChangeStore changes, FindMarketplace find, Desire desire, Nudges nudges, LedgerRows ledger)
{
    /// <param name="actor">Null for a preview, which writes nothing.</param>
    /// <exception cref="PreconditionException">The marketplace has no archive.</exception>
    public async Task<IReadOnlyList<ListingOutcome>> AskAsync(Tx tx, Guid storeId, Guid connectionId, ShelfWish wish, string? actor)
    {
        var connection = await connections.GetAsync(tx, storeId, connectionId);
        if (find(connection.Marketplace) is not (IListingArchive and IListingTarget and IListingSource))
            throw new PreconditionException(Reasons.ActionNotOffered, "marketplace/" + connection.Marketplace, $"{connection.Marketplace} has no archive that can be reached from here.");

        var found = await listings.NamedAsync(tx, storeId, connectionId, wish.ShopVariantIds, wish.Barcodes);
        var byVariant = found.ToDictionary(row => row.ShopVariantId, StringComparer.Ordinal);
        var byBarcode = found.Where(row => row.Barcode.Length > 0).GroupBy(row => row.Barcode, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        var held = (await listings.HoldAsync(tx, storeId, connectionId, found.Select(row => row.VariantId))).ToDictionary(listing => listing.VariantId);
        var asked = (await changes.HoldAsync(tx, storeId, connectionId, ChangeKinds.Shelf, held.Keys)).ToDictionary(change => change.VariantId);

        var outcomes = new List<ListingOutcome>();
        foreach (var (name, row) in wish.ShopVariantIds.Select(id => (new ListingOutcome(id, "", Reasons.UnknownVariant, []), byVariant.GetValueOrDefault(id)))
            .Concat(wish.Barcodes.Select(barcode => (new ListingOutcome("", "", Reasons.NotListed, []) { Barcode = barcode }, byBarcode.GetValueOrDefault(barcode)))))
        {
            outcomes.Add(row is null ? name
                : row.Barcode.Length == 0 ? name with { Reason = Reasons.NotListed }
                : await TakeAsync(tx, storeId, connectionId, row, held, asked.GetValueOrDefault(row.VariantId), wish.Archive, preview: actor is null));
        }

        if (actor is not null)
        {
            await ledger.AppendAsync(
                tx, storeId, wish.Archive ? "listing.stop" : "listing.resume", $"connection:{connectionId.ToWire()}", actor, string.Join(' ', wish.ShopVariantIds.Concat(wish.Barcodes)));
            await desire.RecomputeAsync(tx, storeId, [.. found.Where(row => row.Barcode.Length > 0).Select(row => row.VariantId)]);
            await nudges.SendAsync(tx, storeId, connectionId, JobKinds.Listings);
        }

        return outcomes;
    }

    async Task<ListingOutcome> TakeAsync(
        Tx tx, Guid storeId, Guid connectionId, NamedRow row, Dictionary<Guid, Listing> held, ListingChange? change, bool archive, bool preview)
    {
        var outcome = new ListingOutcome(row.ShopVariantId, "", "", []) { Barcode = row.Barcode };
        var listing = held.GetValueOrDefault(row.VariantId)
            // Linked, and never listed from here.
            ?? new() { StoreId = storeId, ConnectionId = connectionId, VariantId = row.VariantId, Barcode = row.Barcode, State = ListingStates.Live };
        if (!archive && !row.Linked && listing is { State: ListingStates.Ended, CardId: "" })
            return outcome with { State = listing.State, Reason = Reasons.NotListed };
        if (preview)
            return outcome with { State = listing.State };

        var now = await tx.NowMsAsync();
        var causes = held.ContainsKey(row.VariantId) ? (await listings.CausesAsync(tx, storeId, connectionId, [row.VariantId])).Select(cause => cause.ToCause()).ToList() : [];
        if (archive)
            listing.StoppedMs ??= now;
        if (listing.State is ListingStates.Draft or ListingStates.Blocked or ListingStates.Rejected)
        {
            // Linked meanwhile, it is there and sells. Otherwise nothing of it does, and nothing is on its way.
            if (row.Linked)
                (listing.State, listing.Barcode, causes) = (ListingStates.Live, row.Barcode, []);
            else if (archive)
                (listing.State, listing.CheckMs, causes) = (ListingStates.Ended, null, []);
        }

        var off = listing.State == ListingStates.Ended;
        var asks = archive ? !off : off || listing.StoppedMs is not null;
        if (change is { State: ChangeStates.Waiting, Said: "" } && off == archive)
        {
            // The marketplace has never heard of the earlier wish, and stands as it is wished now.
            await changes.EndAsync(tx, change);
            (listing.StoppedMs, asks) = (archive ? listing.StoppedMs : null, false);
        }

        await listings.SaveAsync(tx, listing, causes);
        held[row.VariantId] = listing;
        if (asks || change is { State: not ChangeStates.Waiting })
            await WantAsync(tx, listing, change, archive ? ListingChange.Archived : ListingChange.OnSale, now);
        return outcome with { State = listing.State };
    }

    async Task WantAsync(Tx tx, Listing listing, ListingChange? change, string wanted, long now)
    {
        if (change is not null && change.Wanted == wanted && change.State != ChangeStates.Refused)
            return;
        change ??= new()
        {
            StoreId = listing.StoreId, ConnectionId = listing.ConnectionId, VariantId = listing.VariantId, Kind = ChangeKinds.Shelf, Barcode = listing.Barcode, CheckMs = now,
        };
        if (change.State == ChangeStates.Refused)
            (change.State, change.CheckMs, change.Vain) = (ChangeStates.Waiting, now, 0);
        (change.Wanted, change.AskedMs) = (wanted, now);
        (change.Code, change.Detail, change.MarketplaceText) = ("", "", "");
        await changes.SaveAsync(tx, change);
    }
}

/// <param name="Barcodes">The marketplace's.</param>
/// <param name="Archive">Off sale; otherwise on sale again.</param>
public sealed record ShelfWish(IReadOnlyList<string> ShopVariantIds, IReadOnlyList<string> Barcodes, bool Archive);
