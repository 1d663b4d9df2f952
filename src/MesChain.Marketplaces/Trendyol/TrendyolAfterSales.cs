using System.Text.Json;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>Claims and questions as Trendyol writes them become those that Sync reads.</summary>
static class TrendyolAfterSales
{
    static readonly Dictionary<string, ClaimState> ClaimStates = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Created"] = ClaimState.Created,
        ["WaitingFraudCheck"] = ClaimState.UnderReview,
        ["WaitingInAction"] = ClaimState.AwaitingAction,
        ["InAnalysis"] = ClaimState.Disputed,
        ["Unresolved"] = ClaimState.Disputed,
        ["Accepted"] = ClaimState.Accepted,
        ["Rejected"] = ClaimState.Rejected,
        ["Cancelled"] = ClaimState.Cancelled,
    };

    static readonly Dictionary<string, QuestionState> QuestionStates = new(StringComparer.OrdinalIgnoreCase)
    {
        ["WAITING_FOR_ANSWER"] = QuestionState.Waiting,
        ["ANSWERED"] = QuestionState.Answered,
        ["REPORTED"] = QuestionState.Reported,
        ["REJECTED"] = QuestionState.Rejected,
        ["UNANSWERED"] = QuestionState.Expired,
    };

    public static IReadOnlyList<string> WordsOf(ClaimState? state) => [.. ClaimStates.Where(known => known.Value == state).Select(known => known.Key)];

    public static string WordOf(QuestionState? state) => QuestionStates.FirstOrDefault(known => known.Value == state).Key ?? "";

    /// <summary>Null when it lacks what makes it a claim: numbers and times.</summary>
    public static MarketplaceClaim? ToClaim(this Claim claim)
    {
        var id = claim.ClaimId.Length > 0 ? claim.ClaimId : claim.Id;
        var claimed = TrendyolPackages.Instant(claim.ClaimDate) ?? TrendyolPackages.Instant(claim.LastModifiedDate);
        var items = (claim.Items ?? []).SelectMany(line => (line.ClaimItems ?? []).Select(unit => ToItem(line.OrderLine ?? new(), unit))).ToList();
        if (id.Length == 0 || claimed is null || items.Exists(item => item.ItemId.Length == 0))
            return null;

        return new()
        {
            ClaimId = id,
            OrderNumber = claim.OrderNumber,
            PackageId = claim.OrderShipmentPackageId.Length > 0 ? claim.OrderShipmentPackageId : claim.OrderOutboundPackageId,
            ClaimedAt = claimed.Value,
            ChangedAt = TrendyolPackages.Instant(claim.LastModifiedDate) ?? claimed.Value,
            TrackingNumber = claim.CargoTrackingNumber is "0" ? "" : claim.CargoTrackingNumber,
            CargoProvider = claim.CargoProviderName,
            TrackingUrl = claim.CargoTrackingLink,
            Items = items,
        };
    }

    public static MarketplaceQuestion? ToQuestion(this Question question) => question.Id.Length == 0 || TrendyolPackages.Instant(question.CreationDate) is not { } asked
        ? null
        : new()
        {
            QuestionId = question.Id,
            Text = question.Text,
            State = QuestionStates.GetValueOrDefault(question.Status, QuestionState.Unknown),
            StateText = question.Status,
            AskedAt = asked,
            Answer = TextOf(question.Answer, "text"),
            RefusedAnswer = TextOf(question.RejectedAnswer, "text"),
            RefusedFor = TextOf(question.RejectedAnswer, "reason") is { Length: > 0 } reason ? reason : question.Reason,
            ProductMainId = question.ProductMainId,
            ProductTitle = question.ProductName,
            Link = question.WebUrl,
            IsPublic = question.Public is true,
        };

    static MarketplaceClaimItem ToItem(ClaimOrderLine line, ClaimUnit unit)
    {
        var word = unit.ClaimItemStatus?.Name ?? "";
        return new()
        {
            ItemId = unit.Id,
            LineId = line.Id,
            Barcode = line.Barcode,
            Sku = line.MerchantSku,
            Title = line.ProductName,
            PriceMinor = Minor.From(line.Price),
            State = ClaimStates.GetValueOrDefault(word, ClaimState.Unknown),
            StateText = word,
            ReasonCode = unit.CustomerClaimItemReason?.Code ?? "",
            ReasonText = unit.CustomerClaimItemReason?.Name ?? "",
            BuyerNote = unit.CustomerNote,
            AutoAccepted = unit.AutoAccepted is true,
        };
    }

    static string TextOf(JsonElement? element, string name) => element switch
    {
        { ValueKind: JsonValueKind.String } text when name == "text" => text.GetString()!,
        { ValueKind: JsonValueKind.Object } holder when holder.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String => text.GetString()!,
        _ => "",
    };
}
