using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MesChain.Tests.Platform;

/// <summary>Callers that go away before the server has read what they wanted to say. That is their right, and no fault of ours.</summary>
public sealed class LeavingCallerTests
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    // What a message of 100 bytes begins with, and a piece of it.
    static readonly byte[] Begun = [0, 0, 0, 0, 100, 0x1a, 0x03, .. "a/b"u8];

    static readonly bool[] Both = [false, true];
    static readonly string[] Methods = ["meschain.secret.v1.SecretService/PutSecret", "meschain.sync.v1.SyncService/WatchEvents", "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"];

    static readonly (string Path, string Type, string Begun)[] Bodies =
    [
        ("/v1/secret/PutSecret", "application/json", "{\"path\":"),
        ("/v1/sync/WatchEvents", "application/json", "{\"storeId\":"),
        ("/meschain.secret.v1.SecretService/PutSecret", "application/grpc-web", "\0\0\0\0d"),
        ("/meschain.secret.v1.SecretService/PutSecret", "application/grpc-web-text", "AAAA"),
        ("/login", "application/x-www-form-urlencoded", "key="),
        ("/_sandbox/trendyol/items", "application/json", "{\"items\":"),
    ];

    /// <summary>Kestrel says twice that a caller left, by a reading that fails and by the request's token, in no certain order: both are tried.</summary>
    public static TheoryData<string, bool, bool, bool> Calls => new(
        from method in Methods
        from begun in Both
        from whole in Both
        from late in Both
        select (method, begun, whole, late));

    public static TheoryData<string, string, string, bool, bool> Requests => new(
        from body in Bodies
        from reset in Both
        from late in Both
        select (body.Path, body.Type, body.Begun, reset, late));

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_whose_caller_leaves_before_its_message_is_read_is_no_error_of_ours(string method, bool begun, bool whole, bool late)
    {
        await using var server = await StartAsync(late);
        Socket? socket = null;
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancel) =>
            {
                socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new(true, 0) };
                await socket.ConnectAsync(context.DnsEndPoint, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.GrpcAddress, "/" + method))
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new Unfinished(begun ? Begun : []),
            Headers = { Authorization = new("Bearer", server.AdminKey) },
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TE.Add(new("trailers"));
        var call = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leaving.Token);
        await SaidAsync(server, "Request starting", method);
        if (whole)
            socket!.Close();
        else
            await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => call);
        await EndedQuietlyAsync(server, method);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_over_HTTP_1_whose_caller_leaves_in_the_middle_of_its_body_is_no_error_of_ours(string path, string type, string begun, bool reset, bool late)
    {
        await using var server = await StartAsync(late);
        // Without lingering, a close is a reset.
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new(reset, 0) };
        await socket.ConnectAsync(server.HttpAddress.Host, server.HttpAddress.Port, Cancel);
        var origin = server.HttpAddress.GetLeftPart(UriPartial.Authority);
        await socket.SendAsync(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: {server.HttpAddress.Authority}\r\nOrigin: {origin}\r\nAuthorization: Bearer {server.AdminKey}\r\nContent-Type: {type}\r\nContent-Length: 1000\r\n\r\n{begun}")));
        await SaidAsync(server, "Request starting", path);
        socket.Close();
        await EndedQuietlyAsync(server, path);
    }

    static Task<TestServer> StartAsync(bool late) => TestServer.StartAsync(
        Engine.Sqlite,
        adjust: late ? builder => builder.Services.AddSingleton<IStartupFilter, LateToken>() : null,
        settings: ["--Logging:LogLevel:Microsoft=Information", "--MesChain:Sandbox:Enabled=true"]);

    static async Task EndedQuietlyAsync(TestServer server, string path)
    {
        await SaidAsync(server, "Request finished", path);
        Assert.Equal([], server.Logs.Where(line => line.Level >= LogLevel.Warning && !line.IsOfASlowMachine).Select(line => $"{line.Category}: {line.Text} {line.Exception}"));
    }

    /// <summary>Each turn asks the server something, so that it is its work which passes the time.</summary>
    static async Task SaidAsync(TestServer server, string what, string path)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (!server.Logs.Any(line => line.Text.StartsWith(what, StringComparison.Ordinal) && line.Text.Contains(path, StringComparison.Ordinal)))
            await server.Http.GetStringAsync("/healthz", limit.Token);
    }

    /// <summary>The request's token says nothing before the reading has failed.</summary>
    sealed class LateToken : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((http, then) =>
            {
                http.RequestAborted = default;
                return then(http);
            });
            next(app);
        };
    }

    /// <summary>A body that is begun, and whose rest does not come.</summary>
    sealed class Unfinished(byte[] begun) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, Cancel);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(begun, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
