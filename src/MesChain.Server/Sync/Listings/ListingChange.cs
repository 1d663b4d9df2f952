namespace MesChain.Server.Sync.Listings;

/// <summary>What can become otherwise at a listing that the marketplace has. Each is asked for, sent and decided by itself.</summary>
public static class ChangeKinds
{
    /// <summary>On sale, or in the archive.</summary>
    public const string Shelf = "shelf";

    /// <summary>What buyers read on the card: reviewed before it shows.</summary>
    public const string Content = "content";

    /// <summary>Stock code, VAT rate and weight: nobody reviews them.</summary>
    public const string Terms = "terms";
}

/// <summary>How far a change has come. One that is done has no row.</summary>
public static class ChangeStates
{
    public const string Waiting = "waiting";

    /// <summary>Written down, and on its way or queued there.</summary>
    public const string Sent = "sent";

    /// <summary>The marketplace says that it took it; what it shows, or its review, decides.</summary>
    public const string Told = "told";

    /// <summary>Nobody knows whether it arrived.</summary>
    public const string Doubt = "doubt";

    public const string Refused = "refused";
}

/// <summary>A change of a listing that is there.</summary>
public sealed class ListingChange
{
    /// <summary>What <see cref="Wanted"/> says of the shelf.</summary>
    public const string Archived = "archived";

    public const string OnSale = "on_sale";

    public Guid StoreId { get; init; }

    public Guid ConnectionId { get; init; }

    public Guid VariantId { get; init; }

    public string Kind { get; init; } = "";

    public string State { get; set; } = ChangeStates.Waiting;

    public string Wanted { get; set; } = "";

    /// <summary>What was last said there. While that is not decided, a newer wish waits.</summary>
    public string Said { get; set; } = "";

    public long AskedMs { get; set; }

    public long? SentMs { get; set; }

    public long? CheckMs { get; set; }

    public long Checks { get; set; }

    public long Vain { get; set; }

    public Guid? BatchId { get; set; }

    public string ReceiptId { get; set; } = "";

    public string Code { get; set; } = "";

    public string Detail { get; set; } = "";

    public string MarketplaceText { get; set; } = "";

    /// <summary>Of its listing; readings fill these two.</summary>
    public string Barcode { get; init; } = "";

    public string CardId { get; init; } = "";
}
