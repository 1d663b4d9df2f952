namespace MesChain.Server.Sync.Claims;

/// <summary>A row of <c>claims</c>; what buyers wrote and what was decided are sealed.</summary>
public sealed class ClaimRow
{
    public Guid Id { get; init; }

    public Guid ConnectionId { get; init; }

    /// <summary>The marketplace's own id of it.</summary>
    public string ExternalId { get; init; } = "";

    public long Seq { get; init; }

    public bool Trial { get; init; }

    public string OrderNumber { get; init; } = "";

    public string PackageId { get; init; } = "";

    public long ClaimedMs { get; init; }

    public long ChangedMs { get; init; }

    public string TrackingNumber { get; init; } = "";

    public string CargoProvider { get; init; } = "";

    public string TrackingUrl { get; init; } = "";

    public byte[] Notes { get; init; } = [];

    /// <summary>One of <see cref="ClaimWish.Kinds"/>; empty while nothing was decided that the marketplace has not confirmed.</summary>
    public string Decision { get; init; } = "";

    public byte[] Wish { get; init; } = [];

    public long? SentMs { get; init; }

    public long? WarnedMs { get; init; }

    /// <summary>What the issues about it are named by.</summary>
    public string Subject => $"{OrderNumber}/{ExternalId}";
}

/// <summary>A row of <c>claim_items</c>.</summary>
public sealed class ClaimItemRow
{
    public Guid ClaimId { get; init; }

    public string ItemId { get; init; } = "";

    public string LineId { get; init; } = "";

    public string Barcode { get; init; } = "";

    public string Sku { get; init; } = "";

    public string Title { get; init; } = "";

    public long? PriceMinor { get; init; }

    /// <summary>One of <see cref="ClaimStates"/>.</summary>
    public string State { get; init; } = "";

    public string MarketplaceState { get; init; } = "";

    public string ReasonCode { get; init; } = "";

    public string ReasonText { get; init; } = "";

    public bool AutoAccepted { get; init; }

    public long? DueMs { get; init; }
}

/// <summary>States of an item as they stand in the table, where the program itself asks for one.</summary>
static class ClaimStates
{
    public const string Awaiting = "awaitingaction";
    public const string Accepted = "accepted";

    /// <summary>Those that something can still come of, as a list for SQL: the partial index has the same.</summary>
    public const string Open = "('created', 'underreview', 'awaitingaction', 'disputed')";

    public static string Of(Marketplaces.ClaimState state) => state.ToString().ToLowerInvariant();
}
