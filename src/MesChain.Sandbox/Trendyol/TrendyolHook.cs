namespace MesChain.Sandbox.Trendyol;

/// <summary>A webhook that a seller registered, with its secrets: they are sent to it and told to nobody.</summary>
sealed class Hook
{
    public required string Id { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required HookWish Wish { get; set; }

    public DateTimeOffset ModifiedAt { get; set; }

    public bool Active { get; set; } = true;

    /// <summary>Failures in a row.</summary>
    public int Failures { get; set; }

    public bool Wants(string word) => Active && (Wish.Statuses.Count == 0 || Wish.Statuses.Contains(word, StringComparer.Ordinal));
}

sealed record HookWish(string Url, string User, string Password, string Authentication, string ApiKey, IReadOnlyList<string> Statuses)
{
    public override string ToString() => "(webhook)";
}

/// <summary>A call that a webhook is owed.</summary>
sealed class Delivery
{
    public required Hook Hook { get; init; }

    public required long Sequence { get; init; }

    /// <summary>The page that is sent, as it was when the status changed.</summary>
    public required string Body { get; init; }

    public DateTimeOffset DueAt { get; set; }
}

/// <summary>A booking that is not a sale.</summary>
sealed record OtherBooking(long Id, string Type, DateTimeOffset At, decimal Amount, string Description);
