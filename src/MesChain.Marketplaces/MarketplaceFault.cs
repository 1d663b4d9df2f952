namespace MesChain.Marketplaces;

public enum FaultKind
{
    /// <summary>The marketplace refuses this content; sending it again changes nothing.</summary>
    Rejected,

    /// <summary>Too fast; refused before it was processed.</summary>
    Throttled,

    /// <summary>The key is not accepted.</summary>
    Unauthorised,

    /// <summary>The key is accepted but this is not allowed (scope, missing User-Agent, blocked address).</summary>
    Forbidden,

    /// <summary>There is no such thing at the marketplace.</summary>
    Missing,

    /// <summary>Nothing was changed: a read failed, or a write was never sent.</summary>
    Unavailable,

    /// <summary>A write whose fate is unknown (time-out, 5xx, broken connection): read back before anything else.</summary>
    Uncertain,

    /// <summary>The answer could not be understood.</summary>
    Malformed,
}

/// <summary>The only exception an adapter throws. Its message holds no credential and no personal data.</summary>
public sealed class MarketplaceFault(FaultKind kind, string code, string message, string marketplaceText = "", TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    public FaultKind Kind { get; } = kind;

    /// <summary>The catalogue code, UPPER_SNAKE: what an issue is named by.</summary>
    public string Code { get; } = code;

    /// <summary>The marketplace's own words, cut to 500 characters; empty when it said nothing.</summary>
    public string MarketplaceText { get; } = marketplaceText.Length > 500 ? marketplaceText[..500] : marketplaceText;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
