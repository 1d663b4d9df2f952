using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using MesChain.Server.Platform.Hosting;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Rpc;

/// <summary>The three ways in (gRPC, gRPC-Web, JSON), all through the same interceptors.</summary>
static class RpcModule
{
    public static void AddRpc(this IServiceCollection services)
    {
        WireServices.GiveJsonRoutes();
        var builder = services.AddGrpc(grpc =>
        {
            // Outermost first: the metrics see the code that the translation made, and the translation sees the refusals of auth.
            grpc.Interceptors.Add<CallInterceptor>();
            grpc.Interceptors.Add<ErrorInterceptor>();
            grpc.Interceptors.Add<AuthInterceptor>();
        });
        // In the place of the library's own binder; JSON adds one beside it.
        services.RemoveAll(typeof(IServiceMethodProvider<>));
        services.AddSingleton(typeof(IServiceMethodProvider<>), typeof(StrictMethods<>));
        builder.AddJsonTranscoding(json =>
        {
            // 64-bit numbers are strings: a browser's number would round them.
            json.JsonSettings = new GrpcJsonSettings { WriteInt64sAsStrings = true };
            // Without the details' types every rich error would be an empty 500.
            json.TypeRegistry = TypeRegistry.FromFiles([ErrorDetailsReflection.Descriptor, .. WireServices.All.Select(service => service.File)]);
        });
        services.AddOptions<GrpcServiceOptions>().Configure<IOptions<RpcOptions>>((grpc, rpc) =>
        {
            grpc.MaxReceiveMessageSize = rpc.Value.MessageMax;
            grpc.MaxSendMessageSize = rpc.Value.MessageMax;
        });
        services.AddGrpcReflection();
    }

    public static void MapRpc(this WebApplication app)
    {
        app.UseMiddleware<CallLifetime>();
        app.MapOpenApi();
        app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
        if (app.Services.GetRequiredService<IOptions<RpcOptions>>().Value.Reflection)
            app.MapGrpcReflectionService();
    }
}
