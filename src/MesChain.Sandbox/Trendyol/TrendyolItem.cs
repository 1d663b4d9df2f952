namespace MesChain.Sandbox.Trendyol;

/// <summary>One barcode of a seller: a product under review, or an offer.</summary>
sealed class Item
{
    public required string Barcode { get; init; }

    /// <summary>The card it stands on; shown once it is approved.</summary>
    public long ContentId { get; set; }

    public required long VariantId { get; init; }

    public required string ProductMainId { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string Title { get; set; } = "";

    public string StockCode { get; set; } = "";

    public int Quantity { get; set; }

    public decimal SalePrice { get; set; }

    public decimal ListPrice { get; set; }

    public int VatRate { get; set; } = 20;

    public bool Approved { get; set; } = true;

    public bool Archived { get; set; }

    public DateTimeOffset? ArchivedAt { get; set; }

    public DateTimeOffset ModifiedAt { get; set; }

    public DateTimeOffset StockModifiedAt { get; set; }

    /// <summary>Times of price updates, for the limit of 30 a minute.</summary>
    public Queue<DateTimeOffset> PriceUpdates { get; } = new();

    public string Description { get; set; } = "";

    public long BrandId { get; set; } = 1791;

    public long CategoryId { get; set; } = 382;

    public string Origin { get; set; } = "TR";

    public decimal DimensionalWeight { get; set; } = 1;

    public string? LotNumber { get; set; }

    public long ShipmentAddressId { get; set; } = TrendyolCatalogue.ShipmentAddress;

    public long ReturningAddressId { get; set; } = TrendyolCatalogue.ReturningAddress;

    public int DeliveryDuration { get; set; } = 1;

    public IReadOnlyList<string> CargoProviders { get; set; } = ["ARASMP"];

    public IReadOnlyList<string> Images { get; set; } = [];

    public IReadOnlyList<ProductAttribute> Attributes { get; set; } = [];

    /// <summary>When the review of a product ends; null when none is under way.</summary>
    public DateTimeOffset? DecidesAt { get; set; }

    public DateTimeOffset? ApprovedAt { get; set; }

    /// <summary>Why the review refused it; empty when it did not.</summary>
    public IReadOnlyList<Rejection> Rejections { get; set; } = [];

    /// <summary><c>ENABLED</c> or <c>DISABLED</c>.</summary>
    public string LocationBasedDelivery { get; set; } = "DISABLED";

    public IReadOnlyList<string> Channels { get; set; } = ["CORE"];

    /// <summary>Why Trendyol took it off sale until the seller unlocks it; null when it did not.</summary>
    public string? LockReason { get; set; }

    public DateTimeOffset? LockedAt { get; set; }

    /// <summary>Stopped by Trendyol for good.</summary>
    public bool Blacklisted { get; set; }

    /// <summary>What another seller asks for the same product; null when there is none.</summary>
    public decimal? RivalPrice { get; set; }

    public bool OnSale => this is { Approved: true, Archived: false, LockReason: null, Blacklisted: false };
}

sealed record Rejection(string Reason, string Detail);

/// <summary>What a product says of itself: values of the list, or a text of its own.</summary>
sealed record ProductAttribute(long Id, IReadOnlyList<long> ValueIds, string? Text)
{
    public string Name => TrendyolCatalogue.AttributeName(Id);

    public bool SaysTheSameAs(ProductAttribute other) => Id == other.Id && Text == other.Text && ValueIds.Order().SequenceEqual(other.ValueIds.Order());
}
