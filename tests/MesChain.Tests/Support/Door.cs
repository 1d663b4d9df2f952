using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Tests.Support;

/// <summary>One way into the server, by which any method can be called with any request and any key.</summary>
public enum Door
{
    Grpc,
    GrpcWeb,
    Json,
}

static class Doors
{
    static readonly TypeRegistry Details = TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor);

    /// <summary>Calls a method and answers how it ended; of a stream, the first message is enough.</summary>
    public static async Task<Google.Rpc.Status> CallAsync(this TestServer server, Door door, MethodDescriptor method, IMessage request, string key, CancellationToken cancel)
    {
        if (door == Door.Json)
            return await JsonAsync(server, method, request, key, cancel);
        try
        {
            var channel = door == Door.Grpc ? server.ChannelWith(key) : server.WebChannelWith(key);
            var call = new Method<byte[], byte[]>(method.IsServerStreaming ? MethodType.ServerStreaming : MethodType.Unary, method.Service.FullName, method.Name, Raw, Raw);
            if (method.IsServerStreaming)
            {
                using var stream = channel.CreateCallInvoker().AsyncServerStreamingCall(call, null, new CallOptions(deadline: Soon(), cancellationToken: cancel), request.ToByteArray());
                await stream.ResponseStream.MoveNext(cancel);
            }
            else
            {
                await channel.CreateCallInvoker().AsyncUnaryCall(call, null, new CallOptions(cancellationToken: cancel), request.ToByteArray());
            }

            return new();
        }
        catch (RpcException refusal)
        {
            return refusal.GetRpcStatus() ?? new() { Code = (int)refusal.StatusCode, Message = refusal.Status.Detail };
        }
    }

    static async Task<Google.Rpc.Status> JsonAsync(TestServer server, MethodDescriptor method, IMessage request, string key, CancellationToken cancel)
    {
        using var http = server.HttpWith(key);
        using var body = new StringContent(JsonFormatter.Default.Format(request), Encoding.UTF8, "application/json");
        using var message = new HttpRequestMessage(HttpMethod.Post, WireServices.JsonRoute(method)) { Content = body };
        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.IsSuccessStatusCode)
            return new();
        var text = await response.Content.ReadAsStringAsync(cancel);
        return new JsonParser(JsonParser.Settings.Default.WithTypeRegistry(Details)).Parse<Google.Rpc.Status>(text);
    }

    /// <summary>The fields that a refusal names, in order.</summary>
    public static IEnumerable<string> Fields(this Google.Rpc.Status status) =>
        (status.GetDetail<BadRequest>() ?? new()).FieldViolations.Select(violation => violation.Field).Order(StringComparer.Ordinal);

    public static string Reason(this Google.Rpc.Status status) => status.GetDetail<ErrorInfo>()?.Reason ?? "";

    static DateTime Soon() => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(1);

    static readonly Marshaller<byte[]> Raw = Marshallers.Create(bytes => bytes, bytes => bytes);
}
