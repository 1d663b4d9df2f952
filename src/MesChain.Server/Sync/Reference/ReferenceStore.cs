using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Catalog;

namespace MesChain.Server.Sync.Reference;

/// <summary>
/// Marketplaces' own lists at rest, by source. A list is replaced while it is read: what a reading meets is written under its time, and
/// what only older readings met goes at its end. Two nodes that read the same list at once leave the later one's.
/// </summary>
public sealed class ReferenceStore
{
    public const string Categories = "categories";
    public const string Brands = "brands";

    /// <summary>Names of attributes and options of one category.</summary>
    public static string OfCategory(string categoryId) => CategoryPrefix + categoryId;

    const string CategoryPrefix = "category/";

    /// <summary>The category whose schema a subject is; null when it is another list.</summary>
    public static string? CategoryOf(string subject) => subject.StartsWith(CategoryPrefix, StringComparison.Ordinal) ? subject[CategoryPrefix.Length..] : null;

    /// <summary>When the last complete reading of a list began; null before the first.</summary>
    public Task<long?> ReadMsAsync(Tx tx, string source, string subject) =>
        tx.ScalarAsync<long?>("select read_ms from marketplace_catalog_lists where source = @source and subject = @subject", new { source, subject });

    public async Task FinishAsync(Tx tx, string source, string subject, long readMs) =>
        await tx.ExecuteAsync(
            $"""
            insert into marketplace_catalog_lists (source, subject, read_ms) values (@source, @subject, @readMs)
            on conflict (source, subject) do update set read_ms = {tx.Db.Greatest("marketplace_catalog_lists.read_ms", "excluded.read_ms")}
            """,
            new { source, subject, readMs });

    /// <summary>Puts the whole tree in the place of the one that is there.</summary>
    public async Task ReplaceCategoriesAsync(Tx tx, string source, IReadOnlyList<MarketplaceCategory> categories)
    {
        await tx.LockAsync($"{source}/{Categories}");
        await tx.ExecuteAsync("delete from marketplace_catalog_categories where source = @source", new { source });
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        var rows = categories.DistinctBy(category => category.Id, StringComparer.Ordinal).Select((category, position) =>
        {
            var path = category.ParentId is { } parent && paths.TryGetValue(parent, out var above) ? $"{above} > {category.Name}" : category.Name;
            paths[category.Id] = path;
            return new { source, category.Id, Position = (long)position, ParentId = category.ParentId ?? "", category.Name, Path = path, Folded = Fold.Text(path), Leaf = category.IsLeaf };
        }).ToList();
        await tx.ExecuteManyAsync(
            """
            insert into marketplace_catalog_categories (source, id, position, parent_id, name, path, folded, leaf)
            values (@source, @Id, @Position, @ParentId, @Name, @Path, @Folded, @Leaf)
            """,
            rows);
    }

    /// <summary>Puts a category's attributes in the place of those that are there, and drops options that a reading of <paramref name="readMs"/> did not meet.</summary>
    public async Task ReplaceAttributesAsync(Tx tx, string source, string categoryId, IReadOnlyList<CategoryAttribute> attributes, long readMs)
    {
        await tx.LockAsync($"{source}/{OfCategory(categoryId)}");
        await tx.ExecuteAsync("delete from marketplace_catalog_attributes where source = @source and category_id = @categoryId", new { source, categoryId });
        await tx.ExecuteManyAsync(
            """
            insert into marketplace_catalog_attributes (source, category_id, id, position, name, required, takes_text, takes_many, role)
            values (@source, @categoryId, @Id, @Position, @Name, @Required, @TakesText, @TakesMany, @Role)
            """,
            attributes.DistinctBy(attribute => attribute.Id, StringComparer.Ordinal).Select((attribute, position) => new
            {
                source,
                categoryId,
                attribute.Id,
                Position = (long)position,
                attribute.Name,
                attribute.Required,
                attribute.TakesText,
                attribute.TakesMany,
                Role = attribute.Role.ToString().ToLowerInvariant(),
            }));
        await tx.ExecuteAsync(
            "delete from marketplace_catalog_options where source = @source and category_id = @categoryId and seen_ms < @readMs", new { source, categoryId, readMs });
    }

    public async Task AddOptionsAsync(Tx tx, string source, string categoryId, string attributeId, IReadOnlyList<AttributeOption> options, long readMs) =>
        await tx.ExecuteManyAsync(
            """
            insert into marketplace_catalog_options (source, category_id, attribute_id, id, name, folded, seen_ms)
            values (@source, @categoryId, @attributeId, @Id, @Name, @Folded, @readMs)
            on conflict (source, category_id, attribute_id, id) do update set name = excluded.name, folded = excluded.folded, seen_ms = excluded.seen_ms
            """,
            options.Select(option => new { source, categoryId, attributeId, option.Id, option.Name, Folded = Fold.Text(option.Name), readMs }));

    public async Task AddBrandsAsync(Tx tx, string source, IReadOnlyList<MarketplaceBrand> brands, long readMs) =>
        await tx.ExecuteManyAsync(
            """
            insert into marketplace_catalog_brands (source, id, name, folded, seen_ms)
            values (@source, @Id, @Name, @Folded, @readMs)
            on conflict (source, id) do update set name = excluded.name, folded = excluded.folded, seen_ms = excluded.seen_ms
            """,
            brands.Select(brand => new { source, brand.Id, brand.Name, Folded = Fold.Text(brand.Name), readMs }));

