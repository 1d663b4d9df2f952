using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Parts of a product that several answers show.</summary>
static class TrendyolProductJson
{
    public static JsonArray Images(Item item) => new([.. item.Images.Select(url => new JsonObject { ["url"] = url })]);

    /// <summary>One entry a value, each with its name.</summary>
    public static JsonArray Attributes(Item item, Func<long, bool> shown) => new([.. item.Attributes.Where(attribute => shown(attribute.Id)).SelectMany(Entries)]);

    /// <summary>Whether an attribute belongs to the variant (size) or to the card it stands on.</summary>
    public static bool IsOfVariant(Item item, long attributeId) =>
        TrendyolCatalogue.Rules(item.CategoryId).Any(rule => rule.AttributeId == attributeId && rule.Varianter);

    static IEnumerable<JsonNode> Entries(ProductAttribute attribute)
    {
        foreach (var id in attribute.ValueIds)
            yield return Entry(attribute, id, TrendyolCatalogue.ValuesOf(attribute.Id).FirstOrDefault(value => value.Id == id)?.Name);
        if (attribute.Text is not null)
            yield return Entry(attribute, null, attribute.Text);
    }

    static JsonObject Entry(ProductAttribute attribute, long? valueId, string? value) => new()
    {
        ["attributeId"] = attribute.Id,
        ["attributeName"] = attribute.Name,
        ["attributeValueId"] = valueId,
        ["attributeValue"] = value,
    };
}
