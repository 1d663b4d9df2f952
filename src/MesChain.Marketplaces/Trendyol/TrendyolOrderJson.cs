using System.Text.Json;
using System.Text.Json.Serialization;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

// What TrendyolJson.cs says of its records holds for these.

sealed record PackagePage
{
    public IReadOnlyList<Package>? Content { get; init; }

    public int? TotalPages { get; init; }
}

/// <summary>Its packages are parsed one by one.</summary>
sealed record PackageStream
{
    public IReadOnlyList<JsonElement>? Content { get; init; }

    public bool? HasMore { get; init; }

    public string NextCursor { get; set; } = "";

    public override string ToString() => "(packages)";
}

sealed record Package
{
    public string ShipmentPackageId { get; set; } = "";

    public string OrderNumber { get; set; } = "";

    public string ShipmentPackageStatus { get; set; } = "";

    public string Status { get; set; } = "";

    public long? OrderDate { get; init; }

    public long? LastModifiedDate { get; init; }

    public long? AgreedDeliveryDate { get; init; }

    public string CurrencyCode { get; set; } = "";

    public decimal? PackageTotalPrice { get; init; }

    public string PaymentMethod { get; set; } = "";

    public string CargoProviderName { get; set; } = "";

    public string CargoTrackingNumber { get; set; } = "";

    public string CargoTrackingLink { get; set; } = "";

    public string CustomerFirstName { get; set; } = "";

    public string CustomerLastName { get; set; } = "";

    public string CustomerEmail { get; set; } = "";

    public string IdentityNumber { get; set; } = "";

    public string TaxNumber { get; set; } = "";

    public string CustomerId { get; set; } = "";

    public int? ChannelId { get; init; }

    public string InvoiceStatus { get; set; } = "";

    /// <summary>An empty text when there are none, a list when there are.</summary>
    public JsonElement? InvoiceRejectedReasonKeys { get; init; }

    public PackageAddress? ShipmentAddress { get; init; }

    public PackageAddress? InvoiceAddress { get; init; }

    public IReadOnlyList<string>? OriginPackageIds { get; init; }

    public IReadOnlyList<PackageLine>? Lines { get; init; }

    public override string ToString() => "(package)";
}

sealed record PackageAddress
{
    public string FirstName { get; set; } = "";

    public string LastName { get; set; } = "";

    public string Company { get; set; } = "";

    public string Address1 { get; set; } = "";

    public string Address2 { get; set; } = "";

    public string FullAddress { get; set; } = "";

    public string Neighborhood { get; set; } = "";

    public string District { get; set; } = "";

    public string CountyName { get; set; } = "";

    public string City { get; set; } = "";

    public string PostalCode { get; set; } = "";

    public string CountryCode { get; set; } = "";

    public string Phone { get; set; } = "";

    public string TaxNumber { get; set; } = "";

    public string TaxOffice { get; set; } = "";

    public override string ToString() => "(address)";
}

/// <summary>Amounts of a line are averages for one unit; <see cref="DiscountDetails"/> has the exact ones, one entry a unit.</summary>
sealed record PackageLine
{
    public string LineId { get; set; } = "";

    public string Barcode { get; set; } = "";

    public string StockCode { get; set; } = "";

