namespace MesChain.Sandbox.Trendyol;

/// <summary>A seller to know.</summary>
public sealed record SellerRequest
{
    public required string SellerId { get; init; }

    public required string ApiKey { get; init; }

    public required string ApiSecret { get; init; }

    public string Tier { get; init; } = "50k";
}

/// <summary>Items to list, or to set anew where the barcode is known.</summary>
public sealed record ItemsRequest
{
    public string SellerId { get; init; } = "";

    public required IReadOnlyList<ItemRequest> Items { get; init; }
}

public sealed record ItemRequest
{
    public required string Barcode { get; init; }

    public required string Title { get; init; }

    public required int Quantity { get; init; }

    public required decimal Price { get; init; }

    /// <summary>Absent: the same as the price.</summary>
    public decimal? ListPrice { get; init; }

    public string StockCode { get; init; } = "";

    /// <summary>Variants of one product share it; absent: the barcode.</summary>
    public string ProductMainId { get; init; } = "";

    /// <summary>0, 1, 10 or 20.</summary>
    public int VatRate { get; init; } = 20;

    public bool Approved { get; init; } = true;

    public bool Archived { get; init; }
}

/// <summary>An order to place.</summary>
public sealed record OrderRequest
{
    public string SellerId { get; init; } = "";

    public required IReadOnlyList<OrderLineRequest> Lines { get; init; }

    public Buyer Buyer { get; init; } = new();

    /// <summary><c>Awaiting</c> (payment is being checked) or <c>Created</c>.</summary>
    public string Status { get; init; } = "Created";

    public string PaymentMethod { get; init; } = "Kredi Kartı";

    /// <summary>Code of the carrier.</summary>
    public string Carrier { get; init; } = TrendyolCarriers.Usual;

    /// <summary>The seller has a contract of its own with the carrier.</summary>
    public bool SellerPays { get; init; }

    /// <summary>Goes abroad: its invoice needs a number.</summary>
    public bool Micro { get; init; }

    /// <summary>Sell also what is not in stock: quantities stop at zero.</summary>
    public bool Force { get; init; }

    /// <summary>Appears in the lists only after this time, with its true, older time of change.</summary>
    public int VisibleAfterSeconds { get; init; }

    /// <summary>This many reads get it with empty addresses.</summary>
    public int EmptyAddressReads { get; init; }
}

public sealed record OrderLineRequest
{
    public required string Barcode { get; init; }

    public required int Quantity { get; init; }

    /// <summary>For one unit; absent: the item's sale price.</summary>
    public decimal? Price { get; init; }

    /// <summary>For the whole line; split over its units to the exact kuruş.</summary>
    public decimal SellerDiscount { get; init; }

    /// <summary>For the whole line; split over its units to the exact kuruş.</summary>
    public decimal TyDiscount { get; init; }

    /// <summary>The line comes without a VAT rate.</summary>
    public bool OmitVatRate { get; init; }
}

public sealed record PlacedOrder(string OrderNumber, string PackageId, decimal Total, IReadOnlyList<PlacedLine> Lines);

public sealed record PlacedLine(string LineId, string Barcode, int Quantity);

/// <summary>Units of a line that the buyer cancels.</summary>
public sealed record CancelRequest
{
    public string SellerId { get; init; } = "";

    public required string PackageId { get; init; }

    /// <summary>Empty: the line with <see cref="Barcode"/>.</summary>
    public string LineId { get; init; } = "";

    public string Barcode { get; init; } = "";

    /// <summary>Absent: all units of the line.</summary>
    public int? Quantity { get; init; }
}

/// <param name="NewPackageId">Empty when nothing was left.</param>
public sealed record CancelledUnits(string OldPackageId, string NewPackageId);

public sealed record AdvanceRequest
{
    public string SellerId { get; init; } = "";

    public required string PackageId { get; init; }

    /// <summary>The state to reach in one legal step.</summary>
    public required string Status { get; init; }
}

/// <summary>A change made elsewhere: in the seller panel, or by another program.</summary>
public sealed record SetQuantityRequest
{
    public string SellerId { get; init; } = "";

    public required string Barcode { get; init; }

    public int? Quantity { get; init; }

    public decimal? SalePrice { get; init; }

    public decimal? ListPrice { get; init; }
}

/// <summary>What the control API refuses.</summary>
public sealed class SandboxRefusal(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
