using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace MesChain.Sandbox.Trendyol;

/// <summary>One endpoint of the API: its name in limits, faults and the log, and what it does inside the lock.</summary>
sealed record ApiEndpoint(string Name, string Group, Func<TrendyolSandbox, Seller, HttpContext, ApiRequest, ApiAnswer> Run);

/// <summary>Every call passes here: who calls, how often, what goes wrong, and what is remembered of it.</summary>
sealed partial class TrendyolApi(TrendyolSandbox sandbox)
{
    const int BodyMax = 12 * 1024 * 1024;
    const int LoggedBodyMax = 16 * 1024;

    [GeneratedRegex("^[0-9]+ - [A-Za-z0-9 ]{1,30}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DocumentedUserAgent();

    public async Task ServeAsync(HttpContext context, ApiEndpoint endpoint)
    {
        if (await ReadAsync(context) is not { } body)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        var form = await FormAsync(context, body);
        var sellerId = context.Request.RouteValues["sellerId"] as string ?? "";
        var (answer, fault) = sandbox.Locked(() =>
        {
            var answer = Refuse(context, endpoint, sellerId, out var seller);
            if (seller is not null)
                sandbox.CatchUp(seller);
            var fault = answer is null ? sandbox.Faults.Take(endpoint.Name, sellerId, sandbox.Chance) : null;
            if (answer is null && fault is not { AfterApplying: false, Kind: FaultKind.Status or FaultKind.Timeout or FaultKind.Drop or FaultKind.Html or FaultKind.Errors or FaultKind.Redirect })
            {
                var late = fault is { Kind: FaultKind.Late } ? TimeSpan.FromSeconds(fault.Seconds) : TimeSpan.Zero;
                answer = endpoint.Run(sandbox, seller!, context, new(context.Request.Query, body, late, form));
            }

            Log(context, endpoint, sellerId, body, answer, fault);
            return (answer, fault);
        });
        await FaultyAnswer.SendAsync(context, answer, fault, sandbox.Clock);
    }

    /// <summary>What is refused before the endpoint sees it, in the order in which the gateway looks.</summary>
    ApiAnswer? Refuse(HttpContext context, ApiEndpoint endpoint, string sellerId, out Seller? seller)
    {
        seller = null;
        var now = sandbox.Clock.GetUtcNow();
        var switches = sandbox.Switches;
        if (switches.AddressNotListed)
            return ApiAnswer.OrderError(503, "Service Unavailable");

        var agent = context.Request.Headers.UserAgent.ToString();
        if (agent.Length == 0 || (switches.StrictUserAgent && !DocumentedUserAgent().IsMatch(agent)))
            return ApiAnswer.Error(403, "user.agent.missing", "User-Agent bilgisi gönderilmelidir.");
        if (KeyOf(context.Request.Headers.Authorization) is not var (key, secret))
            return ApiAnswer.Unauthorized(now);
        bool Opens(Seller known) => known.ApiKey == key && known.ApiSecret == secret;
        var named = sandbox.SellerOf(sellerId);
        if (named is null || !Opens(named))
        {
            if (sandbox.Sellers.FirstOrDefault(Opens) is not { } owner)
                return ApiAnswer.Unauthorized(now);
            if (sellerId.Length > 0)
            {
                return switches.ForeignSeller == 401
                    ? ApiAnswer.Unauthorized(now)
                    : ApiAnswer.Error(403, "supplier.not.authorized", "Bu satıcı için yetkiniz yok.");
            }

            // What is the same for everybody has no seller in its path.
            named = owner;
        }

        seller = named;
        return switches.RateLimits && !TrendyolQuotas.Take(seller, endpoint.Name, endpoint.Group, now) ? ApiAnswer.OrderError(429, "too.many.requests") : null;
    }

    void Log(HttpContext context, ApiEndpoint endpoint, string sellerId, ReadOnlyMemory<byte> body, ApiAnswer? answer, SandboxFault? fault) =>
        sandbox.Log(sequence => new()
        {
            Sequence = sequence,
            AtMs = sandbox.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Endpoint = endpoint.Name,
            SellerId = sellerId,
            Method = context.Request.Method,
            PathAndQuery = $"{context.Request.Path}{context.Request.QueryString}",
            // A webhook's wish carries its password.
            Body = endpoint.Group == "webhook" ? "" : Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, LoggedBodyMax)]),
            Status = FaultyAnswer.StatusOf(answer, fault),
            Fault = fault is null ? "" : $"{fault.Kind}{(fault.AfterApplying ? " after applying" : "")}",
        });

    static (string Key, string Secret)? KeyOf(StringValues header)
    {
        if (!AuthenticationHeaderValue.TryParse(header.ToString(), out var value) || !value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            return null;

        var bytes = new byte[1024];
        if (!Convert.TryFromBase64String(value.Parameter ?? "", bytes, out var length))
            return null;

        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (pair[..colon], pair[(colon + 1)..]);
    }

    /// <summary>Read before the lock is taken: a form is parsed asynchronously or not at all.</summary>
    static async Task<IFormCollection?> FormAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (context.Request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) is not true)
            return null;

        context.Request.Body = new MemoryStream(body.ToArray(), writable: false);
        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            return null;
        }
    }

    static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            whole.Write(buffer, 0, read);
            if (whole.Length > BodyMax)
                return null;
        }

        return whole.ToArray();
    }
}
