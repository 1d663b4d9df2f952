using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>A claim as the list writes it: odd casing and old names are Trendyol's own.</summary>
static class TrendyolClaimJson
{
    public static JsonObject Of(Claim claim) => new()
    {
        ["id"] = claim.Id,
        ["claimId"] = claim.Id,
        ["orderNumber"] = claim.Package.OrderNumber,
        ["orderDate"] = claim.Package.OrderedAt.ToUnixTimeMilliseconds(),
        ["customerFirstName"] = claim.Package.Buyer.FirstName,
        ["customerLastName"] = claim.Package.Buyer.LastName,
        ["claimDate"] = claim.CreatedAt.ToUnixTimeMilliseconds(),
        // Real samples go beyond 64 bits.
        ["cargoTrackingNumber"] = JsonNode.Parse($"{claim.TrackingNumber}0000000"),
        ["cargoTrackingLink"] = $"https://tracking.trendyol.example/?id={claim.TrackingNumber}0000000",
        ["cargoSenderNumber"] = "210090110009",
        ["cargoProviderName"] = "Trendyol Express",
        ["orderShipmentPackageId"] = claim.Package.Id,
        ["orderOutboundPackageId"] = claim.Package.Id,
        ["replacementOutboundpackageinfo"] = new JsonObject(),
        ["rejectedpackageinfo"] = new JsonObject { ["cargoTrackingNumber"] = 0, ["packageid"] = 0, ["items"] = new JsonArray(), ["dontShipBack"] = false },
        ["lastModifiedDate"] = claim.ModifiedAt.ToUnixTimeMilliseconds(),
        ["items"] = new JsonArray([.. claim.Items.GroupBy(item => item.Line).Select(line => new JsonObject
        {
            ["orderLine"] = LineOf(line.Key),
            ["claimItems"] = new JsonArray([.. line.Select(ItemOf)]),
        })]),
    };

    static JsonObject LineOf(Line line) => new()
    {
        ["id"] = line.Id,
        ["productName"] = line.Item.Title,
        ["barcode"] = line.Item.Barcode,
        ["merchantSku"] = line.Item.StockCode,
        ["productColor"] = "",
        ["productSize"] = " S",
        ["price"] = line.Price - line.Units.Average(unit => unit.SellerDiscount + unit.TyDiscount),
        ["vatBaseAmount"] = line.Item.VatRate,
        ["vatRate"] = line.Item.VatRate,
        ["salesCampaignId"] = 11,
        ["productCategory"] = "Atkı",
    };

    static JsonObject ItemOf(ClaimItem item) => new()
    {
        ["id"] = item.Id,
        ["orderLineItemId"] = item.UnitId,
        ["customerClaimItemReason"] = Reason(),
        ["trendyolClaimItemReason"] = Reason(),
        ["claimItemStatus"] = new JsonObject { ["name"] = item.Status },
        ["note"] = item.Note,
        ["customerNote"] = item.CustomerNote,
        ["resolved"] = item.Status is "Accepted" or "Rejected" or "Cancelled",
        ["autoAccepted"] = item.AutoAccepted,
        ["acceptedBySeller"] = item.AcceptedBySeller,
        ["acceptDetail"] = null,
    };

    static JsonObject Reason() => new() { ["name"] = "Bedeni küçük geldi", ["externalReasonId"] = 23, ["code"] = "SMALLSIZE" };
}
