using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Catalog;

namespace MesChain.Server.Sync.Offers;

/// <summary>Links, proposals of links, and the rows of offers that exist because of a link.</summary>
public sealed class LinkStore
{
    /// <summary>What stands in the way of a link: whoever holds the barcode, or is held by the variant.</summary>
    public Task<IReadOnlyList<LinkRow>> FindAsync(Tx tx, Guid storeId, Guid connectionId, string barcode, Guid variantId) =>
        tx.QueryAsync<LinkRow>(
            """
            select l.barcode, l.variant_id, v.shop_variant_id, v.removed_ms from links l
            join variants v on v.store_id = l.store_id and v.id = l.variant_id
            where l.store_id = @storeId and l.connection_id = @connectionId and (l.barcode = @barcode or l.variant_id = @variantId)
            """,
            new { storeId, connectionId, barcode, variantId });

    /// <summary>Those of the variants that are linked.</summary>
    public Task<IReadOnlyList<Guid>> LinkedAsync(Tx tx, Guid storeId, Guid connectionId, IEnumerable<Guid> variantIds) =>
        tx.QueryAsync<Guid>(
            $"select variant_id from links where store_id = @storeId and connection_id = @connectionId and {tx.Db.AnyId("variant_id", "ids")}",
            new { storeId, connectionId, ids = tx.Db.IdList(variantIds) });

    /// <summary>
    /// Stores a link with its offer, which begins with what the marketplace was last seen to show. What it was last sent is unknown,
    /// and stays so until it confirms. False when either key was taken meanwhile.
    /// </summary>
    public async Task<bool> InsertAsync(Tx tx, Guid storeId, Guid connectionId, string barcode, Guid variantId, string origin)
    {
        var it = new { storeId, connectionId, barcode, variantId, origin };
        var stored = await tx.ExecuteAsync(
            $"""
            insert into links (store_id, connection_id, barcode, variant_id, origin, linked_ms)
            values (@storeId, @connectionId, @barcode, @variantId, @origin, {tx.Db.Now})
            on conflict do nothing
            """,
            it);
        if (stored == 0)
            return false;

        await tx.ExecuteAsync(
            """
            insert into offers (store_id, connection_id, variant_id, barcode, observed_qty, observed_price_minor, observed_ms)
            select l.store_id, l.connection_id, l.variant_id, l.barcode, i.quantity, i.sale_price_minor, i.observed_ms
            from links l
            left join marketplace_items i on i.store_id = l.store_id and i.connection_id = l.connection_id and i.barcode = l.barcode
            where l.store_id = @storeId and l.connection_id = @connectionId and l.barcode = @barcode
            """,
            it);
        return true;
    }

    /// <summary>Removes links with their offers; answers how many there were.</summary>
    public async Task<int> DeleteAsync(Tx tx, Guid storeId, Guid connectionId, IEnumerable<Guid> variantIds)
    {
        var it = new { storeId, connectionId, variants = tx.Db.IdList(variantIds) };
        await tx.ExecuteAsync($"delete from offers where store_id = @storeId and connection_id = @connectionId and {tx.Db.AnyId("variant_id", "variants")}", it);
        return await tx.ExecuteAsync($"delete from links where store_id = @storeId and connection_id = @connectionId and {tx.Db.AnyId("variant_id", "variants")}", it);
    }

    /// <summary>The marketplace's items in order of barcode, with whom they are linked.</summary>
    public Task<IReadOnlyList<ItemRow>> ListItemsAsync(Tx tx, Guid storeId, Guid connectionId, string? after, int limit) =>
        tx.QueryAsync<ItemRow>(
            $"""
            select i.barcode, i.title, {Linked} as linked from marketplace_items i
            where i.store_id = @storeId and i.connection_id = @connectionId and i.barcode > @after
            order by i.barcode limit @limit
            """,
            new { storeId, connectionId, after = after ?? "", limit });

    /// <summary>The variants that carry one of these barcodes now.</summary>
    public Task<IReadOnlyList<CandidateRow>> CandidatesAsync(Tx tx, Guid storeId, IEnumerable<string> barcodes) =>
        tx.QueryAsync<CandidateRow>(
            $"""
            select v.barcode, v.shop_variant_id, p.title as product_title, v.title as variant_title from variants v
            join products p on p.store_id = v.store_id and p.id = v.product_id
            where v.store_id = @storeId and {tx.Db.AnyText("v.barcode", "barcodes")} and v.barcode <> '' and v.removed_ms is null
            order by v.barcode, v.shop_variant_id
            """,
            new { storeId, barcodes = tx.Db.TextList(barcodes) });

