namespace MesChain.Marketplaces;

/// <summary>A parcel by both of its names, because marketplaces differ in which one they ask for.</summary>
public sealed record ParcelName(string PackageId, string TrackingNumber);

/// <summary>The marketplace's own parcel labels.</summary>
public interface ILabelSource
{
    /// <summary>
    /// Has the labels made. Refused with <see cref="FaultCodes.LabelRefused"/> for carriers and contracts the marketplace prints nothing
    /// for, and where it wants the invoice first.
    /// </summary>
    /// <param name="boxes">1 or more: one label each.</param>
    /// <param name="deci">Volume weight; null leaves it to the marketplace.</param>
    Task RequestLabelsAsync(SellerAccess access, ParcelName parcel, int boxes, decimal? deci, CancellationToken cancel);

    /// <summary>The labels that were made, one a box. Empty while there are none.</summary>
    Task<IReadOnlyList<ParcelLabel>> ReadLabelsAsync(SellerAccess access, ParcelName parcel, CancellationToken cancel);
}

/// <param name="Format">Upper case: <c>ZPL</c>.</param>
/// <param name="Content">For the printer, as it is; holds the buyer's address.</param>
public sealed record ParcelLabel(string Format, string Content)
{
    public override string ToString() => $"(label, {Format})";
}

/// <summary>Gives the seller's invoice of a package to the marketplace. Sent twice it is refused with <see cref="FaultCodes.InvoiceAlreadySent"/>.</summary>
public interface IInvoiceTarget
{
    /// <summary>Largest file in bytes; 0 when only links are taken.</summary>
    int InvoiceBytesMax { get; }

    /// <summary>What the published rules refuse about a number, judged without a call; null when it may be sent.</summary>
    MarketplaceFault? JudgeInvoiceNumber(string number);

    /// <summary>The link must stay reachable for ten years. The verdict comes later: <see cref="MarketplacePackage.Invoice"/>.</summary>
    Task SendInvoiceLinkAsync(SellerAccess access, InvoiceLink invoice, CancellationToken cancel);

    Task SendInvoiceFileAsync(SellerAccess access, InvoiceFile invoice, CancellationToken cancel);

    /// <summary>Takes an invoice back, so that another can be sent.</summary>
    Task WithdrawInvoiceAsync(SellerAccess access, string packageId, CancellationToken cancel);
}

/// <param name="Number">Empty where the marketplace need not know it.</param>
/// <param name="IssuedAt">Null where it need not know it.</param>
public sealed record InvoiceLink(string PackageId, Uri Link, string Number = "", DateTimeOffset? IssuedAt = null);

/// <param name="ContentType"><c>application/pdf</c>, <c>image/jpeg</c> or <c>image/png</c>.</param>
public sealed record InvoiceFile(string PackageId, string FileName, string ContentType, ReadOnlyMemory<byte> Content)
{
    public override string ToString() => $"(invoice of {PackageId})";
}

/// <summary>What became of a package's invoice at the marketplace.</summary>
public enum InvoiceState
{
    /// <summary>The marketplace does not say.</summary>
    Unknown,
    None,
    Received,
    Accepted,

    /// <summary>Another one must be sent; <see cref="PackageInvoice.Faults"/> says why.</summary>
    Rejected,
}

/// <param name="Faults">The marketplace's own keys, empty unless it was rejected.</param>
public sealed record PackageInvoice(InvoiceState State, IReadOnlyList<string> Faults)
{
    public static readonly PackageInvoice Unknown = new(InvoiceState.Unknown, []);
}
