namespace MesChain.Sandbox.Trendyol;

/// <summary>What a buyer wants to give back of a package.</summary>
sealed class Claim
{
    public required string Id { get; init; }

    public required Package Package { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string TrackingNumber { get; init; }

    public required IReadOnlyList<ClaimItem> Items { get; init; }

    public DateTimeOffset ModifiedAt { get; set; }
}

/// <summary>One unit of a claim: only these have a state.</summary>
sealed class ClaimItem
{
    public required string Id { get; init; }

    public required Line Line { get; init; }

    public required long UnitId { get; init; }

    public string CustomerNote { get; init; } = "";

    public string Status { get; set; } = "";

    public DateTimeOffset StatusAt { get; set; }

    public bool AutoAccepted { get; set; }

    public bool AcceptedBySeller { get; set; }

    /// <summary>What the seller wrote when it rejected.</summary>
    public string Note { get; set; } = "";

    public List<(string From, string To, DateTimeOffset At, string By)> Steps { get; } = [];
}

/// <summary>What a buyer asks about a product.</summary>
sealed class Question
{
    public required long Id { get; init; }

    public required string Text { get; init; }

    public required Item Item { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public string Status { get; set; } = "WAITING_FOR_ANSWER";

    public DateTimeOffset ModifiedAt { get; set; }

    public string Answer { get; set; } = "";

    public DateTimeOffset AnsweredAt { get; set; }

    /// <summary>When the moderators will have refused the answer; null when they will not.</summary>
    public DateTimeOffset? BouncesAt { get; set; }

    public string BouncesFor { get; set; } = "";

    public string RejectedAnswer { get; set; } = "";

    public DateTimeOffset RejectedAt { get; set; }
}
