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

/// <summary>A word about a package that only webhooks say.</summary>
public sealed record VerifyRequest
{
    public string SellerId { get; init; } = "";

    public required string PackageId { get; init; }
}

/// <summary>A booking that is not a sale.</summary>
public sealed record BookingRequest
{
    public string SellerId { get; init; } = "";

    /// <summary><c>PaymentOrder</c>, <c>DeductionInvoices</c> …</summary>
    public required string Type { get; init; }

    /// <summary>In the seller's favour; below zero against it.</summary>
    public required decimal Amount { get; init; }

    public string Description { get; init; } = "";
}

public sealed partial class TrendyolSandbox
{
    readonly TaskCompletionSource _firstHook = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when a webhook is registered for the first time.</summary>
    internal Task FirstHook => _firstHook.Task;

    internal void HookMade() => _firstHook.TrySetResult();

    internal long NextSequence() => ++_sequence;

    /// <summary>Tells webhooks, and only them, that a package's payment was verified.</summary>
    public void Verify(VerifyRequest request) => With(request.SellerId, seller =>
    {
        TrendyolWebhooks.Announce(this, seller, TrendyolSales.Find(seller, request.PackageId), TrendyolWebhooks.Verified, Clock.GetUtcNow());
        return true;
    });

    public void Book(BookingRequest request) => With(request.SellerId, seller =>
    {
        if (!TrendyolFinance.OtherTypes.Contains(request.Type, StringComparer.Ordinal))
            throw new SandboxRefusal(400, $"type is one of {string.Join(", ", TrendyolFinance.OtherTypes)}.");
        seller.Bookings.Add(new(Numbers.Unit(), request.Type, Clock.GetUtcNow(), request.Amount, request.Description));
        return true;
    });

    public PlacedClaim PlaceClaim(ClaimRequest request) => With(request.SellerId, seller => TrendyolClaims.Place(this, seller, request));

    public void AdvanceClaim(AdvanceClaimRequest request) => With(request.SellerId, seller => TrendyolClaims.Advance(this, seller, request));

    public AskedQuestion Ask(QuestionRequest request) => With(request.SellerId, seller => TrendyolQuestions.Ask(this, seller, request));

    static void ApplyAfterSales(Seller seller, DateTimeOffset now)
    {
        TrendyolClaims.ApplyDue(seller, now);
        TrendyolQuestions.ApplyDue(seller, now);
    }
}
