namespace MesChain.Marketplaces;

/// <summary>Reads orders by the time of their last change.</summary>
public interface IOrderSource
{
    /// <summary>One page of [from, to); <paramref name="cursor"/> comes from the page before, null begins.</summary>
    Task<OrderPage> ReadOrdersAsync(SellerAccess access, DateTimeOffset from, DateTimeOffset to, string? cursor, CancellationToken cancel);
}

/// <summary>Reads packages by name: what a webhook hinted at, what a split left, an address that was not there at first.</summary>
public interface IPackageSource
{
    /// <summary>
    /// All packages of an order, also those that others replaced, unless they changed longer ago than the marketplace shows single
    /// orders (Trendyol: a month). Empty when it knows none.
    /// </summary>
    Task<IReadOnlyList<MarketplacePackage>> ReadOrderAsync(SellerAccess access, string orderNumber, CancellationToken cancel);

    /// <summary>The named packages, 1 to 1000 of them; those that are not known are absent from the answer.</summary>
    Task<IReadOnlyList<MarketplacePackage>> ReadPackagesAsync(SellerAccess access, IReadOnlyCollection<string> packageIds, CancellationToken cancel);
}

/// <param name="NextCursor">Null on the last page.</param>
public sealed record OrderPage(IReadOnlyList<MarketplacePackage> Packages, string? NextCursor)
{
    /// <summary>
    /// Packages of the page that lack what makes them one, each as <c>order number/package number</c> as far as it says so. With one of
    /// them the window is not read completely, whatever else was in it.
    /// </summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];
}

/// <summary>One package of an order, as the marketplace tells it. Instants are UTC; money is minor units; nothing is guessed.</summary>
public sealed record MarketplacePackage
{
    public required string OrderNumber { get; init; }

    public required string PackageId { get; init; }

    public required PackageState State { get; init; }

    /// <summary>The marketplace's own word.</summary>
    public required string StateText { get; init; }

    public required DateTimeOffset OrderedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public required string CurrencyCode { get; init; }

    public required Person Person { get; init; }

    public required IReadOnlyList<MarketplaceLine> Lines { get; init; }

    /// <summary>Packages that this one replaces (after a split or a partial cancel).</summary>
    public IReadOnlyList<string> Replaces { get; init; } = [];

    /// <summary>The marketplace sent no address yet, as it does for some exports: read the package again later.</summary>
    public bool AddressPending { get; init; }

    public string PaymentMethod { get; init; } = "";

    public string CargoProvider { get; init; } = "";

    public string TrackingNumber { get; init; } = "";

    public string TrackingUrl { get; init; } = "";

    public DateTimeOffset? ShipBy { get; init; }

    public PackageInvoice Invoice { get; init; } = PackageInvoice.Unknown;
}

public enum PackageState
{
    Awaiting,
    New,
    Picking,
    Invoiced,
    Shipped,
    Delivered,
    Undelivered,
    Returned,
    Cancelled,
    Superseded,
    Unknown,
}

/// <summary>A line of a package.</summary>
public sealed record MarketplaceLine
{
    public required string LineId { get; init; }

    public required string Barcode { get; init; }

    public string Sku { get; init; } = "";

    public required string Title { get; init; }

    /// <summary>Units in this package.</summary>
    public required int Quantity { get; init; }

    /// <summary>What the buyer pays for each unit, one entry a unit; their sum is the line's exact total.</summary>
    public required IReadOnlyList<long> UnitTotalsMinor { get; init; }

    /// <summary>Discount of each unit, one entry a unit.</summary>
    public required IReadOnlyList<long> UnitDiscountsMinor { get; init; }

    /// <summary>Null is unknown, never zero.</summary>
    public int? VatBasisPoints { get; init; }
}

/// <summary>Buyer and addresses: personal data. Its text form is fixed.</summary>
public sealed record Person
{
    public string FirstName { get; init; } = "";

    public string LastName { get; init; } = "";

    public string Email { get; init; } = "";

    public string IdentityNumber { get; init; } = "";

    public required PostalAddress Shipping { get; init; }

    public required PostalAddress Invoice { get; init; }

    public override string ToString() => "(person)";
}

public sealed record PostalAddress
{
    public string FirstName { get; init; } = "";

    public string LastName { get; init; } = "";

    public string Company { get; init; } = "";

    public string Line { get; init; } = "";

    public string Neighborhood { get; init; } = "";

    public string District { get; init; } = "";

    public string City { get; init; } = "";

    public string PostalCode { get; init; } = "";

    public string CountryCode { get; init; } = "TR";

    public string Phone { get; init; } = "";

    public string TaxNumber { get; init; } = "";

    public string TaxOffice { get; init; } = "";

    public override string ToString() => "(address)";
}
