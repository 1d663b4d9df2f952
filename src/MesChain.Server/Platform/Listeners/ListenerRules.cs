using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Listeners;

/// <summary>What the listeners' settings must be together. Every fault at once, each a sentence.</summary>
sealed class ListenerRules(TimeProvider clock) : IValidateOptions<ListenerOptions>
{
    public ValidateOptionsResult Validate(string? name, ListenerOptions options)
    {
        var faults = Proxies(options).Concat(Url(options)).Concat(options.Public.Length > 0 ? Public(options) : Leftovers(options)).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    IEnumerable<string> Public(ListenerOptions options)
    {
        foreach (var (setting, text) in new[] { ("Public", options.Public), ("PublicGrpc", options.PublicGrpc) })
        {
            if (text.Length > 0 && !ListenerOptions.TryEndpoint(text, out _))
                yield return $"{setting} must be an address with a port, such as 0.0.0.0:443.";
        }

        if (!options.Tls && options.TrustedProxies.Count == 0)
            yield return "Public needs a Certificate, or TrustedProxies that end TLS before it: keys never travel in clear text.";
        if (options.Tls && options.PublicGrpc.Length > 0)
            yield return "PublicGrpc is not for use with a Certificate: over TLS, Public speaks gRPC itself.";
        if (options.PublicUrl.Length == 0 && options.Hosts.All(IsLocal))
            yield return "Public needs a name that callers use: set PublicUrl, or add the name to Hosts.";
        if (options.Certificate.Length > 0 != options.CertificateKey.Length > 0)
            yield return options.Tls ? "Certificate needs its CertificateKey." : "CertificateKey needs its Certificate.";
        else if (options.Tls)
            foreach (var fault in CertificateFiles.Faults(options.Certificate, options.CertificateKey, clock.GetUtcNow(), Host(options.PublicUrl)))
                yield return fault;
    }

    static IEnumerable<string> Leftovers(ListenerOptions options)
    {
        var set = new (string Name, bool Set)[]
        {
            ("PublicGrpc", options.PublicGrpc.Length > 0), ("PublicUrl", options.PublicUrl.Length > 0), ("Certificate", options.Certificate.Length > 0),
            ("CertificateKey", options.CertificateKey.Length > 0), ("TrustedProxies", options.TrustedProxies.Count > 0),
        };
        return set.Where(setting => setting.Set).Select(setting => $"{setting.Name} has no use while Public is empty.");
    }

    static IEnumerable<string> Proxies(ListenerOptions options)
    {
        foreach (var text in options.TrustedProxies)
        {
            if (!TryNetwork(text, out var network))
                yield return $"TrustedProxies: {text} is neither an address nor a range such as 10.0.0.0/24.";
            else if (network.PrefixLength == 0)
                yield return $"TrustedProxies: {text} is everybody, who could then claim any address.";
        }
    }

    static IEnumerable<string> Url(ListenerOptions options)
    {
        if (options.PublicUrl.Length == 0)
            yield break;
        if (!Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url))
        {
            yield return "PublicUrl must be an address such as https://backbone.example.";
            yield break;
        }

        if (url.Scheme != Uri.UriSchemeHttps)
            yield return "PublicUrl must begin with https://: marketplaces call nothing else.";
        if (url.AbsolutePath != "/" || url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
            yield return "PublicUrl must hold a name and perhaps a port, and no path, query, fragment or user.";
        if (IsLocal(url.Host) || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) ? IsPrivate(address) : !url.Host.Contains('.', StringComparison.Ordinal)))
            yield return $"PublicUrl names {url.Host}, which nobody outside reaches.";
    }

    /// <summary>An address is a range of one.</summary>
    public static bool TryNetwork(string text, out IPNetwork network)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            network = new(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
            return true;
        }

        return IPNetwork.TryParse(text, out network);
    }

    /// <summary>A name that means the machine that says it.</summary>
    public static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));

    static bool IsPrivate(IPAddress address) =>
        address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal
        || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..] or [169, 254, ..]);

    static string? Host(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed.Host : null;
}
