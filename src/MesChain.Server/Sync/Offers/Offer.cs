namespace MesChain.Server.Sync.Offers;

/// <summary>Price and stock of a linked variant at a marketplace: two axes and what was last seen there.</summary>
public sealed class Offer(Guid storeId, Guid connectionId, Guid variantId, string barcode)
{
    public const long Urgent = 1000;
    public const long Verified = 800;

    /// <summary>At or below this many units a change down is as urgent as one to zero.</summary>
    public const long LastUnits = 3;

    long? _verifyDueMs;

    public Guid StoreId { get; } = storeId;

    public Guid ConnectionId { get; } = connectionId;

    public Guid VariantId { get; } = variantId;

    public string Barcode { get; } = barcode;

    public OfferAxis Stock { get; } = new();

    public OfferAxis Price { get; } = new();

    public long Priority { get; set; }

    public long? ObservedQty { get; set; }

    public long? ObservedPriceMinor { get; set; }

    public long? ObservedMs { get; set; }

    public long? SentMs { get; set; }

    public long? AckedMs { get; set; }

    /// <summary>When the marketplace's own number is to be looked at; at once where an axis waits for nothing else.</summary>
    public long? VerifyDueMs
    {
        get => _verifyDueMs ?? (Stock.State == AxisStates.Uncertain || Price.State == AxisStates.Uncertain ? 0 : null);
        set => _verifyDueMs = value;
    }

    public long DoubtUntilMs { get; set; }

    public bool Overlapped { get; set; }

    public long ReleasedVersion { get; set; }

    public string IssueCode { get; set; } = "";

    public OfferAxis Axis(bool price) => price ? Price : Stock;

    /// <summary>How soon the desired units have to be sent. The age of the change is added by the claim.</summary>
    public long Urgency(bool moved)
    {
        var desired = Stock.Desired?.First ?? 0;
        var there = Math.Max(Stock.Acked?.First ?? 0, Stock.IsOut ? Stock.Sent?.First ?? 0 : 0);
        if (Stock.State == AxisStates.Diverged)
            there = Math.Max(there, ObservedQty ?? 0);
        if (desired == 0)
            return Urgent;
        if (desired < there)
            return desired <= LastUnits ? Urgent : Verified;
        if (moved)
            return Verified;
        if (there == 0)
            return 600;
        return desired > 10 && there > 10 ? 300 : 500;
    }

    /// <summary>
    /// Whether sending the desired units cannot put a sold unit back on sale: they are fewer than the marketplace can have.
    /// </summary>
    public bool GoesDown()
    {
        var desired = Stock.Desired?.First ?? 0;
        if (desired == 0)
            return true;
        // Either the request was applied or it was not: fewer than both.
        if (Stock.State == AxisStates.Uncertain)
            return desired < Stock.Sent?.First && desired < Stock.Acked?.First;
        if (Stock.State == AxisStates.Awaiting)
            return desired < Stock.Sent?.First;
        if (Stock.State == AxisStates.Diverged)
            return desired < ObservedQty;
        return desired < Stock.Acked?.First && desired <= (Stock.Sent?.First ?? desired);
    }

    /// <summary>Plans a look at the marketplace's own number; an earlier plan stands.</summary>
    public void Verify(long atMs) => _verifyDueMs = _verifyDueMs is { } due ? Math.Min(due, atMs) : atMs;
}
