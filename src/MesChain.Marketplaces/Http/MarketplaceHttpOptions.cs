namespace MesChain.Marketplaces.Http;

/// <summary>How patient the pipeline around every marketplace call is.</summary>
public sealed record MarketplaceHttpOptions
{
    /// <summary>For one attempt, body included.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Repeats of a failed read, and of anything that was refused with 429. Zero switches repeats off.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Before the first repeat; doubles, with jitter. Zero repeats at once.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a connection rests after half of at least ten calls within 30 seconds failed.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A larger answer is refused as malformed.</summary>
    public int AnswerBytesMax { get; init; } = 10 * 1024 * 1024;

    /// <summary>How long a call that was refused for speed should stay away when the marketplace does not say.</summary>
    public TimeSpan ThrottledFor { get; init; } = TimeSpan.FromSeconds(10);
}
