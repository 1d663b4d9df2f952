namespace MesChain.Marketplaces;

/// <summary>
/// A marketplace: its code and its manners, as data. What it can do it says by implementing capabilities
/// (<see cref="IConnectionTest"/>, <see cref="IItemSource"/>, <see cref="IOfferTarget"/>, <see cref="IOrderSource"/>,
/// <see cref="IOrderActions"/>). An adapter is stateless, keeps no credential, never waits and never retries: the pipeline of
/// <c>MarketplaceHttp</c> around it and the job that calls it own those.
/// </summary>
public interface IMarketplace
{
    /// <summary>Lower-case code: <c>trendyol</c>.</summary>
    string Code { get; }

    Manners Manners { get; }
}

/// <summary>How a marketplace behaves where the sync algorithm must know it.</summary>
public sealed record Manners
{
    /// <summary>Offers in one price-and-inventory call.</summary>
    public required int BatchMax { get; init; }

    /// <summary>A body equal to one sent within this time is refused.</summary>
    public required TimeSpan IdenticalBodyWindow { get; init; }

    /// <summary>Prices of one item are at least so far apart; a marketplace counts their changes.</summary>
    public TimeSpan PriceInterval { get; init; }

    /// <summary>How long a receipt can be asked for. After 80 % of it an unanswered batch is uncertain.</summary>
    public required TimeSpan ReceiptLife { get; init; }

    /// <summary>Widest window of one order query.</summary>
    public required TimeSpan OrderWindowMax { get; init; }

    /// <summary>How far back orders can be read at all.</summary>
    public required TimeSpan OrderHistory { get; init; }

    /// <summary>Windows of order queries overlap by this much, because of late writes and unclear time zones.</summary>
    public required TimeSpan OrderOverlap { get; init; }

    /// <summary>Largest quantity an offer can have.</summary>
    public required int QuantityMax { get; init; }

    /// <summary>A field that is not sent stays as it is (partial body); otherwise it may count as zero.</summary>
    public required bool PartialBody { get; init; }
}

/// <summary>Whose account, where, with which key. Built by a job just before the call; its text form is fixed.</summary>
public sealed class SellerAccess(Uri baseAddress, string sellerId, string apiKey, string apiSecret, string connection)
{
    /// <summary>Ends with '/': <c>https://apigw.trendyol.com/integration/</c>, or the sandbox's.</summary>
    public Uri BaseAddress { get; } = baseAddress;

    public string SellerId { get; } = sellerId;

    public string ApiKey { get; } = apiKey;

    public string ApiSecret { get; } = apiSecret;

    /// <summary>The connection's id: rate limits and the circuit breaker are kept apart by it.</summary>
    public string Connection { get; } = connection;

    public override string ToString() => $"(access of {Connection})";
}

/// <summary>Answers the three questions of a connection test, in order, and stops at the first that fails.</summary>
public interface IConnectionTest
{
    Task<IReadOnlyList<ProbeAnswer>> ProbeAsync(SellerAccess access, CancellationToken cancel);
}

/// <param name="Name"><c>reach</c>, <c>credential</c> or <c>orders</c>.</param>
/// <param name="Fault">Null when it passed.</param>
public sealed record ProbeAnswer(string Name, MarketplaceFault? Fault, TimeSpan Latency);

/// <summary>Reads what the marketplace lists for this seller.</summary>
public interface IItemSource
{
    /// <summary>All items that can be sold, page by page. May end early only by throwing.</summary>
    IAsyncEnumerable<IReadOnlyList<MarketplaceItem>> ReadItemsAsync(SellerAccess access, CancellationToken cancel);

    /// <summary>The named items as they are now, for read-back. Missing ones are absent from the answer.</summary>
    Task<IReadOnlyList<MarketplaceItem>> ReadItemsAsync(SellerAccess access, IReadOnlyCollection<string> barcodes, CancellationToken cancel);
}

/// <summary>One item as the marketplace shows it.</summary>
public sealed record MarketplaceItem
{
    public required string Barcode { get; init; }

    public required string ExternalId { get; init; }

    public required string Title { get; init; }

    public string Sku { get; init; } = "";

    /// <summary>Null when the marketplace does not say.</summary>
    public int? Quantity { get; init; }

    public long? SalePriceMinor { get; init; }

    public long? ListPriceMinor { get; init; }

    public bool OnSale { get; init; }
}

/// <summary>Sends absolute stock and price.</summary>
public interface IOfferTarget
{
    /// <summary>
    /// Sends one body. Accepted is not done: the receipt is asked for later.
    /// A <see cref="MarketplaceFault"/> of kind <see cref="FaultKind.Uncertain"/> means that it may have been applied.
    /// </summary>
    Task<PushReceipt> PushAsync(SellerAccess access, IReadOnlyList<OfferPush> offers, CancellationToken cancel);

    /// <summary>Reads a receipt; items that are not decided yet are absent from <see cref="ReceiptAnswer.Items"/>.</summary>
    Task<ReceiptAnswer> ReadReceiptAsync(SellerAccess access, string receiptId, CancellationToken cancel);

    /// <summary>The bytes that <see cref="PushAsync"/> would send, for the identical-body rule.</summary>
    ReadOnlyMemory<byte> Body(IReadOnlyList<OfferPush> offers);

    /// <summary>
    /// What the marketplace's published rules refuse about one offer, judged here without a call; null when it may be sent.
    /// <see cref="PushAsync"/> throws the first such fault and sends nothing, so that one bad offer is best taken out before.
    /// </summary>
    MarketplaceFault? Judge(OfferPush offer) => null;
}

/// <summary>What to set. Null leaves the field as it is (partial body).</summary>
public sealed record OfferPush(string Barcode, int? Quantity, long? SalePriceMinor, long? ListPriceMinor);

public sealed record PushReceipt(string ReceiptId);

/// <param name="Items">The items that are decided.</param>
/// <param name="Terminal">Every item is decided.</param>
public sealed record ReceiptAnswer(IReadOnlyList<ReceiptItem> Items, bool Terminal);

/// <param name="Fault">Null on success.</param>
public sealed record ReceiptItem(string Barcode, MarketplaceFault? Fault);
