using System.Globalization;
using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>A package as every order service writes it.</summary>
static class TrendyolPackageJson
{
    /// <summary><c>orderDate</c>, and only that, is the wall clock of Istanbul written as if it were UTC.</summary>
    static readonly TimeSpan OrderDateSkew = TimeSpan.FromHours(3);

    /// <summary>All buyers of the sandbox are one.</summary>
    public const long CustomerId = 888888001;

    public static JsonObject Of(Seller seller, Package package, DateTimeOffset now)
    {
        var gross = package.Lines.Sum(line => line.Price * line.Units.Count);
        var own = package.Lines.Sum(line => line.Units.Sum(unit => unit.SellerDiscount));
        var theirs = package.Lines.Sum(line => line.Units.Sum(unit => unit.TyDiscount));
        var empty = package.EmptyAddressReads > 0;
        if (empty)
            package.EmptyAddressReads--;

        var commercial = package.Buyer.Company.Length > 0;
        var json = new JsonObject
        {
            ["shipmentAddress"] = Address(package.Buyer, 11111111, empty, false),
            ["orderNumber"] = package.OrderNumber,
            ["paymentMethod"] = package.PaymentMethod,
            ["orderCountryCode"] = "TR",
            ["packageGrossAmount"] = Two(gross),
            ["packageSellerDiscount"] = Two(own),
            ["packageTyDiscount"] = Two(theirs),
            ["packageTotalDiscount"] = Two(own + theirs),
            ["discountDisplays"] = Displays(own, theirs),
            ["taxNumber"] = commercial ? package.Buyer.TaxNumber : null,
            ["invoiceAddress"] = Address(package.Buyer, 11111112, empty, commercial),
            ["customerFirstName"] = package.Buyer.FirstName,
            ["customerEmail"] = package.Buyer.Email,
            ["customerId"] = CustomerId,
            ["supplierId"] = long.Parse(seller.Id, CultureInfo.InvariantCulture),
            ["customerLastName"] = package.Buyer.LastName,
            ["channelId"] = 1,
            ["shipmentPackageId"] = package.Id,
            ["cargoTrackingNumber"] = Tracking(package),
            ["cargoTrackingLink"] = package.OwnTracking.Length > 0 ? package.OwnTracking : $"https://tracking.trendyol.example/?id={package.TrackingNumber}",
            ["cargoSenderNumber"] = "210090110001",
            ["sellerDeliveryMethod"] = "",
            ["cargoProviderName"] = TrendyolCarriers.Names[package.Carrier],
            ["lines"] = new JsonArray([.. package.Lines.Select(line => LineOf(seller, package, line))]),
        };
        Rest(json, package, commercial, now);
        return json;
    }

    static void Rest(JsonObject json, Package package, bool commercial, DateTimeOffset now)
    {
        json["orderDate"] = (package.OrderedAt + OrderDateSkew).ToUnixTimeMilliseconds();
        json["identityNumber"] = "11111111111";
        json["currencyCode"] = "TRY";
        json["packageHistories"] = new JsonArray([.. package.Histories.Select(step => new JsonObject
        {
            ["createdDate"] = step.At.ToUnixTimeMilliseconds(),
            ["status"] = step.Status,
        })]);
        json["shipmentPackageStatus"] = package.Status;
        json["status"] = package.Status;
        json["deliveryType"] = "normal";
        json["packageTotalPrice"] = Two(TrendyolSales.TotalOf(package));
        json["deliveryAddressType"] = "Shipment";
        json["agreedDeliveryDate"] = package.ShipBy.ToUnixTimeMilliseconds();
        json["fastDelivery"] = false;
        json["originShipmentDate"] = package.OrderedAt.ToUnixTimeMilliseconds();
        json["lastModifiedDate"] = package.ModifiedAt.ToUnixTimeMilliseconds();
        json["commercial"] = commercial;
        json["deliveredByService"] = package.DeliveredByService;
        json["warehouseId"] = package.WarehouseId;
        json["invoiceLink"] = package.InvoiceLink.Length > 0 ? package.InvoiceLink : null;
        json["invoiceNumber"] = package.InvoiceNumber.Length > 0 ? package.InvoiceNumber : null;
        var invoice = package.InvoiceStatus(now);
        json["invoiceStatus"] = invoice;
        json["invoiceRejectedReasonKeys"] = invoice == "Rejected" ? new JsonArray(package.InvoiceFault) : "";
        json["micro"] = package.Micro;
        json["giftBoxRequested"] = false;
        json["3pByTrendyol"] = false;
        json["containsDangerousProduct"] = false;
        json["isCod"] = false;
        json["createdBy"] = package.CreatedBy;
        json["originPackageIds"] = package.OriginPackageIds.Count == 0 ? null : new JsonArray([.. package.OriginPackageIds.Select(id => JsonValue.Create(id))]);
        json["is4P"] = false;
        json["cargoDeci"] = package.Deci;
        if (package.SellerPays)
            json["whoPays"] = 1;
    }