    /// <summary>How the two lists fit, over all items and variants.</summary>
    public async Task<LinkCounts> CountAsync(Tx tx, Guid storeId, Guid connectionId) =>
        (await tx.OneAsync<LinkCounts>(
            $"""
            select
              count(*) filter (where linked is null and candidates = 1 and taken = 0) as sure,
              count(*) filter (where linked is null and candidates > 0 and (candidates > 1 or taken > 0)) as doubtful,
              count(*) filter (where linked is null and candidates = 0) as only_marketplace,
              (select count(*) from variants v
               where v.store_id = @storeId and v.barcode <> '' and v.removed_ms is null
                 and not exists (select 1 from marketplace_items i where i.store_id = v.store_id and i.connection_id = @connectionId and i.barcode = v.barcode)
                 and not exists (select 1 from links l where l.store_id = v.store_id and l.connection_id = @connectionId and l.variant_id = v.id)) as only_shop
            from (select {Linked} as linked, {Candidates} as candidates, {Taken} as taken from marketplace_items i
                  where i.store_id = @storeId and i.connection_id = @connectionId) items
            """,
            new { storeId, connectionId }))!;

    /// <summary>Items with exactly one candidate, neither of the two linked; at most <paramref name="limit"/>.</summary>
    public Task<IReadOnlyList<SureRow>> SureAsync(Tx tx, Guid storeId, Guid connectionId, int limit) =>
        tx.QueryAsync<SureRow>(
            $"""
            select barcode, shop_variant_id from (
              select i.barcode, {Linked} as linked, {Candidates} as candidates, {Taken} as taken,
                (select min(v.shop_variant_id) from variants v where v.store_id = i.store_id and v.barcode = i.barcode and v.removed_ms is null) as shop_variant_id
              from marketplace_items i where i.store_id = @storeId and i.connection_id = @connectionId) items
            where linked is null and candidates = 1 and taken = 0
            order by barcode limit @limit
            """,
            new { storeId, connectionId, limit });

    /// <summary>The shop's id of the variant that item i is linked with; null when none is. A removed variant gives its barcode up.</summary>
    const string Linked =
        """
        (select v.shop_variant_id from links l join variants v on v.store_id = l.store_id and v.id = l.variant_id
         where l.store_id = i.store_id and l.connection_id = i.connection_id and l.barcode = i.barcode and v.removed_ms is null)
        """;

    /// <summary>How many variants carry the barcode of item i.</summary>
    const string Candidates =
        "(select count(*) from variants v where v.store_id = i.store_id and v.barcode = i.barcode and v.barcode <> '' and v.removed_ms is null)";

    /// <summary>How many of those are linked with another item.</summary>
    const string Taken =
        """
        (select count(*) from variants v join links l on l.store_id = v.store_id and l.connection_id = i.connection_id and l.variant_id = v.id
         where v.store_id = i.store_id and v.barcode = i.barcode and v.barcode <> '' and v.removed_ms is null and l.barcode <> i.barcode)
        """;
}

public sealed record LinkRow
{
    public required string Barcode { get; init; }

    public required Guid VariantId { get; init; }

    public required string ShopVariantId { get; init; }

    public long? RemovedMs { get; init; }
}

public sealed record ItemRow
{
    public required string Barcode { get; init; }

    public required string Title { get; init; }

    public string? Linked { get; init; }
}

public sealed record CandidateRow
{
    public required string Barcode { get; init; }

    public required string ShopVariantId { get; init; }

    public required string ProductTitle { get; init; }

    public required string VariantTitle { get; init; }

    public string Title => Titles.Join(ProductTitle, VariantTitle);
}

public sealed record SureRow
{
    public required string Barcode { get; init; }

    public required string ShopVariantId { get; init; }
}

public sealed record LinkCounts
{
    public long Sure { get; init; }

    public long Doubtful { get; init; }

    public long OnlyMarketplace { get; init; }

    public long OnlyShop { get; init; }
}
