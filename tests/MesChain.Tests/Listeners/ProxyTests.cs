using System.Globalization;
using System.Net;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using MesChain.Contracts.Ops.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Listeners;

/// <summary>The public door in clear text, behind a proxy that ends TLS. The tests are the proxy.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    const string Name = "backbone.example";

    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    readonly int _http = PrivatePostgres.FreePort();
    readonly int _grpc = PrivatePostgres.FreePort();
    TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await StartAsync("127.0.0.1");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_named_proxy_passes_json_and_grpc_on()
    {
        Assert.Equal(HttpStatusCode.OK, await CallAsync(_server.AdminKey, "203.0.113.1"));
        using var channel = GrpcChannel.ForAddress(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_grpc}"), new GrpcChannelOptions { HttpHandler = new HostHandler() });
        var metadata = new Metadata { { "authorization", "Bearer " + _server.AdminKey }, { "x-forwarded-proto", "https" }, { "x-forwarded-for", "203.0.113.1" } };
        Assert.Equal("sqlite", (await new OpsService.OpsServiceClient(channel).GetVersionAsync(new(), metadata, cancellationToken: Cancel)).Engine);
    }

    [Fact]
    public async Task A_proxy_that_does_not_say_https_is_told_to()
    {
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(_server.AdminKey, "203.0.113.1", proto: "http"));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(_server.AdminKey, "203.0.113.1", proto: null));
    }

    [Fact]
    public async Task A_peer_that_is_no_named_proxy_is_not_served_whatever_it_claims()
    {
        await _server.DisposeAsync();
        _server = await StartAsync("10.0.0.0/8");
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(_server.AdminKey, "10.0.0.1"));
    }

    [Fact]
    public async Task S27_wrong_keys_are_counted_by_the_callers_own_address_and_lock_nobody_out()
    {
        var right = _server.AdminKey;
        var wrong = right[..^4] + (right.EndsWith("0000", StringComparison.Ordinal) ? "1111" : "0000");
        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(wrong, "203.0.113.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await CallAsync(wrong, "203.0.113.1"));
        // What a caller writes before the proxy's own word is not believed.
        Assert.Equal(HttpStatusCode.TooManyRequests, await CallAsync(wrong, "8.8.8.8, 203.0.113.1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(wrong, "203.0.113.2"));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(right, "203.0.113.2"));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(right, "203.0.113.1"));
    }

    [Fact]
    public async Task S27_all_addresses_of_one_household_are_one_caller()
    {
        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync("mck_wrong", string.Create(CultureInfo.InvariantCulture, $"2001:db8:1:2:{i}::1")));
        Assert.Equal(HttpStatusCode.TooManyRequests, await CallAsync("mck_wrong", "2001:db8:1:2:ffff::1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync("mck_wrong", "2001:db8:1:3::1"));
    }

    Task<TestServer> StartAsync(string proxies) => TestServer.StartAsync(
        Engine.Sqlite,
        // Wrong keys are counted in a minute of this clock.
        new FakeTimeProvider(TimeProvider.System.GetUtcNow()),
        settings: [$"--MesChain:Listeners:Public=127.0.0.1:{_http}", $"--MesChain:Listeners:PublicGrpc=127.0.0.1:{_grpc}", $"--MesChain:Listeners:PublicUrl=https://{Name}", $"--MesChain:Listeners:TrustedProxies:0={proxies}"]);

    async Task<HttpStatusCode> CallAsync(string key, string from, string? proto = "https")
    {
        using var http = new HttpClient(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_http}/v1/ops/GetVersion")) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Host = Name;
        request.Headers.Add("authorization", "Bearer " + key);
        request.Headers.Add("x-forwarded-for", from);
        if (proto is not null)
            request.Headers.Add("x-forwarded-proto", proto);
        using var answer = await http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    /// <summary>Asks under the public name, as a proxy passes it on.</summary>
    sealed class HostHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Host = Name;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