    /// <summary>What the buyer read of the discounts: the same amounts once more, and not more discounts.</summary>
    static JsonArray Displays(decimal own, decimal theirs)
    {
        var displays = new JsonArray();
        if (own > 0)
            displays.Add(new JsonObject { ["displayName"] = "Sepette İndirim", ["discountAmount"] = Two(own) });
        if (theirs > 0)
            displays.Add(new JsonObject { ["displayName"] = "Kupon", ["discountAmount"] = Two(theirs) });
        return displays;
    }

    /// <summary>Amounts of a line are averages for one unit; the details are exact.</summary>
    static JsonObject LineOf(Seller seller, Package package, Line line)
    {
        var own = Average(line.Units.Select(unit => unit.SellerDiscount));
        var theirs = Average(line.Units.Select(unit => unit.TyDiscount));
        return new()
        {
            ["quantity"] = line.Units.Count,
            ["salesCampaignId"] = 11,
            ["productSize"] = "",
            ["stockCode"] = line.Item.StockCode,
            ["productName"] = line.Item.Title,
            ["contentId"] = line.Item.ContentId,
            ["productOrigin"] = "TR",
            ["sellerId"] = long.Parse(seller.Id, CultureInfo.InvariantCulture),
            ["lineGrossAmount"] = Two(line.Price),
            ["lineTotalDiscount"] = Two(own + theirs),
            ["lineSellerDiscount"] = Two(own),
            ["lineTyDiscount"] = Two(theirs),
            ["discountDetails"] = new JsonArray([.. line.Units.Select(unit => new JsonObject
            {
                ["lineItemId"] = unit.Id.ToString(CultureInfo.InvariantCulture),
                ["lineItemPrice"] = Two(line.Price - unit.SellerDiscount - unit.TyDiscount),
                ["lineItemSellerDiscount"] = Two(unit.SellerDiscount),
                ["lineItemTyDiscount"] = Two(unit.TyDiscount),
            })]),
            ["currencyCode"] = "TRY",
            ["productColor"] = "",
            ["lineId"] = line.Id,
            ["vatRate"] = line.OmitVatRate ? null : Two(line.Item.VatRate),
            ["barcode"] = line.Item.Barcode,
            ["orderLineItemStatusName"] = package.Status,
            ["lineUnitPrice"] = Two(line.Price - own - theirs),
            ["fastDeliveryOptions"] = new JsonArray(),
            ["productCategoryId"] = 382,
            ["commission"] = 13,
            ["businessUnit"] = "Textile",
            ["cancelledBy"] = package.Status == "Cancelled" ? "customer" : "",
            ["cancelReason"] = "",
            ["cancelReasonCode"] = 0,
        };
    }

    static JsonObject Address(Buyer buyer, long id, bool empty, bool commercial)
    {
        string Shown(string text) => empty ? "" : text;
        var address = new JsonObject
        {
            ["id"] = id,
            ["firstName"] = Shown(buyer.FirstName),
            ["lastName"] = Shown(buyer.LastName),
            ["company"] = Shown(buyer.Company),
            ["address1"] = Shown(buyer.Address),
            ["address2"] = "",
            ["city"] = Shown(buyer.City),
            ["cityCode"] = 34,
            ["district"] = Shown(buyer.District),
            ["districtId"] = 54,
            ["countyId"] = 0,
            ["countyName"] = "",
            ["shortAddress"] = "",
            ["stateName"] = "",
            ["addressLines"] = new JsonObject { ["addressLine1"] = Shown(buyer.Address), ["addressLine2"] = "" },
            ["postalCode"] = Shown(buyer.PostalCode),
            ["countryCode"] = "TR",
            ["neighborhoodId"] = 21111,
            ["neighborhood"] = Shown(buyer.Neighborhood),
            ["phone"] = Shown(buyer.Phone),
            ["fullAddress"] = Shown($"{buyer.Address} {buyer.District} {buyer.City}"),
            ["fullName"] = Shown($"{buyer.FirstName} {buyer.LastName}"),
        };
        if (commercial)
        {
            address["taxOffice"] = buyer.TaxOffice;
            address["taxNumber"] = buyer.TaxNumber;
            address["eInvoiceAvailable"] = false;
        }

        return address;
    }

    static decimal Average(IEnumerable<decimal> amounts) => decimal.Round(amounts.Average(), 2, MidpointRounding.AwayFromZero);

    // A number while it is one.
    static JsonValue Tracking(Package package) =>
        long.TryParse(package.TrackingNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(package.TrackingNumber);

    // Two decimals, always: 249.90 and not 249.9.
    static decimal Two(decimal amount) => decimal.Round(amount, 2, MidpointRounding.AwayFromZero) + 0.00m;
}
