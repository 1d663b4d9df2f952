using Microsoft.AspNetCore.Http;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Addresses of products and of what describes them.</summary>
static class TrendyolProductRoutes
{
    const string Read = "product-read";
    const string Write = "product-write";

    const string Products = "/product/sellers/{sellerId}/products";

    public static void Map(Action<string, string, ApiEndpoint> map)
    {
        MapReference(map);
        MapNew(map);
        MapApproved(map);
    }

    static void MapReference(Action<string, string, ApiEndpoint> map)
    {
        map("GET", "/product/product-categories", new("categories", Read, static (sandbox, _, context, request) => TrendyolReference.Categories(sandbox, context, request)));
        map("GET", "/product/categories/{category}/attributes", new("category-attributes", Read, static (_, _, context, request) =>
            TrendyolReference.Attributes(context, request, Route(context, "category"))));
        map("GET", "/product/categories/{category}/attributes/{attribute}/values", new("attribute-values", Read, static (sandbox, _, context, request) =>
            TrendyolReference.Values(sandbox, context, request, Route(context, "category"), Route(context, "attribute"))));
        map("GET", "/product/brands", new("brands", Read, static (_, seller, _, request) => TrendyolBrands.Page(seller, request)));
        map("GET", "/product/brands/by-name", new("brands-by-name", Read, static (_, seller, _, request) => TrendyolBrands.ByName(seller, request)));
        map("POST", "/product/sellers/{sellerId}/brands", new("create-brand", Write, static (sandbox, seller, context, request) => TrendyolBrands.Create(sandbox, seller, context, request)));
        map("GET", "/product/lookup/cargo-providers", new("cargo-providers", Read, static (_, _, _, _) => TrendyolReference.CargoProviders()));
        map("GET", "/sellers/{sellerId}/addresses", new("addresses", Read, static (sandbox, _, _, _) => TrendyolReference.Addresses(sandbox)));
    }

    static void MapNew(Action<string, string, ApiEndpoint> map)
    {
        map("POST", "/product/sellers/{sellerId}/v2/products", new("create-products", Write, static (sandbox, seller, _, request) => TrendyolProducts.Create(sandbox, seller, request)));
        map("POST", $"{Products}/unapproved-bulk-update", new("update-unapproved", Write, static (sandbox, seller, _, request) =>
            TrendyolProducts.UpdateUnapproved(sandbox, seller, request)));
        map("GET", $"{Products}/unapproved", new("unapproved-products", Read, static (_, seller, _, request) => TrendyolUnapproved.Query(seller, request)));
        map("GET", "/product/sellers/{sellerId}/product/{barcode}", new("product", Read, static (_, seller, context, _) => TrendyolUnapproved.Single(seller, Route(context, "barcode"))));
    }

    static void MapApproved(Action<string, string, ApiEndpoint> map)
    {
        map("POST", $"{Products}/content-bulk-update", new("update-content", Write, static (sandbox, seller, _, request) => TrendyolEdits.Content(sandbox, seller, request)));
        map("POST", $"{Products}/variant-bulk-update", new("update-variants", Write, static (sandbox, seller, _, request) => TrendyolEdits.Variants(sandbox, seller, request)));
        map("POST", $"{Products}/delivery-info-bulk-update", new("update-delivery", Write, static (sandbox, seller, _, request) => TrendyolEdits.Delivery(sandbox, seller, request)));
        map("GET", $"{Products}/{{content}}/update-audits", new("update-audits", Read, static (sandbox, seller, context, request) =>
            TrendyolAudits.Query(sandbox, seller, Route(context, "content"), request)));
        map("PUT", $"{Products}/archive-state", new("archive-products", Write, static (sandbox, seller, _, request) => TrendyolShelf.Archive(sandbox, seller, request)));
        map("PUT", $"{Products}/unlock", new("unlock-products", Write, static (sandbox, seller, _, request) => TrendyolShelf.Unlock(sandbox, seller, request)));
        map("DELETE", Products, new("delete-products", Write, static (sandbox, seller, _, request) => TrendyolShelf.Delete(sandbox, seller, request)));
        map("POST", $"{Products}/buybox-information", new("buybox", Write, static (_, seller, _, request) => TrendyolShelf.Buybox(seller, request)));
    }

    static string Route(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";
}
