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

/// <summary>How a call ended, and the bytes of its (first) answer; none when it was refused.</summary>
public sealed record Answer(Google.Rpc.Status Status, byte[] Body)
{
    public Code Code => (Code)Status.Code;
}

static class Doors
{
    static readonly TypeRegistry Details = TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor);

    /// <summary>Calls a method and answers how it ended; of a stream, the first message is enough.</summary>
    public static async Task<Google.Rpc.Status> CallAsync(this TestServer server, Door door, MethodDescriptor method, IMessage request, string key, CancellationToken cancel)
    {
        if (door == Door.Json)
        {
            using var http = server.HttpWith(key);
            return await http.JsonAsync(method, JsonFormatter.Default.Format(request), cancel);
        }

        var channel = door == Door.Grpc ? server.ChannelWith(key) : server.WebChannelWith(key);
        return (await channel.CreateCallInvoker().AskAsync(method, request.ToByteArray(), TimeSpan.FromSeconds(1), cancel)).Status;
    }

    /// <param name="streamFor">A stream that is open and has said nothing for so long is left, and counts as a good answer.</param>
    public static async Task<Answer> AskAsync(this CallInvoker invoker, MethodDescriptor method, byte[] request, TimeSpan streamFor, CancellationToken cancel)
    {
        try
        {
            var call = new Method<byte[], byte[]>(method.IsServerStreaming ? MethodType.ServerStreaming : MethodType.Unary, method.Service.FullName, method.Name, Raw, Raw);
            if (!method.IsServerStreaming)
                return new(new(), await invoker.AsyncUnaryCall(call, null, new CallOptions(cancellationToken: cancel), request));
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            using var stream = invoker.AsyncServerStreamingCall(call, null, new CallOptions(cancellationToken: patience.Token), request);
            await stream.ResponseHeadersAsync;
            patience.CancelAfter(streamFor);
            try
            {
                return new(new(), await stream.ResponseStream.MoveNext(cancel) ? stream.ResponseStream.Current : []);
            }
            catch (RpcException left) when (left.StatusCode == StatusCode.Cancelled && patience.IsCancellationRequested && !cancel.IsCancellationRequested)
            {
                return new(new(), []);
            }
        }
        catch (RpcException refusal)
        {
            return new(refusal.GetRpcStatus() ?? new() { Code = (int)refusal.StatusCode, Message = refusal.Status.Detail }, []);
        }
    }

    public static async Task<Google.Rpc.Status> JsonAsync(this HttpClient http, MethodDescriptor method, string request, CancellationToken cancel)
    {
        using var body = new StringContent(request, Encoding.UTF8, "application/json");
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

    static readonly Marshaller<byte[]> Raw = Marshallers.Create(bytes => bytes, bytes => bytes);
}
