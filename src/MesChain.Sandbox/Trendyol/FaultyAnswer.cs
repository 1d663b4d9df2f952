using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Sends what an endpoint said, or what a fault makes of it.</summary>
static class FaultyAnswer
{
    const string Json = "application/json; charset=utf-8";
    const int HugeBytes = 11 * 1024 * 1024;

    /// <summary>What the caller sees; 0 when it sees nothing.</summary>
    public static int StatusOf(ApiAnswer? answer, SandboxFault? fault) => fault?.Kind switch
    {
        null or FaultKind.Late or FaultKind.Empty or FaultKind.Malformed or FaultKind.Huge or FaultKind.Drip or FaultKind.Charset => answer?.Status ?? 0,
        FaultKind.Status => fault.Status,
        FaultKind.Html or FaultKind.Errors => 200,
        FaultKind.Redirect => 302,
        _ => 0,
    };

    public static async Task SendAsync(HttpContext context, ApiAnswer? answer, SandboxFault? fault, TimeProvider clock)
    {
        var body = answer?.Body ?? "";
        switch (fault?.Kind)
        {
            case FaultKind.Timeout:
                await SilenceAsync(context, clock);
                return;
            case FaultKind.Drop:
                context.Abort();
                return;
            case FaultKind.Status:
                var plain = fault.Status == 429 ? "too.many.requests" : "server.error";
                await WriteAsync(context, fault.Status, Json, Encoding.UTF8.GetBytes(ApiAnswer.OrderError(fault.Status, plain).Body));
                return;
            case FaultKind.Html:
                await WriteAsync(context, 200, "text/html; charset=utf-8", Encoding.UTF8.GetBytes("<!doctype html><title>Bakım</title><p>Kısa süre sonra tekrar deneyin."));
                return;
            case FaultKind.Errors:
                await WriteAsync(context, 200, Json, Encoding.UTF8.GetBytes(ApiAnswer.Error(200, "service.error", "Beklenmeyen bir hata oluştu.").Body));
                return;
            case FaultKind.Empty:
                await WriteAsync(context, answer!.Status, Json, Encoding.UTF8.GetBytes(Emptied(body)));
                return;
            case FaultKind.Malformed:
                await WriteAsync(context, answer!.Status, Json, Encoding.UTF8.GetBytes(body[..(body.Length / 2)]));
                return;
            case FaultKind.Redirect:
                context.Response.Headers.Location = "https://elsewhere.example/integration/";
                context.Response.StatusCode = 302;
                return;
            case FaultKind.Huge:
                var huge = new byte[HugeBytes];
                Array.Fill(huge, (byte)' ');
                await WriteAsync(context, answer!.Status, Json, huge);
                return;
            case FaultKind.Drip:
                await DripAsync(context, body, clock);
                return;
            case FaultKind.Charset:
                var turkish = CodePagesEncodingProvider.Instance.GetEncoding("windows-1254")!;
                await WriteAsync(context, answer!.Status, Json, turkish.GetBytes(body));
                return;
            default:
                await WriteAsync(context, answer!.Status, answer.Type, Encoding.UTF8.GetBytes(body));
                return;
        }
    }

    static string Emptied(string body)
    {
        if (JsonNode.Parse(body) is not JsonObject page || page["content"] is not JsonArray)
            return body;
        page["content"] = new JsonArray();
        foreach (var (name, none) in new (string, JsonNode)[] { ("hasMore", false), ("totalElements", 0), ("totalPages", 0) })
        {
            if (page.ContainsKey(name))
                page[name] = none;
        }

        return page.ToJsonString();
    }

    static async Task WriteAsync(HttpContext context, int status, string type, byte[] body)
    {
        context.Response.StatusCode = status;
        if (body.Length == 0)
            return;

        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    static async Task DripAsync(HttpContext context, string body, TimeProvider clock)
    {
        context.Response.ContentType = Json;
        foreach (var part in Encoding.UTF8.GetBytes(body).Chunk(1))
        {
            await context.Response.Body.WriteAsync(part, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromSeconds(1), clock, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (context.RequestAborted.IsCancellationRequested)
                return;
        }
    }

    // Until the caller gives up; two minutes at most, so that a forgotten caller does not hold a server that wants to stop.
    static async Task SilenceAsync(HttpContext context, TimeProvider clock)
    {
        await Task.Delay(TimeSpan.FromMinutes(2), clock, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
    }
}
