using MesChain.Marketplaces;
using MesChain.Marketplaces.Http;
using MesChain.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Marketplaces;

/// <summary>The road every marketplace call takes.</summary>
public sealed class MarketplaceHttpTests : IDisposable
{
    readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));
    readonly ScriptedHandler _other = new();
    readonly List<IDisposable> _opened = [];

    public void Dispose()
    {
        _opened.ForEach(one => one.Dispose());
        _other.Dispose();
    }

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    MarketplaceHttp Open(MarketplaceHttpOptions? options = null, params Limit[] limits)
    {
        var http = new MarketplaceHttp(new Uri("https://acme.example/"), limits, () => new Unowned(_other), _clock, options ?? new() { Retries = 2, RetryDelay = TimeSpan.Zero });
        _opened.Add(http);
        return http;
    }

    /// <summary>Each connection disposes its own handler; the script outlives them.</summary>
    sealed class Unowned(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
#pragma warning disable CA2215 // leaving the inner handler alone is what this class is for
        protected override void Dispose(bool disposing)
        {
            // The test disposes the script.
        }
#pragma warning restore CA2215
    }

    static MarketplaceCall Read(string endpoint = "things", string group = "reads") => new()
    {
        Method = HttpMethod.Get,
        Address = new Uri("https://acme.example/things"),
        Endpoint = endpoint,
        Group = group,
        Headers = [("Authorization", "Basic c2VjcmV0")],
        Secrets = ["c2VjcmV0"],
    };

    static MarketplaceCall Write => Read("push", "writes") with { Method = HttpMethod.Post, Body = "{}"u8.ToArray() };

    void AnswerOk(int times)
    {
        for (var i = 0; i < times; i++)
            _other.Answer(200, "{}");
    }

    static async Task<MarketplaceFault> FaultOfAsync(MarketplaceHttp http, MarketplaceCall call, string connection = "a") =>
        await Assert.ThrowsAsync<MarketplaceFault>(() => http.SendAsync(connection, call, Cancel));

    [Fact]
    public async Task A_full_window_refuses_and_says_until_when()
    {
        var http = Open(null, new Limit("", 3, TimeSpan.FromSeconds(10), LimitScope.Endpoint));
        AnswerOk(4);
        for (var i = 0; i < 3; i++)
        {
            await http.SendAsync("a", Read(), Cancel);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        var fault = await FaultOfAsync(http, Read());
        Assert.Equal(FaultKind.Throttled, fault.Kind);
        _clock.Advance(fault.RetryAfter!.Value - TimeSpan.FromMilliseconds(1));
        Assert.Equal(FaultKind.Throttled, (await FaultOfAsync(http, Read())).Kind);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await http.SendAsync("a", Read(), Cancel);
        Assert.Equal(4, _other.Requests.Count);
    }

    [Theory]
    [InlineData(LimitScope.Endpoint, true, true, true)]
    [InlineData(LimitScope.Seller, false, true, true)]
    [InlineData(LimitScope.Integrator, false, true, false)]
    [InlineData(LimitScope.Egress, false, true, false)]
    public async Task A_limit_is_shared_by_its_scope_and_by_nobody_else(LimitScope scope, bool otherEndpoint, bool otherGroup, bool otherConnection)
    {
        var http = Open(null, new Limit("reads", 1, TimeSpan.FromSeconds(10), scope));
        AnswerOk(4);
        await http.SendAsync("a", Read(), Cancel);

        Assert.Equal(otherEndpoint, await PassesAsync(http, "a", Read("others")));
        Assert.Equal(otherGroup, await PassesAsync(http, "a", Read("others", "more")));
        Assert.Equal(otherConnection, await PassesAsync(http, "b", Read()));
        Assert.False(await PassesAsync(http, "a", Read()));
    }

    static async Task<bool> PassesAsync(MarketplaceHttp http, string connection, MarketplaceCall call)
    {
        try
        {
            await http.SendAsync(connection, call, Cancel);
            return true;
        }
        catch (MarketplaceFault fault) when (fault.Kind == FaultKind.Throttled)
        {
            return false;
        }
    }

    [Fact]
    public async Task A_call_that_is_refused_by_one_limit_uses_up_none()
    {
        var http = Open(null, new Limit("", 2, TimeSpan.FromMinutes(1), LimitScope.Seller), new Limit("reads", 1, TimeSpan.FromSeconds(1), LimitScope.Seller));
        AnswerOk(2);
        await http.SendAsync("a", Read(), Cancel);
        for (var i = 0; i < 10; i++)
            await FaultOfAsync(http, Read());

        _clock.Advance(TimeSpan.FromSeconds(2));
        await http.SendAsync("a", Read(), Cancel);
    }

    [Fact]
    public async Task A_long_read_waits_for_its_turn_on_the_clock_it_was_given()
    {
        var http = Open(null, new Limit("", 1, TimeSpan.FromSeconds(10), LimitScope.Seller));
        AnswerOk(2);
        await http.SendAsync("a", Read(), Cancel);

        var waiting = http.SendAsync("a", Read() with { WaitsItsTurn = true }, Cancel);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await waiting;
    }

    [Fact]
    public async Task A_read_is_repeated_a_few_times_and_a_write_never()
    {
        var http = Open();
        for (var i = 0; i < 4; i++)
            _other.Answer(502, "");

        Assert.Equal(502, (await http.SendAsync("a", Read(), Cancel)).Status);
        Assert.Equal(3, _other.Requests.Count);
        Assert.Equal(502, (await http.SendAsync("a", Write, Cancel)).Status);
        Assert.Equal(4, _other.Requests.Count);
    }

    [Fact]
    public async Task Repeats_wait_longer_each_time()
    {
        var http = Open(new() { Retries = 1, RetryDelay = TimeSpan.FromSeconds(4) });
        _other.Answer(500, "");
        AnswerOk(1);

        var call = http.SendAsync("a", Read(), Cancel);
        Assert.False(call.IsCompleted);
        Assert.Single(_other.Requests);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await call).Status);
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, FaultKind.Unavailable)]
    [InlineData(HttpRequestError.NameResolutionError, FaultKind.Unavailable)]
    [InlineData(HttpRequestError.SecureConnectionError, FaultKind.Unavailable)]
    [InlineData(HttpRequestError.ResponseEnded, FaultKind.Uncertain)]
    [InlineData(HttpRequestError.Unknown, FaultKind.Uncertain)]
    public async Task A_write_that_was_never_sent_is_known_not_to_be_applied(HttpRequestError error, FaultKind kind)
    {
        _other.Fail(new HttpRequestException(error, "Authorization: Basic c2VjcmV0"));

        var fault = await FaultOfAsync(Open(), Write);

        Assert.Equal(kind, fault.Kind);
        Assert.DoesNotContain("c2VjcmV0", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_keeps_failing_rests_and_others_do_not()
    {
        var http = Open(new() { Retries = 0 });
        for (var i = 0; i < 10; i++)
        {
            _other.Answer(500, "");
            await http.SendAsync("a", Read(), Cancel);
        }

        var resting = await FaultOfAsync(http, Read());
        Assert.Equal((FaultKind.Unavailable, FaultCodes.MarketplaceFailing), (resting.Kind, resting.Code));
        Assert.True(resting.RetryAfter > TimeSpan.Zero);
        Assert.Equal(10, _other.Requests.Count);

        AnswerOk(2);
        await http.SendAsync("b", Read(), Cancel);
        _clock.Advance(TimeSpan.FromSeconds(16));
        await http.SendAsync("a", Read(), Cancel);
    }

    [Fact]
    public async Task Refusals_of_content_or_speed_do_not_make_a_connection_rest()
    {
        var http = Open(new() { Retries = 0 });
        int[] refusals = [400, 401, 404, 429];
        foreach (var status in Enumerable.Range(0, 20).Select(i => refusals[i % refusals.Length]))
        {
            _other.Answer(status, "");
            Assert.Equal(status, (await http.SendAsync("a", Read(), Cancel)).Status);
        }
    }

    [Fact]
    public async Task What_the_marketplace_says_about_coming_back_is_kept()
    {
        _other.Answer(() => new HttpResponseMessage(System.Net.HttpStatusCode.TooManyRequests) { Headers = { { "Retry-After", "42" } } });

        var answer = await Open(new() { Retries = 0 }).SendAsync("a", Read(), Cancel);

        Assert.Equal(TimeSpan.FromSeconds(42), answer.RetryAfter);
    }

    [Fact]
    public async Task A_handler_that_followed_a_redirect_is_caught()
    {
        _other.Answer(() => new HttpResponseMessage { RequestMessage = new(HttpMethod.Get, "https://elsewhere.example/things") });

        Assert.Equal(FaultCodes.RedirectRefused, (await FaultOfAsync(Open(), Read())).Code);
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_its_own_cancellation_back()
    {
        _other.Hang();
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var call = Open().SendAsync("a", Read(), impatient.Token);
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public void A_marketplace_is_known_by_its_code_or_not_at_all()
    {
        using var catalog = new MarketplaceCatalog(_clock);

        Assert.True(catalog.Knows("trendyol"));
        Assert.False(catalog.Knows("Trendyol"));
        Assert.All(catalog.Codes, code =>
        {
            Assert.Equal(code, catalog.Get(code).Code);
            Assert.Equal(Uri.UriSchemeHttps, catalog.ProductionBase(code).Scheme);
            Assert.EndsWith("/", catalog.ProductionBase(code).AbsoluteUri, StringComparison.Ordinal);
        });
    }
}
