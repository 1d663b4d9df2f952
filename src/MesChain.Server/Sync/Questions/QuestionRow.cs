namespace MesChain.Server.Sync.Questions;

/// <summary>A row of <c>questions</c>; the texts and the answer that waits are sealed.</summary>
public sealed class QuestionRow
{
    public const string Waiting = "waiting";
    public const string Answered = "answered";

    public Guid Id { get; init; }

    public Guid ConnectionId { get; init; }

    /// <summary>The marketplace's own id of it.</summary>
    public string ExternalId { get; init; } = "";

    public long Seq { get; init; }

    public bool Trial { get; init; }

    public long AskedMs { get; init; }

    public long? DueMs { get; init; }

    public string ProductMainId { get; init; } = "";

    public string ProductTitle { get; init; } = "";

    public string Link { get; init; } = "";

    public bool IsPublic { get; init; }

    /// <summary>The name of a state of the port in lower case.</summary>
    public string State { get; init; } = "";

    public string MarketplaceState { get; init; } = "";

    public byte[] Texts { get; init; } = [];

    public byte[] TextsMac { get; init; } = [];

    /// <summary>Empty while no answer was given that the marketplace has not confirmed.</summary>
    public byte[] Wish { get; init; } = [];

    public long? SentMs { get; init; }
}
