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

    // The kind is asked for in English and told in Turkish; only the first of these words is in a published sample.
    // Ordinal comparison knows no small letter for İ: such words are named twice, or without their beginning.
    static readonly (string Part, StatementKind Kind)[] Kinds =
    [
        ("satış", StatementKind.Sale),
        ("sale", StatementKind.Sale),
        ("iade", StatementKind.Return),
        ("İade", StatementKind.Return),
        ("return", StatementKind.Return),
        ("ndirim", StatementKind.Discount),
        ("kupon", StatementKind.Discount),
        ("discount", StatementKind.Discount),
        ("coupon", StatementKind.Discount),
        ("komisyon", StatementKind.Commission),
        ("commission", StatementKind.Commission),
        ("deme", StatementKind.Payment),
        ("payment", StatementKind.Payment),
    ];

    /// <summary>Null when it lacks what makes it a booking: a number, a time and an amount.</summary>
    public static StatementEntry? ToEntry(this Booking booking) =>
        booking.Id.Length == 0 || TrendyolPackages.Instant(booking.TransactionDate) is not { } at || Minor.From(booking.Credit ?? 0) is not { } credit || Minor.From(booking.Debt ?? 0) is not { } debit
            ? null
            : new()
            {
                EntryId = booking.Id,
                BookedAt = at,
                Kind = Array.Find(Kinds, known => booking.TransactionType.Contains(known.Part, StringComparison.OrdinalIgnoreCase)) is { Part: not null } found ? found.Kind : StatementKind.Other,
                KindText = booking.TransactionType,
                CreditMinor = credit,
                DebitMinor = debit,
                CommissionMinor = Minor.From(booking.CommissionAmount),
                RevenueMinor = Minor.From(booking.SellerRevenue),
                OrderNumber = booking.OrderNumber,
                PackageId = booking.ShipmentPackageId,
                Barcode = booking.Barcode,
                PaymentId = booking.PaymentOrderId,
                PaymentAt = TrendyolPackages.Instant(booking.PaymentDate),
                Text = booking.Description,
            };

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
