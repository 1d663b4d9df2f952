using System.Text.Json.Serialization;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

// Each endpoint has its own records: the same thing carries different names at different endpoints.
// Nothing is required here; what must be there is judged where it is read, with a fault instead of an exception of the parser.

sealed record PriceAndInventory(IReadOnlyList<PriceAndInventoryItem> Items);

sealed record PriceAndInventoryItem
{
    public required string Barcode { get; init; }

    public int? Quantity { get; init; }

    public decimal? SalePrice { get; init; }

    public decimal? ListPrice { get; init; }
}

sealed record BatchAccepted
{
    public string BatchRequestId { get; init; } = "";
}

/// <summary>The top-level status is left out on purpose: price and stock batches carry none, and a completed batch may hold failures.</summary>
sealed record BatchResult
{
    public IReadOnlyList<BatchResultItem>? Items { get; init; }

    public int? ItemCount { get; init; }
}

sealed record BatchResultItem
{
    public BatchRequestItem? RequestItem { get; init; }

    public string Status { get; init; } = "";

    public IReadOnlyList<string>? FailureReasons { get; init; }
}

sealed record BatchRequestItem
{
    public string Barcode { get; init; } = "";
}

sealed record ApprovedPage
{
    public int? TotalPages { get; init; }

    public string NextPageToken { get; init; } = "";

    public IReadOnlyList<ApprovedContent>? Content { get; init; }
}

sealed record ApprovedContent
{
    public string ContentId { get; init; } = "";

    public string Title { get; init; } = "";

    public IReadOnlyList<ApprovedVariant>? Variants { get; init; }
}

sealed record ApprovedVariant
{
    public string VariantId { get; init; } = "";

    public string Barcode { get; init; } = "";

    public string StockCode { get; init; } = "";

    public ApprovedStock? Stock { get; init; }

    public ApprovedPrice? Price { get; init; }

    public bool? OnSale { get; init; }

    public bool? Archived { get; init; }

    public bool? Locked { get; init; }

    public bool? Blacklisted { get; init; }
}

sealed record ApprovedStock
{
    public int? Quantity { get; init; }
}

/// <summary>The price that the buyer sees in a campaign is left out: it must never be written back.</summary>
sealed record ApprovedPrice
{
    public decimal? SalePrice { get; init; }

    public decimal? ListPrice { get; init; }
}

sealed record PackagePage
{
    public IReadOnlyList<Package>? Content { get; init; }

    public bool? HasMore { get; init; }

    public string NextCursor { get; init; } = "";
}

sealed record Package
{
    public string ShipmentPackageId { get; init; } = "";

    public string OrderNumber { get; init; } = "";

    public string ShipmentPackageStatus { get; init; } = "";

    public string Status { get; init; } = "";

    public long? OrderDate { get; init; }

    public long? LastModifiedDate { get; init; }

    public long? AgreedDeliveryDate { get; init; }

    public string CurrencyCode { get; init; } = "";

    public decimal? PackageTotalPrice { get; init; }

    public string PaymentMethod { get; init; } = "";

    public string CargoProviderName { get; init; } = "";

    public string CargoTrackingNumber { get; init; } = "";

    public string CargoTrackingLink { get; init; } = "";

    public string CustomerFirstName { get; init; } = "";

    public string CustomerLastName { get; init; } = "";

    public string CustomerEmail { get; init; } = "";

    public string IdentityNumber { get; init; } = "";

    public string TaxNumber { get; init; } = "";

    public PackageAddress? ShipmentAddress { get; init; }

    public PackageAddress? InvoiceAddress { get; init; }

    public IReadOnlyList<string>? OriginPackageIds { get; init; }

    public IReadOnlyList<PackageLine>? Lines { get; init; }

    public override string ToString() => "(package)";
}

sealed record PackageAddress
{
    public string FirstName { get; init; } = "";

    public string LastName { get; init; } = "";

    public string Company { get; init; } = "";

    public string Address1 { get; init; } = "";

    public string Address2 { get; init; } = "";

    public string FullAddress { get; init; } = "";

    public string Neighborhood { get; init; } = "";

    public string District { get; init; } = "";

    public string CountyName { get; init; } = "";

    public string City { get; init; } = "";

    public string PostalCode { get; init; } = "";

    public string CountryCode { get; init; } = "";

    public string Phone { get; init; } = "";

    public string TaxNumber { get; init; } = "";

    public string TaxOffice { get; init; } = "";

    public override string ToString() => "(address)";
}

/// <summary>Amounts of a line are averages for one unit; <see cref="DiscountDetails"/> has the exact ones, one entry a unit.</summary>
sealed record PackageLine
{
    public string LineId { get; init; } = "";

    public string Barcode { get; init; } = "";

    public string StockCode { get; init; } = "";

    public string ProductName { get; init; } = "";

    public int? Quantity { get; init; }

    public decimal? LineGrossAmount { get; init; }

    public decimal? LineUnitPrice { get; init; }

    public decimal? VatRate { get; init; }

    public IReadOnlyList<UnitAmounts>? DiscountDetails { get; init; }
}

sealed record UnitAmounts
{
    public decimal? LineItemPrice { get; init; }

    public decimal? LineItemSellerDiscount { get; init; }

    public decimal? LineItemTyDiscount { get; init; }
}

sealed record PackageUpdate(IReadOnlyList<PackageUpdateLine> Lines, string Status)
{
    /// <summary>Always there and, for what is sent here, always empty.</summary>
    public PackageUpdateParams Params { get; } = new();
}

sealed record PackageUpdateParams;

sealed record PackageUpdateLine(long LineId, int Quantity);

/// <summary>All three shapes in which an error comes.</summary>
sealed record ErrorBody
{
    public IReadOnlyList<ErrorEntry>? Errors { get; init; }

    public string Error { get; init; } = "";

    public string Message { get; init; } = "";

    public string Exception { get; init; } = "";
}

sealed record ErrorEntry
{
    public string Key { get; init; } = "";

    public string Message { get; init; } = "";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(TolerantText)])]
[JsonSerializable(typeof(PriceAndInventory))]
[JsonSerializable(typeof(BatchAccepted))]
[JsonSerializable(typeof(BatchResult))]
[JsonSerializable(typeof(ApprovedPage))]
[JsonSerializable(typeof(PackagePage))]
[JsonSerializable(typeof(PackageUpdate))]
[JsonSerializable(typeof(ErrorBody))]
sealed partial class TrendyolJson : JsonSerializerContext;