    public string ProductName { get; set; } = "";

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

sealed record PackageUpdate(IReadOnlyList<LineUnits> Lines, string Status)
{
    public PackageUpdateParams Params { get; init; } = new();
}

/// <summary>Always there, though mostly empty.</summary>
sealed record PackageUpdateParams
{
    public string? InvoiceNumber { get; init; }
}

sealed record LineUnits(long LineId, int Quantity);

sealed record Unsupplied(IReadOnlyList<LineUnits> Lines, int ReasonId);

sealed record SplitLines(IReadOnlyList<long> OrderLineIds);

sealed record MultiSplit(IReadOnlyList<SplitLines> SplitGroups);

sealed record QuantitySplit([property: JsonPropertyName("quantitySplit")] IReadOnlyList<LineQuantities> Lines);

sealed record LineQuantities(long OrderLineId, IReadOnlyList<int> Quantities);

sealed record SplitPackages([property: JsonPropertyName("splitPackages")] IReadOnlyList<SplitPackage> Packages);

sealed record SplitPackage(IReadOnlyList<SplitPackageLine> PackageDetails);

/// <summary>Plural, though it is one number.</summary>
sealed record SplitPackageLine(long OrderLineId, int Quantities);

sealed record TrackingUpdate(string TrackingNumber);

sealed record BoxInfo(int BoxQuantity, decimal Deci);

sealed record CarrierChange(string CargoProvider);

sealed record WarehouseChange(long WarehouseId);

sealed record DeliveryExtension(int ExtendedDayCount);

sealed record AlternativeDelivery(bool IsPhoneNumber, string TrackingInfo)
{
    public PackageUpdateParams Params { get; init; } = new();

    public int? BoxQuantity { get; init; }

    public decimal? Deci { get; init; }
}

sealed record LaborCost(long OrderLineId, decimal LaborCostPerItem);

sealed record LabelWish(string Format, int BoxQuantity)
{
    public decimal? VolumetricHeight { get; init; }
}

sealed record LabelAnswer
{
    public IReadOnlyList<LabelEntry>? Data { get; init; }

    public override string ToString() => "(labels)";
}

/// <summary>The text is called one or the other.</summary>
sealed record LabelEntry
{
    public string Label { get; set; } = "";

    public string LabelContent { get; set; } = "";

    public string Format { get; set; } = "";

    public override string ToString() => "(label)";
}

sealed record InvoiceLinkWish(string InvoiceLink, long ShipmentPackageId)
{
    /// <summary>Seconds.</summary>
    public long? InvoiceDateTime { get; init; }

    public string? InvoiceNumber { get; init; }
}

sealed record WebhookRegistration(string Url, string AuthenticationType, IReadOnlyList<string> SubscribedStatuses)
{
    public string? Username { get; init; }

    public string? Password { get; init; }

    public string? ApiKey { get; init; }

    public override string ToString() => "(webhook)";
}

sealed record WebhookMade
{
    public string Id { get; set; } = "";
}

sealed record WebhookShown
{
    public string Id { get; set; } = "";

    public string Url { get; set; } = "";

    public string Status { get; set; } = "";
}

sealed record InvoiceWithdrawal(long ServiceSourceId, int ChannelId, long CustomerId);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(TolerantText)])]
[JsonSerializable(typeof(PackagePage))]
[JsonSerializable(typeof(PackageStream))]
[JsonSerializable(typeof(PackageUpdate))]
[JsonSerializable(typeof(Unsupplied))]
[JsonSerializable(typeof(SplitLines))]
[JsonSerializable(typeof(MultiSplit))]
[JsonSerializable(typeof(QuantitySplit))]
[JsonSerializable(typeof(SplitPackages))]
[JsonSerializable(typeof(TrackingUpdate))]
[JsonSerializable(typeof(BoxInfo))]
[JsonSerializable(typeof(CarrierChange))]
[JsonSerializable(typeof(WarehouseChange))]
[JsonSerializable(typeof(DeliveryExtension))]
[JsonSerializable(typeof(AlternativeDelivery))]
[JsonSerializable(typeof(IReadOnlyList<LaborCost>))]
[JsonSerializable(typeof(LabelWish))]
[JsonSerializable(typeof(LabelAnswer))]
[JsonSerializable(typeof(InvoiceLinkWish))]
[JsonSerializable(typeof(InvoiceWithdrawal))]
[JsonSerializable(typeof(WebhookRegistration))]
[JsonSerializable(typeof(WebhookMade))]
[JsonSerializable(typeof(List<WebhookShown>))]
sealed partial class TrendyolOrderJson : JsonSerializerContext;
