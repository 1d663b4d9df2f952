using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>The query of products that are not approved, and that of one barcode. Runs inside the sandbox's lock.</summary>
static class TrendyolUnapproved
{
    const int SizeMax = 1000;

    public static ApiAnswer Query(Seller seller, ApiRequest request)
    {
        if (!request.TryNumber("page", 0, out var page) || !request.TryNumber("size", 20, out var size) || page < 0 || size is < 1 or > SizeMax)
            return ApiAnswer.Error(400, "invalid.page", "page 0 veya üstü, size 1-1000 olmalıdır.");
        if (!request.TryNumber("startDate", 0, out var start) || !request.TryNumber("endDate", long.MaxValue, out var end)
            || request.Text("status") is not (null or "rejected" or "pendingApproval")
            || request.Text("dateQueryType") is not (null or "CREATED_DATE" or "LAST_MODIFIED_DATE"))
            return ApiAnswer.Error(400, "invalid.filter", "Filtre okunamadı.");

        var status = request.Text("status");
        var changed = request.Text("dateQueryType") == "LAST_MODIFIED_DATE";
        var barcode = request.Text("barcode");
        var fitting = seller.Items
            .Where(item => !item.Approved
                && (status is null || status == StatusOf(item))
                && (barcode is null || TrendyolItems.Squeeze(barcode) == item.Barcode)
                && (changed ? item.ModifiedAt : item.CreatedAt).ToUnixTimeMilliseconds() is var at && at >= start && at <= end)
            .ToList();

        return ApiAnswer.Ok(new JsonObject
        {
            ["totalElements"] = fitting.Count,
            ["totalPages"] = (fitting.Count + size - 1) / size,
            ["page"] = page,
            ["size"] = size,
            ["content"] = new JsonArray([.. fitting.Skip((int)Math.Min(int.MaxValue, page * size)).Take((int)size).Select(item => ToJson(seller, item))]),
        });
    }

    public static ApiAnswer Single(Seller seller, string barcode)
    {
        if (!seller.ByBarcode.TryGetValue(TrendyolItems.Squeeze(barcode), out var item))
            return ApiAnswer.Error(404, "product.not.found", "Ürün sistemde bulunamadı");

        return ApiAnswer.Ok(new JsonObject
        {
            ["barcode"] = item.Barcode,
            ["approved"] = item.Approved,
            ["approvedDate"] = item.Approved ? (item.ApprovedAt ?? item.CreatedAt).ToUnixTimeMilliseconds() : null,
            ["archived"] = item.Archived,
            ["listingId"] = FormattableString.Invariant($"{item.VariantId:x}"),
            ["contentId"] = item.Approved ? item.ContentId : null,
        });
    }

    static string StatusOf(Item item) => item.Rejections.Count > 0 ? "rejected" : "pendingApproval";

    static JsonObject ToJson(Seller seller, Item item) => new()
    {
        ["supplierId"] = long.Parse(seller.Id, System.Globalization.CultureInfo.InvariantCulture),
        ["barcode"] = item.Barcode,
        ["title"] = item.Title,
        ["productMainId"] = item.ProductMainId,
        ["brand"] = new JsonObject { ["id"] = item.BrandId, ["name"] = TrendyolBrands.Find(seller, item.BrandId)?.Name },
        ["category"] = new JsonObject { ["id"] = item.CategoryId, ["name"] = TrendyolCatalogue.Category(item.CategoryId)?.Name },
        ["status"] = StatusOf(item),
        ["rejectReasonDetails"] = new JsonArray([.. item.Rejections.Select(why => new JsonObject { ["rejectReason"] = why.Reason, ["rejectReasonDetail"] = why.Detail })]),
        ["description"] = item.Description,
        // Called images everywhere else.
        ["media"] = TrendyolProductJson.Images(item),
        ["attributes"] = TrendyolProductJson.Attributes(item, _ => true),
        ["quantity"] = item.Quantity,
        ["listPrice"] = item.ListPrice,
        ["salePrice"] = item.SalePrice,
        ["vatRate"] = item.VatRate,
        ["stockCode"] = item.StockCode,
        ["origin"] = item.Origin,
        ["dimensionalWeight"] = item.DimensionalWeight,
        ["lotNumber"] = item.LotNumber,
        ["createDateTime"] = item.CreatedAt.ToUnixTimeMilliseconds(),
        ["lastUpdateDate"] = item.ModifiedAt.ToUnixTimeMilliseconds(),
    };
}
