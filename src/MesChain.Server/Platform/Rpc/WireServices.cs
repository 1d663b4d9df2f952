using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using MesChain.Contracts.Ops.V1;
using MesChain.Contracts.Queue.V1;
using MesChain.Contracts.Secret.V1;
using MesChain.Contracts.Sync.V1;
using System.Runtime.CompilerServices;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace MesChain.Server.Platform.Rpc;

/// <summary>
/// All services on the wire, and the one rule by which JSON reaches them: <c>POST /v1/{service}/{Method}</c>, body: the request.
/// </summary>
static class WireServices
{
    public static readonly IReadOnlyList<ServiceDescriptor> All =
    [
        StoreService.Descriptor, CatalogService.Descriptor, OfferService.Descriptor, OrderService.Descriptor, SyncService.Descriptor,
        QueueService.Descriptor, SecretService.Descriptor, OpsService.Descriptor,
    ];

    /// <summary>Unary and server-streaming methods have a JSON door; a client that streams needs gRPC.</summary>
    public static string? JsonRoute(MethodDescriptor method)
    {
        if (method.IsClientStreaming)
            return null;
        var service = method.Service.Name;
        return $"/v1/{service[..^"Service".Length].ToLowerInvariant()}/{method.Name}";
    }

    /// <summary>
    /// Gives every method the HTTP rule that the transcoder looks for in its options. The rule is the same for all methods, so the
    /// protos do not repeat it seventy times, and clients that generate from them need no google/api.
    /// </summary>
    public static void GiveJsonRoutes() => _ = Given.Value;

    // Once a process: the descriptors are shared by all servers in it, and one that reads them must not meet one that writes.
    static readonly Lazy<bool> Given = new(() =>
    {
        foreach (var method in All.SelectMany(service => service.Methods))
        {
            if (JsonRoute(method) is not { } route)
                continue;
            var proto = ProtoOf(method);
            proto.Options ??= new MethodOptions();
            proto.Options.SetExtension(AnnotationsExtensions.Http, new HttpRule { Post = route, Body = "*" });
        }

        return true;
    });

    /// <summary>The descriptor's own message; the public accessors answer copies, which the transcoder would never see.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Proto")]
    static extern MethodDescriptorProto ProtoOf(MethodDescriptor method);
}
