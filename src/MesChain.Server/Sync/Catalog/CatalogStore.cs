using System.Text.Json;
using MesChain.Server.Platform.Data;

namespace MesChain.Server.Sync.Catalog;

/// <summary>Products and variants at rest.</summary>
public sealed class CatalogStore
{
    public const string ProductColumns = "id, shop_product_id, title, brand, model, image_url, category, description, more_images, desi_hundredths";

    const string VariantColumns =
        """
        v.id, v.product_id, v.shop_variant_id, v.sku, v.barcode, v.title, v.vat_basis_points, v.on_hand, v.stock_version, v.stock_shop_sequence,
        v.stock_reported_ms, v.price_minor, v.list_price_minor, v.price_version, v.price_shop_sequence, v.removed_ms
        """;

    /// <summary>Products by the shop's ids, held until the transaction ends.</summary>
    public Task<IReadOnlyList<ProductRow>> HoldProductsAsync(Tx tx, Guid storeId, IEnumerable<string> shopProductIds) =>
        tx.QueryAsync<ProductRow>(
            $"""
            select {ProductColumns} from products
            where store_id = @storeId and {tx.Db.AnyText("shop_product_id", "ids")}
            order by id {tx.Db.ForUpdate}
            """,
            new { storeId, ids = tx.Db.TextList(shopProductIds) });

    public Task<IReadOnlyList<ProductRow>> ProductsAsync(Tx tx, Guid storeId, IEnumerable<Guid> ids) =>
        tx.QueryAsync<ProductRow>(
            $"select {ProductColumns} from products where store_id = @storeId and {tx.Db.AnyId("id", "ids")}", new { storeId, ids = tx.Db.IdList(ids) });

    /// <summary>Variants by our ids, removed ones too.</summary>
    public Task<IReadOnlyList<VariantRow>> VariantsAsync(Tx tx, Guid storeId, IEnumerable<Guid> ids) =>
        tx.QueryAsync<VariantRow>(
            $"select {VariantColumns} from variants v where v.store_id = @storeId and {tx.Db.AnyId("v.id", "ids")} order by v.id", new { storeId, ids = tx.Db.IdList(ids) });

    /// <summary>The product of a variant that the shop has now; null when it has none.</summary>
    public Task<ProductRow?> FindProductOfAsync(Tx tx, Guid storeId, string shopVariantId) =>
        tx.OneAsync<ProductRow>(
            $"""
            select {ProductColumns} from products p
            where store_id = @storeId and exists (
              select 1 from variants v where v.store_id = p.store_id and v.product_id = p.id and v.shop_variant_id = @shopVariantId and v.removed_ms is null)
            """,
            new { storeId, shopVariantId });

    /// <summary>Variants of these products, and whoever carries one of these ids; removed ones too. Held until the transaction ends.</summary>
    public Task<IReadOnlyList<VariantRow>> HoldVariantsAsync(Tx tx, Guid storeId, IEnumerable<Guid> productIds, IEnumerable<string> shopVariantIds) =>
        tx.QueryAsync<VariantRow>(
            $"""
            select {VariantColumns} from variants v
            where v.store_id = @storeId and ({tx.Db.AnyId("v.product_id", "products")} or {tx.Db.AnyText("v.shop_variant_id", "ids")})
            order by v.id {tx.Db.ForUpdate}
            """,
            new { storeId, products = tx.Db.IdList(productIds), ids = tx.Db.TextList(shopVariantIds) });

    /// <summary>Variants that the shop has now, by its ids. Held until the transaction ends.</summary>
    public Task<IReadOnlyList<VariantRow>> HoldPresentAsync(Tx tx, Guid storeId, IEnumerable<string> shopVariantIds) =>
        tx.QueryAsync<VariantRow>(
            $"""
            select {VariantColumns} from variants v
            where v.store_id = @storeId and {tx.Db.AnyText("v.shop_variant_id", "ids")} and v.removed_ms is null
            order by v.id {tx.Db.ForUpdate}
            """,
            new { storeId, ids = tx.Db.TextList(shopVariantIds) });

