using MesChain.Server.Platform.Hosting;
using MesChain.Tests.Support;
using ServerProgram = MesChain.Server.Program;

namespace MesChain.Tests.Listeners;

/// <summary>Settings of the public door that cannot be right are told before anything starts, all of them at once.</summary>
public sealed class ListenerRuleTests : IDisposable
{
    static readonly TimeSpan Day = TimeSpan.FromDays(1);

    readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Check_names_every_fault_of_the_public_door_at_once()
    {
        _certificates.Write(30 * Day, -Day, "other.example");
        await using var check = ServerProcess.Start(
            ["check", "--MesChain:Listeners:Http=0.0.0.0:8080", "--MesChain:Listeners:Public=443", "--MesChain:Listeners:PublicUrl=http://backbone.example/shop", "--MesChain:Listeners:TrustedProxies:0=everybody", .. _certificates.Settings]);
        Assert.Equal(2, await check.ExitCodeAsync());
        var faults = check.Lines.Where(line => line.StartsWith("fault  MesChain:Listeners: ", StringComparison.Ordinal)).Select(line => line["fault  MesChain:Listeners: ".Length..]).ToList();
        string[] expected =
        [
            "Certificate does not hold the name backbone.example of PublicUrl; it holds other.example.",
            "Certificate ended on ",
            "Public must be an address with a port",
            "PublicUrl must begin with https://",
            "PublicUrl must hold a name and perhaps a port, and no path",
            "TrustedProxies: everybody is neither an address nor a range",
            "Http must be a loopback address with a port",
        ];
        Assert.All(expected, start => Assert.Contains(faults, fault => fault.Contains(start, StringComparison.Ordinal)));
        Assert.Equal(expected.Length, faults.Count);
    }

    [Theory]
    [InlineData("Public needs a Certificate, or TrustedProxies", "Public=0.0.0.0:443", "PublicUrl=https://backbone.example")]
    [InlineData("Public needs a name that callers use", "Public=0.0.0.0:443", "TrustedProxies:0=10.0.0.1")]
    [InlineData("PublicUrl has no use while Public is empty", "PublicUrl=https://backbone.example")]
    [InlineData("TrustedProxies has no use while Public is empty", "TrustedProxies:0=10.0.0.1")]
    [InlineData("Certificate needs its CertificateKey", "Public=0.0.0.0:443", "PublicUrl=https://backbone.example", "Certificate=/nowhere.pem")]
    [InlineData("CertificateKey needs its Certificate", "Public=0.0.0.0:443", "PublicUrl=https://backbone.example", "TrustedProxies:0=10.0.0.1", "CertificateKey=/nowhere.pem")]
    [InlineData("cannot be used", "Public=0.0.0.0:443", "PublicUrl=https://backbone.example", "Certificate=/nowhere.pem", "CertificateKey=/nowhere.pem")]
    [InlineData("is everybody", "Public=0.0.0.0:443", "PublicUrl=https://backbone.example", "TrustedProxies:0=0.0.0.0/0")]
    [InlineData("PublicUrl names localhost, which nobody outside reaches", "Public=0.0.0.0:443", "TrustedProxies:0=10.0.0.1", "PublicUrl=https://localhost")]
    [InlineData("PublicUrl names 192.168.1.5, which nobody outside reaches", "Public=0.0.0.0:443", "TrustedProxies:0=10.0.0.1", "PublicUrl=https://192.168.1.5:8443")]
    [InlineData("PublicUrl names backbone, which nobody outside reaches", "Public=0.0.0.0:443", "TrustedProxies:0=10.0.0.1", "PublicUrl=https://backbone")]
    [InlineData("PublicUrl must be an address such as", "Public=0.0.0.0:443", "TrustedProxies:0=10.0.0.1", "PublicUrl=backbone.example")]
    public async Task A_setting_that_cannot_be_right_is_told(string expected, params string[] settings)
    {
        var fault = Assert.Single(await FaultsAsync([.. settings.Select(setting => "--MesChain:Listeners:" + setting)]));
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_another_certificate_and_a_second_grpc_door_beside_tls_are_told()
    {
        using var other = new TestCertificates();
        other.Write(Day, Day, "backbone.example");
        _certificates.Write(Day, Day, "backbone.example");
        string[] door = ["--MesChain:Listeners:Public=0.0.0.0:443", "--MesChain:Listeners:PublicUrl=https://backbone.example"];
        Assert.Empty(await FaultsAsync([.. door, .. _certificates.Settings]));
        Assert.Contains("cannot be used", Assert.Single(await FaultsAsync([.. door, $"--MesChain:Listeners:Certificate={_certificates.Certificate}", $"--MesChain:Listeners:CertificateKey={other.Key}"])), StringComparison.Ordinal);
        Assert.Contains("PublicGrpc is not for use with a Certificate", Assert.Single(await FaultsAsync([.. door, .. _certificates.Settings, "--MesChain:Listeners:PublicGrpc=0.0.0.0:50051"])), StringComparison.Ordinal);
    }

    static async Task<IReadOnlyList<string>> FaultsAsync(params string[] settings)
    {
        await using var app = ServerProgram.Build(settings);
        return Settings.Faults(app);
    }
}