    /// <summary>Drops brands that a reading of <paramref name="readMs"/> did not meet.</summary>
    public async Task DropBrandsAsync(Tx tx, string source, long readMs) =>
        await tx.ExecuteAsync("delete from marketplace_catalog_brands where source = @source and seen_ms < @readMs", new { source, readMs });

    public Task<IReadOnlyList<CategoryRow>> ListCategoriesAsync(Tx tx, string source, long after, int limit, string query, bool leavesOnly) =>
        tx.QueryAsync<CategoryRow>(
            $"""
            select id, position, parent_id, name, path, leaf from marketplace_catalog_categories
            where source = @source and position > @after {(leavesOnly ? "and leaf" : "")} {Matching(query)}
            order by position limit @limit
            """,
            new { source, after, limit, pattern = Fold.Pattern(query) });

    public Task<CategoryRow?> FindCategoryAsync(Tx tx, string source, string id) =>
        tx.OneAsync<CategoryRow>("select id, position, parent_id, name, path, leaf from marketplace_catalog_categories where source = @source and id = @id", new { source, id });

    public Task<IReadOnlyList<AttributeRow>> ListAttributesAsync(Tx tx, string source, string categoryId, long after, int limit) =>
        tx.QueryAsync<AttributeRow>(
            """
            select a.id, a.position, a.name, a.required, a.takes_text, a.takes_many, a.role,
              (select count(*) from marketplace_catalog_options o where o.source = a.source and o.category_id = a.category_id and o.attribute_id = a.id) as options
            from marketplace_catalog_attributes a
            where a.source = @source and a.category_id = @categoryId and a.position > @after
            order by a.position limit @limit
            """,
            new { source, categoryId, after, limit });

    public Task<IReadOnlyList<NamedRow>> ListOptionsAsync(Tx tx, string source, string categoryId, string attributeId, string after, int limit, string query) =>
        tx.QueryAsync<NamedRow>(
            $"""
            select id, name from marketplace_catalog_options
            where source = @source and category_id = @categoryId and attribute_id = @attributeId and id > @after {Matching(query)}
            order by id limit @limit
            """,
            new { source, categoryId, attributeId, after, limit, pattern = Fold.Pattern(query) });

    /// <summary>Those of the named options that an attribute offers.</summary>
    public Task<IReadOnlyList<string>> KnownOptionsAsync(Tx tx, string source, string categoryId, string attributeId, IEnumerable<string> ids) =>
        tx.QueryAsync<string>(
            $"""
            select id from marketplace_catalog_options
            where source = @source and category_id = @categoryId and attribute_id = @attributeId and {tx.Db.AnyText("id", "ids")}
            """,
            new { source, categoryId, attributeId, ids = tx.Db.TextList(ids) });

    public Task<IReadOnlyList<NamedRow>> ListBrandsAsync(Tx tx, string source, string after, int limit, string query) =>
        tx.QueryAsync<NamedRow>(
            $"select id, name from marketplace_catalog_brands where source = @source and id > @after {Matching(query)} order by id limit @limit",
            new { source, after, limit, pattern = Fold.Pattern(query) });

    public Task<NamedRow?> FindBrandAsync(Tx tx, string source, string id) =>
        tx.OneAsync<NamedRow>("select id, name from marketplace_catalog_brands where source = @source and id = @id", new { source, id });

    /// <summary>Asks for a list. False when it is asked for already.</summary>
    public async Task<bool> WantAsync(Tx tx, Guid storeId, Guid connectionId, string subject) =>
        await tx.ExecuteAsync(
            $"""
            insert into catalog_wants (store_id, connection_id, subject, asked_ms) values (@storeId, @connectionId, @subject, {tx.Db.Now})
            on conflict do nothing
            """,
            new { storeId, connectionId, subject }) > 0;

    /// <summary>What is asked for, longest first.</summary>
    public Task<IReadOnlyList<string>> WantsAsync(Tx tx, Guid storeId, Guid connectionId) =>
        tx.QueryAsync<string>(
            "select subject from catalog_wants where store_id = @storeId and connection_id = @connectionId order by asked_ms, subject limit 100",
            new { storeId, connectionId });

    public async Task HaveAsync(Tx tx, Guid storeId, Guid connectionId, string subject) =>
        await tx.ExecuteAsync(
            "delete from catalog_wants where store_id = @storeId and connection_id = @connectionId and subject = @subject", new { storeId, connectionId, subject });

    static string Matching(string query) => query.Length > 0 ? "and folded like @pattern escape '\\'" : "";
}

public sealed record CategoryRow
{
    public required string Id { get; init; }

    public required long Position { get; init; }

    public required string ParentId { get; init; }

    public required string Name { get; init; }

    public required string Path { get; init; }

    public bool Leaf { get; init; }
}

public sealed record AttributeRow
{
    public required string Id { get; init; }

    public required long Position { get; init; }

    public required string Name { get; init; }

    public bool Required { get; init; }

    public bool TakesText { get; init; }

    public bool TakesMany { get; init; }

    /// <summary>plain, variant or card.</summary>
    public required string Role { get; init; }

    public long Options { get; init; }
}

public sealed record NamedRow
{
    public required string Id { get; init; }

    public required string Name { get; init; }
}
