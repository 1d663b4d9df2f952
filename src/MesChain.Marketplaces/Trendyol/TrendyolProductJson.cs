using System.Text.Json.Serialization;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

// What is sent has init properties, what is read tolerates anything: see TrendyolJson.

sealed record NewProducts(IReadOnlyList<NewProduct> Items);

/// <summary>A product for the create service, with attributes in its singular form.</summary>
sealed record NewProduct
{
    public required string Barcode { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required string ProductMainId { get; init; }

    public required long BrandId { get; init; }

    public required long CategoryId { get; init; }

    public required int Quantity { get; init; }

    public required string StockCode { get; init; }

    public string? Origin { get; init; }

    public required decimal DimensionalWeight { get; init; }

    public required decimal ListPrice { get; init; }

    public required decimal SalePrice { get; init; }

    public required int VatRate { get; init; }

    public string? LotNumber { get; init; }

    public IReadOnlyList<string>? CargoProviders { get; init; }

    public long? ShipmentAddressId { get; init; }

    public long? ReturningAddressId { get; init; }

    public DeliveryOption? DeliveryOption { get; init; }

    public required IReadOnlyList<ProductImage> Images { get; init; }

    public required IReadOnlyList<SingularAttribute> Attributes { get; init; }
}

sealed record DeliveryOption(int DeliveryDuration);

sealed record ProductImage(string Url);

sealed record SingularAttribute(long AttributeId, long? AttributeValueId, string? CustomAttributeValue);

sealed record ProductBatch
{
    public string Status { get; set; } = "";

    public int? ItemCount { get; init; }

    public IReadOnlyList<ProductBatchItem>? Items { get; init; }
}

sealed record ProductBatchItem
{
    public ProductEcho? RequestItem { get; init; }

    public string Status { get; set; } = "";

    public IReadOnlyList<string>? FailureReasons { get; init; }
}

/// <summary>The request as a batch repeats it: what names the item lies at the top, or one level down, by the batch's type.</summary>
sealed record ProductEcho
{
    public string Barcode { get; set; } = "";

    public ProductKey? Product { get; init; }

    public ProductKey? UpdateRequest { get; init; }

    public ProductKey? Request { get; init; }

    public string Key => new[] { Barcode, Product?.Barcode, UpdateRequest?.ContentId, UpdateRequest?.Barcode, Request?.Barcode }
        .FirstOrDefault(key => key is { Length: > 0 }) ?? "";
}

sealed record ProductKey
{
    public string Barcode { get; set; } = "";

    public string ContentId { get; set; } = "";
}

sealed record UnapprovedPage
{
    public int? TotalPages { get; init; }

    public IReadOnlyList<UnapprovedProduct>? Content { get; init; }
}

sealed record UnapprovedProduct
{
    public string Barcode { get; set; } = "";

    public IReadOnlyList<RejectReason>? RejectReasonDetails { get; init; }
}

sealed record RejectReason
{
    [JsonPropertyName("rejectReason")]
    public string Reason { get; set; } = "";

    [JsonPropertyName("rejectReasonDetail")]
    public string Detail { get; set; } = "";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(TolerantText)])]
[JsonSerializable(typeof(NewProducts))]
[JsonSerializable(typeof(ProductBatch))]
[JsonSerializable(typeof(UnapprovedPage))]
sealed partial class TrendyolProductJson : JsonSerializerContext;
