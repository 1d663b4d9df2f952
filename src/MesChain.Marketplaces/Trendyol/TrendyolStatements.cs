using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>Money is told by two services that want the kinds of bookings named; one cursor walks the pages of both.</summary>
sealed partial class TrendyolMarketplace : IStatementSource
{
    const int StatementPageSize = 500;
    const string StatementGroup = "finance";

    const string SettlementKinds =
        "Sale,Return,Discount,DiscountCancel,Coupon,CouponCancel,ProvisionPositive,ProvisionNegative,ManualRefund,ManualRefundCancel,TyDiscount,TyDiscountCancel,"
        + "TyCoupon,TyCouponCancel,SellerRevenuePositive,SellerRevenueNegative,SellerRevenuePositiveCancel,SellerRevenueNegativeCancel,"
        + "CommissionPositive,CommissionNegative,CommissionPositiveCancel,CommissionNegativeCancel,DeliveryFee,DeliveryFeeCancel,PayByLink";

    const string OtherKinds = "Stoppage,CashAdvance,WireTransfer,IncomingTransfer,ReturnInvoice,CommissionAgreementInvoice,PaymentOrder,DeductionInvoices,FinancialItem";

    static IEnumerable<Limit> StatementLimits => [new(StatementGroup, 100, TimeSpan.FromMinutes(1), LimitScope.Endpoint)];

    public TimeSpan StatementWindowMax => TimeSpan.FromDays(15) - QuerySkew;

    public async Task<StatementPage> ReadStatementAsync(SellerAccess access, DateTimeOffset from, DateTimeOffset to, string? cursor, CancellationToken cancel)
    {
        CheckWindow(from, to, StatementWindowMax);
        var (service, page) = cursor?.Split(':') is [var named, var at] ? (named, PageOf(at)) : ("settlements", 0);
        var kinds = service == "settlements" ? SettlementKinds : OtherKinds;
        var call = Call(access, HttpMethod.Get, service, StatementGroup, Invariant(
            $"finance/che/sellers/{Routes.Seller(access)}/{service}?transactionTypes={kinds}&startDate={from.ToUnixTimeMilliseconds()}&endDate={(to + QuerySkew).ToUnixTimeMilliseconds()}&page={page}&size={StatementPageSize}"));
        call = call with { Headers = [.. call.Headers, ("storeFrontCode", "TR")] };

        var answer = await AskAsync(access, call, TrendyolAfterSalesJson.Default.BookingsPage, cancel);
        var entries = (answer.Content ?? throw MarketplaceHttp.Malformed(call, "Trendyol's statement has no content."))
            .Select(booking => booking.ToEntry() ?? throw MarketplaceHttp.Malformed(call, "A booking of Trendyol lacks its number, time or amounts."))
            .ToList();
        var more = entries.Count > 0 && page + 1 < (answer.TotalPages ?? 0);
        return new(entries, more ? Invariant($"{service}:{page + 1}") : service == "settlements" ? "otherfinancials:0" : null);
    }
}
