namespace MesChain.Marketplaces;

/// <summary>Mends products that are under review or were rejected by it; they are reviewed anew.</summary>
public interface IListingMending
{
    /// <summary>Sends the whole of each draft but its stock and price. A batch holds at most <see cref="ListingManners.BatchMax"/>.</summary>
    Task<ListingReceipt> MendListingsAsync(SellerAccess access, IReadOnlyList<ListingDraft> drafts, CancellationToken cancel);
}

/// <summary>Changes what buyers read on a card. The receipt says only that the change is under review; the verdicts say what became of it.</summary>
public interface IContentTarget
{
    /// <summary>A batch holds at most <see cref="ListingManners.BatchMax"/>; the receipt's keys are the ids of the cards.</summary>
    Task<ListingReceipt> ChangeContentAsync(SellerAccess access, IReadOnlyList<ContentChange> changes, CancellationToken cancel);

    /// <summary>The verdicts on every change of a card, in the marketplace's order.</summary>
    Task<IReadOnlyList<ContentVerdict>> ReadContentVerdictsAsync(SellerAccess access, string cardId, CancellationToken cancel);

    /// <summary>What the published rules refuse, judged without a call; null when it may be sent.</summary>
    MarketplaceFault? Judge(ContentChange change);
}

/// <summary>What changes on a card; null leaves it.</summary>
public sealed record ContentChange
{
    public required string CardId { get; init; }

    public string? Title { get; init; }

    public string? DescriptionHtml { get; init; }

    /// <summary>Replace all that are there.</summary>
    public IReadOnlyList<Uri>? Images { get; init; }

    /// <summary>Replace all that are there: every attribute that the card must have is among them.</summary>
    public IReadOnlyList<ListingAttribute>? Attributes { get; init; }
}

/// <param name="ReceiptId">Of the batch that asked for it.</param>
/// <param name="AskedAt">Null when the marketplace does not say.</param>
/// <param name="Part">The marketplace's own word for what was to change.</param>
/// <param name="State">What became of it.</param>
/// <param name="Fault">Why it was refused; null otherwise.</param>
public sealed record ContentVerdict(string ReceiptId, DateTimeOffset? AskedAt, string Part, VerdictState State, MarketplaceFault? Fault);

public enum VerdictState
{
    /// <summary>Under review, or in a state that is not known here.</summary>
    Pending,
    Accepted,
    Refused,
}

/// <summary>Changes what may change on an approved listing without another review.</summary>
public interface IVariantTarget
{
    /// <summary>Send all that is known: some marketplaces take a missing field as cleared. A batch holds at most <see cref="ListingManners.BatchMax"/>.</summary>
    Task<ListingReceipt> ChangeVariantsAsync(SellerAccess access, IReadOnlyList<VariantChange> changes, CancellationToken cancel);

    /// <summary>What the published rules refuse, judged without a call; null when it may be sent.</summary>
    MarketplaceFault? Judge(VariantChange change);
}

public sealed record VariantChange
{
    public required string Barcode { get; init; }

    public required string Sku { get; init; }

    public required int VatBasisPoints { get; init; }

    /// <summary>Volumetric weight in desi.</summary>
    public required decimal Desi { get; init; }

    /// <summary>Two letters; empty when not known.</summary>
    public string OriginCountry { get; init; } = "";

    public string LotNumber { get; init; } = "";

    /// <summary>Its lead time has a service of its own, <see cref="ILeadTimeTarget"/>, and is not sent here.</summary>
    public ListingTerms Terms { get; init; } = new();
}

/// <summary>Says how soon parcels leave.</summary>
public interface ILeadTimeTarget
{
    /// <summary>Days until the parcel leaves, 0 is today. A batch holds at most <see cref="ListingManners.BatchMax"/>.</summary>
    Task<ListingReceipt> ChangeLeadTimesAsync(SellerAccess access, IReadOnlyList<(string Barcode, int LeadDays)> changes, CancellationToken cancel);
}

/// <summary>Takes listings off sale, and puts them back.</summary>
public interface IListingArchive
{
    /// <summary>Sets the state, so it may be said twice.</summary>
    Task<ListingReceipt> ArchiveAsync(SellerAccess access, IReadOnlyCollection<string> barcodes, bool archived, CancellationToken cancel);
}

/// <summary>Takes listings away for good.</summary>
public interface IListingDeletion
{
    /// <summary>How long an approved listing must have been archived before.</summary>
    TimeSpan ArchivedBeforeDeletion { get; }

    Task<ListingReceipt> DeleteAsync(SellerAccess access, IReadOnlyCollection<string> barcodes, CancellationToken cancel);
}

/// <summary>Opens listings that the marketplace has locked until the seller looks at them.</summary>
public interface IListingUnlock
{
    Task<ListingReceipt> UnlockAsync(SellerAccess access, IReadOnlyCollection<string> barcodes, CancellationToken cancel);
}

/// <summary>Says which seller of the same product a buyer is shown first.</summary>
public interface IBuyboxSource
{
    /// <summary>Any number of barcodes; the unknown are absent from the answer.</summary>
    Task<IReadOnlyList<BuyboxPlace>> ReadBuyboxAsync(SellerAccess access, IReadOnlyCollection<string> barcodes, CancellationToken cancel);
}

/// <param name="Order">1 is the first.</param>
/// <param name="FirstPriceMinor">What the first asks, in minor units; null when the marketplace does not say.</param>
/// <param name="HasRivals">Others sell it too.</param>
public sealed record BuyboxPlace(string Barcode, int Order, long? FirstPriceMinor, bool HasRivals);
