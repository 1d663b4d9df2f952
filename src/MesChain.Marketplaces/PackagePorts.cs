namespace MesChain.Marketplaces;

/// <summary>Units of one line of a package.</summary>
/// <param name="Quantity">1 or more, and no more than the line has in this package.</param>
public sealed record PackageUnits(string LineId, int Quantity);

/// <summary>
/// Tells the marketplace what the seller does with a package. Every method below is one step that the marketplace may refuse with
/// <see cref="FaultCodes.PackageStateWrong"/> or <see cref="FaultCodes.OrderActionRefused"/>, because packages change without us.
/// </summary>
public interface IOrderActions
{
    /// <summary>The seller has begun to pack. All lines of the package with all their units are named; saying it twice is harmless.</summary>
    Task PickAsync(SellerAccess access, string packageId, IReadOnlyList<PackageUnits> lines, CancellationToken cancel);
}

/// <summary>Tells that a package is invoiced, where that is a state of its own.</summary>
public interface IInvoicedNotice
{
    /// <param name="lines">All lines of the package with all their units.</param>
    /// <param name="invoiceNumber">Empty when the marketplace need not know it.</param>
    Task MarkInvoicedAsync(SellerAccess access, string packageId, IReadOnlyList<PackageUnits> lines, string invoiceNumber, CancellationToken cancel);
}

/// <summary>Why units cannot be sent. A marketplace without an equal reason refuses with <see cref="FaultCodes.ReasonRefused"/>.</summary>
public enum UnsupplyReason
{
    OutOfStock,
    Defective,
    WrongPrice,
    IntegrationError,
    BulkPurchase,
    ForceMajeure,
}

/// <summary>Takes units out of an order that the seller cannot send.</summary>
public interface IUnsupply
{
    /// <summary>
    /// The package is closed, whole or in part; what is left comes back later as another package whose <see cref="MarketplacePackage.Replaces"/>
    /// names this one. Its id is not known before it is read.
    /// </summary>
    Task UnsupplyAsync(SellerAccess access, string packageId, IReadOnlyList<PackageUnits> lines, UnsupplyReason reason, CancellationToken cancel);
}

/// <param name="Quantity">Null takes all units of the line.</param>
public sealed record PartLine(string LineId, int? Quantity);

/// <summary>What shall lie in one package.</summary>
public sealed record PackagePart(IReadOnlyList<PartLine> Lines);

/// <summary>Divides a package.</summary>
public interface IPackageSplit
{
    /// <summary>
    /// Each part becomes a package of its own, and what no part names becomes one more. They appear later, under new ids and
    /// tracking numbers; this package ends as <see cref="PackageState.Superseded"/>.
    /// </summary>
    /// <param name="parts">1 or more. All their lines take all units, or all of them say how many.</param>
    Task SplitAsync(SellerAccess access, string packageId, IReadOnlyList<PackagePart> parts, CancellationToken cancel);
}

/// <summary>Who carries a package, from where, in what and until when. Valid before it is shipped.</summary>
public interface IShipmentTerms
{
    /// <summary>For sellers with a contract of their own with the carrier.</summary>
    Task SetTrackingNumberAsync(SellerAccess access, string packageId, string trackingNumber, CancellationToken cancel);

    /// <param name="boxes">1 or more.</param>
    /// <param name="deci">Volume weight of all boxes, above 0.</param>
    Task SetBoxesAsync(SellerAccess access, string packageId, int boxes, decimal deci, CancellationToken cancel);

    /// <summary>The package gets another tracking number, which is known once it is read again.</summary>
    /// <param name="carrier">The marketplace's own code of the carrier.</param>
    Task ChangeCarrierAsync(SellerAccess access, string packageId, string carrier, CancellationToken cancel);

    /// <param name="days">Added to the time by which it must be shipped: 1 to 3 at Trendyol.</param>
    Task ExtendAsync(SellerAccess access, string packageId, int days, CancellationToken cancel);

    /// <param name="warehouseId">The marketplace's number of the seller's warehouse.</param>
    Task SetWarehouseAsync(SellerAccess access, string packageId, long warehouseId, CancellationToken cancel);

    /// <summary>What work on one unit of each line costs, in minor units: 0 or more.</summary>
    Task SetLaborCostsAsync(SellerAccess access, string packageId, IReadOnlyList<(string LineId, long PerUnitMinor)> costs, CancellationToken cancel);
}

/// <summary>How a package travels that no carrier of the marketplace takes: a link to follow it, or a telephone number to ask at.</summary>
/// <param name="Boxes">Null leaves it open.</param>
/// <param name="Deci">Null leaves it open.</param>
public sealed record OwnShipment(string Tracking, bool IsPhoneNumber, int? Boxes = null, decimal? Deci = null);

/// <summary>Packages that the seller brings itself, or with a carrier the marketplace does not watch.</summary>
public interface IOwnDelivery
{
    /// <summary>The package counts as shipped from here on.</summary>
    Task ShipAsync(SellerAccess access, string packageId, OwnShipment shipment, CancellationToken cancel);

    /// <summary>It was handed over. Named by its tracking number, because only that is on the parcel.</summary>
    Task MarkDeliveredAsync(SellerAccess access, string trackingNumber, CancellationToken cancel);

    /// <summary>It came back.</summary>
    Task MarkReturnedAsync(SellerAccess access, string trackingNumber, CancellationToken cancel);

    /// <summary>An authorised service hands it over (large goods that are installed).</summary>
    Task MarkDeliveredByServiceAsync(SellerAccess access, string packageId, CancellationToken cancel);
}
