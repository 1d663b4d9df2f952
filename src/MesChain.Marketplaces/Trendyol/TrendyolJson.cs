using System.Text.Json.Serialization;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

// Each endpoint has its own records: the same thing carries different names at different endpoints.
// Nothing is required here; what must be there is judged where it is read, with a fault instead of an exception of the parser.
// Properties with a default are set, not init: the generated parser assigns every init property, and null where the answer is silent.

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
    public string BatchRequestId { get; set; } = "";
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

    public string Status { get; set; } = "";

    public IReadOnlyList<string>? FailureReasons { get; init; }
}

sealed record BatchRequestItem
{
    public string Barcode { get; set; } = "";
}

sealed record ApprovedPage
{
    public int? TotalPages { get; init; }

    public string NextPageToken { get; set; } = "";

    public IReadOnlyList<ApprovedContent>? Content { get; init; }
}

sealed record ApprovedContent
{
    public string ContentId { get; set; } = "";

    public string Title { get; set; } = "";

    public IReadOnlyList<ApprovedVariant>? Variants { get; init; }
}

sealed record ApprovedVariant
{
    public string VariantId { get; set; } = "";

    public string Barcode { get; set; } = "";

    public string StockCode { get; set; } = "";

    public ApprovedStock? Stock { get; init; }

    public ApprovedPrice? Price { get; init; }

    public bool? OnSale { get; init; }

    public bool? Archived { get; init; }

    public bool? Locked { get; init; }

    public string LockReason { get; set; } = "";

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

/// <summary>All three shapes in which an error comes.</summary>
sealed record ErrorBody
{
    public IReadOnlyList<ErrorEntry>? Errors { get; init; }

    public string Error { get; set; } = "";

    public string Message { get; set; } = "";

    public string Exception { get; set; } = "";
}

sealed record ErrorEntry
{
    public string Key { get; set; } = "";

    public string Message { get; set; } = "";
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
[JsonSerializable(typeof(ErrorBody))]
sealed partial class TrendyolJson : JsonSerializerContext;
