using System.Text;
using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>The query of approved products: counts contents, with their variants inside. Runs inside the sandbox's lock.</summary>
static class TrendyolApproved
{
    const int SizeMax = 100;
    const int WindowMax = 10_000;
    const int BarcodesMax = 50;

    public static ApiAnswer Query(TrendyolSwitches switches, Seller seller, ApiRequest request)
    {
        if (!request.TryNumber("page", 0, out var page) || !request.TryNumber("size", 20, out var size) || page < 0 || size is < 1 or > SizeMax)
            return ApiAnswer.Error(400, "invalid.page", "page 0 veya üstü, size 1-100 olmalıdır.");
        if (request.List("barcodes") is { Count: > BarcodesMax })
            return ApiAnswer.Error(400, "barcodes.limit.exceeded", "En fazla 50 barkod sorgulanabilir.");
        if (!Filter(seller, request, out var contents))
            return ApiAnswer.Error(400, "invalid.filter", "Filtre okunamadı.");

        long first;
        if (request.Text("nextPageToken") is { } token)
        {
            if (!TryRead(token, out first))
                return ApiAnswer.Error(400, "invalid.token", "nextPageToken geçersiz.");
            page = first / size;
        }
        else
        {
            first = page * size;
            if (first + size > WindowMax)
                return ApiAnswer.Error(400, "page.limit.exceeded", "page x size 10.000'i aşamaz; nextPageToken kullanın.");
        }

        var shown = contents.Skip((int)first).Take((int)size).ToList();
        return ApiAnswer.Ok(new JsonObject
        {
            ["totalElements"] = contents.Count,
            ["totalPages"] = (contents.Count + size - 1) / size,
            ["page"] = page,
            ["size"] = size,
            ["nextPageToken"] = first + size < contents.Count ? Token(first + size) : null,
            ["content"] = new JsonArray([.. shown.Select(content => ToJson(switches, seller, content))]),
        });
    }

    static bool Filter(Seller seller, ApiRequest request, out List<IGrouping<long, Item>> contents)
    {
        contents = [];
        if (!request.TryNumber("startDate", 0, out var start) || !request.TryNumber("endDate", long.MaxValue, out var end) || !request.TryNumber("contentId", 0, out var contentId)
            || request.Text("dateQueryType") is not (null or "VARIANT_CREATED_DATE" or "VARIANT_MODIFIED_DATE" or "CONTENT_MODIFIED_DATE")
            || request.Text("status") is not (null or "archived" or "blacklisted" or "locked" or "onSale" or "notOnSale")
            || request.Text("orderByDirection") is not (null or "ASC" or "DESC"))
            return false;

        var barcodes = request.List("barcodes").Concat(request.List("barcode")).Select(TrendyolItems.Squeeze).ToHashSet(StringComparer.Ordinal);
        var brands = request.List("brandIds");
        var created = request.Text("dateQueryType") == "VARIANT_CREATED_DATE";
        bool Fits(Item item) =>
            item.Approved
            && (barcodes.Count == 0 || barcodes.Contains(item.Barcode))
            && (request.Text("stockCode") is not { } code || code == item.StockCode)
            && (request.Text("productMainId") is not { } main || main == item.ProductMainId)
            && (request.Text("origin") is not { } origin || origin == item.Origin)
            && (brands.Count == 0 || brands.Contains(item.BrandId.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal))
            && (contentId == 0 || contentId == item.ContentId)
            && request.Text("status") switch
            {
                "archived" => item.Archived,
                "onSale" => item.OnSale,
                "notOnSale" => !item.OnSale,
                "blacklisted" => item.Blacklisted,
                "locked" => item.LockReason is not null,
                _ => true,
            }
            && (created ? item.CreatedAt : item.ModifiedAt).ToUnixTimeMilliseconds() is var at && at >= start && at <= end;

        // Named barcodes are found without grouping a whole catalogue.
        var named = barcodes.Count == 0 ? null : barcodes.Select(barcode => seller.ByBarcode.GetValueOrDefault(barcode)?.ContentId).ToHashSet();
        contents = [.. seller.Items.Where(item => item.Approved && named?.Contains(item.ContentId) is not false).GroupBy(item => item.ContentId).Where(content => content.Any(Fits))];
        if (request.Text("orderByDirection") == "DESC")
            contents.Reverse();
        return true;
    }

