using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Bookings: sales when they are delivered, returns when they are accepted, and what the control API adds. Runs inside the sandbox's lock.</summary>
static class TrendyolFinance
{
    const decimal CommissionRate = 13m;
    static readonly TimeSpan WindowMax = TimeSpan.FromDays(15);
    static readonly TimeSpan PaymentPeriod = TimeSpan.FromDays(30);

    static readonly string[] SettlementTypes =
    [
        "Sale", "Return", "Discount", "DiscountCancel", "Coupon", "CouponCancel", "ProvisionPositive", "ProvisionNegative", "ManualRefund", "ManualRefundCancel",
        "TyDiscount", "TyDiscountCancel", "TyCoupon", "TyCouponCancel", "SellerRevenuePositive", "SellerRevenueNegative", "SellerRevenuePositiveCancel",
        "SellerRevenueNegativeCancel", "CommissionPositive", "CommissionNegative", "CommissionPositiveCancel", "CommissionNegativeCancel", "DeliveryFee",
        "DeliveryFeeCancel", "PayByLink",
    ];

    public static readonly string[] OtherTypes =
    [
        "Stoppage", "CashAdvance", "WireTransfer", "IncomingTransfer", "ReturnInvoice", "CommissionAgreementInvoice", "PaymentOrder", "DeductionInvoices", "FinancialItem",
    ];

    sealed record Entry(string Type, DateTimeOffset At, Func<JsonObject> Json);

    public static ApiAnswer Settlements(TrendyolSandbox sandbox, Seller seller, ApiRequest request) =>
        Answer(request, SettlementTypes, Sales(seller).Concat(Returns(seller)));

    public static ApiAnswer Others(TrendyolSandbox sandbox, Seller seller, ApiRequest request) =>
        Answer(request, OtherTypes, seller.Bookings.Select(booking => new Entry(booking.Type, booking.At, () => Other(seller, booking))));

    static ApiAnswer Answer(ApiRequest request, string[] known, IEnumerable<Entry> entries)
    {
        var types = request.List("transactionTypes").Concat(request.List("transactionType")).ToList();
        if (types.Count == 0 || types.Exists(type => !known.Contains(type, StringComparer.Ordinal)))
            return ApiAnswer.Error(400, "invalid.transaction.type", "transactionType zorunludur.");
        if (!request.TryNumber("page", 0, out var page) || !request.TryNumber("size", 500, out var size) || page is < 0 or > 10_000 || size is not (500 or 1000))
            return ApiAnswer.Error(400, "invalid.page", "size 500 ya da 1000 olmalıdır.");
        if (!request.TryNumber("startDate", -1, out var start) || !request.TryNumber("endDate", -1, out var end) || start < 0 || end < start || end - start > WindowMax.TotalMilliseconds)
            return ApiAnswer.Error(400, "invalid.date", "Tarih aralığı en fazla 15 gün olabilir.");

        var fitting = entries
            .Where(entry => types.Contains(entry.Type, StringComparer.Ordinal) && entry.At.ToUnixTimeMilliseconds() >= start && entry.At.ToUnixTimeMilliseconds() <= end)
            .OrderBy(entry => entry.At)
            .ToList();
        return ApiAnswer.Ok(new JsonObject
        {
            ["page"] = page,
            ["size"] = size,
            ["totalPages"] = (fitting.Count + size - 1) / size,
            ["totalElements"] = fitting.Count,
            ["content"] = new JsonArray([.. fitting.Skip((int)(page * size)).Take((int)size).Select(entry => entry.Json())]),
        });
    }

    static IEnumerable<Entry> Sales(Seller seller) =>
        from package in seller.Packages
        from step in package.Histories
        where step.Status == "Delivered"
        from line in package.Lines
        from unit in line.Units
        select new Entry("Sale", step.At, () => Unit(seller, package, line, unit, step.At, "Satış", 725_000_000));

    static IEnumerable<Entry> Returns(Seller seller) =>
        from claim in seller.Claims
        from item in claim.Items
        where item.Status == "Accepted"
        let unit = item.Line.Units.First(unit => unit.Id == item.UnitId)
        select new Entry("Return", item.StatusAt, () => Unit(seller, claim.Package, item.Line, unit, item.StatusAt, "İade", 726_000_000));

    static JsonObject Unit(Seller seller, Package package, Line line, UnitSold unit, DateTimeOffset at, string word, long firstId)
    {
        var amount = line.Price - unit.SellerDiscount - unit.TyDiscount;
        var commission = decimal.Round(amount * CommissionRate / 100, 2, MidpointRounding.AwayFromZero);
        var json = Common(seller, firstId + unit.Id, at, word, word, word == "Satış" ? amount : -amount);
        json["barcode"] = line.Item.Barcode;
        json["commissionRate"] = CommissionRate;
        json["commissionAmount"] = commission;
        json["sellerRevenue"] = amount - commission;
        json["orderNumber"] = package.OrderNumber;
        json["orderDate"] = package.OrderedAt.ToUnixTimeMilliseconds();
        json["shipmentPackageId"] = package.Id;
        return json;
    }

    static JsonObject Other(Seller seller, OtherBooking booking) => Common(seller, booking.Id, booking.At, booking.Type, booking.Description, booking.Amount);

    static JsonObject Common(Seller seller, long id, DateTimeOffset at, string word, string description, decimal amount) => new()
    {
        ["id"] = TrendyolSales.Text(id),
        ["transactionDate"] = at.ToUnixTimeMilliseconds(),
        ["barcode"] = null,
        ["transactionType"] = word,
        ["receiptId"] = 48376618,
        ["description"] = description,
        ["debt"] = Math.Max(0, -amount),
        ["credit"] = Math.Max(0, amount),
        ["paymentPeriod"] = 30,
        ["commissionRate"] = null,
        ["commissionAmount"] = null,
        ["sellerRevenue"] = null,
        ["orderNumber"] = null,
        ["paymentOrderId"] = null,
        ["paymentDate"] = Wednesday(at + PaymentPeriod).ToUnixTimeMilliseconds(),
        ["sellerId"] = long.Parse(seller.Id, System.Globalization.CultureInfo.InvariantCulture),
        ["country"] = "Türkiye",
        ["affiliate"] = "TRENDYOLTR",
    };

    /// <summary>Payments are made on Wednesdays.</summary>
    static DateTimeOffset Wednesday(DateTimeOffset from) => from.AddDays((DayOfWeek.Wednesday - from.DayOfWeek + 7) % 7);
}
