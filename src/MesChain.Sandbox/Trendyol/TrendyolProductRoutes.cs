using Microsoft.AspNetCore.Http;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Addresses of what describes products.</summary>
static class TrendyolProductRoutes
{
    const string Read = "product-read";

    public static void Map(Action<string, string, ApiEndpoint> map)
    {
        map("GET", "/product/product-categories", new("categories", Read, static (sandbox, _, context, request) => TrendyolReference.Categories(sandbox, context, request)));
        map("GET", "/product/categories/{category}/attributes", new("category-attributes", Read, static (_, _, context, request) =>
            TrendyolReference.Attributes(context, request, Route(context, "category"))));
        map("GET", "/product/categories/{category}/attributes/{attribute}/values", new("attribute-values", Read, static (sandbox, _, context, request) =>
            TrendyolReference.Values(sandbox, context, request, Route(context, "category"), Route(context, "attribute"))));
        map("GET", "/product/brands", new("brands", Read, static (_, _, _, request) => TrendyolReference.Brands(request)));
        map("GET", "/product/brands/by-name", new("brands-by-name", Read, static (_, _, _, request) => TrendyolReference.BrandsByName(request)));
        map("GET", "/product/lookup/cargo-providers", new("cargo-providers", Read, static (_, _, _, _) => TrendyolReference.CargoProviders()));
        map("GET", "/sellers/{sellerId}/addresses", new("addresses", Read, static (sandbox, _, _, _) => TrendyolReference.Addresses(sandbox)));
    }

    static string Route(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";
}
