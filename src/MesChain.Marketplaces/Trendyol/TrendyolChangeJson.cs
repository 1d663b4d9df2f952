using System.Text.Json.Serialization;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

// Changes carry attributes in their plural form, new products in the singular one: see TrendyolProductJson.

sealed record PluralAttribute(long AttributeId, IReadOnlyList<long>? AttributeValueIds, string? AttributeValue);

sealed record MendedProducts(IReadOnlyList<MendedProduct> Items);

/// <summary>Everything but price and stock.</summary>
sealed record MendedProduct
{
    public required string Barcode { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required string ProductMainId { get; init; }

    public required long BrandId { get; init; }

    public required long CategoryId { get; init; }

    public required string StockCode { get; init; }

    public string? Origin { get; init; }

    public required decimal DimensionalWeight { get; init; }

    public required int VatRate { get; init; }

    public string? LotNumber { get; init; }

    public IReadOnlyList<string>? CargoProviders { get; init; }

    public long? ShipmentAddressId { get; init; }

    public long? ReturningAddressId { get; init; }

    public DeliveryOption? DeliveryOption { get; init; }

    public required IReadOnlyList<ProductImage> Images { get; init; }

    public required IReadOnlyList<PluralAttribute> Attributes { get; init; }
}

sealed record ContentChanges(IReadOnlyList<ContentChangeItem> Items);

sealed record ContentChangeItem
{
    public required long ContentId { get; init; }

    public string? Title { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<ProductImage>? Images { get; init; }

    public IReadOnlyList<PluralAttribute>? Attributes { get; init; }
}

sealed record VariantChanges(IReadOnlyList<VariantChangeItem> Items);

sealed record VariantChangeItem
{
    public required string Barcode { get; init; }

    public required string StockCode { get; init; }

    public string? Origin { get; init; }

    public required int VatRate { get; init; }

    public required decimal DimensionalWeight { get; init; }

    public long? ShipmentAddressId { get; init; }

    public long? ReturningAddressId { get; init; }

    public string? LotNumber { get; init; }

    public IReadOnlyList<string>? CargoProviders { get; init; }
}

sealed record DeliveryChanges(IReadOnlyList<DeliveryChangeItem> Items);

/// <summary>The plural is the request's; the echo says it in the singular.</summary>
sealed record DeliveryChangeItem(string Barcode, DeliveryOption DeliveryOptions);

sealed record ArchiveStates(IReadOnlyList<ArchiveState> Items);

sealed record ArchiveState(string Barcode, bool Archived);

sealed record BarcodeItems(IReadOnlyList<BarcodeItem> Items);

sealed record BarcodeItem(string Barcode);

sealed record BuyboxQuestion(IReadOnlyList<string> Barcodes);

sealed record BuyboxAnswer
{
    public IReadOnlyList<BuyboxEntry>? BuyboxInfo { get; init; }
}

sealed record BuyboxEntry
{
    public string Barcode { get; set; } = "";

    public int? BuyboxOrder { get; init; }

    public decimal? BuyboxPrice { get; init; }

    public bool? HasMultipleSeller { get; init; }
}

sealed record AuditPage
{
    public int? Page { get; init; }

    public int? TotalPage { get; init; }

    public IReadOnlyList<AuditEntry>? Content { get; init; }
}

sealed record AuditEntry
{
    public string BatchRequestId { get; set; } = "";

    public string RequestDate { get; set; } = "";

    public IReadOnlyList<AuditUpdate>? Updates { get; init; }
}

/// <summary>Changed and existing texts are left out: they are known, and long.</summary>
sealed record AuditUpdate
{
    public string Type { get; set; } = "";

    public string Status { get; set; } = "";

    public IReadOnlyList<AuditReason>? RejectReasons { get; init; }
}

sealed record AuditReason
{
    public string Type { get; set; } = "";

    public string Reason { get; set; } = "";

    public string Detail { get; set; } = "";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(TolerantText)])]
[JsonSerializable(typeof(MendedProducts))]
[JsonSerializable(typeof(ContentChanges))]
[JsonSerializable(typeof(VariantChanges))]
[JsonSerializable(typeof(DeliveryChanges))]
[JsonSerializable(typeof(ArchiveStates))]
[JsonSerializable(typeof(BarcodeItems))]
[JsonSerializable(typeof(BuyboxQuestion))]
[JsonSerializable(typeof(BuyboxAnswer))]
[JsonSerializable(typeof(AuditPage))]
sealed partial class TrendyolChangeJson : JsonSerializerContext;
