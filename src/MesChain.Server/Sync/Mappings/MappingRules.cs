using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Listings;
using MesChain.Server.Sync.Reference;

namespace MesChain.Server.Sync.Mappings;

/// <summary>
/// Takes mappings, each judged by the marketplace's own lists: what it names has to be there, and an attribute has to take what it is
/// set to. Whether all required attributes are said is judged of a listing, where the mappings of variant, product and category meet.
/// </summary>
public sealed class MappingRules(CatalogStore catalog, MappingStore mappings, ReferenceStore lists, ReferenceLists asked, ListingStore listings, ChangeStore changes, LedgerRows ledger)
{
    /// <summary>More than any category has.</summary>
    public const int AttributesMax = 1_000;

    public async Task<IReadOnlyList<ItemOutcome>> SetAsync(Tx tx, Guid storeId, Guid connectionId, IReadOnlyList<(MappingKey Key, MappingBody Body)> wanted, string author)
    {
        var place = await PlaceAsync(tx, storeId, connectionId);
        var results = new List<ItemOutcome>(wanted.Count);
        foreach (var (key, body) in wanted)
        {
            var refusal = await JudgeAsync(tx, place, key, body);
            if (refusal is null)
                await AddAsync(tx, place, key, body.ToText(), author);
            results.Add(refusal ?? ItemOutcome.Stored(key.Label));
        }

        await listings.RecheckAsync(tx, storeId);
        await changes.OutdateAsync(tx, storeId);
        return results;
    }

    public async Task<IReadOnlyList<ItemOutcome>> RevertAsync(Tx tx, Guid storeId, Guid connectionId, IReadOnlyList<(MappingKey Key, long Version)> wanted, string author)
    {
        var place = await PlaceAsync(tx, storeId, connectionId);
        var results = new List<ItemOutcome>(wanted.Count);
        foreach (var (key, version) in wanted)
        {
            var newest = await mappings.FindAsync(tx, storeId, place.Source, key);
            // Before its first version a mapping said nothing.
            var body = version == 0 && newest?.Version == 1
                ? ""
                : (await mappings.FindAsync(tx, storeId, place.Source, key, version > 0 ? version : (newest?.Version ?? 0) - 1))?.Body;
            if (newest is null || body is null)
            {
                results.Add(ItemOutcome.Refused(key.Label, Reasons.UnknownMapping, version > 0 ? $"version: there is no version {version} of it" : "key: there is no such mapping"));
                continue;
            }

            // The marketplace's lists may have changed since.
            var refusal = await JudgeAsync(tx, place, key, MappingBody.FromText(body));
            if (refusal is null)
                await AddAsync(tx, place, key, body, author);
            results.Add(refusal ?? ItemOutcome.Stored(key.Label));
        }

        await listings.RecheckAsync(tx, storeId);
        await changes.OutdateAsync(tx, storeId);
        return results;
    }

    async Task<Place> PlaceAsync(Tx tx, Guid storeId, Guid connectionId)
    {
        var source = await asked.SourceAsync(tx, storeId, connectionId);
        await tx.LockAsync($"mappings/{storeId.ToWire()}/{source}");
        return new(storeId, connectionId, source);
    }

    async Task AddAsync(Tx tx, Place place, MappingKey key, string body, string author)
    {
        var before = await mappings.FindAsync(tx, place.StoreId, place.Source, key);
        if (before is null ? body.Length == 0 : before.Body == body)
            return;
        await mappings.AddAsync(tx, place.StoreId, place.Source, key, body, author, before?.Version ?? 0);
        await ledger.AppendAsync(tx, place.StoreId, "mapping.set", $"mapping:{key.Kind}", author, $"{place.Source} {key.Key} {body}");
    }

