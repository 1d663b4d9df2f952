namespace MesChain.Server.Sync.Connections;

/// <summary>A connection at rest, as the columns of its table.</summary>
public sealed record ConnectionRow
{
    public required Guid StoreId { get; init; }

    public required Guid Id { get; init; }

    public required string Marketplace { get; init; }

    /// <summary><see cref="Sandbox"/> or <see cref="Production"/>.</summary>
    public required string Environment { get; init; }

    /// <summary><see cref="Shadow"/>, <see cref="Live"/> or <see cref="Paused"/>: the owner's word.</summary>
    public required string Mode { get; init; }

    /// <summary><see cref="Draft"/>, <see cref="Ok"/>, <see cref="Degraded"/>, <see cref="Guarded"/> or <see cref="NeedsReauth"/>: what we found.</summary>
    public required string Health { get; init; }

    public required string HealthDetail { get; init; }

    public required string Name { get; init; }

    public required string SellerId { get; init; }

    /// <summary>Empty for production, and for the simulator inside this server.</summary>
    public required string Endpoint { get; init; }

    public required string SecretPath { get; init; }

    public bool StockEnabled { get; init; }

    public bool PriceEnabled { get; init; }

    public bool ContentEnabled { get; init; }

    public long? TestedMs { get; init; }

    public long? CutoverMs { get; init; }

    /// <summary>When the credential was refused first, since it was last accepted.</summary>
    public long? RefusedMs { get; init; }

    public long Revision { get; init; }

    public long? OrdersCursorMs { get; init; }

    public long? OrdersReadStartedMs { get; init; }

    public long? OrdersReadOkMs { get; init; }

    public long OrdersNextMs { get; init; }

    /// <summary>Since when reads of orders fail; null while they succeed.</summary>
    public long? OrdersFailingMs { get; init; }

    public long OrdersDeepMs { get; init; }

    public long? ItemsReadMs { get; init; }

    public long ItemsNextMs { get; init; }

    public long ItemsRound { get; init; }

    public long? ConfirmedMs { get; init; }

    public long CreatedMs { get; init; }

    public bool Trial => Environment == Sandbox;

    /// <summary>Whether jobs run at all. A draft has no tested key; with a refused one every call would only be refused again.</summary>
    public bool Works => Mode != Paused && HasKey;

    /// <summary>Whether a call would be heard at all.</summary>
    public bool HasKey => Health is not (Draft or NeedsReauth);

    public bool Sends(bool price) => Works && Mode == Live && (price ? PriceEnabled : StockEnabled);

    public const string Sandbox = "sandbox";
    public const string Production = "production";

    public const string Shadow = "shadow";
    public const string Live = "live";
    public const string Paused = "paused";

    public const string Draft = "draft";
    public const string Ok = "ok";
    public const string Degraded = "degraded";
    public const string Guarded = "guarded";
    public const string NeedsReauth = "needs_reauth";
}
