using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Puts the sandbox behind addresses.</summary>
public static class TrendyolRoutes
{
    static readonly ApiEndpoint Approved = new("approved-products", "product-read", static (sandbox, seller, _, request) => TrendyolApproved.Query(sandbox.Switches, seller, request));
    static readonly ApiEndpoint PriceAndInventory = new("price-and-inventory", "inventory-write", static (sandbox, seller, _, request) => TrendyolInventory.Accept(sandbox, seller, request));
    static readonly ApiEndpoint BatchResult = new("batch-requests", "product-read", static (sandbox, seller, context, _) => TrendyolBatches.Result(sandbox, seller, Route(context, "batch")));
    static readonly ApiEndpoint Closed = new("closed", "closed", static (sandbox, _, _, _) => ApiAnswer.Error(sandbox.Switches.ClosedPaths, "api.version.closed", "Bu servis sürümü kapatıldı; V2 kullanın."));
    static readonly ApiEndpoint Unknown = new("unknown", "unknown", static (_, _, _, _) => ApiAnswer.Error(404, "not.found", "Kaynak bulunamadı."));

    /// <summary>
    /// The marketplace's API under <c>{prefix}/integration/</c>, its control API and its page under <c>{prefix}/</c>.
    /// The control API lets everybody who reaches it place orders and move the clock: map it on a local listener only.
    /// </summary>
    public static IEndpointRouteBuilder MapTrendyolSandbox(this IEndpointRouteBuilder routes, TrendyolSandbox sandbox, string prefix)
    {
        routes.MapTrendyolApi(sandbox, prefix);
        TrendyolControl.Map(routes.MapGroup(prefix), sandbox);
        return routes;
    }

    /// <summary>The marketplace's API alone.</summary>
    public static IEndpointRouteBuilder MapTrendyolApi(this IEndpointRouteBuilder routes, TrendyolSandbox sandbox, string prefix)
    {
        var api = new TrendyolApi(sandbox);
        var group = routes.MapGroup($"{prefix}/integration");
        void Map(string method, string pattern, ApiEndpoint endpoint) =>
            group.MapMethods(pattern, [method], context => api.ServeAsync(context, endpoint));

        Map("GET", "/product/sellers/{sellerId}/products/approved", Approved);
        Map("GET", "/product/sellers/{sellerId}/products/batch-requests/{batch}", BatchResult);
        Map("POST", "/inventory/sellers/{sellerId}/products/price-and-inventory", PriceAndInventory);
        TrendyolOrderRoutes.Map(Map);
        Map("GET", "/order/sellers/{sellerId}/orders", Closed);
        Map("GET", "/product/sellers/{sellerId}/products", Closed);
        Map("POST", "/product/sellers/{sellerId}/products", Closed);
        Map("PUT", "/product/sellers/{sellerId}/products", Closed);
        Map("GET", "/product/product-categories/{category}/attributes", Closed);
        TrendyolProductRoutes.Map(Map);
        group.Map("/{service}/sellers/{sellerId}/{**rest}", context => api.ServeAsync(context, Unknown));
        group.Map("/{**rest}", context => api.ServeAsync(context, Unknown));
        return routes;
    }

    static string Route(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";
}
