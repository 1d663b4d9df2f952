using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Listeners;

/// <summary>
/// What the public door lets in: calls of services and what knows its callers by itself, from where it is meant to be called, under a name
/// of ours. Pages, metrics and the sandbox are not there, whatever a request claims. A request of a local door passes untouched.
/// </summary>
sealed class PublicDoor(RequestDelegate next, IOptions<ListenerOptions> options, ILoggerFactory logs)
{
    readonly IReadOnlyList<System.Net.IPNetwork> _proxies = [.. options.Value.TrustedProxies.Select(text => ListenerRules.TryNetwork(text, out var network) ? network : default)];
    readonly ForwardedHeadersMiddleware? _forwarded = options.Value.TrustedProxies.Count == 0 ? null : new(_ => Task.CompletedTask, logs, Options.Create(Forwarding(options.Value)));

    public Task InvokeAsync(HttpContext http)
    {
        if (http.Features.Get<Mark>() is null)
            return next(http);
        var refusal = Refusal(http);
        if (refusal is not var (status, why))
            return next(http);
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(why, http.RequestAborted);
    }

    (int Status, string Why)? Refusal(HttpContext http)
    {
        if (!options.Value.Tls && !FromProxy(http))
            return (StatusCodes.Status403Forbidden, "This door is for the proxies that MesChain:Listeners:TrustedProxies names.");
        _forwarded?.ApplyForwarders(http);
        if (!http.Request.IsHttps)
            return (StatusCodes.Status403Forbidden, "The proxy must serve https, and say so: X-Forwarded-Proto: https.");
        // Which other names are ours, the host filter has asked before.
        if (ListenerRules.IsLocal(http.Request.Host.Host))
            return (StatusCodes.Status400BadRequest, "This name is not served here.");
        var origin = http.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && !origin.Equals($"{http.Request.Scheme}://{http.Request.Host.Value}", StringComparison.OrdinalIgnoreCase))
            return (StatusCodes.Status403Forbidden, "Pages of other addresses may not call this server.");
        return Serves(http.GetEndpoint()) ? null : (StatusCodes.Status404NotFound, "There is nothing here.");
    }

    bool FromProxy(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } peer)
            return false;
        var address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        return _proxies.Any(proxy => proxy.Contains(address));
    }

    /// <summary>Reflection asks for no key, and what it tells is in protos/: no need to hold its streams open for strangers.</summary>
    static bool Serves(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<OpenToAll>() is not null
        || (endpoint?.Metadata.GetMetadata<GrpcMethodMetadata>() is { } call && !call.Method.ServiceName.StartsWith("grpc.reflection.", StringComparison.Ordinal));

    static ForwardedHeadersOptions Forwarding(ListenerOptions listeners)
    {
        // All proxies of a chain, as far as each of them is named; the first that is not is the caller.
        var forwarding = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        forwarding.KnownProxies.Clear();
        forwarding.KnownIPNetworks.Clear();
        foreach (var text in listeners.TrustedProxies)
        {
            if (ListenerRules.TryNetwork(text, out var network))
                forwarding.KnownIPNetworks.Add(network);
        }

        return forwarding;
    }

    /// <summary>Metadata of an endpoint that is no service and is there all the same; it knows its callers by itself.</summary>
    internal static readonly OpenToAll Open = new();

    internal sealed class OpenToAll;

    /// <summary>On a connection that came through the public door.</summary>
    internal sealed class Mark;
}
