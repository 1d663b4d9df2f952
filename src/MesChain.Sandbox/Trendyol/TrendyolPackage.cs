namespace MesChain.Sandbox.Trendyol;

sealed class Package
{
    public required long Id { get; init; }

    public required string OrderNumber { get; init; }

    /// <summary>Digits where Trendyol pays the carrier; with a contract of the seller's own it is whatever that carrier gives.</summary>
    public required string TrackingNumber { get; set; }

    public required DateTimeOffset OrderedAt { get; init; }

    public required IReadOnlyList<Line> Lines { get; init; }

    public required Buyer Buyer { get; init; }

    public string CreatedBy { get; init; } = "order-creation";

    public IReadOnlyList<long> OriginPackageIds { get; init; } = [];

    public string PaymentMethod { get; init; } = "Kredi Kartı";

    /// <summary>Code of the carrier, a key of <see cref="TrendyolCarriers.Names"/>.</summary>
    public string Carrier { get; set; } = TrendyolCarriers.Usual;

    /// <summary>The seller has a contract of its own with the carrier.</summary>
    public bool SellerPays { get; init; }

    /// <summary>Goes abroad: its invoice needs a number.</summary>
    public bool Micro { get; init; }

    public DateTimeOffset ShipBy { get; set; }

    public long WarehouseId { get; set; } = 372389;

    public bool DeliveredByService { get; set; }

    /// <summary>Link or number given with an alternative delivery; empty: a carrier took it.</summary>
    public string OwnTracking { get; set; } = "";

    public int Boxes { get; set; } = 1;

    public decimal Deci { get; set; } = 2;

    public Dictionary<long, decimal> LaborCosts { get; } = [];

    public string InvoiceNumber { get; set; } = "";

    public string InvoiceLink { get; set; } = "";

    /// <summary>Null: no invoice was given.</summary>
    public DateTimeOffset? InvoiceSentAt { get; set; }

    /// <summary>Why the invoice will be rejected; empty when it will not.</summary>
    public string InvoiceFault { get; set; } = "";

    public int LabelsMade { get; set; }

    /// <summary>A rejected one does not count: another may be given.</summary>
    public bool HasInvoice(DateTimeOffset now) => InvoiceStatus(now) is "Received" or "Invoiced";

    /// <summary>Looked at for a minute, then accepted or rejected.</summary>
    public string InvoiceStatus(DateTimeOffset now) =>
        InvoiceSentAt is not { } sent ? "NotInvoiced"
        : now < sent + TimeSpan.FromMinutes(1) ? "Received"
        : InvoiceFault.Length > 0 ? "Rejected"
        : "Invoiced";

    public string Status { get; set; } = "Created";

    public DateTimeOffset ModifiedAt { get; set; }

    /// <summary>Not listed before; real ones have come late, with an older time of change.</summary>
    public DateTimeOffset VisibleAt { get; init; }

    /// <summary>Placed while new orders were lost; listed again when they no longer are.</summary>
    public bool Lost { get; init; }

    /// <summary>This many reads get it with empty addresses.</summary>
    public int EmptyAddressReads { get; set; }

    public List<(DateTimeOffset At, string Status)> Histories { get; } = [];
}

sealed record Line
{
    public required long Id { get; init; }

    public required Item Item { get; init; }

    public required decimal Price { get; init; }

    public required IReadOnlyList<UnitSold> Units { get; init; }

    public bool OmitVatRate { get; init; }

    public string CancelledBy { get; init; } = "";
}

/// <summary>One sold unit: its discounts are exact, while the line's are averages.</summary>
readonly record struct UnitSold(long Id, decimal SellerDiscount, decimal TyDiscount);

/// <summary>Invented buyers only.</summary>
public sealed record Buyer
{
    public string FirstName { get; init; } = "Zeynep";

    public string LastName { get; init; } = "Öztürk";

    public string Email { get; init; } = "pf+deneme@trendyolmail.example";

    public string Address { get; init; } = "Gül Sok. No:3";

    public string Neighborhood { get; init; } = "Maslak Mahallesi";

    public string District { get; init; } = "Sarıyer";

    public string City { get; init; } = "İstanbul";

    public string PostalCode { get; init; } = "34200";

    public string Phone { get; init; } = "5000000000";

    public string Company { get; init; } = "";

    public string TaxOffice { get; init; } = "";

    public string TaxNumber { get; init; } = "";
}
