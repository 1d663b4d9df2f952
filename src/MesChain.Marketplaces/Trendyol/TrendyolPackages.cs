using System.Text.Json;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>A package as Trendyol writes it becomes a package as Sync reads it.</summary>
static class TrendyolPackages
{
    /// <summary>
    /// <c>orderDate</c>, and only that, carries the wall clock of Istanbul written as if it were UTC (three hours, no daylight saving since 2016).
    /// </summary>
    static readonly TimeSpan OrderDateSkew = TimeSpan.FromHours(3);

    static readonly Dictionary<string, PackageState> States = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Awaiting"] = PackageState.Awaiting,
        ["Created"] = PackageState.New,
        ["Picking"] = PackageState.Picking,
        ["Invoiced"] = PackageState.Invoiced,
        ["Shipped"] = PackageState.Shipped,
        ["AtCollectionPoint"] = PackageState.Shipped,
        ["Delivered"] = PackageState.Delivered,
        ["UnDelivered"] = PackageState.Undelivered,
        ["Returned"] = PackageState.Returned,
        ["Cancelled"] = PackageState.Cancelled,
        ["UnSupplied"] = PackageState.Cancelled,
        ["UnPacked"] = PackageState.Superseded,
    };

    /// <summary>A webhook's words for states: upper case, with an underscore between the parts of one of them. None for none, which is all.</summary>
    public static IReadOnlyList<string> HookWordsOf(IReadOnlyList<PackageState> states) =>
        [.. States.Where(known => states.Contains(known.Value)).Select(known => known.Key == "AtCollectionPoint" ? "AT_COLLECTION_POINT" : known.Key.ToUpperInvariant())];

    /// <summary>Null when it is no package, or lacks what makes it one.</summary>
    public static MarketplacePackage? Read(JsonElement element)
    {
        try
        {
            return element.Deserialize(TrendyolOrderJson.Default.Package)?.ToPackage();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What people find an unreadable package by.</summary>
    public static string NameOf(JsonElement element)
    {
        return $"{Number("orderNumber")}/{Number("shipmentPackageId")}";

        // Digits only: where anything may stand, it may also be about the buyer.
        string Number(string name)
        {
            var value = element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var found) ? found.ToString() : "";
            return value.Length is > 0 and <= 40 && value.All(char.IsAsciiDigit) ? value : "?";
        }
    }

    /// <summary>Null when the package lacks what makes it one: ids, a time, or a line with barcode and units.</summary>
    public static MarketplacePackage? ToPackage(this Package package)
    {
        var ordered = Instant(package.OrderDate) - OrderDateSkew;
        var changed = Instant(package.LastModifiedDate);
        if (package.ShipmentPackageId.Length == 0 || package.OrderNumber.Length == 0 || (changed ?? ordered) is null || !TryToLines(package, out var lines))
            return null;

        var word = package.ShipmentPackageStatus.Length > 0 ? package.ShipmentPackageStatus : package.Status;
        return new()
        {
            OrderNumber = package.OrderNumber,
            PackageId = package.ShipmentPackageId,
            State = States.GetValueOrDefault(word, PackageState.Unknown),
            StateText = word,
            OrderedAt = (ordered ?? changed)!.Value,
            ChangedAt = (changed ?? ordered)!.Value,
            CurrencyCode = package.CurrencyCode.Length > 0 ? package.CurrencyCode : "TRY",
            Person = ToPerson(package),
            Lines = lines,
            Replaces = [.. (package.OriginPackageIds ?? []).Where(id => id.Length > 0)],
            AddressPending = package.ShipmentAddress is not { } address || (address.City.Length == 0 && address.Address1.Length == 0 && address.FullAddress.Length == 0),
            PaymentMethod = package.PaymentMethod,
            CargoProvider = package.CargoProviderName,
            TrackingNumber = package.CargoTrackingNumber,
            TrackingUrl = package.CargoTrackingLink,
            Invoice = ToInvoice(package),
            ShipBy = Instant(package.AgreedDeliveryDate),
        };
    }

    /// <summary>One unit of a line: what it costs before the discount, and after it, in minor units that may have fractions.</summary>
    readonly record struct Unit(decimal Gross, decimal Net);

    static bool TryToLines(Package package, out List<MarketplaceLine> result)
    {
        result = [];
        var lines = package.Lines ?? [];
        List<Unit> units = [];
        foreach (var line in lines)
        {
            if (line.Barcode.Length == 0 || line.LineId.Length == 0 || line.Quantity is not (> 0 and <= 100_000) || ToUnits(line) is not { } own)
                return false;
            units.AddRange(own);
        }

        var totals = Settle([.. units.Select(unit => unit.Net)], package.PackageTotalPrice);
        var first = 0;
        foreach (var line in lines)
        {
            var range = first..(first += line.Quantity!.Value);
            var net = totals[range];
            result.Add(new()
            {
                LineId = line.LineId,
                Barcode = line.Barcode,
                Sku = line.StockCode,
                Title = line.ProductName,
                Quantity = net.Length,
                UnitTotalsMinor = net,
                UnitDiscountsMinor = [.. units[range].Select((unit, i) => Math.Max(0, decimal.ToInt64(decimal.Round(unit.Gross, MidpointRounding.AwayFromZero)) - net[i]))],
                VatBasisPoints = line.VatRate is >= 0 and <= 100 ? (int)decimal.Round(line.VatRate.Value * 100) : null,
            });
        }

        return true;
    }

    /// <summary>
    /// Whole kuruş for every unit. Where they differ from the package's own total by no more than rounding can explain, that total is
    /// what the buyer pays and the units are made to meet it; a greater difference is not rounding, and the units stand as they are.
    /// </summary>
    static long[] Settle(IReadOnlyList<decimal> exact, decimal? packageTotal)
    {
        var sum = exact.Sum();
        var own = decimal.ToInt64(decimal.Round(sum, MidpointRounding.AwayFromZero));
        var total = Minor.From(packageTotal) is { } stated && Math.Abs(stated - sum) <= exact.Count ? stated : own;
        return Minor.Apportion(exact, total);
    }

    static IEnumerable<Unit>? ToUnits(PackageLine line)
    {
        if (line.DiscountDetails is { Count: > 0 } details && details.Count == line.Quantity)
        {
            var units = details.Select(unit => ToUnit(
                unit.LineItemPrice + (unit.LineItemSellerDiscount ?? 0) + (unit.LineItemTyDiscount ?? 0),
                unit.LineItemPrice)).ToList();
            return units.Contains(null) ? null : units.Select(unit => unit!.Value);
        }

        // Two averages were rounded on the way: a line that costs nothing may be said to cost a kuruş less than that.
        var price = line.LineUnitPrice is >= -0.01m and < 0 ? 0 : line.LineUnitPrice;
        return ToUnit(line.LineGrossAmount ?? price, price) is { } average
            ? Enumerable.Repeat(average, line.Quantity!.Value)
            : null;
    }

    static Unit? ToUnit(decimal? gross, decimal? net) =>
        Minor.From(gross) is not null && Minor.From(net) is >= 0 ? new(gross!.Value * 100, net!.Value * 100) : null;

    static PackageInvoice ToInvoice(Package package) => new(
        package.InvoiceStatus.ToUpperInvariant() switch
        {
            "NOTINVOICED" => InvoiceState.None,
            "RECEIVED" => InvoiceState.Received,
            "INVOICED" => InvoiceState.Accepted,
            "REJECTED" => InvoiceState.Rejected,
            _ => InvoiceState.Unknown,
        },
        package.InvoiceRejectedReasonKeys switch
        {
            { ValueKind: JsonValueKind.Array } keys => [.. keys.EnumerateArray().Where(key => key.ValueKind == JsonValueKind.String).Select(key => key.GetString()!)],
            { ValueKind: JsonValueKind.String } key when key.GetString() is { Length: > 0 } only => [only],
            _ => [],
        });

    static Person ToPerson(Package package) => new()
    {
        FirstName = package.CustomerFirstName,
        LastName = package.CustomerLastName,
        Email = package.CustomerEmail,
        IdentityNumber = package.IdentityNumber,
        Shipping = ToAddress(package.ShipmentAddress, ""),
        Invoice = ToAddress(package.InvoiceAddress, package.TaxNumber),
    };

    static PostalAddress ToAddress(PackageAddress? address, string taxNumber) => address is null ? new() { TaxNumber = taxNumber } : new()
    {
        FirstName = address.FirstName,
        LastName = address.LastName,
        Company = address.Company,
        Line = address.Address1.Length > 0 ? $"{address.Address1} {address.Address2}".TrimEnd() : address.FullAddress,
        Neighborhood = address.Neighborhood,
        District = address.District.Length > 0 ? address.District : address.CountyName,
        City = address.City,
        PostalCode = address.PostalCode,
        CountryCode = address.CountryCode.Length > 0 ? address.CountryCode : "TR",
        Phone = address.Phone,
        TaxNumber = address.TaxNumber.Length > 0 ? address.TaxNumber : taxNumber,
        TaxOffice = address.TaxOffice,
    };

    // Before 2010 and after 2100 it is not an instant of a sale but a fault of the sender.
    public static DateTimeOffset? Instant(long? milliseconds) =>
        milliseconds is > 1_262_304_000_000 and < 4_102_444_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds.Value) : null;
}
