using System.Globalization;

namespace MesChain.Sandbox.Trendyol;

/// <summary>What buyers, carriers and Trendyol itself do with orders. Runs inside the sandbox's lock.</summary>
static class TrendyolSales
{
    static readonly TimeSpan ShippingTime = TimeSpan.FromDays(2);

    static readonly string[] Open = ["Awaiting", "Created", "Picking", "Invoiced"];

    // Steps that are not the seller's.
    static readonly Dictionary<string, string[]> Steps = new(StringComparer.Ordinal)
    {
        ["Awaiting"] = ["Created", "Cancelled"],
        ["Created"] = ["Picking", "Cancelled"],
        ["Picking"] = ["Invoiced", "Shipped", "Cancelled"],
        ["Invoiced"] = ["Shipped", "Cancelled"],
        ["Shipped"] = ["AtCollectionPoint", "Delivered", "UnDelivered"],
        ["AtCollectionPoint"] = ["Delivered", "UnDelivered"],
        ["UnDelivered"] = ["Delivered", "Returned"],
    };

    public static PlacedOrder Place(TrendyolSandbox sandbox, Seller seller, OrderRequest request)
    {
        if (request.Status is not ("Awaiting" or "Created"))
            throw new SandboxRefusal(400, "A new order is Awaiting or Created.");
        if (request.Lines.Count is 0 or > 100)
            throw new SandboxRefusal(400, "An order has 1 to 100 lines.");
        if (!TrendyolCarriers.Names.ContainsKey(request.Carrier))
            throw new SandboxRefusal(400, $"carrier is one of {string.Join(", ", TrendyolCarriers.Names.Keys)}.");

        var now = sandbox.Clock.GetUtcNow();
        var number = sandbox.Numbers.Order();
        var lines = request.Lines.Select(line => ToLine(sandbox, seller, line)).ToList();
        foreach (var wanted in lines.GroupBy(line => line.Item))
        {
            var quantity = wanted.Sum(line => line.Units.Count);
            if (!request.Force && (wanted.Key.Archived || !wanted.Key.Approved || wanted.Key.Quantity < quantity))
                throw new SandboxRefusal(409, $"{wanted.Key.Barcode}: {wanted.Key.Quantity} left, {quantity} wanted.");
        }

        var package = new Package
        {
            Id = sandbox.Numbers.Package(),
            OrderNumber = number,
            TrackingNumber = Text(sandbox.Numbers.Tracking()),
            OrderedAt = now,
            ShipBy = now + ShippingTime,
            Lines = lines,
            Buyer = request.Buyer,
            PaymentMethod = request.PaymentMethod,
            Carrier = request.Carrier,
            SellerPays = request.SellerPays,
            Micro = request.Micro,
            VisibleAt = now + TimeSpan.FromSeconds(request.VisibleAfterSeconds),
            Lost = sandbox.Switches.LoseNewOrders,
            EmptyAddressReads = Math.Max(request.EmptyAddressReads, sandbox.Switches.EmptyAddressReads),
        };
        seller.Packages.Add(package);
        Move(sandbox, seller, package, request.Status, now);
        foreach (var line in lines)
            sandbox.Change(seller, line.Item, Math.Max(0, line.Item.Quantity - line.Units.Count), "sale", Text(package.Id), now);

        return new(number, Text(package.Id), TotalOf(package), [.. lines.Select(line => new PlacedLine(Text(line.Id), line.Item.Barcode, line.Units.Count))]);
    }

