using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Listeners;

/// <summary>The certificate of the public door as it was last read whole and good. Files that are no certificate never take its place.</summary>
public sealed class CertificateFiles(IOptions<ListenerOptions> options, TimeProvider clock)
{
    Read? _current;
    byte[] _seen = [];

    /// <summary>What the next handshake shows.</summary>
    public SslStreamCertificateContext Context => Current.Context;

    public DateTimeOffset Ends => new(Current.Leaf.NotAfter.ToUniversalTime());

    Read Current => _current ?? throw new InvalidOperationException("The certificate is asked for before it was read.");

    /// <summary>Reads the files if their bytes changed.</summary>
    /// <returns>What is wrong with what was read, in which case the earlier one stays; null when nothing changed or all is well.</returns>
    public string? Refresh()
    {
        var (certificate, key) = (options.Value.Certificate, options.Value.CertificateKey);
        try
        {
            var bytes = SHA256.HashData([.. File.ReadAllBytes(certificate), 0, .. File.ReadAllBytes(key)]);
            if (bytes.AsSpan().SequenceEqual(_seen))
                return null;
            var read = Load(certificate, key);
            if (Faults(read.Leaf, clock.GetUtcNow(), options.Value.PublicAddress?.Host).FirstOrDefault() is { } fault)
                return fault;
            (_current, _seen) = (read, bytes);
            return null;
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            return fault.Message;
        }
    }

    /// <summary>Everything that is wrong with the files, each a sentence; for the check of the settings.</summary>
    public static IEnumerable<string> Faults(string certificate, string key, DateTimeOffset now, string? host)
    {
        try
        {
            using var leaf = Load(certificate, key).Leaf;
            return Faults(leaf, now, host).ToList();
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            return [$"Certificate {certificate} with CertificateKey {key} cannot be used: {fault.Message}"];
        }
    }

    static IEnumerable<string> Faults(X509Certificate2 leaf, DateTimeOffset now, string? host)
    {
        if (leaf.NotAfter.ToUniversalTime() <= now.UtcDateTime)
            yield return string.Create(CultureInfo.InvariantCulture, $"Certificate ended on {leaf.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC; get a new one.");
        if (leaf.NotBefore.ToUniversalTime() > now.UtcDateTime)
            yield return string.Create(CultureInfo.InvariantCulture, $"Certificate begins on {leaf.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC only; check the clock of this machine.");
        if (host is not null && !leaf.MatchesHostname(host, allowWildcards: true, allowCommonName: false))
            yield return $"Certificate does not hold the name {host} of PublicUrl; it holds {string.Join(", ", Names(leaf))}.";
    }

    static List<string> Names(X509Certificate2 leaf)
    {
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString()))).ToList();
        return names.Count > 0 ? names : ["no name at all"];
    }

    static Read Load(string certificate, string key)
    {
        var leaf = X509Certificate2.CreateFromPemFile(certificate, key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificate);
        // What stands in the file is what is sent; nothing is fetched from elsewhere.
        return new(leaf, SslStreamCertificateContext.Create(leaf, [.. chain.Skip(1)], offline: true));
    }

    static bool IsUnreadable(Exception fault) => fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    sealed record Read(X509Certificate2 Leaf, SslStreamCertificateContext Context);
}
