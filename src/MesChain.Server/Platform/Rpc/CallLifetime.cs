using Grpc.AspNetCore.Server;
using Grpc.Core;
using MesChain.Server.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Rpc;

/// <summary>
/// Ends calls that would otherwise never end: a unary call after <see cref="RpcOptions.UnaryMax"/>, and any call that is still
/// running <see cref="RpcOptions.StopGrace"/> after the program was asked to stop. Before routing to a service, and the same for
/// gRPC, gRPC-Web and JSON, because all three see the request's own token.
/// </summary>
sealed class CallLifetime(RequestDelegate next, IHostApplicationLifetime life, IOptions<RpcOptions> options)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is not { } method)
        {
            await next(http);
            return;
        }

        var aborted = http.RequestAborted;
        http.Features.Set(new CallOrigin(aborted));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        if (method.Type is MethodType.Unary or MethodType.ClientStreaming)
            end.CancelAfter(options.Value.UnaryMax);
        await using var stopping = life.ApplicationStopping.Register(() => end.CancelAfter(options.Value.StopGrace));
        http.RequestAborted = end.Token;
        try
        {
            await next(http);
        }
        finally
        {
            http.RequestAborted = aborted;
        }
    }
}

/// <summary>Tells "the caller went away" from "we ended it".</summary>
sealed record CallOrigin(CancellationToken Aborted);
