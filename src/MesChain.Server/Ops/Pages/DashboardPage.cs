using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace MesChain.Server.Ops.Pages;

/// <summary>The page at <c>/</c>: static files out of this assembly. They hold no data; what the page shows it asks for as any other
/// caller does, with the cookie that <c>/login</c> set.</summary>
public static class DashboardPage
{
    const string Prefix = "pages/dashboard/";

    static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        var assembly = typeof(DashboardPage).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var name = resource[Prefix.Length..];
            var file = new File(content, Types[Path.GetExtension(name)], new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}\""));
            routes.MapGet(name == "index.html" ? "/" : "/dashboard/" + name, (HttpContext context) => file.Answer(context)).ExcludeFromDescription();
        }
    }

    sealed record File(byte[] Content, string Type, EntityTagHeaderValue Tag)
    {
        public IResult Answer(HttpContext context)
        {
            var headers = context.Response.Headers;
            // Nothing from elsewhere, nothing inline, in nobody's frame.
            headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
            headers.XContentTypeOptions = "nosniff";
            // Not "no-referrer": browsers then send "Origin: null" with the form that logs out, and it is refused.
            headers["Referrer-Policy"] = "same-origin";
            // Asked for each time and answered 304: after an update nobody sees yesterday's page.
            headers.CacheControl = "no-cache";
            return Results.Bytes(Content, Type, entityTag: Tag);
        }
    }
}