    public Task SaveProductAsync(Tx tx, Guid storeId, ProductRow product) =>
        tx.ExecuteAsync(
            $"""
            insert into products (store_id, id, shop_product_id, title, folded, brand, model, image_url, category, description, more_images, desi_hundredths, updated_ms)
            values (@storeId, @Id, @ShopProductId, @Title, @folded, @Brand, @Model, @ImageUrl, @Category, @Description, @MoreImages, @DesiHundredths, {tx.Db.Now})
            on conflict (store_id, id) do update
            set title = excluded.title, folded = excluded.folded, brand = excluded.brand, model = excluded.model, image_url = excluded.image_url,
                category = excluded.category, description = excluded.description, more_images = excluded.more_images, desi_hundredths = excluded.desi_hundredths,
                updated_ms = excluded.updated_ms
            """,
            new
            {
                storeId,
                product.Id,
                product.ShopProductId,
                product.Title,
                folded = Fold.Text(product.Title),
                product.Brand,
                product.Model,
                product.ImageUrl,
                product.Category,
                product.Description,
                product.MoreImages,
                product.DesiHundredths,
            });

    /// <summary>Writes what the shop says about a variant; its stock and price have counters of their own.</summary>
    public Task SaveVariantAsync(Tx tx, Guid storeId, VariantRow variant) =>
        tx.ExecuteAsync(
            """
            insert into variants (store_id, id, product_id, shop_variant_id, sku, barcode, title, folded, vat_basis_points)
            values (@storeId, @Id, @ProductId, @ShopVariantId, @Sku, @Barcode, @Title, @folded, @VatBasisPoints)
            on conflict (store_id, id) do update
            set product_id = excluded.product_id, sku = excluded.sku, barcode = excluded.barcode, title = excluded.title, folded = excluded.folded,
                vat_basis_points = excluded.vat_basis_points, removed_ms = null
            """,
            new
            {
                storeId,
                variant.Id,
                variant.ProductId,
                variant.ShopVariantId,
                variant.Sku,
                variant.Barcode,
                variant.Title,
                folded = Fold.Texts(variant.Title, variant.Sku, variant.Barcode),
                variant.VatBasisPoints,
            });

    public Task MarkRemovedAsync(Tx tx, Guid storeId, Guid variantId) =>
        tx.ExecuteAsync(
            $"update variants set removed_ms = {tx.Db.Now}, on_hand = 0 where store_id = @storeId and id = @variantId and removed_ms is null",
            new { storeId, variantId });

    /// <summary>Drops removed variants that nothing names any more, then products without variants.</summary>
    public async Task SweepAsync(Tx tx, Guid storeId, IEnumerable<Guid> productIds)
    {
        var it = new { storeId, products = tx.Db.IdList(productIds) };
        await tx.ExecuteAsync(
            $"""
            delete from variants
            where store_id = @storeId and {tx.Db.AnyId("product_id", "products")} and removed_ms is not null
              and not exists (select 1 from links l where l.store_id = variants.store_id and l.variant_id = variants.id)
              and not exists (select 1 from listings t where t.store_id = variants.store_id and t.variant_id = variants.id)
              and not exists (select 1 from offers o where o.store_id = variants.store_id and o.variant_id = variants.id)
              and not exists (select 1 from stock_movements m where m.store_id = variants.store_id and m.variant_id = variants.id)
              and not exists (select 1 from reservations r where r.store_id = variants.store_id and r.variant_id = variants.id)
              and not exists (select 1 from order_lines n where n.store_id = variants.store_id and n.variant_id = variants.id)
            """,
            it);
        await tx.ExecuteAsync(
            $"""
            delete from products
            where store_id = @storeId and {tx.Db.AnyId("id", "products")}
              and not exists (select 1 from variants v where v.store_id = products.store_id and v.product_id = products.id)
            """,
            it);
    }

