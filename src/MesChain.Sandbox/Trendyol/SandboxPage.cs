using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MesChain.Sandbox.Trendyol;

/// <summary>The page that shows what the marketplace has, from files inside the program.</summary>
static class SandboxPage
{
    const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

    public static void Map(RouteGroupBuilder group)
    {
        // Without the last slash the page's own relative addresses would lead astray.
        group.MapGet("/", context =>
        {
            if (context.Request.Path.Value?.EndsWith('/') is true)
                return SendAsync(context, "index.html", "text/html; charset=utf-8");
            context.Response.Redirect($"{context.Request.PathBase}{context.Request.Path}/");
            return Task.CompletedTask;
        });
        group.MapGet("/page.js", context => SendAsync(context, "page.js", "text/javascript; charset=utf-8"));
        group.MapGet("/page.css", context => SendAsync(context, "page.css", "text/css; charset=utf-8"));
    }

    static async Task SendAsync(HttpContext context, string file, string type)
    {
        context.Response.ContentType = type;
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-cache";
        await using var source = Assembly.GetExecutingAssembly().GetManifestResourceStream($"page/{file}")
            ?? throw new InvalidOperationException($"The program was built without {file}.");
        await source.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
