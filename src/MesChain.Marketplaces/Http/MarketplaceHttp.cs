using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Threading.RateLimiting;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Retry;
using Polly.Timeout;

namespace MesChain.Marketplaces.Http;

/// <summary>
/// The road to one marketplace. Each connection has its own HTTP client, circuit breaker and limits; reads, and whatever was
/// refused with 429, are repeated a few times; nothing else is. Every failure leaves as a <see cref="MarketplaceFault"/>.
/// </summary>
sealed class MarketplaceHttp(
    Uri production,
    IReadOnlyList<Limit> limits,
    Func<HttpMessageHandler> primary,
    TimeProvider clock,
    MarketplaceHttpOptions options) : IDisposable
{
    const string TooManyRequestsMessage = "Too many requests for the moment.";
    static readonly ResiliencePropertyKey<MarketplaceCall> CallKey = new("call");
    static readonly ResiliencePropertyKey<string> ConnectionKey = new("connection");
    static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(10);

    readonly ConcurrentDictionary<string, Lazy<Line>> _lines = new(StringComparer.Ordinal);
    readonly Dictionary<string, SlidingWindow> _windows = new(StringComparer.Ordinal);
    readonly Lock _gate = new();
    DateTimeOffset _sweptAt = clock.GetUtcNow();

    /// <summary>What a connection has for itself.</summary>
    sealed record Line(HttpClient Client, ResiliencePipeline<MarketplaceAnswer> Pipeline)
    {
        /// <summary>What its last call failed by: the cause of the rest that its breaker takes.</summary>
        public string Failure { get; set; } = FaultCodes.MarketplaceUnreachable;

        /// <summary>How far the clock of its last answer was ahead of ours; the time on the way is not counted as difference.</summary>
        public TimeSpan? Apart { get; set; }
    }

    public TimeProvider Clock => clock;

    /// <summary>Carries the call and reads the whole answer, whatever its status. Throws <see cref="MarketplaceFault"/> only, or the caller's own cancellation.</summary>
    public async Task<MarketplaceAnswer> SendAsync(string connection, MarketplaceCall call, CancellationToken cancel)
    {
        if (call.Address.Scheme != Uri.UriSchemeHttps && !call.Address.IsLoopback && call.Address.Host.Equals(production.Host, StringComparison.OrdinalIgnoreCase))
            throw new MarketplaceFault(FaultKind.Forbidden, FaultCodes.AddressRefused, "A production address must be https.");

        var line = _lines.GetOrAdd(connection, static (_, self) => new Lazy<Line>(self.OpenLine), this).Value;
        var context = ResilienceContextPool.Shared.Get(cancel);
        context.Properties.Set(CallKey, call);
        context.Properties.Set(ConnectionKey, connection);
        try
        {
            return await line.Pipeline.ExecuteAsync(
                static async (context, state) => await state.Self.AttemptAsync(state.Line, state.Call, context.CancellationToken),
                context,
                (Self: this, Line: line, Call: call));
        }
        catch (RateLimiterRejectedException refused)
        {
            throw new MarketplaceFault(FaultKind.Throttled, FaultCodes.TooManyRequests, TooManyRequestsMessage, retryAfter: refused.RetryAfter);
        }
        catch (BrokenCircuitException broken)
        {
            throw Unreachable("The marketplace failed repeatedly; the connection rests for a moment.", line.Failure, broken.RetryAfter ?? options.BreakDuration);
        }
        catch (TimeoutRejectedException)
        {
            line.Failure = FaultCodes.MarketplaceUnreachable;
            throw call.IsRead ? Unreachable("The marketplace did not answer in time.") : OutcomeUnknown("The marketplace did not answer in time.");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public void Dispose()
    {
        foreach (var line in _lines.Values.Where(line => line.IsValueCreated))
            line.Value.Client.Dispose();
    }

    /// <summary>How far the marketplace's clock is ahead of ours, by its last answer to a connection; null when none told the time.</summary>
    public TimeSpan? ClockApart(string connection) => _lines.TryGetValue(connection, out var line) && line.IsValueCreated ? line.Value.Apart : null;

    /// <summary>429 as a fault, for an adapter that met it in an answer.</summary>
    public MarketplaceFault Throttled(MarketplaceAnswer answer, string marketplaceText) =>
        new(FaultKind.Throttled, FaultCodes.TooManyRequests, TooManyRequestsMessage, marketplaceText, answer.RetryAfter ?? options.ThrottledFor);

    internal static MarketplaceFault Unreachable(string message, string code = FaultCodes.MarketplaceUnreachable, TimeSpan? retryAfter = null) =>
        new(FaultKind.Unavailable, code, message, retryAfter: retryAfter);

    internal static MarketplaceFault OutcomeUnknown(string message) =>
        new(FaultKind.Uncertain, FaultCodes.OutcomeUnknown, message);

    /// <summary>An answer that says nothing usable: for a write it leaves open whether it was applied.</summary>
    internal static MarketplaceFault Malformed(MarketplaceCall call, string message) =>
        new(call.IsRead ? FaultKind.Malformed : FaultKind.Uncertain, FaultCodes.AnswerMalformed, message);

    Line OpenLine()
    {
        var client = new HttpClient(primary()) { Timeout = Timeout.InfiniteTimeSpan };
        var pipeline = new ResiliencePipelineBuilder<MarketplaceAnswer> { TimeProvider = clock };
        if (options.Retries > 0)
        {
            pipeline.AddRetry(new RetryStrategyOptions<MarketplaceAnswer>
            {
                MaxRetryAttempts = options.Retries,
                Delay = options.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static args => ValueTask.FromResult(MayRepeat(args.Context.Properties.GetValue(CallKey, null!), args.Outcome)),
            });
        }

        pipeline.AddCircuitBreaker(new CircuitBreakerStrategyOptions<MarketplaceAnswer>
        {
            FailureRatio = 0.5,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(30),
            BreakDuration = options.BreakDuration,
            ShouldHandle = static args => ValueTask.FromResult(IsFailureOfTheirs(args.Outcome)),
        });
        pipeline.AddRateLimiter(new RateLimiterStrategyOptions
        {
            RateLimiter = args => AcquireAsync(
                args.Context.Properties.GetValue(ConnectionKey, ""),
                args.Context.Properties.GetValue(CallKey, null!),
                args.Context.CancellationToken),
        });
        pipeline.AddTimeout(options.AttemptTimeout);
        return new(client, pipeline.Build());
    }

    static bool MayRepeat(MarketplaceCall call, Outcome<MarketplaceAnswer> outcome) =>
        outcome.Result is { Status: 429 } || (call.IsRead && IsFailureOfTheirs(outcome));

    static bool IsFailureOfTheirs(Outcome<MarketplaceAnswer> outcome) => outcome switch
    {
        { Exception: TimeoutRejectedException } => true,
        { Exception: MarketplaceFault { Kind: FaultKind.Unavailable or FaultKind.Uncertain } fault } => fault.Code != FaultCodes.RedirectRefused,
        { Result.Status: >= 500 } => true,
        _ => false,
    };

    ValueTask<RateLimitLease> AcquireAsync(string connection, MarketplaceCall call, CancellationToken cancel)
    {
        List<SlidingWindow> counted = [];
        lock (_gate)
        {
            Sweep();
            foreach (var limit in limits)
            {
                if (!limit.Counts(call))
                    continue;

                var key = limit.Key(connection, call);
                if (!_windows.TryGetValue(key, out var window))
                    _windows[key] = window = new(limit.Permits, limit.Window);
                counted.Add(window);
            }
        }

        var budget = new SlidingBudget(counted, _gate, clock);
        return call.WaitsItsTurn ? budget.AcquireAsync(1, cancel) : ValueTask.FromResult(budget.AttemptAcquire());
    }

    // Connections come and go; a window that counts nothing is as good as none.
    void Sweep()
    {
        var now = clock.GetUtcNow();
        if (now - _sweptAt < SweepEvery)
            return;

        _sweptAt = now;
        foreach (var idle in _windows.Where(window => window.Value.IsIdleAt(now)).Select(window => window.Key).ToList())
            _windows.Remove(idle);
    }

    async Task<MarketplaceAnswer> AttemptAsync(Line line, MarketplaceCall call, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(call.Method, call.Address);
        foreach (var (name, value) in call.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (call.Body is { } body)
            request.Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(call.BodyType) } };

        var sent = clock.GetUtcNow();
        try
        {
            using var response = await line.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            line.Apart = response.Headers.Date is { } told ? Apart(told, sent, clock.GetUtcNow()) : line.Apart;
            if ((int)response.StatusCode >= 500)
                line.Failure = FaultCodes.MarketplaceFailing;
            RefuseRedirect(call, response);
            var bytes = await ReadAsync(call, response, cancel);
            var json = AnswerText.ToUtf8(bytes, response.Content.Headers.ContentType?.CharSet);
            return new((int)response.StatusCode, json, AnswerText.LooksLikeJson(json.Span), RetryAfter(response.Headers.RetryAfter));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            // What the runtime says may hold addresses and headers, so only its kind is passed on.
            var neverSent = fault is HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
            };
            var (code, message) = Cause(fault);
            line.Failure = code;
            throw call.IsRead || neverSent ? Unreachable(message, code) : OutcomeUnknown("The connection broke before the marketplace had answered.");
        }
    }

    static TimeSpan Apart(DateTimeOffset told, DateTimeOffset sent, DateTimeOffset heard) =>
        told < sent ? told - sent : told > heard ? told - heard : TimeSpan.Zero;

    /// <summary>Whose fault it is that nothing was reached: each of these is mended by somebody else.</summary>
    static (string Code, string Message) Cause(Exception fault) => (fault as HttpRequestException)?.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => (FaultCodes.NameUnresolved, "The marketplace's name leads to no address."),
        HttpRequestError.SecureConnectionError => (FaultCodes.TlsRefused, "No secure connection to the marketplace comes about."),
        _ => (FaultCodes.MarketplaceUnreachable, "The marketplace cannot be reached."),
    };

    static void RefuseRedirect(MarketplaceCall call, HttpResponseMessage response)
    {
        var elsewhere = response.RequestMessage?.RequestUri is { } reached && reached.Authority != call.Address.Authority;
        if (elsewhere || (int)response.StatusCode is >= 300 and < 400)
            throw new MarketplaceFault(FaultKind.Unavailable, FaultCodes.RedirectRefused, "The marketplace's answer points to another address; it was not followed.");
    }

    async Task<byte[]> ReadAsync(MarketplaceCall call, HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentLength > options.AnswerBytesMax)
            throw TooLarge(call);

        using var whole = new MemoryStream();
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
        {
            if (whole.Length + read > options.AnswerBytesMax)
                throw TooLarge(call);
            whole.Write(buffer, 0, read);
        }

        return whole.ToArray();
    }

    static MarketplaceFault TooLarge(MarketplaceCall call) => Malformed(call, "The marketplace's answer is larger than any answer should be.");

    TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > clock.GetUtcNow() => date - clock.GetUtcNow(),
        _ => null,
    };
}
