using System.Net;
using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Platform;

/// <summary>A browser's way in.</summary>
public sealed class LoginTests
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_opens_what_its_key_opens_until_it_ends()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(Engine.Sqlite, clock);
        var cookie = await LoginAsync(server, server.AdminKey);
        Assert.DoesNotContain(server.AdminKey.Split('_')[2], cookie, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, await VersionAsync(server, cookie, server.HttpAddress.GetLeftPart(UriPartial.Authority)));
        clock.Advance(TimeSpan.FromHours(11));
        Assert.Equal(HttpStatusCode.OK, await VersionAsync(server, cookie, server.HttpAddress.GetLeftPart(UriPartial.Authority)));
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await VersionAsync(server, cookie, server.HttpAddress.GetLeftPart(UriPartial.Authority)));
    }

    [Fact]
    public async Task A_page_from_elsewhere_cannot_use_a_session()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        var cookie = await LoginAsync(server, server.AdminKey);
        Assert.Equal(HttpStatusCode.Unauthorized, await VersionAsync(server, cookie, "https://shop.example"));
        Assert.Equal(HttpStatusCode.Unauthorized, await VersionAsync(server, cookie, null));
    }

    [Fact]
    public async Task A_session_that_was_tampered_with_opens_nothing()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        var origin = server.HttpAddress.GetLeftPart(UriPartial.Authority);
        var parts = (await LoginAsync(server, server.AdminKey)).Split('=', 2)[1].Split('.');
        foreach (var forged in new[] { $"{parts[0]}.{parts[1]}.9999999999.{parts[3]}", $"{parts[0]}.1.{parts[2]}.{parts[3]}", $"{parts[0]}.{parts[1]}.{parts[2]}.", parts[0], "" })
            Assert.Equal(HttpStatusCode.Unauthorized, await VersionAsync(server, "meschain_session=" + forged, origin));
    }

    [Fact]
    public async Task A_session_ends_with_its_key()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        var origin = server.HttpAddress.GetLeftPart(UriPartial.Authority);
        var key = await server.KeyAsync(null, "ops:read");
        var cookie = await LoginAsync(server, key);
        Assert.Equal(HttpStatusCode.OK, await VersionAsync(server, cookie, origin));
        await new Contracts.Ops.V1.OpsService.OpsServiceClient(server.Channel).RevokeApiKeyAsync(new() { Id = key.Split('_')[1] }, cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, await VersionAsync(server, cookie, origin));
    }

    [Fact]
    public async Task A_session_ends_with_the_secret_that_it_was_opened_with()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        var origin = server.HttpAddress.GetLeftPart(UriPartial.Authority);
        var ops = new Contracts.Ops.V1.OpsService.OpsServiceClient(server.Channel);
        var key = await server.KeyAsync(null, "ops:read");
        var before = await LoginAsync(server, key);
        var rotated = await ops.RotateApiKeyAsync(new() { Id = key.Split('_')[1] }, cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.OK, await VersionAsync(server, before, origin));
        var after = await LoginAsync(server, rotated.Token);
        await ops.RotateApiKeyAsync(new() { Id = key.Split('_')[1], Grace = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromHours(1)) }, cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, await VersionAsync(server, before, origin));
        Assert.Equal(HttpStatusCode.OK, await VersionAsync(server, after, origin));
        await ops.RotateApiKeyAsync(new() { Id = key.Split('_')[1], Grace = new() }, cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, await VersionAsync(server, after, origin));
    }

    [Fact]
    public async Task A_session_may_do_what_its_key_may_and_its_beginning_is_on_the_ledger()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        var origin = server.HttpAddress.GetLeftPart(UriPartial.Authority);
        var store = await server.StoreAsync("shop");
        var key = await server.KeyAsync(store, "ops:read");
        var cookie = await LoginAsync(server, key);
        Assert.Equal(HttpStatusCode.OK, await VersionAsync(server, cookie, origin));
        Assert.Equal(HttpStatusCode.Forbidden, await VersionAsync(server, cookie, origin, "ListApiKeys"));
        var row = Assert.Single((await new Contracts.Ops.V1.OpsService.OpsServiceClient(server.Channel).ListAuditEventsAsync(new() { StoreId = store.ToWire() }, cancellationToken: Cancel)).Events);
        Assert.Equal(("auth.login", "key:" + key.Split('_')[1]), (row.Kind, row.Actor));
    }

    [Theory]
    [InlineData("mck_nonsense", true, HttpStatusCode.Unauthorized)]
    [InlineData("mck_nonsense", false, HttpStatusCode.BadRequest)]
    public async Task A_wrong_key_and_a_foreign_form_open_no_session(string key, bool ours, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        using var response = await PostAsync(server, key, ours ? server.HttpAddress.GetLeftPart(UriPartial.Authority) : "https://shop.example");
        Assert.Equal(expected, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.DoesNotContain(key, await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    static async Task<string> LoginAsync(TestServer server, string key)
    {
        using var response = await PostAsync(server, key, server.HttpAddress.GetLeftPart(UriPartial.Authority));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        return cookie.Split(';')[0];
    }

    static async Task<HttpResponseMessage> PostAsync(TestServer server, string key, string origin)
    {
        using var http = server.HttpWith("");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login") { Content = new FormUrlEncodedContent([new("key", key)]), Headers = { { "Origin", origin } } };
        return await http.SendAsync(request, Cancel);
    }

    static async Task<HttpStatusCode> VersionAsync(TestServer server, string cookie, string? origin, string method = "GetVersion")
    {
        using var http = server.HttpWith("");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/ops/" + method) { Content = new StringContent("{}", Encoding.UTF8, "application/json"), Headers = { { "Cookie", cookie } } };
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using var response = await http.SendAsync(request, Cancel);
        return response.StatusCode;
    }
}
