using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Catalog;

namespace MesChain.Server.Sync.Mappings;

/// <summary>Mappings at rest: every change is a version, and the newest one counts.</summary>
public sealed class MappingStore
{
    /// <summary>Versions of a mapping that are kept.</summary>
    public const int VersionsMax = 20;

    const string Columns = "kind, key, version, label, body, author, at_ms";

    /// <summary>The newest version, also one that says nothing; null when there never was one.</summary>
    public Task<MappingRow?> FindAsync(Tx tx, Guid storeId, string source, MappingKey key) =>
        tx.OneAsync<MappingRow>(
            $"select {Columns} from catalog_mappings where store_id = @storeId and source = @source and kind = @Kind and key = @Key and newest",
            new { storeId, source, key.Kind, key.Key });

    public Task<MappingRow?> FindAsync(Tx tx, Guid storeId, string source, MappingKey key, long version) =>
        tx.OneAsync<MappingRow>(
            $"select {Columns} from catalog_mappings where store_id = @storeId and source = @source and kind = @Kind and key = @Key and version = @version",
            new { storeId, source, key.Kind, key.Key, version });

    /// <summary>Those that bear on these products and variants.</summary>
    public async Task<MappingSet> OfAsync(Tx tx, Guid storeId, string source, IReadOnlyCollection<ProductRow> products, IEnumerable<string> shopVariantIds)
    {
        var rows = await tx.QueryAsync<MappingRow>(
            $"""
            select {Columns} from catalog_mappings
            where store_id = @storeId and source = @source and newest and (
              (kind = 'brand' and {tx.Db.AnyText("key", "brands")}) or (kind = 'category' and {tx.Db.AnyText("key", "categories")})
              or (kind = 'product' and {tx.Db.AnyText("key", "products")}) or (kind = 'variant' and {tx.Db.AnyText("key", "variants")}))
            """,
            new
            {
                storeId,
                source,
                brands = tx.Db.TextList(products.Select(product => Fold.Text(product.Brand)).Distinct(StringComparer.Ordinal)),
                categories = tx.Db.TextList(products.Select(product => Fold.Text(product.Category)).Distinct(StringComparer.Ordinal)),
                products = tx.Db.TextList(products.Select(product => product.ShopProductId)),
                variants = tx.Db.TextList(shopVariantIds),
            });
        return new(rows.ToDictionary(row => (row.Kind, row.Key), row => MappingBody.FromText(row.Body)));
    }

    /// <summary>Those that say something, in order of kind and key.</summary>
    public Task<IReadOnlyList<MappingRow>> ListAsync(Tx tx, Guid storeId, string source, string afterKind, string afterKey, int limit) =>
        tx.QueryAsync<MappingRow>(
            $"""
            select {Columns} from catalog_mappings
            where store_id = @storeId and source = @source and newest and body <> '' and (kind > @afterKind or (kind = @afterKind and key > @afterKey))
            order by kind, key limit @limit
            """,
            new { storeId, source, afterKind, afterKey, limit });

    /// <summary>Writes the next version; the caller holds the mappings of the source.</summary>
    public async Task AddAsync(Tx tx, Guid storeId, string source, MappingKey key, string body, string author, long before)
    {
        var it = new { storeId, source, key.Kind, key.Key, key.Label, body, author, before, next = before + 1, oldest = before + 1 - VersionsMax, yes = true, no = false };
        await tx.ExecuteAsync(
            "update catalog_mappings set newest = @no where store_id = @storeId and source = @source and kind = @Kind and key = @Key and version = @before", it);
        await tx.ExecuteAsync(
            $"""
            insert into catalog_mappings (store_id, source, kind, key, version, label, body, author, at_ms, newest)
            values (@storeId, @source, @Kind, @Key, @next, @Label, @body, @author, {tx.Db.Now}, @yes)
            """,
            it);
        await tx.ExecuteAsync(
            "delete from catalog_mappings where store_id = @storeId and source = @source and kind = @Kind and key = @Key and version <= @oldest", it);
    }
}

public sealed record MappingRow
{
    public required string Kind { get; init; }

    public required string Key { get; init; }

    public required long Version { get; init; }

    public required string Label { get; init; }

    /// <summary>Empty: it was taken away.</summary>
    public required string Body { get; init; }

    public required string Author { get; init; }

    public required long AtMs { get; init; }
}
