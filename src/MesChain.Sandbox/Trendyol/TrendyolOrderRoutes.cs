using Microsoft.AspNetCore.Http;

namespace MesChain.Sandbox.Trendyol;

/// <summary>The addresses of everything that begins with an order.</summary>
static class TrendyolOrderRoutes
{
    const string Orders = "/order/sellers/{sellerId}";
    const string Package = Orders + "/shipment-packages/{package}";

    /// <summary>An endpoint about one thing, whose id is in the address.</summary>
    delegate ApiAnswer About(TrendyolSandbox sandbox, Seller seller, string id, ApiRequest request);

    public static void Map(Action<string, string, ApiEndpoint> map)
    {
        map("GET", $"{Orders}/v2/orders", new("orders", "order-read", static (sandbox, seller, _, request) => TrendyolOrders.Page(sandbox, seller, request)));
        map("GET", $"{Orders}/orders/stream", new("orders-stream", "order-read", static (sandbox, seller, _, request) => TrendyolOrders.Stream(sandbox, seller, request)));
        MapSteps(map);
        MapPapers(map);
        MapAfterSales(map);
        MapWebhooks(map);
    }

    static void MapWebhooks(Action<string, string, ApiEndpoint> map)
    {
        const string hooks = "/webhook/sellers/{sellerId}/webhooks";
        const string hook = hooks + "/{hook}";
        const string finance = "/finance/che/sellers/{sellerId}";
        map("POST", hooks, new("webhook-register", "webhook", static (sandbox, seller, _, request) => TrendyolWebhooks.Register(sandbox, seller, request)));
        map("GET", hooks, new("webhooks", "webhook", static (_, seller, _, _) => TrendyolWebhooks.List(seller)));
        map("PUT", hook, Of("webhook-replace", "webhook", "hook", TrendyolWebhooks.Replace));
        map("DELETE", hook, Of("webhook-delete", "webhook", "hook", TrendyolWebhooks.Remove));
        map("PUT", $"{hook}/activate", Of("webhook-activate", "webhook", "hook", TrendyolWebhooks.Activate));
        map("PUT", $"{hook}/deactivate", Of("webhook-deactivate", "webhook", "hook", TrendyolWebhooks.Deactivate));
        map("GET", $"{finance}/settlements", new("settlements", "finance", static (sandbox, seller, _, request) => TrendyolFinance.Settlements(sandbox, seller, request)));
        map("GET", $"{finance}/otherfinancials", new("otherfinancials", "finance", static (sandbox, seller, _, request) => TrendyolFinance.Others(sandbox, seller, request)));
    }

    static void MapAfterSales(Action<string, string, ApiEndpoint> map)
    {
        const string claims = Orders + "/claims";
        const string questions = "/qna/sellers/{sellerId}/questions";
        map("GET", claims, new("claims", "claim-read", static (sandbox, seller, _, request) => TrendyolClaims.List(sandbox, seller, request)));
        map("GET", $"{claims}/items/{{item}}/audit", Of("claim-audit", "claim-read", "item", TrendyolClaims.Audit));
        map("PUT", $"{claims}/{{claim}}/items/approve", Of("claim-approve", "claim-decide", "claim", TrendyolClaims.Approve));
        map("POST", $"{claims}/{{claim}}/issue", Of("claim-issue", "claim-decide", "claim", TrendyolClaims.Reject));
        map("GET", "/order/claim-issue-reasons", new("claim-reasons", "claim-read", static (_, _, _, _) => TrendyolClaims.Reasons()));
        map("GET", $"{questions}/filter", new("questions", "question-read", static (sandbox, seller, _, request) => TrendyolQuestions.Filter(sandbox, seller, request)));
        map("GET", $"{questions}/{{question}}", Of("question", "question-read", "question", TrendyolQuestions.Get));
        map("POST", $"{questions}/{{question}}/answers", Of("answer", "question-answer", "question", TrendyolQuestions.Answer));
    }

    static void MapPapers(Action<string, string, ApiEndpoint> map)
    {
        const string sellers = "/sellers/{sellerId}";
        map("POST", $"{sellers}/common-label/{{tracking}}", Of("label-request", "label", "tracking", TrendyolPapers.RequestLabel));
        map("GET", $"{sellers}/common-label/{{tracking}}", Of("label", "label", "tracking", TrendyolPapers.Label));
        map("POST", $"{sellers}/seller-invoice-links", new("invoice-link", "invoice", static (sandbox, seller, _, request) => TrendyolPapers.SendLink(sandbox, seller, request)));
        map("POST", $"{sellers}/seller-invoice-links/delete", new("invoice-link-delete", "invoice", static (sandbox, seller, _, request) => TrendyolPapers.Withdraw(sandbox, seller, request)));
        map("POST", $"{sellers}/seller-invoice-file", new("invoice-file", "invoice", static (sandbox, seller, _, request) => TrendyolPapers.SendFile(sandbox, seller, request)));
    }

    static void MapSteps(Action<string, string, ApiEndpoint> map)
    {
        map("PUT", Package, Of("package-status", "order-write", "package", TrendyolSteps.Update));
        map("PUT", $"{Package}/items/unsupplied", Of("unsupplied", "order-change", "package", TrendyolSteps.Unsupplied));
        map("POST", $"{Package}/split", Of("split", "order-change", "package", TrendyolSplits.Split));
        map("POST", $"{Package}/multi-split", Of("multi-split", "order-change", "package", TrendyolSplits.MultiSplit));
        map("POST", $"{Package}/quantity-split", Of("quantity-split", "order-change", "package", TrendyolSplits.QuantitySplit));
        map("POST", $"{Package}/split-packages", Of("split-packages", "order-change", "package", TrendyolSplits.SplitPackages));
        map("PUT", $"{Package}/update-tracking-number", Of("tracking-number", "order-write", "package", TrendyolShipping.SetTrackingNumber));
        map("PUT", $"{Package}/box-info", Of("box-info", "order-change", "package", TrendyolShipping.SetBoxes));
        map("PUT", $"{Package}/cargo-providers", Of("carrier-change", "order-change", "package", TrendyolShipping.ChangeCarrier));
        map("PUT", $"{Package}/warehouse", Of("warehouse", "order-write", "package", TrendyolShipping.SetWarehouse));
        map("PUT", $"{Package}/extended-agreed-delivery-date", Of("extra-days", "order-change", "package", TrendyolShipping.Extend));
        map("PUT", $"{Package}/labor-costs", Of("labor-costs", "order-change", "package", TrendyolShipping.SetLaborCosts));
        map("PUT", $"{Package}/alternative-delivery", Of("alternative-delivery", "order-write", "package", TrendyolShipping.ShipOtherwise));
        map("PUT", $"{Package}/delivered-by-service", Of("delivered-by-service", "order-change", "package", TrendyolShipping.ByService));
        map("PUT", $"{Orders}/manual-deliver/{{tracking}}", Of("manual-deliver", "order-hand-over", "tracking", static (sandbox, seller, id, _) => TrendyolShipping.HandOver(sandbox, seller, id, "Delivered")));
        map("PUT", $"{Orders}/manual-return/{{tracking}}", Of("manual-return", "order-hand-over", "tracking", static (sandbox, seller, id, _) => TrendyolShipping.HandOver(sandbox, seller, id, "Returned")));
    }

    static ApiEndpoint Of(string name, string group, string part, About run) =>
        new(name, group, (sandbox, seller, context, request) => run(sandbox, seller, Part(context, part), request));

    static string Part(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";
}
