namespace MesChain.Sandbox.Trendyol;

/// <summary>Something a buyer gives back.</summary>
public sealed record ClaimRequest
{
    public string SellerId { get; init; } = "";

    /// <summary>A delivered package.</summary>
    public required string PackageId { get; init; }

    /// <summary>Empty: the line with <see cref="Barcode"/>.</summary>
    public string LineId { get; init; } = "";

    public string Barcode { get; init; } = "";

    /// <summary>Absent: all units that are not in a claim yet.</summary>
    public int? Quantity { get; init; }

    public string Note { get; init; } = "";

    /// <summary><c>Created</c>, <c>WaitingFraudCheck</c> or <c>WaitingInAction</c>.</summary>
    public string Status { get; init; } = "WaitingInAction";
}

public sealed record PlacedClaim(string ClaimId, IReadOnlyList<string> ItemIds);

public sealed record AdvanceClaimRequest
{
    public string SellerId { get; init; } = "";

    public required string ClaimItemId { get; init; }

    /// <summary>The state to reach in one step that is not the seller's.</summary>
    public required string Status { get; init; }
}

/// <summary>Something a buyer asks.</summary>
public sealed record QuestionRequest
{
    public string SellerId { get; init; } = "";

    public required string Barcode { get; init; }

    public required string Text { get; init; }
}

public sealed record AskedQuestion(string QuestionId);

public sealed partial class TrendyolSandbox
{
    public PlacedClaim PlaceClaim(ClaimRequest request) => With(request.SellerId, seller => TrendyolClaims.Place(this, seller, request));

    public void AdvanceClaim(AdvanceClaimRequest request) => With(request.SellerId, seller => TrendyolClaims.Advance(this, seller, request));

    public AskedQuestion Ask(QuestionRequest request) => With(request.SellerId, seller => TrendyolQuestions.Ask(this, seller, request));

    static void ApplyAfterSales(Seller seller, DateTimeOffset now)
    {
        TrendyolClaims.ApplyDue(seller, now);
        TrendyolQuestions.ApplyDue(seller, now);
    }
}
