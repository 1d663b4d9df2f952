namespace MesChain.Sandbox.Trendyol;

/// <summary>The package that takes the place of another: same order, new id, new tracking number.</summary>
static class TrendyolSuccessors
{
    /// <param name="createdBy"><c>cancel</c>, <c>split</c> or <c>transfer</c>.</param>
    /// <param name="appears">Nobody sees it earlier.</param>
    public static Package Issue(TrendyolSandbox sandbox, Seller seller, Package old, IReadOnlyList<Line> lines, string createdBy, string status, DateTimeOffset appears)
    {
        var next = new Package
        {
            Id = sandbox.Numbers.Package(),
            OrderNumber = old.OrderNumber,
            TrackingNumber = TrendyolSales.Text(sandbox.Numbers.Tracking()),
            OrderedAt = old.OrderedAt,
            ShipBy = old.ShipBy,
            Lines = lines,
            Buyer = old.Buyer,
            PaymentMethod = old.PaymentMethod,
            Carrier = old.Carrier,
            SellerPays = old.SellerPays,
            Micro = old.Micro,
            WarehouseId = old.WarehouseId,
            CreatedBy = createdBy,
            OriginPackageIds = [old.Id],
            VisibleAt = appears,
        };
        seller.Packages.Add(next);
        TrendyolSales.Move(sandbox, seller, next, status, appears);
        return next;
    }
}
