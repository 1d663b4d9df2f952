namespace MesChain.Sandbox;

/// <summary>One call that a marketplace's API received. Holds no header, so no credential.</summary>
public sealed record SandboxCall
{
    public required long Sequence { get; init; }

    public required long AtMs { get; init; }

    public required string Endpoint { get; init; }

    public required string SellerId { get; init; }

    public required string Method { get; init; }

    public required string PathAndQuery { get; init; }

    /// <summary>The request's body, cut to 16 KB.</summary>
    public required string Body { get; init; }

    /// <summary>What was answered; 0 when nothing was.</summary>
    public required int Status { get; init; }

    /// <summary>The fault that struck it, or empty.</summary>
    public required string Fault { get; init; }
}
