using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MesChain.Tests.Support;

/// <summary>A certificate authority of a test's own, and the files that a server is given.</summary>
sealed class TestCertificates : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("meschain-certificates-").FullName;
    readonly X509Certificate2 _root = Root();

    public string Certificate => Path.Combine(_folder, "certificate.pem");

    public string Key => Path.Combine(_folder, "key.pem");

    public string[] Settings => [$"--MesChain:Listeners:Certificate={Certificate}", $"--MesChain:Listeners:CertificateKey={Key}"];

    /// <summary>Writes the files anew: a leaf for these names, with the authority between it and nothing.</summary>
    /// <returns>The leaf's thumbprint.</returns>
    public string Write(TimeSpan age, TimeSpan left, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var leaf = request.Create(_root, now - age, now + left, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Certificate, leaf.ExportCertificatePem() + "\n" + _root.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        return leaf.Thumbprint;
    }

    /// <summary>A way to the server at this port under another name, that trusts this authority only.</summary>
    /// <param name="host">The name that TLS asks for, whatever name the request then carries.</param>
    /// <param name="seen">Told the thumbprint of each certificate that was shown.</param>
    public SocketsHttpHandler Road(int port, string host, Action<string>? seen = null) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
        SslOptions =
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { _root }, RevocationMode = X509RevocationMode.NoCheck },
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                var leaf = (X509Certificate2)certificate!;
                seen?.Invoke(leaf.Thumbprint);
                // .NET compares with the Host header, which a test may spoil.
                return (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None && leaf.MatchesHostname(host);
            },
        },
    };

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    static X509Certificate2 Root()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddYears(-5), now.AddYears(5));
    }
}