    /// <summary>Null when the mapping may stand.</summary>
    async Task<ItemOutcome?> JudgeAsync(Tx tx, Place place, MappingKey key, MappingBody body)
    {
        if (body.BrandId.Length > 0)
        {
            if (key.Kind is not (MappingKinds.Brand or MappingKinds.Product))
                return Misfit(key, "brand_id: is only for a brand or a product");
            if (await IsUnreadAsync(tx, place, ReferenceStore.Brands))
                return Unread(key, "brand_id: the marketplace's brands");
            if (await lists.FindBrandAsync(tx, place.Source, body.BrandId) is null)
                return Misfit(key, $"brand_id: the marketplace has no brand {body.BrandId}");
        }

        if (body.CategoryId.Length > 0)
        {
            if (key.Kind is not (MappingKinds.Category or MappingKinds.Product))
                return Misfit(key, "category_id: is only for a category or a product");
            if (await IsUnreadAsync(tx, place, ReferenceStore.Categories))
                return Unread(key, "category_id: the marketplace's categories");
            if (await lists.FindCategoryAsync(tx, place.Source, body.CategoryId) is not { } category)
                return Misfit(key, $"category_id: the marketplace has no category {body.CategoryId}");
            if (!category.Leaf)
                return Misfit(key, $"category_id: {category.Path} takes no products; choose one of the categories below it");
        }

        return body.Attributes.Count == 0 ? null : await JudgeAttributesAsync(tx, place, key, body);
    }

    async Task<ItemOutcome?> JudgeAttributesAsync(Tx tx, Place place, MappingKey key, MappingBody body)
    {
        if (key.Kind == MappingKinds.Brand)
            return Misfit(key, "attributes: are not for a brand");
        var category = body.CategoryId.Length > 0 ? body.CategoryId : await CategoryOfAsync(tx, place, key);
        if (category.Length == 0)
            return Misfit(key, "attributes: map the category first, that they can be judged by");
        if (await IsUnreadAsync(tx, place, ReferenceStore.OfCategory(category)))
            return Unread(key, $"attributes: the attributes of category {category}");

        var schema = (await lists.ListAttributesAsync(tx, place.Source, category, -1, AttributesMax)).ToDictionary(row => row.Id, StringComparer.Ordinal);
        for (var i = 0; i < body.Attributes.Count; i++)
        {
            var value = body.Attributes[i];
            var at = $"attributes[{i}]";
            if (!schema.TryGetValue(value.AttributeId, out var attribute))
                return Misfit(key, $"{at}.attribute_id: category {category} has no attribute {value.AttributeId}");
            if (value.Text.Length > 0 && !attribute.TakesText)
                return Misfit(key, $"{at}.text: {attribute.Name} takes no text of one's own; choose an option");
            if (value.OptionIds.Count > 1 && !attribute.TakesMany)
                return Misfit(key, $"{at}.option_ids: {attribute.Name} takes one option");
            var known = await lists.KnownOptionsAsync(tx, place.Source, category, value.AttributeId, value.OptionIds);
            if (value.OptionIds.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
                return Misfit(key, $"{at}.option_ids: {attribute.Name} offers no option {unknown}");
        }

        return null;
    }

    /// <summary>The category that what is mapped stands in by other mappings; empty when it stands in none.</summary>
    async Task<string> CategoryOfAsync(Tx tx, Place place, MappingKey key)
    {
        var product = key.Kind switch
        {
            MappingKinds.Product => await catalog.HoldProductsAsync(tx, place.StoreId, [key.Key]) is [var known] ? known : null,
            MappingKinds.Variant => await catalog.FindProductOfAsync(tx, place.StoreId, key.Key),
            _ => null,
        };
        return product is null ? "" : (await mappings.OfAsync(tx, place.StoreId, place.Source, [product], [])).Of(product, null).CategoryId;
    }

    async Task<bool> IsUnreadAsync(Tx tx, Place place, string subject) =>
        (await asked.AskAsync(tx, place.StoreId, place.ConnectionId, place.Source, subject)).ReadMs is null;

    static ItemOutcome Misfit(MappingKey key, string detail) => ItemOutcome.Refused(key.Label, Reasons.MappingMisfit, detail);

    static ItemOutcome Unread(MappingKey key, string what) => ItemOutcome.Refused(key.Label, Reasons.SchemaNotRead, what + " are not read yet; repeat in a few seconds");

    readonly record struct Place(Guid StoreId, Guid ConnectionId, string Source);
}
