using System.Text;
using System.Text.Json;

namespace MesChain.Tests.Sandbox;

/// <summary>Who may call Trendyol, how, and how often. Numbers are those of the checklist that the simulator follows.</summary>
public sealed class TrendyolGateTests
{
    const string Approved = "product/sellers/{s}/products/approved";
    const string Stream = "order/sellers/{s}/orders/stream";

    static string KeyOf(JsonElement body) => body.GetProperty("errors")[0].GetProperty("key").GetString()!;

    [Theory] // 1
    [InlineData(null)]
    [InlineData("sandbox-key:wrong")]
    [InlineData("sandbox-key")]
    public async Task Checklist_01_a_missing_or_wrong_key_is_401_in_a_shape_of_its_own(string? key)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        scene.Key = key;

        var (status, body, _) = await scene.GetAsync(Approved);

        Assert.Equal(401, status);
        Assert.Equal("ClientApiAuthenticationException", body.GetProperty("exception").GetString());
        Assert.Equal(401, body.GetProperty("status").GetInt32());
    }

    [Fact] // 1
    public async Task Checklist_01_a_call_without_a_user_agent_is_403()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        scene.UserAgent = null;

        Assert.Equal(403, (await scene.GetAsync(Approved)).Status);
    }

    [Theory] // 2
    [InlineData("4321 - SelfIntegration", 200)]
    [InlineData("4321 - Some Integrator 9", 200)]
    [InlineData("curl/8", 403)]
    [InlineData("4321 - an integrator whose name is far too long for this", 403)]
    public async Task Checklist_02_a_strict_gateway_reads_the_user_agent(string agent, int status)
    {
        await using var scene = await TrendyolScene.OpenAsync(new() { StrictUserAgent = true });
        scene.UserAgent = agent;

        Assert.Equal(status, (await scene.GetAsync(Approved)).Status);
    }

    [Theory] // 1
    [InlineData(403)]
    [InlineData(401)]
    public async Task Checklist_01_a_foreign_seller_number_is_refused(int status)
    {
        await using var scene = await TrendyolScene.OpenAsync(new() { ForeignSeller = status });
        scene.Sandbox.AddSeller(new() { SellerId = "99", ApiKey = "k", ApiSecret = "s" });

        Assert.Equal(status, (await scene.GetAsync("product/sellers/99/products/approved")).Status);
    }

    [Fact] // 1
    public async Task Checklist_01_an_address_that_is_not_listed_gets_503()
    {
        await using var scene = await TrendyolScene.OpenAsync(new() { AddressNotListed = true });

        Assert.Equal(503, (await scene.GetAsync(Approved)).Status);
    }

    [Fact] // 3
    public async Task Checklist_03_the_51st_request_within_ten_seconds_is_429_without_a_hint()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        for (var i = 0; i < 50; i++)
            Assert.Equal(200, (await scene.GetAsync(Approved)).Status);

        var (status, body, raw) = await scene.GetAsync(Approved);
        Assert.Equal((429, "too.many.requests"), (status, body.GetProperty("error").GetString()));
        Assert.Null(raw.Headers.RetryAfter);
        Assert.Equal(404, (await scene.GetAsync("product/sellers/{s}/products/batch-requests/x")).Status);

        scene.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, (await scene.GetAsync(Approved)).Status);
    }

    [Theory] // 3
    [InlineData("50k", 30)]
    [InlineData("75k", 40)]
    public async Task Checklist_03_orders_have_a_quota_a_minute_by_tier(string tier, int quota)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        scene.Sandbox.AddSeller(new() { SellerId = "99", ApiKey = "k", ApiSecret = "s", Tier = tier });
        scene.Key = "k:s";
        for (var i = 0; i < quota; i++)
            Assert.Equal(200, (await scene.GetAsync("order/sellers/99/orders/stream")).Status);

        scene.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(429, (await scene.GetAsync("order/sellers/99/v2/orders")).Status);
        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await scene.GetAsync("order/sellers/99/orders/stream")).Status);
    }

    [Theory] // 16
    [InlineData("order/sellers/{s}/orders", 426)]
    [InlineData("product/sellers/{s}/products", 426)]
    [InlineData("order/sellers/{s}/orders", 404)]
    public async Task Checklist_16_closed_paths_say_that_they_are_closed(string path, int status)
    {
        await using var scene = await TrendyolScene.OpenAsync(new() { ClosedPaths = status });

        Assert.Equal(status, (await scene.GetAsync(path)).Status);
    }

    [Fact]
    public async Task An_unknown_path_is_404_in_the_usual_shape()
    {
        await using var scene = await TrendyolScene.OpenAsync();

        var (status, body, _) = await scene.GetAsync("finance/sellers/{s}/anything");

        Assert.Equal(404, status);
        Assert.Equal("not.found", KeyOf(body));
        Assert.Equal("404", body.GetProperty("errors")[0].GetProperty("errorCode").GetString());
    }

    [Theory] // 17
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(504)]
    [InlineData(429)]
    public async Task Checklist_17_a_set_fault_strikes_as_often_as_it_was_told(int status)
    {
        await using var scene = await TrendyolScene.OpenAsync();
        scene.Sandbox.AddFault(new() { Kind = MesChain.Sandbox.FaultKind.Status, Status = status, Endpoint = "orders-stream", Count = 2 });

        Assert.Equal(200, (await scene.GetAsync(Approved)).Status);
        Assert.Equal(status, (await scene.GetAsync(Stream)).Status);
        Assert.Equal(status, (await scene.GetAsync(Stream)).Status);
        Assert.Equal(200, (await scene.GetAsync(Stream)).Status);
    }

    [Fact]
    public async Task The_same_seed_strikes_the_same_calls()
    {
        Assert.Equal(await StrikesAsync(7), await StrikesAsync(7));
        Assert.NotEqual(await StrikesAsync(7), await StrikesAsync(8));
    }

    static async Task<string> StrikesAsync(int seed)
    {
        await using var scene = await TrendyolScene.OpenAsync(seed: seed);
        scene.Sandbox.AddFault(new() { Kind = MesChain.Sandbox.FaultKind.Status, Probability = 0.5, Count = 0 });
        var struck = new StringBuilder();
        for (var i = 0; i < 40; i++)
            struck.Append((await scene.GetAsync(Approved)).Status == 500 ? 'x' : '.');
        return struck.ToString();
    }

    [Fact]
    public async Task The_call_log_holds_no_credential()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        await scene.GetAsync(Approved);

        var log = (await scene.ControlAsync("calls")).Body.GetRawText();

        Assert.Contains("approved-products", log, StringComparison.Ordinal);
        Assert.DoesNotContain("sandbox-secret", log, StringComparison.Ordinal);
        Assert.DoesNotContain("Basic", log, StringComparison.Ordinal);
    }
}
