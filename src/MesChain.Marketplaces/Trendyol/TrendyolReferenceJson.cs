using System.Text.Json.Serialization;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

// As in TrendyolJson: nothing is required, and two names for one thing are two properties.

sealed record CategoryTree
{
    public IReadOnlyList<CategoryNode>? Categories { get; init; }
}

sealed record CategoryNode
{
    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    public IReadOnlyList<CategoryNode>? SubCategories { get; init; }
}

sealed record CategoryAttributes
{
    [JsonPropertyName("categoryAttributes")]
    public IReadOnlyList<CategoryAttributeRule>? Attributes { get; init; }
}

sealed record CategoryAttributeRule
{
    public NamedId? Attribute { get; init; }

    public bool? Required { get; init; }

    public bool? AllowCustom { get; init; }

    public bool? Varianter { get; init; }

    public bool? Slicer { get; init; }

    public bool? AllowMultipleAttributeValues { get; init; }
}

sealed record NamedId
{
    public string Id { get; set; } = "";

    public string Name { get; set; } = "";
}

sealed record AttributeValuePage
{
    public int? TotalPages { get; init; }

    public IReadOnlyList<AttributeValueEntry>? Content { get; init; }
}

sealed record AttributeValueEntry
{
    public string AttributeValueId { get; set; } = "";

    public string AttributeValueName { get; set; } = "";

    public string AttributeValue { get; set; } = "";
}

sealed record BrandPage
{
    public IReadOnlyList<NamedId>? Brands { get; init; }
}

sealed record BrandMade
{
    public string BrandId { get; set; } = "";
}

sealed record AddressBook
{
    public IReadOnlyList<AddressEntry>? SupplierAddresses { get; init; }
}

/// <summary>Flags come with and without <c>is</c>.</summary>
sealed record AddressEntry
{
    public string Id { get; set; } = "";

    public string AddressType { get; set; } = "";

    public string FullAddress { get; set; } = "";

    public string Address { get; set; } = "";

    public string District { get; set; } = "";

    public string City { get; set; } = "";

    public bool? ShipmentAddress { get; init; }

    public bool? IsShipmentAddress { get; init; }

    public bool? ReturningAddress { get; init; }

    public bool? IsReturningAddress { get; init; }

    public bool? InvoiceAddress { get; init; }

    public bool? IsInvoiceAddress { get; init; }

    public bool? Default { get; init; }

    public bool? IsDefault { get; init; }

    public override string ToString() => "(address)";
}

sealed record CarrierEntry
{
    public string Code { get; set; } = "";

    public string Name { get; set; } = "";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(TolerantText)])]
[JsonSerializable(typeof(CategoryTree))]
[JsonSerializable(typeof(IReadOnlyList<CategoryNode>))]
[JsonSerializable(typeof(CategoryAttributes))]
[JsonSerializable(typeof(AttributeValuePage))]
[JsonSerializable(typeof(BrandPage))]
[JsonSerializable(typeof(IReadOnlyList<NamedId>))]
[JsonSerializable(typeof(BrandMade))]
[JsonSerializable(typeof(AddressBook))]
[JsonSerializable(typeof(IReadOnlyList<CarrierEntry>))]
sealed partial class TrendyolReferenceJson : JsonSerializerContext;
