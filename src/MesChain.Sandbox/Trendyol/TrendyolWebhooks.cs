using System.Text.Json;
using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Registering webhooks, and what they are owed when a package changes. Runs inside the sandbox's lock.</summary>
static class TrendyolWebhooks
{
    const int HooksMax = 15;

    /// <summary>Calls that nobody takes do not grow without end: the oldest are forgotten.</summary>
    public const int OwedKept = 2000;

    static readonly string[] ForbiddenWords = ["trendyol", "dolap", "localhost"];

    static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["Created"] = "CREATED",
        ["Picking"] = "PICKING",
        ["Invoiced"] = "INVOICED",
        ["Shipped"] = "SHIPPED",
        ["Cancelled"] = "CANCELLED",
        ["Delivered"] = "DELIVERED",
        ["UnDelivered"] = "UNDELIVERED",
        ["Returned"] = "RETURNED",
        ["UnSupplied"] = "UNSUPPLIED",
        ["Awaiting"] = "AWAITING",
        ["UnPacked"] = "UNPACKED",
        ["AtCollectionPoint"] = "AT_COLLECTION_POINT",
        // Only webhooks ever say this.
        [Verified] = "VERIFIED",
    };

    public const string Verified = "VERIFIED";

    static readonly ApiAnswer Done = new(200, "200 OK", "text/plain; charset=utf-8");
    static readonly ApiAnswer NotFound = ApiAnswer.Error(404, "webhook.not.found", "Webhook bulunamadı.");

    public static ApiAnswer Register(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        if (Judge(request, out var wish) is { } refusal)
            return refusal;
        if (seller.Hooks.Count >= HooksMax)
            return ApiAnswer.Error(400, "webhook.limit.exceeded", "En fazla 15 webhook tanımlanabilir.");

        var id = new byte[16];
        sandbox.Chance.NextBytes(id);
        var now = sandbox.Clock.GetUtcNow();
        var hook = new Hook { Id = new Guid(id).ToString(), CreatedAt = now, ModifiedAt = now, Wish = wish };
        seller.Hooks.Add(hook);
        sandbox.HookMade();
        return ApiAnswer.Ok(new JsonObject { ["id"] = hook.Id });
    }

    public static ApiAnswer List(Seller seller) => ApiAnswer.Ok(new JsonArray([.. seller.Hooks.Select(hook => (JsonNode)new JsonObject
    {
        ["id"] = hook.Id,
        ["createdDate"] = hook.CreatedAt.ToUnixTimeMilliseconds(),
        ["lastModifiedDate"] = hook.ModifiedAt.ToUnixTimeMilliseconds(),
        ["url"] = hook.Wish.Url,
        ["username"] = hook.Wish.User.Length > 0 ? hook.Wish.User : null,
        ["authenticationType"] = hook.Wish.Authentication,
        ["status"] = hook.Active ? "ACTIVE" : "PASSIVE",
        ["subscribedStatuses"] = new JsonArray([.. hook.Wish.Statuses.Select(status => (JsonNode)status)]),
    })]));

    public static ApiAnswer Replace(TrendyolSandbox sandbox, Seller seller, string id, ApiRequest request)
    {
        if (Find(seller, id) is not { } hook)
            return NotFound;
        if (Judge(request, out var wish) is { } refusal)
            return refusal;

        (hook.Wish, hook.ModifiedAt) = (wish, sandbox.Clock.GetUtcNow());
        return Done;
    }

    public static ApiAnswer Remove(TrendyolSandbox sandbox, Seller seller, string id, ApiRequest request)
    {
        if (Find(seller, id) is not { } hook)
            return NotFound;

        seller.Hooks.Remove(hook);
        seller.Owed.RemoveAll(delivery => delivery.Hook == hook);
        return Done;
    }

    public static ApiAnswer Activate(TrendyolSandbox sandbox, Seller seller, string id, ApiRequest request) => Turn(sandbox, seller, id, true);

    public static ApiAnswer Deactivate(TrendyolSandbox sandbox, Seller seller, string id, ApiRequest request) => Turn(sandbox, seller, id, false);

    /// <summary>Owes every webhook that wants this status a call with the whole package.</summary>
    /// <param name="status">The package's own, or <see cref="Verified"/>.</param>
    public static void Announce(TrendyolSandbox sandbox, Seller seller, Package package, string status, DateTimeOffset at)
    {
        if (sandbox.Switches.LoseWebhooks)
            return;

        var hooks = seller.Hooks.Where(hook => hook.Wants(Words[status])).ToList();
        if (hooks.Count == 0)
            return;

        var json = TrendyolPackageJson.Of(seller, package, at);
        if (status == Verified)
            (json["status"], json["shipmentPackageStatus"]) = (status, status);
        var body = ApiAnswer.Ok(new JsonObject { ["totalElements"] = 1, ["totalPages"] = 1, ["page"] = 0, ["size"] = 1, ["content"] = new JsonArray(json) }).Body;
        foreach (var hook in hooks)
            seller.Owed.Add(new() { Hook = hook, Sequence = sandbox.NextSequence(), Body = body, DueAt = at });
        if (seller.Owed.Count > OwedKept)
            seller.Owed.RemoveRange(0, seller.Owed.Count - OwedKept);
    }

    /// <summary>After too many failures in a row a webhook is put to rest, and what it was owed is forgotten.</summary>
    public static void Rest(Seller seller, Hook hook, DateTimeOffset at)
    {
        (hook.Active, hook.ModifiedAt, hook.Failures) = (false, at, 0);
        seller.Owed.RemoveAll(delivery => delivery.Hook == hook);
    }

    static ApiAnswer Turn(TrendyolSandbox sandbox, Seller seller, string id, bool active)
    {
        if (Find(seller, id) is not { } hook)
            return NotFound;

        if (active)
            (hook.Active, hook.ModifiedAt, hook.Failures) = (true, sandbox.Clock.GetUtcNow(), 0);
        else
            Rest(seller, hook, sandbox.Clock.GetUtcNow());
        return Done;
    }

    static ApiAnswer? Judge(ApiRequest request, out HookWish wish)
    {
        wish = request.Read(WishOf)!;
        if (wish is null)
            return ApiAnswer.Error(400, "invalid.request", "İstek gövdesi okunamadı.");
        if (!Uri.TryCreate(wish.Url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return ApiAnswer.Error(400, "invalid.webhook.url", "url geçersiz.");
        var url = wish.Url;
        if (Array.Exists(ForbiddenWords, word => url.Contains(word, StringComparison.OrdinalIgnoreCase)))
            return ApiAnswer.Error(400, "invalid.webhook.url", "url Trendyol, Dolap ya da Localhost içeremez.");
        var proven = wish.Authentication switch
        {
            "BASIC_AUTHENTICATION" => wish is { User.Length: > 0, Password.Length: > 0 },
            "API_KEY" => wish.ApiKey.Length > 0,
            _ => false,
        };
        if (!proven)
            return ApiAnswer.Error(400, "invalid.authentication.type", "Kimlik bilgisi eksik ya da authenticationType geçersiz.");
        return wish.Statuses.All(status => Words.ContainsValue(status)) ? null : ApiAnswer.Error(400, "invalid.status", "subscribedStatuses geçersiz.");
    }

    static HookWish WishOf(JsonElement body)
    {
        string Word(string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        var statuses = body.TryGetProperty("subscribedStatuses", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(status => status.GetString() ?? "").ToList()
            : [];
        return new(Word("url"), Word("username"), Word("password"), Word("authenticationType"), Word("apiKey"), statuses);
    }

    static Hook? Find(Seller seller, string id) => seller.Hooks.Find(hook => hook.Id == id);
}
