using System.ComponentModel.DataAnnotations;
using System.Net;

namespace MesChain.Server.Platform.Listeners;

/// <summary>
/// Section <c>MesChain:Listeners</c>: the two local doors, in clear text and therefore on loopback only, and the public one, which is off
/// until it is given an address. What belongs together is judged in <see cref="ListenerRules"/>.
/// </summary>
public sealed class ListenerOptions
{
    /// <summary>gRPC over cleartext HTTP/2, on loopback.</summary>
    [LoopbackEndpoint]
    public string Grpc { get; set; } = "127.0.0.1:50051";

    /// <summary>HTTP/1.1 on loopback: JSON, gRPC-Web, pages, health, metrics, the sandbox.</summary>
    [LoopbackEndpoint]
    public string Http { get; set; } = "127.0.0.1:8080";

    /// <summary>
    /// Names that the Host header may carry, without ports; anything else is refused, so that no page of the web can reach this
    /// server through a name of its own (DNS rebinding). The host of <c>PublicUrl</c> need not stand here.
    /// </summary>
    [MinLength(1)]
    public IList<string> Hosts { get; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>
    /// Address and port for other machines, such as <c>0.0.0.0:443</c> or <c>[::]:443</c>: gRPC, gRPC-Web, JSON and the webhooks of
    /// marketplaces, nothing else. With a certificate it speaks TLS with HTTP/2 and HTTP/1.1; without one, HTTP/1.1 in clear text with
    /// <c>TrustedProxies</c> only. Empty: off.
    /// </summary>
    public string Public { get; set; } = "";

    /// <summary>
    /// A second public address, for gRPC over cleartext HTTP/2 with <c>TrustedProxies</c> that pass it on (<c>grpc_pass</c> of nginx).
    /// Clear text cannot say which protocol it is, so one address cannot serve both. Empty: none; never beside a certificate.
    /// </summary>
    public string PublicGrpc { get; set; } = "";

    /// <summary>
    /// How shops and marketplaces reach the public door: <c>https://name</c> or <c>https://name:port</c>, without a path; the certificate
    /// must hold the name. Empty: no webhooks are registered, and orders are polled.
    /// </summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>PEM file: the server's certificate, then those between it and the root. Read again when it changes. Empty: no TLS.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>PEM file: the private key of <c>Certificate</c>, not encrypted.</summary>
    public string CertificateKey { get; set; } = "";

    /// <summary>
    /// Addresses (<c>10.0.0.7</c>) or ranges (<c>10.0.0.0/24</c>) of proxies before the public door. From these alone
    /// <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed; a door without a certificate serves nobody else.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    public IPEndPoint GrpcEndpoint => IPEndPoint.Parse(Grpc);

    public IPEndPoint HttpEndpoint => IPEndPoint.Parse(Http);

    internal Uri? PublicAddress => PublicUrl.Length == 0 ? null : new Uri(PublicUrl);

    internal bool Tls => Certificate.Length > 0;

    internal static bool TryEndpoint(string text, out IPEndPoint endpoint)
    {
        endpoint = new(IPAddress.None, 0);
        if (!text.Contains(':', StringComparison.Ordinal) || !IPEndPoint.TryParse(text, out var parsed) || text.EndsWith(']'))
            return false;
        endpoint = parsed;
        return true;
    }
}

/// <summary>An address and port on loopback, such as <c>127.0.0.1:8080</c>; port 0 takes a free one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LoopbackEndpointAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is string text && ListenerOptions.TryEndpoint(text, out var endpoint) && IPAddress.IsLoopback(endpoint.Address);

    public override string FormatErrorMessage(string name) => $"{name} must be a loopback address with a port, such as 127.0.0.1:8080: it is served in clear text.";
}
