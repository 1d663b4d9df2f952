using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Brands: those of everybody, and those that a seller has made. Runs inside the sandbox's lock.</summary>
static class TrendyolBrands
{
    const int SizeMin = 1000;
    const int SizeMax = 2000;
    const int ImagesMax = 3;

    public static BrandEntry? Find(Seller seller, long id) => TrendyolCatalogue.Brand(id) ?? seller.Brands.Find(brand => brand.Id == id);

    /// <summary>No totals: whoever reads all of them reads until a page is empty.</summary>
    public static ApiAnswer Page(Seller seller, ApiRequest request)
    {
        if (!request.TryNumber("page", 0, out var page) || !request.TryNumber("size", SizeMin, out var size) || page < 0 || size is < SizeMin or > SizeMax)
            return ApiAnswer.Error(400, "invalid.page", "page 0 veya üstü, size en az 1000 olmalıdır.");

        var shown = All(seller).Skip(TrendyolReference.Offset(page, size)).Take((int)size);
        return ApiAnswer.Ok(new JsonObject { ["brands"] = new JsonArray([.. shown.Select(ToJson)]) });
    }

    public static ApiAnswer ByName(Seller seller, ApiRequest request)
    {
        if (request.Text("name") is not { } name)
            return ApiAnswer.Error(400, "invalid.name", "name zorunludur.");
        return ApiAnswer.Ok(new JsonArray([.. All(seller).Where(brand => brand.Name == name).Select(ToJson)]));
    }

    public static ApiAnswer Create(TrendyolSandbox sandbox, Seller seller, HttpContext context, ApiRequest request)
    {
        // The one service of products that wants to be told the store front.
        if (context.Request.Headers["storeFrontCode"].Count == 0)
            return ApiAnswer.Error(400, "invalid.storefrontcode", "storeFrontCode zorunludur.");
        if (TrendyolReference.ForeignStoreFront(context) is { } refusal)
            return refusal;
        if (request.Form?["name"].ToString().Trim() is not { Length: > 0 } name)
            return ApiAnswer.Error(400, "invalid.name", "name zorunludur.");
        if (request.Form.Files.GetFiles("images").Count is 0 or > ImagesMax)
            return ApiAnswer.Error(400, "invalid.images", "1-3 görsel gönderilmelidir.");
        if (All(seller).Any(brand => brand.Name == name))
            return ApiAnswer.Error(409, "brand.exists", $"{name} markası zaten mevcut.");

        var made = new BrandEntry(sandbox.Numbers.Brand(), name);
        seller.Brands.Add(made);
        return ApiAnswer.Ok(new JsonObject { ["brandId"] = made.Id }) with { Status = 201 };
    }

    static IEnumerable<BrandEntry> All(Seller seller) => TrendyolCatalogue.Brands.Concat(seller.Brands);

    static JsonNode ToJson(BrandEntry brand) => new JsonObject { ["id"] = brand.Id, ["name"] = brand.Name, ["LUXE"] = false };
}
