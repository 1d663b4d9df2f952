namespace MesChain.Marketplaces;

/// <summary>Reads what buyers ask about products.</summary>
public interface IQuestionSource
{
    /// <summary>Widest window of one query. A wider one is the caller's mistake, because marketplaces cut it silently.</summary>
    TimeSpan QuestionWindowMax { get; }

    /// <summary>One page of the questions asked in [from, to).</summary>
    /// <param name="state">Null reads all.</param>
    /// <param name="cursor">From the page before; null begins.</param>
    Task<QuestionPage> ReadQuestionsAsync(SellerAccess access, DateTimeOffset from, DateTimeOffset to, QuestionState? state, string? cursor, CancellationToken cancel);

    /// <summary>One question as it is now.</summary>
    Task<MarketplaceQuestion> ReadQuestionAsync(SellerAccess access, string questionId, CancellationToken cancel);
}

/// <summary>Answers questions. An answer that was taken can still be refused by the marketplace's moderators: the question then waits again.</summary>
public interface IQuestionActions
{
    /// <summary>Until when a question that was asked then can be answered; null when there is no such time.</summary>
    DateTimeOffset? AnswerBy(DateTimeOffset askedAt);

    /// <summary>What the published rules refuse about a text, judged without a call; null when it may be sent.</summary>
    MarketplaceFault? JudgeAnswer(string text);

    Task AnswerAsync(SellerAccess access, string questionId, string text, CancellationToken cancel);
}

/// <param name="NextCursor">Null on the last page.</param>
public sealed record QuestionPage(IReadOnlyList<MarketplaceQuestion> Questions, string? NextCursor);

/// <summary>A question as the marketplace tells it. Who asked is not kept; what was asked may be personal: its text form is fixed.</summary>
public sealed record MarketplaceQuestion
{
    public required string QuestionId { get; init; }

    public required string Text { get; init; }

    public required QuestionState State { get; init; }

    /// <summary>The marketplace's own word.</summary>
    public required string StateText { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Empty while there is none.</summary>
    public string Answer { get; init; } = "";

    /// <summary>The answer that moderators refused, and why; both empty when none was.</summary>
    public string RefusedAnswer { get; init; } = "";

    public string RefusedFor { get; init; } = "";

    /// <summary>What variants of one product share at the marketplace.</summary>
    public string ProductMainId { get; init; } = "";

    public string ProductTitle { get; init; } = "";

    public string Link { get; init; } = "";

    /// <summary>Other buyers will read the answer.</summary>
    public bool IsPublic { get; init; }

    public override string ToString() => $"(question {QuestionId}, {State})";
}

public enum QuestionState
{
    Waiting,
    Answered,

    /// <summary>The seller reported it as improper.</summary>
    Reported,
    Rejected,

    /// <summary>The time to answer is over; it stays without one.</summary>
    Expired,
    Unknown,
}
