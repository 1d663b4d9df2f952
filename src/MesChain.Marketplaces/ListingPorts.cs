namespace MesChain.Marketplaces;

/// <summary>Takes new products. What is accepted is queued, what is queued is checked, and what passes the check is reviewed: only then it sells.</summary>
public interface IListingTarget
{
    ListingManners ListingManners { get; }

    /// <summary>
    /// Sends one body. A <see cref="MarketplaceFault"/> of kind <see cref="FaultKind.Uncertain"/> means that it may have been taken:
    /// look for its barcodes before sending again.
    /// </summary>
    Task<ListingReceipt> CreateListingsAsync(SellerAccess access, IReadOnlyList<ListingDraft> drafts, CancellationToken cancel);

    /// <summary>
    /// Reads the receipt of anything that was sent about listings. Success of a new product means that it awaits its review,
    /// success of changed content that the change does.
    /// </summary>
    Task<ListingReceiptAnswer> ReadListingReceiptAsync(SellerAccess access, string receiptId, CancellationToken cancel);

    /// <summary>
    /// What the marketplace's published rules refuse about a draft, judged here without a call; null when it may be sent.
    /// Sending throws the first such fault and sends nothing.
    /// </summary>
    MarketplaceFault? Judge(ListingDraft draft);
}

/// <summary>How a marketplace takes listings.</summary>
public sealed record ListingManners
{
    /// <summary>Drafts, or changes, in one call.</summary>
    public required int BatchMax { get; init; }

    /// <summary>Characters of a title.</summary>
    public required int TitleMax { get; init; }

    /// <summary>Characters of a description, HTML included.</summary>
    public required int DescriptionMax { get; init; }

    public required int ImagesMax { get; init; }

    /// <summary>How long a receipt can be asked for.</summary>
    public required TimeSpan ReceiptLife { get; init; }
}

/// <summary>A product to list: one barcode, in the marketplace's own terms.</summary>
public sealed record ListingDraft
{
    public required string Barcode { get; init; }

    public required string Title { get; init; }

    /// <summary>Shared by the variants of one product.</summary>
    public required string GroupId { get; init; }

    /// <summary>A leaf.</summary>
    public required string CategoryId { get; init; }

    /// <summary>Empty where the marketplace takes the brand as text.</summary>
    public required string BrandId { get; init; }

    public string BrandName { get; init; } = "";

    public required string Sku { get; init; }

    public required string DescriptionHtml { get; init; }

    public required int Quantity { get; init; }

    /// <summary>Minor units, gross.</summary>
    public required long SalePriceMinor { get; init; }

    /// <summary>Minor units, gross; not below the sale price.</summary>
    public required long ListPriceMinor { get; init; }

    public required int VatBasisPoints { get; init; }

    /// <summary>Public https addresses, the first is the cover.</summary>
    public required IReadOnlyList<Uri> Images { get; init; }

    public required IReadOnlyList<ListingAttribute> Attributes { get; init; }

    /// <summary>Volumetric weight in desi; 1 when nobody knows better.</summary>
    public decimal Desi { get; init; } = 1;

    /// <summary>Two letters; empty when not known.</summary>
    public string OriginCountry { get; init; } = "";

    public string LotNumber { get; init; } = "";

    public ListingTerms Terms { get; init; } = new();
}

/// <summary>How parcels of a listing travel. What is empty or null is left to the seller's own settings at the marketplace.</summary>
public sealed record ListingTerms
{
    public string ShippingAddressId { get; init; } = "";

    public string ReturningAddressId { get; init; } = "";

    /// <summary>Codes of <see cref="Carrier"/>.</summary>
    public IReadOnlyList<string> Carriers { get; init; } = [];

    /// <summary>Days until the parcel leaves; 0 is today.</summary>
    public int? LeadDays { get; init; }
}

/// <param name="OptionIds">Chosen from what the category offers.</param>
/// <param name="Text">A text of one's own, where the attribute takes one; empty otherwise.</param>
public sealed record ListingAttribute(string Id, IReadOnlyList<string> OptionIds, string Text = "");

public sealed record ListingReceipt(string ReceiptId);

/// <param name="Items">The items that are decided.</param>
/// <param name="Terminal">Every item is decided.</param>
public sealed record ListingReceiptAnswer(IReadOnlyList<ListingReceiptItem> Items, bool Terminal);

/// <param name="Key">What the item was sent by: a barcode, or the id of a card for changes of content. The same key may come twice when it was sent twice.</param>
/// <param name="Fault">Null on success.</param>
public sealed record ListingReceiptItem(string Key, MarketplaceFault? Fault);

/// <summary>Says how far listings have come.</summary>
public interface IListingSource
{
    /// <summary>Everything that is not on sale because it is under review, or was rejected by it; page by page. One whose review ends meanwhile may come twice: the later one counts.</summary>
    IAsyncEnumerable<IReadOnlyList<ListingStatus>> ReadUnapprovedAsync(SellerAccess access, CancellationToken cancel);

    /// <summary>The named listings as they are now. Missing ones are absent from the answer.</summary>
    Task<IReadOnlyList<ListingStatus>> ReadListingsAsync(SellerAccess access, IReadOnlyCollection<string> barcodes, CancellationToken cancel);
}

/// <summary>One listing as the marketplace sees it.</summary>
public sealed record ListingStatus
{
    public required string Barcode { get; init; }

    public required ListingState State { get; init; }

    /// <summary>Of the card that the listing stands on; empty until it is approved.</summary>
    public string CardId { get; init; } = "";

    /// <summary>Why it was rejected, locked or stopped; empty otherwise.</summary>
    public MarketplaceFault? Fault { get; init; }
}

public enum ListingState
{
    /// <summary>Under review.</summary>
    Pending,

    /// <summary>The review refused it: mend and send again.</summary>
    Rejected,

    /// <summary>Approved; whether it sells depends on stock.</summary>
    Approved,

    /// <summary>Taken off sale by the seller.</summary>
    Archived,

    /// <summary>Taken off sale by the marketplace until the seller unlocks it.</summary>
    Locked,

    /// <summary>Stopped by the marketplace.</summary>
    Stopped,
}
