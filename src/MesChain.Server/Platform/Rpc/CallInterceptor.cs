using Grpc.Core;
using Grpc.Core.Interceptors;
using MesChain.Server.Platform.Hosting;
using System.Diagnostics.Metrics;

namespace MesChain.Server.Platform.Rpc;

/// <summary>Around every call: how long it took and how it ended, and what its log lines share.</summary>
public sealed class CallInterceptor(IMeterFactory meters, TimeProvider clock, ILogger<CallInterceptor> log) : Interceptor
{
    readonly Histogram<double> _duration = meters.Create(Telemetry.Name).CreateHistogram(
        "meschain.rpc.duration", "s", "How long calls took, by method and code.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var answer = default(TResponse);
        await AroundAsync(context, async () => answer = await continuation(request, context));
        return answer!;
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, () => continuation(request, responseStream, context));

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var answer = default(TResponse);
        await AroundAsync(context, async () => answer = await continuation(requestStream, context));
        return answer!;
    }

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, () => continuation(requestStream, responseStream, context));

    async Task AroundAsync(ServerCallContext context, Func<Task> call)
    {
        var started = clock.GetTimestamp();
        var code = StatusCode.OK;
        using var scope = log.BeginScope(new KeyValuePair<string, object>[] { new("Rpc", context.Method) });
        try
        {
            await call();
            code = context.Status.StatusCode;
        }
        catch (RpcException refusal)
        {
            code = refusal.StatusCode;
            throw;
        }
        finally
        {
            _duration.Record(
                clock.GetElapsedTime(started).TotalSeconds,
                new("method", context.Method),
                new("code", code.ToString()));
        }
    }
}
