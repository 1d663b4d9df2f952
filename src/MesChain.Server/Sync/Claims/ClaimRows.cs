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

/// <summary>A row of <c>claim_items</c>, with what is on record of the goods.</summary>
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

    /// <summary>One of <see cref="Claims.Custody"/>.</summary>
    public string Custody { get; init; } = "";

    /// <summary>Since when; null while nobody in the shop has seen it.</summary>
    public long? CustodyMs { get; init; }

    /// <summary>The revision of its order that tells the shop to take it back into its stock; null when it is not told.</summary>
    public long? Revision { get; init; }

    /// <summary>The newest revision of its order that the shop has booked; null when the shop is not told.</summary>
    public long? BookedRevision { get; init; }
}

/// <summary>Where the goods of an item are, as it stands in the table; moved by what the shop says of them and by nothing else.</summary>
static class Custody
{
    /// <summary>The buyer has said it. Whether a parcel is on its way is the claim's to say.</summary>
    public const string Advised = "";
    public const string Received = "received";
    public const string Restocked = "restocked";
    public const string Scrapped = "scrapped";
    public const string NotReturned = "notreturned";

    /// <summary>
    /// What lies on the shelf or was thrown away stays so: the shelf has counted it. What was given up may come after all. That a unit which is put
    /// on the shelf was received first goes without saying.
    /// </summary>
    public static bool MayBecome(string from, string to) => from switch
    {
        Advised => to != Advised,
        Received => to is Restocked or Scrapped,
        NotReturned => to is Received or Restocked or Scrapped,
        _ => false,
    };

    /// <summary>For SQL with the item as <c>i</c>: paid back, and nobody has said where it is. The partial index has the same.</summary>
    public const string Unseen = $"i.custody = '{Advised}' and i.state = '{ClaimStates.Accepted}'";

    /// <summary>Whether it has come back, whatever became of it.</summary>
    public static bool HasCome(string custody) => custody is Received or Restocked or Scrapped;
}

/// <summary>States of an item as they stand in the table, where the program itself asks for one.</summary>
static class ClaimStates
{
    public const string Awaiting = "awaitingaction";
    public const string Accepted = "accepted";
    public const string Cancelled = "cancelled";

    /// <summary>Those that something can still come of, as a list for SQL: the partial index has the same.</summary>
    public const string Open = "('created', 'underreview', 'awaitingaction', 'disputed')";

    public static string Of(Marketplaces.ClaimState state) => state.ToString().ToLowerInvariant();
}
