namespace MesChain.Marketplaces.Http;

/// <summary>Who shares a limit.</summary>
public enum LimitScope
{
    /// <summary>Each endpoint of each seller has its own count.</summary>
    Endpoint,

    /// <summary>All endpoints of the group share one count a seller.</summary>
    Seller,

    /// <summary>All sellers served by this program share one count.</summary>
    Integrator,

    /// <summary>All that leaves this address shares one count; going over blocks the address.</summary>
    Egress,
}

/// <summary>One limit of a marketplace, as data.</summary>
/// <param name="Group">The calls it counts; empty counts all.</param>
/// <param name="Permits">Requests within <paramref name="Window"/>, whichever way the window is laid.</param>
public sealed record Limit(string Group, int Permits, TimeSpan Window, LimitScope Scope)
{
    internal bool Counts(MarketplaceCall call) => Group.Length == 0 || Group == call.Group;

    internal string Key(string connection, MarketplaceCall call) => Scope switch
    {
        LimitScope.Endpoint => $"endpoint/{connection}/{call.Endpoint}/{Group}/{Window}",
        LimitScope.Seller => $"seller/{connection}/{Group}/{Window}",
        _ => $"{Scope}/{Group}/{Window}",
    };
}
