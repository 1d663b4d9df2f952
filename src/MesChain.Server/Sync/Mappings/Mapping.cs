using System.Text.Json;
using MesChain.Server.Sync.Catalog;

namespace MesChain.Server.Sync.Mappings;

/// <summary>What of the shop is mapped.</summary>
/// <param name="Kind">One of <see cref="MappingKinds"/>.</param>
/// <param name="Key">What is compared: folded where it is a name.</param>
/// <param name="Label">As it was written.</param>
public readonly record struct MappingKey(string Kind, string Key, string Label)
{
    public static MappingKey Brand(string name) => new(MappingKinds.Brand, Fold.Text(name), name);

    public static MappingKey Category(string name) => new(MappingKinds.Category, Fold.Text(name), name);

    public static MappingKey Product(string shopProductId) => new(MappingKinds.Product, shopProductId, shopProductId);

    public static MappingKey Variant(string shopVariantId) => new(MappingKinds.Variant, shopVariantId, shopVariantId);
}

/// <summary>As they stand in the table.</summary>
public static class MappingKinds
{
    public const string Brand = "brand";
    public const string Category = "category";
    public const string Product = "product";
    public const string Variant = "variant";
}

/// <summary>What a mapping says, in the marketplace's ids. Empty is not said.</summary>
public sealed record MappingBody(string BrandId, string CategoryId, IReadOnlyList<MappedValue> Attributes)
{
    public static readonly MappingBody Nothing = new("", "", []);

    public bool SaysNothing => BrandId.Length == 0 && CategoryId.Length == 0 && Attributes.Count == 0;

    /// <summary>Empty for a mapping that says nothing.</summary>
    public string ToText() => SaysNothing ? "" : JsonSerializer.Serialize(this);

    public static MappingBody FromText(string text) => text.Length == 0 ? Nothing : JsonSerializer.Deserialize<MappingBody>(text)!;
}

/// <summary>An attribute set to options, or to a text.</summary>
public sealed record MappedValue(string AttributeId, IReadOnlyList<string> OptionIds, string Text);

/// <summary>What all mappings that bear on a variant say together.</summary>
public sealed record Mapped(string BrandId, string CategoryId, IReadOnlyList<MappedValue> Attributes);

/// <summary>The mappings that bear on some products and variants.</summary>
public sealed class MappingSet(IReadOnlyDictionary<(string Kind, string Key), MappingBody> mappings)
{
    /// <summary>What is nearer to the variant counts more: variant, product, then the names that the product bears.</summary>
    public Mapped Of(ProductRow product, string? shopVariantId)
    {
        var (ofProduct, ofCategory) = (Of(MappingKey.Product(product.ShopProductId)), Of(MappingKey.Category(product.Category)));
        var ofVariant = shopVariantId is null ? MappingBody.Nothing : Of(MappingKey.Variant(shopVariantId));
        var brand = ofProduct.BrandId.Length > 0 ? ofProduct.BrandId : Of(MappingKey.Brand(product.Brand)).BrandId;
        var ownCategory = ofProduct.CategoryId.Length > 0 && ofProduct.CategoryId != ofCategory.CategoryId;
        // Attributes belong to the category that they were chosen for.
        IEnumerable<MappedValue> general = ownCategory ? [] : ofCategory.Attributes;
        return new(
            brand,
            ofProduct.CategoryId.Length > 0 ? ofProduct.CategoryId : ofCategory.CategoryId,
            [.. ofVariant.Attributes.Concat(ofProduct.Attributes).Concat(general).DistinctBy(value => value.AttributeId, StringComparer.Ordinal)]);
    }

    MappingBody Of(MappingKey key) => key.Key.Length == 0 ? MappingBody.Nothing : mappings.GetValueOrDefault((key.Kind, key.Key)) ?? MappingBody.Nothing;
}
