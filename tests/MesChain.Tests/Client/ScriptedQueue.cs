using System.Net;
using Grpc.Core;
using MesChain.Client;
using MesChain.Contracts.Queue.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MesChain.Tests.Client;

/// <summary>A queue service on a loopback port that answers what a test tells it to: the far side of the client, over the real transport.</summary>
sealed class ScriptedQueue : QueueService.QueueServiceBase, IAsyncDisposable
{
    WebApplication? _app;

    public Func<GetQueueRequest, ServerCallContext, GetQueueResponse> OnGet { get; set; } = (_, _) => new();

    public Func<SendRequest, SendResponse> OnSend { get; set; } = _ => new();

    public Func<RedriveRequest, RedriveResponse> OnRedrive { get; set; } = _ => new();

    public Func<ReceiveRequest, CancellationToken, Task<ReceiveResponse>> OnReceive { get; set; } = (_, _) => Task.FromResult(new ReceiveResponse());

    public Func<SettleRequest, SettleResponse> OnSettle { get; set; } = _ => new();

    public Func<RenewLeasesRequest, RenewLeasesResponse> OnRenew { get; set; } = _ => new();

    public static async Task<ScriptedQueue> StartAsync()
    {
        var queue = new ScriptedQueue();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(queue);
        queue._app = builder.Build();
        queue._app.MapGrpcService<ScriptedQueue>();
        await queue._app.StartAsync();
        return queue;
    }

    public MesChainChannel Open(int attempts = 4) => MesChainChannel.Open(new()
    {
        Server = new Uri(_app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()),
        Key = "mck_test_secret",
        AttemptsMax = attempts,
        BackoffBase = TimeSpan.FromMilliseconds(1),
    });

    public async ValueTask DisposeAsync() => await _app!.DisposeAsync();

    public override Task<GetQueueResponse> GetQueue(GetQueueRequest request, ServerCallContext context) => Task.FromResult(OnGet(request, context));

    public override Task<SendResponse> Send(SendRequest request, ServerCallContext context) => Task.FromResult(OnSend(request));

    public override Task<RedriveResponse> Redrive(RedriveRequest request, ServerCallContext context) => Task.FromResult(OnRedrive(request));

    public override Task<ReceiveResponse> Receive(ReceiveRequest request, ServerCallContext context) => OnReceive(request, context.CancellationToken);

    public override Task<SettleResponse> Settle(SettleRequest request, ServerCallContext context) => Task.FromResult(OnSettle(request));

    public override Task<RenewLeasesResponse> RenewLeases(RenewLeasesRequest request, ServerCallContext context) => Task.FromResult(OnRenew(request));
}
