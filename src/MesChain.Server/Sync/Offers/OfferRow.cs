using MesChain.Server.Platform.Data;

namespace MesChain.Server.Sync.Offers;

/// <summary>A row of <c>offers</c>, flat as the table has it.</summary>
sealed class OfferRow
{
    /// <summary>What changes, and what a row is found by. What linking alone decides is not in it.</summary>
    public static readonly RowSet<OfferRow> Rows = new RowSet<OfferRow>()
        .Key("store_id", row => row.StoreId)
        .Key("connection_id", row => row.ConnectionId)
        .Key("variant_id", row => row.VariantId)
        .Text("stock_state", row => row.StockState)
        .Number("desired_qty", row => row.DesiredQty)
        .Number("desired_version", row => row.DesiredVersion)
        .Number("sent_qty", row => row.SentQty)
        .Number("sent_version", row => row.SentVersion)
        .Number("acked_qty", row => row.AckedQty)
        .Number("acked_version", row => row.AckedVersion)
        .Number("uncertain_version", row => row.UncertainVersion)
        .Number("priority", row => row.Priority)
        .Number("stock_dirty_ms", row => row.StockDirtyMs)
        .Number("stock_not_before_ms", row => row.StockNotBeforeMs)
        .Text("price_state", row => row.PriceState)
        .Number("desired_price_minor", row => row.DesiredPriceMinor)
        .Number("desired_list_minor", row => row.DesiredListMinor)
        .Number("desired_price_version", row => row.DesiredPriceVersion)
        .Number("sent_price_minor", row => row.SentPriceMinor)
        .Number("sent_list_minor", row => row.SentListMinor)
        .Number("sent_price_version", row => row.SentPriceVersion)
        .Number("acked_price_minor", row => row.AckedPriceMinor)
        .Number("acked_list_minor", row => row.AckedListMinor)
        .Number("acked_price_version", row => row.AckedPriceVersion)
        .Number("uncertain_price_version", row => row.UncertainPriceVersion)
        .Number("price_dirty_ms", row => row.PriceDirtyMs)
        .Number("price_not_before_ms", row => row.PriceNotBeforeMs)
        .Number("observed_qty", row => row.ObservedQty)
        .Number("observed_price_minor", row => row.ObservedPriceMinor)
        .Number("observed_ms", row => row.ObservedMs)
        .Number("sent_ms", row => row.SentMs)
        .Number("acked_ms", row => row.AckedMs)
        .Number("verify_due_ms", row => row.VerifyDueMs)
        .Number("doubt_until_ms", row => row.DoubtUntilMs)
        .Flag("overlapped", row => row.Overlapped)
        .Number("released_version", row => row.ReleasedVersion)
        .Text("issue_code", row => row.IssueCode);

    public Guid StoreId { get; init; }

    public Guid ConnectionId { get; init; }

    public Guid VariantId { get; init; }

    public string Barcode { get; init; } = "";

    public string StockState { get; init; } = "";

    public long DesiredQty { get; init; }

    public long DesiredVersion { get; init; }

    public long? SentQty { get; init; }

    public long SentVersion { get; init; }

    public long? AckedQty { get; init; }

    public long AckedVersion { get; init; }

    public long UncertainVersion { get; init; }

    public long Priority { get; init; }

    public long? StockDirtyMs { get; init; }

    public long StockNotBeforeMs { get; init; }

    public string PriceState { get; init; } = "";

    public long? DesiredPriceMinor { get; init; }

    public long? DesiredListMinor { get; init; }

    public long DesiredPriceVersion { get; init; }

    public long? SentPriceMinor { get; init; }

    public long? SentListMinor { get; init; }

    public long SentPriceVersion { get; init; }

    public long? AckedPriceMinor { get; init; }

    public long? AckedListMinor { get; init; }

    public long AckedPriceVersion { get; init; }

    public long UncertainPriceVersion { get; init; }

    public long? PriceDirtyMs { get; init; }

    public long PriceNotBeforeMs { get; init; }

    public long? ObservedQty { get; init; }

    public long? ObservedPriceMinor { get; init; }

    public long? ObservedMs { get; init; }

    public long? SentMs { get; init; }

    public long? AckedMs { get; init; }

    public long? VerifyDueMs { get; init; }

    public long DoubtUntilMs { get; init; }

