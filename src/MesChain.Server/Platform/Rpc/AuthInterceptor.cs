using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Keys;

namespace MesChain.Server.Platform.Rpc;

/// <summary>
/// Who calls, and may he: the bearer (or the browser's session) becomes a <see cref="Caller"/>, the method's row in
/// <see cref="Rights"/> is asked, and a store that is not the key's own is refused before any service sees the request.
/// </summary>
public sealed class AuthInterceptor(Authenticator authenticator) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        await EnterAsync(context, request as IMessage);
        return await continuation(request, context);
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await EnterAsync(context, request as IMessage);
        await continuation(request, responseStream, context);
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await EnterAsync(context, null);
        return await continuation(requestStream, context);
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await EnterAsync(context, null);
        await continuation(requestStream, responseStream, context);
    }

    async Task EnterAsync(ServerCallContext context, IMessage? request)
    {
        if (Rights.Open(context.Method))
            return;
        var caller = await authenticator.AuthenticateAsync(context.GetHttpContext(), context.CancellationToken);
        if (!Rights.Table.TryGetValue(context.Method, out var right))
            throw new ForbiddenException($"{context.Method} has no row in the table of rights.");
        if (!right.Scopes.Any(caller.Has))
            throw Refuse($"This call needs one of the scopes {string.Join(", ", right.Scopes)}.", right);
        if (right.Unbound && caller.BoundStore is not null)
            throw Refuse("This call needs a key that is bound to no store.", right);

        // Services ask again when they resolve the store; this is the outer wall, in one place for all of them.
        if (caller.BoundStore is not null && request?.Descriptor.FindFieldByNumber(1) is { Name: "store_id" } field && field.Accessor.GetValue(request) is string { Length: > 0 } store)
            RefuseForeign(caller, store);
        caller.AttachTo(context);
    }

    static void RefuseForeign(Caller caller, string store)
    {
        // A malformed id is the service's to name, beside all other bad fields.
        if (Data.Ids.TryParseWire(store, out _))
            caller.Store(store);
    }

    static ForbiddenException Refuse(string message, Right right) => new(message) { Metadata = { ["scopes"] = string.Join(' ', right.Scopes) } };
}
