using System.Text.Json;
using System.Text.Json.Serialization;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

// What TrendyolJson.cs says of its records holds for these. Claims kept the names that orders gave up in 2026 (merchantSku, price).

sealed record ClaimsPage
{
    public int? TotalPages { get; init; }

    public IReadOnlyList<Claim>? Content { get; init; }
}

sealed record Claim
{
    public string Id { get; set; } = "";

    public string ClaimId { get; set; } = "";

    public string OrderNumber { get; set; } = "";

    public long? ClaimDate { get; init; }

    public long? LastModifiedDate { get; init; }

    public string OrderShipmentPackageId { get; set; } = "";

    public string OrderOutboundPackageId { get; set; } = "";

    public string CargoTrackingNumber { get; set; } = "";

    public string CargoProviderName { get; set; } = "";

    public string CargoTrackingLink { get; set; } = "";

    public IReadOnlyList<ClaimLine>? Items { get; init; }

    public override string ToString() => "(claim)";
}

sealed record ClaimLine
{
    public ClaimOrderLine? OrderLine { get; init; }

    public IReadOnlyList<ClaimUnit>? ClaimItems { get; init; }

    public override string ToString() => "(claim line)";
}

sealed record ClaimOrderLine
{
    public string Id { get; set; } = "";

    public string ProductName { get; set; } = "";

    public string Barcode { get; set; } = "";

    public string MerchantSku { get; set; } = "";

    public decimal? Price { get; init; }
}

sealed record ClaimUnit
{
    public string Id { get; set; } = "";

    public ClaimUnitReason? CustomerClaimItemReason { get; init; }

    public ClaimUnitStatus? ClaimItemStatus { get; init; }

    public string CustomerNote { get; set; } = "";

    public bool? AutoAccepted { get; init; }

    public override string ToString() => "(claim item)";
}

sealed record ClaimUnitReason
{
    public string Name { get; set; } = "";

    public string Code { get; set; } = "";
}

sealed record ClaimUnitStatus
{
    public string Name { get; set; } = "";
}

sealed record ClaimApproval(IReadOnlyList<string> ClaimLineItemIdList)
{
    public NoParams Params { get; } = new();
}

sealed record NoParams;

sealed record ClaimIssueReason
{
    public string Id { get; set; } = "";

    public string Name { get; set; } = "";
}

sealed record ClaimAuditStep
{
    public string PreviousStatus { get; set; } = "";

    public string NewStatus { get; set; } = "";

    public long? Date { get; init; }
}

sealed record QuestionsPage
{
    public int? TotalPages { get; init; }

    public IReadOnlyList<Question>? Content { get; init; }
}

sealed record Question
{
    public string Id { get; set; } = "";

    public string Text { get; set; } = "";

    public string Status { get; set; } = "";

    public bool? Public { get; init; }

    public string ProductMainId { get; set; } = "";

    public string ProductName { get; set; } = "";

    public string WebUrl { get; set; } = "";

    public long? CreationDate { get; init; }

    /// <summary>An object with a text, or the text.</summary>
    public JsonElement? Answer { get; init; }

    /// <summary>An object with a text and a reason, or the text.</summary>
    public JsonElement? RejectedAnswer { get; init; }

    public string Reason { get; set; } = "";

    public override string ToString() => "(question)";
}

sealed record AnswerWish(string Text);

sealed record BookingsPage
{
    public int? TotalPages { get; init; }

    public IReadOnlyList<Booking>? Content { get; init; }
}

sealed record Booking
{
    public string Id { get; set; } = "";

    public long? TransactionDate { get; init; }

    public string TransactionType { get; set; } = "";

    public string Description { get; set; } = "";

    public decimal? Debt { get; init; }

    public decimal? Credit { get; init; }

    public decimal? CommissionAmount { get; init; }

    public decimal? SellerRevenue { get; init; }

    public string OrderNumber { get; set; } = "";

    public string ShipmentPackageId { get; set; } = "";

    public string Barcode { get; set; } = "";

    public string PaymentOrderId { get; set; } = "";

    public long? PaymentDate { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(TolerantText)])]
[JsonSerializable(typeof(ClaimsPage))]
[JsonSerializable(typeof(ClaimApproval))]
[JsonSerializable(typeof(List<ClaimIssueReason>))]
[JsonSerializable(typeof(List<ClaimAuditStep>))]
[JsonSerializable(typeof(QuestionsPage))]
[JsonSerializable(typeof(AnswerWish))]
[JsonSerializable(typeof(BookingsPage))]
sealed partial class TrendyolAfterSalesJson : JsonSerializerContext;
