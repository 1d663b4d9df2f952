namespace MesChain.Server.Sync.Listings;

/// <summary>Where a listing can stand, as in the table (anchors §3.4; "ready" is the moment in which a draft is sent).</summary>
public static class ListingStates
{
    public const string Draft = "draft";
    public const string Blocked = "blocked";
    public const string Submitted = "submitted";
    public const string InReview = "in_review";
    public const string Live = "live";
    public const string Rejected = "rejected";
    public const string Unknown = "unknown";
    public const string Suspended = "suspended";
    public const string Ended = "ended";

    /// <summary>Nothing is on its way and nothing sells: it may be sent, or sent again.</summary>
    public static bool MaySend(string state) => state is Draft or Blocked or Rejected or Ended;

    /// <summary>The marketplace has approved it: only then it can be changed there, or be put away.</summary>
    public static bool IsApproved(string state) => state is Live or Suspended or Ended;
}

/// <summary>A variant's content at a marketplace.</summary>
public sealed class Listing
{
    public Guid StoreId { get; init; }

    public Guid ConnectionId { get; init; }

    public Guid VariantId { get; init; }

    public string Barcode { get; set; } = "";

    public string State { get; set; } = ListingStates.Draft;

    public Guid? BatchId { get; set; }

    /// <summary>It was seen at the marketplace unapproved, so it is mended there and not made anew.</summary>
    public bool Present { get; set; }

    public long? DoubtMs { get; set; }

    public long? CheckMs { get; set; }

    public long Checks { get; set; }

    public string CardId { get; set; } = "";

    public string ContentHash { get; set; } = "";

    public long Refusals { get; set; }

    public long ChangedMs { get; set; }

    public long? SentMs { get; set; }

    /// <summary>Since when the owner keeps it off sale; null when he does not.</summary>
    public long? StoppedMs { get; set; }

    /// <summary>Digests of the parts of its content that were last sent and not refused; empty when nobody knows.</summary>
    public string Said { get; set; } = "";

    /// <summary>Only lists fill these.</summary>
    public string ShopVariantId { get; init; } = "";

    public string ProductTitle { get; init; } = "";

    public string VariantTitle { get; init; } = "";
}

/// <summary>Why a listing does not go on.</summary>
/// <param name="Code">In the catalogue of issues.</param>
/// <param name="Subject">What the issue is about: listings with the same cause share one issue.</param>
/// <param name="Field">What is to be mended.</param>
public sealed record ListingCause(string Code, string Subject, string Field, string Detail, string MarketplaceText = "");

/// <summary>One request about listings.</summary>
public sealed class ListingBatch
{
    /// <summary>The <see cref="Kind"/> of a request that makes or mends.</summary>
    public const string Makes = "listing";

    public Guid StoreId { get; init; }

    public Guid Id { get; init; }

    public Guid ConnectionId { get; init; }

    /// <summary><see cref="Makes"/>, or the kind of the changes that it carries.</summary>
    public string Kind { get; init; } = Makes;

    public string ReceiptId { get; init; } = "";

    public long OwnerEpoch { get; init; }

    public long SentMs { get; init; }

    public long Polls { get; init; }

    public long ExpiresMs { get; init; }
}
