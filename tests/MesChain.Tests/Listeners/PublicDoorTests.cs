using System.Globalization;
using System.Net;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using MesChain.Contracts.Ops.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Listeners;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MesChain.Tests.Listeners;

/// <summary>The door for other machines, over real TLS.</summary>
public sealed class PublicDoorTests : IAsyncLifetime
{
    const string Name = "backbone.example";

    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    static readonly TimeSpan Days = TimeSpan.FromDays(90);

    readonly TestCertificates _certificates = new();
    readonly int _port = PrivatePostgres.FreePort();
    readonly List<IDisposable> _clients = [];
    TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _certificates.Write(TimeSpan.FromDays(1), Days, Name, "www.backbone.example");
        _server = await TestServer.StartAsync(
            Engine.Sqlite,
            settings: [$"--MesChain:Listeners:Public=127.0.0.1:{_port}", $"--MesChain:Listeners:PublicUrl=https://{Name}", "--MesChain:Sandbox:Enabled=true", .. _certificates.Settings]);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _server.DisposeAsync();
        _certificates.Dispose();
    }

    [Fact]
    public async Task One_address_speaks_grpc_over_http2_and_grpc_web_and_json_over_http1()
    {
        var grpc = new OpsService.OpsServiceClient(Channel(_certificates.Road(_port, Name)));
        Assert.Equal("sqlite", (await grpc.GetVersionAsync(new(), Key, cancellationToken: Cancel)).Engine);
        var web = new OpsService.OpsServiceClient(Channel(new GrpcWebHandler(GrpcWebMode.GrpcWeb, _certificates.Road(_port, Name)), HttpVersion.Version11));
        Assert.Equal("sqlite", (await web.GetVersionAsync(new(), Key, cancellationToken: Cancel)).Engine);
        using var json = await SendAsync(Call());
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version11), (json.StatusCode, json.Version));
        using var second = await SendAsync(Call(version: HttpVersion.Version20));
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (second.StatusCode, second.Version));
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/_sandbox/trendyol/")]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/")]
    [InlineData("/login")]
    [InlineData("/docs/index.html")]
    [InlineData("/openapi.json")]
    [InlineData("/dashboard/app.js")]
    [InlineData("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")]
    public async Task Nothing_but_services_is_there_whatever_name_is_claimed(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{Name}{path}");
        using var answer = await SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        using var local = new HttpRequestMessage(HttpMethod.Get, $"https://{Name}{path}") { Headers = { Host = "localhost" } };
        using var refused = await SendAsync(local);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Marketplaces_reach_their_hooks_which_know_nobody_by_default()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://{Name}/hooks/x/y");
        using var answer = await SendAsync(request);
        // Not the door's own words: it let the call through.
        Assert.Equal((HttpStatusCode.NotFound, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel)));
    }

    [Fact]
    public async Task A_name_that_is_not_ours_is_refused()
    {
        using var answer = await SendAsync(Call(host: "shop.example"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_address_may_not_call()
    {
        using var foreign = await SendAsync(Call(origin: "https://shop.example"));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using var opaque = await SendAsync(Call(origin: "null"));
        Assert.Equal(HttpStatusCode.Forbidden, opaque.StatusCode);
        using var own = await SendAsync(Call(origin: $"https://{Name}"));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Fact]
    public async Task A_caller_without_a_proxy_cannot_claim_another_address()
    {
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 21; i++)
        {
            using var request = Call(key: "mck_wrong");
            request.Headers.Add("x-forwarded-for", string.Create(CultureInfo.InvariantCulture, $"203.0.113.{i}"));
            using var answer = await SendAsync(request);
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.Unauthorized, 20), HttpStatusCode.TooManyRequests], statuses);
    }

    [Fact]
    public async Task Clear_text_is_not_understood()
    {
        using var http = new HttpClient(_certificates.Road(_port, Name));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync($"http://{Name}/v1/ops/GetVersion", Cancel));
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_without_a_restart_and_a_broken_one_never()
    {
        var shown = new List<string>();
        var watch = _server.Services.GetRequiredService<CertificateWatch>();
        async Task AskAsync()
        {
            // A connection of its own: one that is open keeps what it was shown.
            using var http = new HttpClient(_certificates.Road(_port, Name, shown.Add));
            using var answer = await http.SendAsync(Call(), Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await AskAsync();
        var renewed = _certificates.Write(TimeSpan.Zero, Days, Name);
        await watch.RunOnceAsync(Cancel);
        await AskAsync();
        Assert.Equal(renewed, shown[1]);
        Assert.NotEqual(shown[0], shown[1]);

        _certificates.Write(TimeSpan.FromDays(30), -TimeSpan.FromDays(1), Name);
        await watch.RunOnceAsync(Cancel);
        await AskAsync();
        await File.WriteAllTextAsync(_certificates.Key, "half a fi", Cancel);
        await watch.RunOnceAsync(Cancel);
        await AskAsync();
        Assert.Equal([renewed, renewed], shown[2..]);
        Assert.Equal("CERTIFICATE_NOT_TAKEN", Assert.Single(await watch.LookAsync(Cancel)).Found?.Code);
        Assert.Contains(_server.Logs, line => line.Level == LogLevel.Warning && line.Text.Contains("ended on", StringComparison.Ordinal));

        _certificates.Write(TimeSpan.Zero, TimeSpan.FromDays(10), Name);
        await watch.RunOnceAsync(Cancel);
        Assert.Equal("CERTIFICATE_ENDS", Assert.Single(await watch.LookAsync(Cancel)).Found?.Code);
        _certificates.Write(TimeSpan.Zero, Days, Name);
        await watch.RunOnceAsync(Cancel);
        Assert.True(Assert.Single(await watch.LookAsync(Cancel)).Healthy);
    }

    Metadata Key => new() { { "authorization", "Bearer " + _server.AdminKey } };

    HttpRequestMessage Call(string host = Name, string? origin = null, string? key = null, Version? version = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"https://{Name}/v1/ops/GetVersion")
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"), Version = version ?? HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Host = host;
        request.Headers.Add("authorization", "Bearer " + (key ?? _server.AdminKey));
        if (origin is not null)
            request.Headers.Add("origin", origin);
        return request;
    }

    async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        var http = new HttpClient(_certificates.Road(_port, Name));
        _clients.Add(http);
        return await http.SendAsync(request, Cancel);
    }

    GrpcChannel Channel(HttpMessageHandler road, Version? version = null)
    {
        var channel = GrpcChannel.ForAddress($"https://{Name}", new GrpcChannelOptions { HttpHandler = road, HttpVersion = version, DisposeHttpClient = true });
        _clients.Add(channel);
        return channel;
    }
}