    static JsonObject ToJson(TrendyolSwitches switches, Seller seller, IGrouping<long, Item> content)
    {
        var first = content.First();
        return new()
        {
            ["contentId"] = content.Key,
            ["productMainId"] = first.ProductMainId,
            ["brand"] = new JsonObject { ["id"] = first.BrandId, ["name"] = TrendyolBrands.Find(seller, first.BrandId)?.Name },
            ["category"] = new JsonObject { ["id"] = first.CategoryId, ["name"] = TrendyolCatalogue.Category(first.CategoryId)?.Name },
            ["creationDate"] = first.CreatedAt.ToUnixTimeMilliseconds(),
            ["lastModifiedDate"] = content.Max(item => item.ModifiedAt).ToUnixTimeMilliseconds(),
            ["lastModifiedBy"] = "sandbox",
            ["title"] = first.Title,
            ["description"] = first.Description.Length > 0 ? first.Description : first.Title,
            ["images"] = TrendyolProductJson.Images(first),
            ["attributes"] = TrendyolProductJson.Attributes(first, id => !TrendyolProductJson.IsOfVariant(first, id)),
            ["variants"] = new JsonArray([.. content.Where(item => item.Approved).Select(item => ToJson(switches, seller, item))]),
        };
    }

    static JsonObject ToJson(TrendyolSwitches switches, Seller seller, Item item) => new()
    {
        ["variantId"] = item.VariantId,
        ["supplierId"] = long.Parse(seller.Id, System.Globalization.CultureInfo.InvariantCulture),
        ["barcode"] = item.Barcode,
        ["commission"] = 7.83m,
        ["attributes"] = TrendyolProductJson.Attributes(item, id => TrendyolProductJson.IsOfVariant(item, id)),
        ["productUrl"] = FormattableString.Invariant($"https://www.trendyol.com/x-p-{item.ContentId}"),
        ["onSale"] = item.OnSale,
        ["channels"] = new JsonArray([.. item.Channels.Select(channel => JsonValue.Create(channel))]),
        ["deliveryOption"] = new JsonObject { ["deliveryDuration"] = item.DeliveryDuration },
        ["stock"] = switches.StockMayBeSilent && item.Quantity == 0
            ? new JsonObject { ["lastModifiedDate"] = null }
            : new JsonObject { ["quantity"] = item.Quantity, ["lastModifiedDate"] = item.StockModifiedAt.ToUnixTimeMilliseconds() },
        ["price"] = new JsonObject
        {
            ["salePrice"] = item.SalePrice,
            ["listPrice"] = item.ListPrice,
            // What the buyer sees in a campaign: there to be mistaken for the price.
            ["priceSeenByCustomer"] = decimal.Round(item.SalePrice * 0.92m, 2),
        },
        ["stockCode"] = item.StockCode,
        ["origin"] = item.Origin,
        ["vatRate"] = item.VatRate,
        ["sellerCreatedDate"] = item.CreatedAt.ToUnixTimeMilliseconds(),
        ["sellerModifiedDate"] = item.ModifiedAt.ToUnixTimeMilliseconds(),
        ["locked"] = item.LockReason is not null,
        ["lockReason"] = item.LockReason,
        ["lockDate"] = item.LockedAt?.ToUnixTimeMilliseconds(),
        ["archived"] = item.Archived,
        ["archivedDate"] = item.ArchivedAt?.ToUnixTimeMilliseconds(),
        ["docNeeded"] = false,
        ["hasViolation"] = false,
        ["blacklisted"] = item.Blacklisted,
        ["cargoProviders"] = new JsonArray([.. item.CargoProviders.Select(code => JsonValue.Create(code))]),
    };

    static string Token(long first) => Convert.ToBase64String(Encoding.ASCII.GetBytes(FormattableString.Invariant($"first:{first}")));

    static bool TryRead(string token, out long first)
    {
        first = 0;
        var bytes = new byte[64];
        return Convert.TryFromBase64String(token, bytes, out var length)
            && Encoding.ASCII.GetString(bytes, 0, length).Split(':') is ["first", var number]
            && long.TryParse(number, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out first);
    }
}
