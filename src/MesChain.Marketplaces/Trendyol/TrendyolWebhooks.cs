using System.Text.Json;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>A webhook of Trendyol sends the whole package as the order services do, whatever changed about it.</summary>
sealed partial class TrendyolMarketplace : IWebhooks
{
    /// <summary>No quota of its own is published.</summary>
    const string WebhookGroup = "webhook";

    static readonly string[] ForbiddenInAddress = ["trendyol", "dolap", "localhost"];

    public int WebhooksMax => 15;

    public MarketplaceFault? JudgeWebhook(WebhookWish wish) => wish switch
    {
        { Address: { IsAbsoluteUri: false } or { Scheme: not ("https" or "http") } } => Refused(FaultCodes.WebhookAddressRefused, "A webhook needs a whole address."),
        _ when Array.Exists(ForbiddenInAddress, word => wish.Address.OriginalString.Contains(word, StringComparison.OrdinalIgnoreCase)) =>
            Refused(FaultCodes.WebhookAddressRefused, "The address of a webhook may not hold the words Trendyol, Dolap and Localhost."),
        { Secret: "" } or { Proof: WebhookProof.Password, User: "" } => Refused(FaultCodes.WebhookRefused, "A webhook needs a secret, and with a password also a user."),
        _ => null,
    };

    public async Task<string> RegisterWebhookAsync(SellerAccess access, WebhookWish wish, CancellationToken cancel)
    {
        var call = WishCall(access, HttpMethod.Post, "webhook-register", WebhookRoutes.All(access), wish);
        var answer = await http.SendAsync(access.Connection, call, cancel);
        TrendyolErrors.ThrowIfFailed(http, call, answer, FaultCodes.WebhookRefused);
        var made = Parse(call, answer, TrendyolOrderJson.Default.WebhookMade);
        return made.Id.Length > 0 ? made.Id : throw MarketplaceHttp.Malformed(call, "Trendyol took a webhook without naming it.");
    }

    public async Task<IReadOnlyList<MarketplaceWebhook>> ReadWebhooksAsync(SellerAccess access, CancellationToken cancel)
    {
        var call = Call(access, HttpMethod.Get, "webhooks", WebhookGroup, WebhookRoutes.All(access));
        var hooks = await AskAsync(access, call, TrendyolOrderJson.Default.ListWebhookShown, cancel);
        return [.. hooks.Select(hook => hook.Id.Length > 0 && Uri.TryCreate(hook.Url, UriKind.Absolute, out var address)
            ? new MarketplaceWebhook(hook.Id, address, hook.Status.Equals("ACTIVE", StringComparison.OrdinalIgnoreCase))
            : throw MarketplaceHttp.Malformed(call, "A webhook of Trendyol lacks its number or its address."))];
    }

    public async Task ReplaceWebhookAsync(SellerAccess access, string webhookId, WebhookWish wish, CancellationToken cancel) =>
        await DoAsync(access, WishCall(access, HttpMethod.Put, "webhook-replace", WebhookRoutes.One(access, webhookId), wish), FaultCodes.WebhookRefused, cancel);

    public Task RemoveWebhookAsync(SellerAccess access, string webhookId, CancellationToken cancel) =>
        DoAsync(access, Call(access, HttpMethod.Delete, "webhook-delete", WebhookGroup, WebhookRoutes.One(access, webhookId)), FaultCodes.WebhookRefused, cancel);

    public Task ArmWebhookAsync(SellerAccess access, string webhookId, CancellationToken cancel) =>
        DoAsync(access, Call(access, HttpMethod.Put, "webhook-activate", WebhookGroup, $"{WebhookRoutes.One(access, webhookId)}/activate"), FaultCodes.WebhookRefused, cancel);

    public Task DisarmWebhookAsync(SellerAccess access, string webhookId, CancellationToken cancel) =>
        DoAsync(access, Call(access, HttpMethod.Put, "webhook-deactivate", WebhookGroup, $"{WebhookRoutes.One(access, webhookId)}/deactivate"), FaultCodes.WebhookRefused, cancel);

    public IReadOnlyList<MarketplacePackage> ReadHint(ReadOnlySpan<byte> body)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, TrendyolOrderJson.Default.PackagePage)?.Content is { } packages)
                return [.. packages.Select(package => package.ToPackage() ?? throw NoHint())];
        }
        catch (JsonException)
        {
            // What the parser says quotes the body, and the body may hold anything.
        }

        throw NoHint();
    }

    MarketplaceCall WishCall(SellerAccess access, HttpMethod method, string endpoint, string route, WebhookWish wish)
    {
        if (JudgeWebhook(wish) is { } fault)
            throw fault;

        var byPassword = wish.Proof == WebhookProof.Password;
        var body = new WebhookRegistration(wish.Address.AbsoluteUri, byPassword ? "BASIC_AUTHENTICATION" : "API_KEY", TrendyolPackages.HookWordsOf(wish.States))
        {
            Username = byPassword ? wish.User : null,
            Password = byPassword ? wish.Secret : null,
            ApiKey = byPassword ? null : wish.Secret,
        };
        var call = Call(access, method, endpoint, WebhookGroup, route);
        return call with { Body = JsonSerializer.SerializeToUtf8Bytes(body, TrendyolOrderJson.Default.WebhookRegistration), Secrets = [.. call.Secrets, wish.Secret] };
    }

    static MarketplaceFault NoHint() => new(FaultKind.Malformed, FaultCodes.AnswerMalformed, "What came to the webhook is no list of packages.");

    static class WebhookRoutes
    {
        public static string All(SellerAccess access) => $"webhook/sellers/{Routes.Seller(access)}/webhooks";

        public static string One(SellerAccess access, string id) => $"{All(access)}/{Uri.EscapeDataString(id)}";
    }
}