    public bool Overlapped { get; init; }

    public long ReleasedVersion { get; init; }

    public string IssueCode { get; init; } = "";

    public static OfferRow From(Offer offer) => new()
    {
        StoreId = offer.StoreId,
        ConnectionId = offer.ConnectionId,
        VariantId = offer.VariantId,
        Barcode = offer.Barcode,
        StockState = offer.Stock.State,
        DesiredQty = offer.Stock.Desired?.First ?? 0,
        DesiredVersion = offer.Stock.DesiredVersion,
        SentQty = offer.Stock.Sent?.First,
        SentVersion = offer.Stock.SentVersion,
        AckedQty = offer.Stock.Acked?.First,
        AckedVersion = offer.Stock.AckedVersion,
        UncertainVersion = offer.Stock.UncertainVersion,
        Priority = offer.Priority,
        StockDirtyMs = offer.Stock.DirtyMs,
        StockNotBeforeMs = offer.Stock.NotBeforeMs,
        PriceState = offer.Price.State,
        DesiredPriceMinor = offer.Price.Desired?.First,
        DesiredListMinor = offer.Price.Desired?.Second,
        DesiredPriceVersion = offer.Price.DesiredVersion,
        SentPriceMinor = offer.Price.Sent?.First,
        SentListMinor = offer.Price.Sent?.Second,
        SentPriceVersion = offer.Price.SentVersion,
        AckedPriceMinor = offer.Price.Acked?.First,
        AckedListMinor = offer.Price.Acked?.Second,
        AckedPriceVersion = offer.Price.AckedVersion,
        UncertainPriceVersion = offer.Price.UncertainVersion,
        PriceDirtyMs = offer.Price.DirtyMs,
        PriceNotBeforeMs = offer.Price.NotBeforeMs,
        ObservedQty = offer.ObservedQty,
        ObservedPriceMinor = offer.ObservedPriceMinor,
        ObservedMs = offer.ObservedMs,
        SentMs = offer.SentMs,
        AckedMs = offer.AckedMs,
        VerifyDueMs = offer.VerifyDueMs,
        DoubtUntilMs = offer.DoubtUntilMs,
        Overlapped = offer.Overlapped,
        ReleasedVersion = offer.ReleasedVersion,
        IssueCode = offer.IssueCode,
    };

    public Offer ToOffer()
    {
        var offer = new Offer(StoreId, ConnectionId, VariantId, Barcode)
        {
            Priority = Priority,
            ObservedQty = ObservedQty,
            ObservedPriceMinor = ObservedPriceMinor,
            ObservedMs = ObservedMs,
            SentMs = SentMs,
            AckedMs = AckedMs,
            VerifyDueMs = VerifyDueMs,
            DoubtUntilMs = DoubtUntilMs,
            Overlapped = Overlapped,
            ReleasedVersion = ReleasedVersion,
            IssueCode = IssueCode,
        };
        Fill(
            offer.Stock, StockState, OfferValue.Units((long?)DesiredQty), DesiredVersion, OfferValue.Units(SentQty), SentVersion,
            OfferValue.Units(AckedQty), AckedVersion, UncertainVersion, StockDirtyMs, StockNotBeforeMs);
        Fill(
            offer.Price, PriceState, OfferValue.Price(DesiredPriceMinor, DesiredListMinor), DesiredPriceVersion,
            OfferValue.Price(SentPriceMinor, SentListMinor), SentPriceVersion, OfferValue.Price(AckedPriceMinor, AckedListMinor), AckedPriceVersion,
            UncertainPriceVersion, PriceDirtyMs, PriceNotBeforeMs);
        return offer;
    }

    static void Fill(
        OfferAxis axis, string state, OfferValue? desired, long desiredVersion, OfferValue? sent, long sentVersion, OfferValue? acked, long ackedVersion,
        long uncertainVersion, long? dirtyMs, long notBeforeMs)
    {
        axis.State = state;
        axis.Desired = desired;
        axis.DesiredVersion = desiredVersion;
        axis.Sent = sent;
        axis.SentVersion = sentVersion;
        axis.Acked = acked;
        axis.AckedVersion = ackedVersion;
        axis.UncertainVersion = uncertainVersion;
        axis.DirtyMs = dirtyMs;
        axis.NotBeforeMs = notBeforeMs;
    }
}
