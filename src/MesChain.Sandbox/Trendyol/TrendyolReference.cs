using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Categories, attributes, addresses and carriers, in the shapes that Trendyol's documents cannot agree on.</summary>
static class TrendyolReference
{
    const int ValuesSizeMax = 1000;

    public static ApiAnswer Categories(TrendyolSandbox sandbox, HttpContext context, ApiRequest request)
    {
        if (ForeignStoreFront(context) is { } refusal)
            return refusal;

        var tree = new JsonArray([.. Tree(null, request.Text("name"))]);
        return ApiAnswer.Ok(sandbox.Switches.WrappedCategories ? new JsonObject { ["categories"] = tree } : tree);
    }

    public static ApiAnswer Attributes(HttpContext context, ApiRequest request, string category)
    {
        if (ForeignStoreFront(context) is { } refusal)
            return refusal;
        if (Find(category) is not { } node)
            return ApiAnswer.Error(404, "category.not.found", "Kategori bulunamadı.");

        var required = request.Text("required");
        return ApiAnswer.Ok(new JsonObject
        {
            ["id"] = node.Id,
            ["name"] = node.Name,
            ["displayName"] = node.Name,
            ["categoryAttributes"] = new JsonArray([.. TrendyolCatalogue.Rules(node.Id)
                .Where(rule => required is null || rule.Required == (required == "true"))
                .Select(rule => ToJson(node.Id, rule))]),
        });
    }

    public static ApiAnswer Values(TrendyolSandbox sandbox, HttpContext context, ApiRequest request, string category, string attribute)
    {
        if (ForeignStoreFront(context) is { } refusal)
            return refusal;
        if (Find(category) is not { } node || !TrendyolProductRead.TryId(attribute, out var attributeId) || TrendyolCatalogue.Rules(node.Id).All(rule => rule.AttributeId != attributeId))
            return ApiAnswer.Error(404, "attribute.not.found", "Kategori özelliği bulunamadı.");
        if (!request.TryNumber("page", 0, out var page) || !request.TryNumber("size", ValuesSizeMax, out var size) || page < 0 || size is < 1 or > ValuesSizeMax)
            return ApiAnswer.Error(400, "invalid.page", "page 0 veya üstü, size 1-1000 olmalıdır.");

        var values = TrendyolCatalogue.ValuesOf(attributeId);
        var name = sandbox.Switches.OtherFieldNames ? "attributeValueName" : "attributeValue";
        return ApiAnswer.Ok(new JsonObject
        {
            ["totalElements"] = values.Count,
            ["totalPages"] = (values.Count + size - 1) / size,
            ["page"] = page,
            ["size"] = size,
            ["content"] = new JsonArray([.. values.Skip(Offset(page, size)).Take((int)size)
                .Select(value => new JsonObject { ["attributeValueId"] = value.Id, [name] = value.Name })]),
        });
    }

    public static ApiAnswer CargoProviders() => ApiAnswer.Ok(new JsonArray([.. TrendyolCatalogue.Carriers
        .Select(carrier => new JsonObject { ["id"] = carrier.Id, ["code"] = carrier.Code, ["name"] = carrier.Name })]));

    public static ApiAnswer Addresses(TrendyolSandbox sandbox) => ApiAnswer.Ok(new JsonObject
    {
        ["supplierAddresses"] = new JsonArray(
            Address(sandbox.Switches, TrendyolCatalogue.ShipmentAddress, "Shipment", "Örnek Cad. 1", "Ataşehir", isDefault: true),
            Address(sandbox.Switches, TrendyolCatalogue.ReturningAddress, "Returning", "Depo Sok. 8", "Tuzla", isDefault: false),
            Address(sandbox.Switches, 1003, "Invoice", "Örnek Cad. 1", "Ataşehir", isDefault: false)),
        ["defaultShipmentAddress"] = new JsonObject { ["id"] = TrendyolCatalogue.ShipmentAddress },
        ["defaultInvoiceAddress"] = new JsonObject { ["present"] = true },
        ["defaultReturningAddress"] = new JsonObject { ["present"] = true },
    });

    static JsonObject Address(TrendyolSwitches switches, long id, string type, string street, string district, bool isDefault)
    {
        string Flag(string name) => switches.OtherFieldNames ? $"is{char.ToUpperInvariant(name[0])}{name[1..]}" : name;
        return new()
        {
            ["id"] = id,
            ["addressType"] = type,
            ["country"] = "Türkiye",
            ["city"] = "İstanbul",
            ["cityCode"] = 34,
            ["district"] = district,
            ["districtId"] = 1234,
            ["postCode"] = "34746",
            ["address"] = street,
            ["fullAddress"] = $"{street} {district} İstanbul",
            [switches.OtherFieldNames ? "isReturningAddress" : "returningAddress"] = type == "Returning",
            [Flag("shipmentAddress")] = type == "Shipment",
            [Flag("invoiceAddress")] = type == "Invoice",
            [Flag("default")] = isDefault,
        };
    }

    static IEnumerable<JsonNode> Tree(long? parentId, string? name)
    {
        foreach (var node in TrendyolCatalogue.Children(parentId))
        {
            var fits = name is null || node.Name.Contains(name, StringComparison.OrdinalIgnoreCase);
            // Below a name that fits everything is shown, and a node is shown for what is below it.
            var below = Tree(node.Id, fits ? null : name).ToArray();
            if (fits || below.Length > 0)
                yield return new JsonObject { ["id"] = node.Id, ["name"] = node.Name, ["parentId"] = node.ParentId, ["subCategories"] = new JsonArray(below) };
        }
    }

    static JsonObject ToJson(long categoryId, AttributeRule rule) => new()
    {
        ["categoryId"] = categoryId,
        ["attribute"] = new JsonObject { ["id"] = rule.AttributeId, ["name"] = TrendyolCatalogue.AttributeName(rule.AttributeId) },
        ["required"] = rule.Required,
        ["allowCustom"] = rule.AllowCustom,
        ["varianter"] = rule.Varianter,
        ["slicer"] = rule.Slicer,
        ["allowMultipleAttributeValues"] = rule.Multiple,
    };

    static CategoryNode? Find(string id) => TrendyolProductRead.TryId(id, out var number) ? TrendyolCatalogue.Category(number) : null;

    public static int Offset(long page, long size) => (int)Math.Min(int.MaxValue, page * size);

    public static ApiAnswer? ForeignStoreFront(HttpContext context) =>
        context.Request.Headers["storeFrontCode"].ToString() is "" or "TR" ? null : ApiAnswer.Error(400, "invalid.storefrontcode", "Geçersiz storeFrontCode.");
}
