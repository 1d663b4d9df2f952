using System.Globalization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Orders;

namespace MesChain.Server.Sync.Offers;

/// <summary>
/// Which variant is which item. A link is never guessed and never moved in silence: what stands in its way is told, with both
/// candidates, and stays as it is.
/// </summary>
public sealed class Linking(
    Db db, ConnectionStore connections, CatalogStore catalog, LinkStore links, Reservations reservations, Desire desire, IssueStore issues, EventLog events)
{
    /// <summary>Links in one transaction.</summary>
    public const int LinksMax = 200;

    const string ByHand = "hand";
    const string ByBarcode = "barcode";

    public async Task<LinkReport> LinkAsync(Tx tx, Guid storeId, Guid connectionId, IReadOnlyList<LinkInput> wanted, bool sure = false)
    {
        await connections.GetAsync(tx, storeId, connectionId);
        var variants = (await catalog.HoldPresentAsync(tx, storeId, wanted.Select(link => link.ShopVariantId)))
            .ToDictionary(row => row.ShopVariantId, StringComparer.Ordinal);
        var linked = new List<Guid>();
        var results = new List<ItemOutcome>(wanted.Count);
        foreach (var link in wanted)
            results.Add(variants.GetValueOrDefault(link.ShopVariantId) is { } variant
                ? await LinkOneAsync(tx, storeId, connectionId, link, variant, sure ? ByBarcode : ByHand, linked)
                : ItemOutcome.Refused(link.ShopVariantId, Reasons.UnknownVariant, "the shop has not sent such a variant, or has removed it"));

        if (linked.Count > 0)
        {
            await desire.RecomputeAsync(tx, storeId, linked);
            await desire.RepriceAsync(tx, storeId, linked);
            await TellAsync(tx, storeId, connectionId, "linked", linked.Count);
        }

        return new(results, linked.Count);
    }

    /// <summary>Takes every sure proposal, so many a transaction. Answers how many links were made.</summary>
    public async Task<int> LinkSureAsync(Guid storeId, Guid connectionId, CancellationToken cancel)
    {
        for (var made = 0; ;)
        {
            var round = await db.WriteAsync(
                async tx =>
                {
                    var sure = await links.SureAsync(tx, storeId, connectionId, LinksMax);
                    return await LinkAsync(tx, storeId, connectionId, [.. sure.Select(row => new LinkInput(row.ShopVariantId, row.Barcode))], sure: true);
                },
                cancel);
            made += round.Linked;
            // The second condition ends the rounds should somebody else link the very same items meanwhile.
            if (round.Results.Count < LinksMax || round.Linked == 0)
                return made;
        }
    }

    public async Task<int> UnlinkAsync(Tx tx, Guid storeId, Guid connectionId, IReadOnlyList<string> shopVariantIds)
    {
        await connections.GetAsync(tx, storeId, connectionId);
        var variants = await catalog.HoldVariantsAsync(tx, storeId, [], shopVariantIds);
        var gone = await links.DeleteAsync(tx, storeId, connectionId, variants.Select(row => row.Id));
        if (gone > 0)
            await TellAsync(tx, storeId, connectionId, "unlinked", gone);
        return gone;
    }

    async Task<ItemOutcome> LinkOneAsync(Tx tx, Guid storeId, Guid connectionId, LinkInput link, VariantRow variant, string origin, List<Guid> linked)
    {
        var barcode = link.Barcode.Length > 0 ? link.Barcode : variant.Barcode;
        if (barcode.Length == 0)
            return ItemOutcome.Refused(link.ShopVariantId, Reasons.NoBarcode, "barcode: the variant has none, so the marketplace's must be named");
        if (link.Barcode.Length == 0 && (await catalog.CarriersAsync(tx, storeId, barcode, 2)).Count > 1)
            return ItemOutcome.Refused(link.ShopVariantId, Reasons.BarcodeTwice, "barcode: several variants carry it, so it must be named by hand");

        var standing = await links.FindAsync(tx, storeId, connectionId, barcode, variant.Id);
        if (standing.Any(row => row.Barcode == barcode && row.VariantId == variant.Id))
            return ItemOutcome.Stored(link.ShopVariantId);
        if (standing.FirstOrDefault(row => row.RemovedMs is null) is { } other)
            return await RefuseAsync(tx, storeId, connectionId, link.ShopVariantId, barcode, other);

        // Whoever is left was removed from the shop, and gives the barcode up.
        if (standing.Count > 0)
            await links.DeleteAsync(tx, storeId, connectionId, standing.Select(row => row.VariantId));
        if (!await links.InsertAsync(tx, storeId, connectionId, barcode, variant.Id, origin))
            return ItemOutcome.Refused(link.ShopVariantId, Reasons.LinkConflict, "another call has just linked the barcode or the variant");

        await reservations.AttachAsync(tx, storeId, connectionId, barcode, variant.Id);
        await issues.ResolveAsync(tx, storeId, IssueCatalog.LinkConflict, connectionId, barcode);
        linked.Add(variant.Id);
        return ItemOutcome.Stored(link.ShopVariantId);
    }

    async Task<ItemOutcome> RefuseAsync(Tx tx, Guid storeId, Guid connectionId, string shopVariantId, string barcode, LinkRow other)
    {
        await issues.OpenAsync(
            tx, storeId, IssueCatalog.LinkConflict, connectionId, barcode,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["barcode"] = barcode,
                ["wanted"] = shopVariantId,
                ["linked"] = other.ShopVariantId,
                ["linked_barcode"] = other.Barcode,
            });
        return ItemOutcome.Refused(
            shopVariantId, Reasons.LinkConflict,
            other.Barcode == barcode ? $"barcode {barcode} is linked with variant {other.ShopVariantId}" : $"the variant is linked with barcode {other.Barcode}");
    }

    Task TellAsync(Tx tx, Guid storeId, Guid connectionId, string what, int count) =>
        events.AppendAsync(
            tx, storeId, "link.changed", connectionId, "",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["change"] = what, ["count"] = count.ToString(CultureInfo.InvariantCulture) });
}

/// <param name="Barcode">Empty means the variant's own.</param>
public readonly record struct LinkInput(string ShopVariantId, string Barcode);

/// <param name="Linked">Links that were not there before.</param>
public sealed record LinkReport(IReadOnlyList<ItemOutcome> Results, int Linked);
