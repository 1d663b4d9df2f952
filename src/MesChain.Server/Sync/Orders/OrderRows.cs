using System.Globalization;

namespace MesChain.Server.Sync.Orders;

/// <summary>A row of <c>orders</c>; the person is sealed.</summary>
public sealed class OrderRow
{
    public Guid Id { get; init; }

    public Guid ConnectionId { get; init; }

    public string OrderNumber { get; init; } = "";

    public long Seq { get; init; }

    public bool Trial { get; init; }

    public bool Historical { get; init; }

    public long OrderedMs { get; init; }

    public long ChangedMs { get; init; }

    public string CurrencyCode { get; init; } = "";

    public long TotalMinor { get; init; }

    public long GrossMinor { get; init; }

    public long DiscountMinor { get; init; }

    public string PaymentMethod { get; init; } = "";

    public byte[] Person { get; init; } = [];

    public string ShopOrderId { get; init; } = "";

    public long Revision { get; init; }

    public long? SettleMs { get; init; }
}

/// <summary>A row of <c>order_lines</c>, with the shop's id of its variant where there is one.</summary>
public sealed class LineRow
{
    public Guid OrderId { get; init; }

    public string LineId { get; init; } = "";

    public string PackageId { get; init; } = "";

    public Guid? VariantId { get; init; }

    public string ShopVariantId { get; init; } = "";

    public string Barcode { get; init; } = "";

    public string Sku { get; init; } = "";

    public string Title { get; init; } = "";

    public long Quantity { get; init; }

    public long Cancelled { get; init; }

    /// <summary>Units that a buyer gave back and that lie on the shelf again.</summary>
    public long Restocked { get; init; }

    public string UnitTotals { get; init; } = "";

    public long TotalMinor { get; init; }

    public long DiscountMinor { get; init; }

    public int? VatBasisPoints { get; init; }
}

/// <summary>A row of <c>order_packages</c>.</summary>
public sealed class PackageRow
{
    public Guid OrderId { get; init; }

    public string PackageId { get; init; } = "";

    public string Status { get; init; } = "";

    public string MarketplaceStatus { get; init; } = "";

    public string CargoProvider { get; init; } = "";

    public string TrackingNumber { get; init; } = "";

    public string TrackingUrl { get; init; } = "";

    public long? ShipByMs { get; init; }

    public long ChangedMs { get; init; }

    public long SeenMs { get; init; }

    public string Replaces { get; init; } = "";

    public string Wish { get; init; } = "";

    public string WishDetail { get; init; } = "";
}

/// <summary>A row of <c>order_package_lines</c>.</summary>
public sealed class PackageLineRow
{
    public string PackageId { get; init; } = "";

    public string LineId { get; init; } = "";

    public string UnitTotals { get; init; } = "";

    public string UnitDiscounts { get; init; } = "";
}

/// <summary>Lists inside one column: amounts of units, and ids of packages (digits).</summary>
static class Joined
{
    public static string Of(IEnumerable<long> amounts) => string.Join(',', amounts.Select(amount => amount.ToString(CultureInfo.InvariantCulture)));

    public static IReadOnlyList<long> Amounts(string text) =>
        text.Length == 0 ? [] : [.. text.Split(',').Select(part => long.Parse(part, CultureInfo.InvariantCulture))];

    public static IReadOnlyList<string> Ids(string text) => text.Length == 0 ? [] : text.Split(',');
}