    /// <summary>The variants that carry a barcode now; at most <paramref name="limit"/> of them.</summary>
    public Task<IReadOnlyList<string>> CarriersAsync(Tx tx, Guid storeId, string barcode, int limit) =>
        tx.QueryAsync<string>(
            "select shop_variant_id from variants where store_id = @storeId and barcode = @barcode and removed_ms is null order by id limit @limit",
            new { storeId, barcode, limit });

    /// <summary>Products with a present variant, in the order in which they came.</summary>
    /// <param name="query">Found in title, sku or barcode; empty finds all.</param>
    public Task<IReadOnlyList<ProductRow>> ListProductsAsync(Tx tx, Guid storeId, Guid? after, int limit, string query) =>
        tx.QueryAsync<ProductRow>(
            $"""
            select {ProductColumns} from products p
            where p.store_id = @storeId and p.id > @after
              and exists (
                select 1 from variants v
                where v.store_id = p.store_id and v.product_id = p.id and v.removed_ms is null
                  {(query.Length > 0 ? "and (p.folded like @pattern escape '\\' or v.folded like @pattern escape '\\')" : "")})
            order by p.id limit @limit
            """,
            new { storeId, after = after ?? Guid.Empty, limit, pattern = Fold.Pattern(query) });

    /// <summary>Present variants of these products with the units that open orders hold, in the order of the shop's ids.</summary>
    public Task<IReadOnlyList<VariantRow>> ListVariantsAsync(Tx tx, Guid storeId, IEnumerable<Guid> productIds) =>
        tx.QueryAsync<VariantRow>(
            $"""
            select {VariantColumns},
              (select cast(coalesce(sum(r.qty_open), 0) as bigint) from reservations r where r.store_id = v.store_id and r.variant_id = v.id and r.state = 'open') as reserved
            from variants v
            where v.store_id = @storeId and {tx.Db.AnyId("v.product_id", "products")} and v.removed_ms is null
            order by v.product_id, v.shop_variant_id
            """,
            new { storeId, products = tx.Db.IdList(productIds) });

    public Task<long> CountAsync(Tx tx, Guid storeId) =>
        tx.ScalarAsync<long>("select count(*) from variants where store_id = @storeId and removed_ms is null", new { storeId });
}

public sealed record ProductRow
{
    public required Guid Id { get; init; }

    public required string ShopProductId { get; init; }

    public required string Title { get; init; }

    public required string Brand { get; init; }

    public required string Model { get; init; }

    public required string ImageUrl { get; init; }

    public string Category { get; init; } = "";

    /// <summary>HTML.</summary>
    public string Description { get; init; } = "";

    /// <summary>A JSON list of addresses; empty when there are none.</summary>
    public string MoreImages { get; init; } = "";

    public long DesiHundredths { get; init; }

    public string[] Pictures => MoreImages.Length == 0 ? [] : JsonSerializer.Deserialize<string[]>(MoreImages)!;
}

public sealed record VariantRow
{
    public required Guid Id { get; init; }

    public required Guid ProductId { get; init; }

    public required string ShopVariantId { get; init; }

    public required string Sku { get; init; }

    public required string Barcode { get; init; }

    public required string Title { get; init; }

    public long? VatBasisPoints { get; init; }

    public long OnHand { get; init; }

    public long StockVersion { get; init; }

    public long StockShopSequence { get; init; }

    public long? StockReportedMs { get; init; }

    public long? PriceMinor { get; init; }

    public long? ListPriceMinor { get; init; }

    public long PriceVersion { get; init; }

    public long PriceShopSequence { get; init; }

    public long? RemovedMs { get; init; }

    /// <summary>Units that open orders hold; only a listing fills it.</summary>
    public long Reserved { get; init; }
}
