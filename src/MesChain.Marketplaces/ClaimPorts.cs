namespace MesChain.Marketplaces;

/// <summary>Reads what buyers want to give back.</summary>
public interface IClaimSource
{
    /// <summary>
    /// One page of the claims of [from, to). Marketplaces differ, or are silent, about whether that is the time of the claim or of its
    /// last change: whoever follows claims reads windows as wide as a claim can live, by state.
    /// </summary>
    /// <param name="state">Null reads all. A claim fits when one of its items does; all its items are in the answer.</param>
    /// <param name="cursor">From the page before; null begins.</param>
    Task<ClaimPage> ReadClaimsAsync(SellerAccess access, DateTimeOffset from, DateTimeOffset to, ClaimState? state, string? cursor, CancellationToken cancel);

    /// <summary>The named claims, 1 to 50 of them; unknown ones are absent.</summary>
    Task<IReadOnlyList<MarketplaceClaim>> ReadClaimsAsync(SellerAccess access, IReadOnlyCollection<string> claimIds, CancellationToken cancel);

    /// <summary>How an item of a claim came to its state, oldest step first.</summary>
    Task<IReadOnlyList<ClaimStep>> ReadClaimHistoryAsync(SellerAccess access, string claimItemId, CancellationToken cancel);
}

/// <summary>The seller's word on a claim. Only items in <see cref="ClaimState.AwaitingAction"/> can be decided.</summary>
public interface IClaimActions
{
    /// <summary>An item that waits longer than this for the seller is accepted without it; null when the marketplace does not do that.</summary>
    TimeSpan? ClaimActionTime { get; }

    Task AcceptClaimAsync(SellerAccess access, string claimId, IReadOnlyCollection<string> itemIds, CancellationToken cancel);

    /// <summary>The marketplace looks at it afterwards; the items are <see cref="ClaimState.Disputed"/> until it has decided.</summary>
    Task RejectClaimAsync(SellerAccess access, string claimId, IReadOnlyCollection<string> itemIds, ClaimRejection rejection, CancellationToken cancel);

    /// <summary>The reasons that a rejection may give now.</summary>
    Task<IReadOnlyList<ClaimReason>> ReadRejectionReasonsAsync(SellerAccess access, CancellationToken cancel);
}

/// <param name="Text">1 to 500 characters, for the marketplace's people.</param>
/// <param name="File">Proof; null sends none. Some reasons ask for it.</param>
public sealed record ClaimRejection(string ReasonId, string Text, ClaimFile? File = null);

/// <param name="Content">1 byte to 10 MB.</param>
public sealed record ClaimFile(string FileName, string ContentType, ReadOnlyMemory<byte> Content);

public sealed record ClaimReason(string ReasonId, string Text);

/// <param name="NextCursor">Null on the last page. A claim that changes while pages are read may stand on two of them.</param>
public sealed record ClaimPage(IReadOnlyList<MarketplaceClaim> Claims, string? NextCursor);

/// <param name="From">The marketplace's own word; empty for the first step.</param>
/// <param name="To">The marketplace's own word.</param>
public sealed record ClaimStep(string From, string To, DateTimeOffset At);

/// <summary>A claim as the marketplace tells it. Instants are UTC. It has no state: its items have.</summary>
public sealed record MarketplaceClaim
{
    public required string ClaimId { get; init; }

    public required string OrderNumber { get; init; }

    /// <summary>The package that was delivered; empty when the marketplace does not say.</summary>
    public string PackageId { get; init; } = "";

    public required DateTimeOffset ClaimedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Of the parcel on its way back; empty while there is none.</summary>
    public string TrackingNumber { get; init; } = "";

    public string CargoProvider { get; init; } = "";

    public string TrackingUrl { get; init; } = "";

    public required IReadOnlyList<MarketplaceClaimItem> Items { get; init; }
}

/// <summary>One unit of a claim. What the buyer wrote is personal: its text form is fixed.</summary>
public sealed record MarketplaceClaimItem
{
    public required string ItemId { get; init; }

    /// <summary>Line of the order; empty when the marketplace does not say.</summary>
    public string LineId { get; init; } = "";

    public required string Barcode { get; init; }

    public string Sku { get; init; } = "";

    public string Title { get; init; } = "";

    /// <summary>What the buyer paid for the unit; null is unknown.</summary>
    public long? PriceMinor { get; init; }

    public required ClaimState State { get; init; }

    /// <summary>The marketplace's own word.</summary>
    public required string StateText { get; init; }

    /// <summary>The marketplace's own code of the buyer's reason.</summary>
    public string ReasonCode { get; init; } = "";

    public string ReasonText { get; init; } = "";

    public string BuyerNote { get; init; } = "";

    /// <summary>The marketplace accepted it because the seller let the time pass.</summary>
    public bool AutoAccepted { get; init; }

    public override string ToString() => $"(claim item {ItemId}, {State})";
}

public enum ClaimState
{
    /// <summary>The buyer has said it; the goods are on their way, or not yet.</summary>
    Created,

    /// <summary>The marketplace looks at it before the seller may.</summary>
    UnderReview,

    /// <summary>The seller must accept or reject.</summary>
    AwaitingAction,

    /// <summary>The seller rejected; the marketplace has not decided.</summary>
    Disputed,
    Accepted,
    Rejected,
    Cancelled,
    Unknown,
}
