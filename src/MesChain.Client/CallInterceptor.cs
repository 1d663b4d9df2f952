using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace MesChain.Client;

/// <summary>Adds key, deadline and request id to every call, and turns refusals into <see cref="MesChainRpcException"/>.</summary>
sealed class CallInterceptor(MesChainClientOptions options) : Interceptor
{
    const string RequestIdField = "request_id";

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(Repeatable(request), Prepared(context, options.Deadline));
        return new(AnswerAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        try
        {
            return continuation(Repeatable(request), Prepared(context, options.Deadline));
        }
        catch (RpcException refused)
        {
            throw MesChainRpcException.From(refused);
        }
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, Prepared(context, null));
        return new(new Reader<TResponse>(call.ResponseStream), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    ClientInterceptorContext<TRequest, TResponse> Prepared<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, TimeSpan? deadline)
        where TRequest : class
        where TResponse : class
    {
        var headers = new Metadata();
        foreach (var entry in context.Options.Headers ?? [])
            headers.Add(entry);
        headers.Add("authorization", "Bearer " + options.Key);

        var call = context.Options.WithHeaders(headers);
        if (call.Deadline is null && deadline is { } longest)
            call = call.WithDeadline(TimeProvider.System.GetUtcNow().UtcDateTime + longest);
        return new(context.Method, context.Host, call);
    }

    /// <summary>A request whose effect has no identity of its own gets one here, on a copy, so that retries of this call are harmless.</summary>
    static TRequest Repeatable<TRequest>(TRequest request)
        where TRequest : class
    {
        if (request is not IMessage message
            || message.Descriptor.FindFieldByName(RequestIdField) is not { } field
            || ((string)field.Accessor.GetValue(message)).Length > 0)
            return request;

        var copy = message.Descriptor.Parser.ParseFrom(message.ToByteString());
        field.Accessor.SetValue(copy, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString());
        return (TRequest)copy;
    }

    static async Task<T> AnswerAsync<T>(Task<T> answer)
    {
        try
        {
            return await answer.ConfigureAwait(false);
        }
        catch (RpcException refused)
        {
            throw MesChainRpcException.From(refused);
        }
    }

    sealed class Reader<T>(IAsyncStreamReader<T> inner) : IAsyncStreamReader<T>
    {
        public T Current => inner.Current;

        public Task<bool> MoveNext(CancellationToken cancellationToken) => AnswerAsync(inner.MoveNext(cancellationToken));
    }
}