    /// <summary>A part or all of a package: the old one is cancelled whole, what is left comes back as a new package with a new tracking number.</summary>
    public static CancelledUnits Cancel(TrendyolSandbox sandbox, Seller seller, CancelRequest request)
    {
        var package = Find(seller, request.PackageId);
        if (!Open.Contains(package.Status, StringComparer.Ordinal))
            throw new SandboxRefusal(409, $"A package that is {package.Status} cannot be cancelled.");

        var line = package.Lines.FirstOrDefault(line => request.LineId.Length > 0 ? Text(line.Id) == request.LineId : line.Item.Barcode == request.Barcode)
            ?? throw new SandboxRefusal(404, "The package has no such line.");
        var quantity = request.Quantity ?? line.Units.Count;
        if (quantity < 1 || quantity > line.Units.Count)
            throw new SandboxRefusal(400, $"1 to {line.Units.Count} units can be cancelled.");

        var now = sandbox.Clock.GetUtcNow();
        var rest = package.Lines
            .Select(other => other == line ? line with { Units = [.. line.Units.SkipLast(quantity)] } : other)
            .Where(other => other.Units.Count > 0)
            .ToList();
        var status = package.Status;
        Move(sandbox, seller, package, "Cancelled", now);
        if (sandbox.Switches.RestockOnCancel)
            sandbox.Change(seller, line.Item, line.Item.Quantity + quantity, "cancel", Text(package.Id), now);
        if (rest.Count == 0)
            return new(Text(package.Id), "");

        var next = TrendyolSuccessors.Issue(
            sandbox, seller, package, rest, "cancel", status == "Awaiting" ? "Awaiting" : "Created", now + TimeSpan.FromSeconds(sandbox.Switches.ReissueSeconds));
        return new(Text(package.Id), Text(next.Id));
    }

    public static bool Advance(TrendyolSandbox sandbox, Seller seller, AdvanceRequest request)
    {
        var package = Find(seller, request.PackageId);
        if (!Steps.GetValueOrDefault(package.Status, []).Contains(request.Status, StringComparer.Ordinal))
            throw new SandboxRefusal(409, $"From {package.Status} a package goes to {string.Join(", ", Steps.GetValueOrDefault(package.Status, ["nowhere"]))}.");

        Move(sandbox, seller, package, request.Status, sandbox.Clock.GetUtcNow());
        if (request.Status == "Cancelled" && sandbox.Switches.RestockOnCancel)
        {
            foreach (var line in package.Lines)
                sandbox.Change(seller, line.Item, line.Item.Quantity + line.Units.Count, "cancel", request.PackageId, package.ModifiedAt);
        }

        return true;
    }

    public static Package Find(Seller seller, string packageId) =>
        seller.Packages.Find(package => Text(package.Id) == packageId) ?? throw new SandboxRefusal(404, "There is no such package.");

    public static void Move(TrendyolSandbox sandbox, Seller seller, Package package, string status, DateTimeOffset at)
    {
        package.Status = status;
        package.ModifiedAt = at;
        package.Histories.Add((at, status));
        TrendyolWebhooks.Announce(sandbox, seller, package, status, at);
    }

    public static decimal TotalOf(Package package) =>
        package.Lines.Sum(line => line.Units.Sum(unit => line.Price - unit.SellerDiscount - unit.TyDiscount));

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    static Line ToLine(TrendyolSandbox sandbox, Seller seller, OrderLineRequest request)
    {
        var item = seller.ByBarcode.GetValueOrDefault(TrendyolItems.Squeeze(request.Barcode)) ?? throw new SandboxRefusal(404, $"There is no barcode {request.Barcode}.");
        var price = request.Price ?? item.SalePrice;
        if (request.Quantity is < 1 or > 1000)
            throw new SandboxRefusal(400, "A line has 1 to 1000 units.");
        if (request.SellerDiscount < 0 || request.TyDiscount < 0 || request.SellerDiscount + request.TyDiscount > price * request.Quantity)
            throw new SandboxRefusal(400, "Discounts are 0 or more and not above the line's price.");

        var own = Split(request.SellerDiscount, request.Quantity);
        // The other way round, so that no unit gets both remainders and costs less than nothing.
        var theirs = Split(request.TyDiscount, request.Quantity).Reverse();
        return new()
        {
            Id = sandbox.Numbers.Line(),
            Item = item,
            Price = price,
            OmitVatRate = request.OmitVatRate,
            Units = [.. own.Zip(theirs, (seller, ty) => new UnitSold(sandbox.Numbers.Unit(), seller, ty))],
        };
    }

    // The first units carry the kuruş that do not divide, so that averages and units really differ.
    static IEnumerable<decimal> Split(decimal amount, int units)
    {
        var kurus = (long)decimal.Round(amount * 100);
        for (var i = 0; i < units; i++)
            yield return (kurus / units + (i < kurus % units ? 1 : 0)) / 100m;
    }
}
