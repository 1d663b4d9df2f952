namespace MesChain.Sandbox.Trendyol;

/// <summary>A seller and all that the sandbox knows of it.</summary>
sealed class Seller(string id, string apiKey, string apiSecret, string tier)
{
    public string Id { get; } = id;

    public string ApiKey { get; } = apiKey;

    public string ApiSecret { get; } = apiSecret;

    /// <summary>Listing tier: <c>50k</c>, <c>75k</c>, <c>150k</c>, <c>500k</c> or <c>unlimited</c>.</summary>
    public string Tier { get; } = tier;

    /// <summary>In the order in which they were listed.</summary>
    public List<Item> Items { get; } = [];

    public Dictionary<string, Item> ByBarcode { get; } = new(StringComparer.Ordinal);

    /// <summary>Brands that the seller has made.</summary>
    public List<BrandEntry> Brands { get; } = [];

    /// <summary>Items whose approval is being decided.</summary>
    public List<Item> Pending { get; } = [];

    /// <summary>Changes of approved products that are, or were, under review; oldest first.</summary>
    public List<ContentAudit> Audits { get; } = [];

    public List<Package> Packages { get; } = [];

    public List<Claim> Claims { get; } = [];

    public List<Question> Questions { get; } = [];

    public List<Hook> Hooks { get; } = [];

    /// <summary>Calls that webhooks have not taken yet.</summary>
    public List<Delivery> Owed { get; } = [];

    public List<OtherBooking> Bookings { get; } = [];

    public Dictionary<string, Batch> Batches { get; } = new(StringComparer.Ordinal);

    /// <summary>Canonical bodies that were accepted, with their time.</summary>
    public Dictionary<string, DateTimeOffset> Bodies { get; } = new(StringComparer.Ordinal);

    public List<StockChange> Changes { get; } = [];

    public Dictionary<string, Queue<DateTimeOffset>> Calls { get; } = new(StringComparer.Ordinal);
}

/// <summary>A change of what can be bought, with what made it: the truth that a test compares with.</summary>
public sealed record StockChange
{
    public required long Sequence { get; init; }

    public required long AtMs { get; init; }

    public required string Barcode { get; init; }

    public required int From { get; init; }

    public required int To { get; init; }

    /// <summary><c>batch</c>, <c>sale</c>, <c>cancel</c> or <c>elsewhere</c>.</summary>
    public required string Cause { get; init; }

    /// <summary>Batch id or package id.</summary>
    public required string Reference { get; init; }
}
