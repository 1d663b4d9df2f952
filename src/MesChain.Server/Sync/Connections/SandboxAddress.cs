using MesChain.Server.Platform.Listeners;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Sync.Connections;

/// <summary>Where the simulators are, and which addresses a sandbox connection may name.</summary>
public sealed class SandboxAddress(IOptions<SyncOptions> options, IOptions<ListenerOptions> listeners)
{
    /// <summary>The simulator's base address; ends with '/'.</summary>
    public Uri Of(string marketplace, string endpoint)
    {
        if (endpoint.Length == 0)
            endpoint = options.Value.SandboxEndpoint;
        if (endpoint.Length == 0)
            endpoint = $"http://{listeners.Value.HttpEndpoint}/_sandbox/{marketplace}/";
        return new(endpoint.EndsWith('/') ? endpoint : endpoint + "/", UriKind.Absolute);
    }

    /// <summary>Why a connection may not name this endpoint; null when it may.</summary>
    public string? Refusal(string endpoint)
    {
        if (endpoint.Length > 500)
            return "must have at most 500 characters";
        if (endpoint.Any(char.IsControl))
            return "must not hold control characters";
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            return "must be an address with http or https";
        if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
            return "must hold no user, query or fragment";
        return options.Value.SandboxHosts.Contains(address.Host, StringComparer.OrdinalIgnoreCase)
            ? null
            : "names a host that this server does not accept for sandboxes (MesChain:Sync:SandboxHosts)";
    }
}
