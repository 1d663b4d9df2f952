namespace MesChain.Marketplaces;

/// <summary>Reads what the marketplace owes the seller and what it takes.</summary>
public interface IStatementSource
{
    /// <summary>Widest window of one query; a wider one is the caller's mistake.</summary>
    TimeSpan StatementWindowMax { get; }

    /// <summary>One page of the entries booked in [from, to). Entries appear after delivery, sales and deductions in no common order.</summary>
    /// <param name="cursor">From the page before; null begins.</param>
    Task<StatementPage> ReadStatementAsync(SellerAccess access, DateTimeOffset from, DateTimeOffset to, string? cursor, CancellationToken cancel);
}

/// <param name="NextCursor">Null on the last page. A page may be empty and not the last.</param>
public sealed record StatementPage(IReadOnlyList<StatementEntry> Entries, string? NextCursor);

/// <summary>One booking. Amounts are minor units of <see cref="CurrencyCode"/>, 0 or more; null is unknown.</summary>
public sealed record StatementEntry
{
    public required string EntryId { get; init; }

    public required DateTimeOffset BookedAt { get; init; }

    public required StatementKind Kind { get; init; }

    /// <summary>The marketplace's own word.</summary>
    public required string KindText { get; init; }

    public string CurrencyCode { get; init; } = "TRY";

    /// <summary>In the seller's favour.</summary>
    public required long CreditMinor { get; init; }

    /// <summary>Against the seller.</summary>
    public required long DebitMinor { get; init; }

    public long? CommissionMinor { get; init; }

    /// <summary>What is left for the seller.</summary>
    public long? RevenueMinor { get; init; }

    public string OrderNumber { get; init; } = "";

    public string PackageId { get; init; } = "";

    public string Barcode { get; init; } = "";

    /// <summary>Empty until it is paid.</summary>
    public string PaymentId { get; init; } = "";

    public DateTimeOffset? PaymentAt { get; init; }

    public string Text { get; init; } = "";
}

public enum StatementKind
{
    Sale,
    Return,
    Discount,
    Commission,
    Payment,
    Other,
}
