using System.Net;
using Grpc.Core;
using MesChain.Client;
using MesChain.Contracts.Ops.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MesChain.Bench;

/// <summary>The yardstick: Grpc.AspNetCore and nothing else.</summary>
sealed class BareServer : OpsService.OpsServiceBase, IAsyncDisposable
{
    WebApplication? _app;

    public MesChainChannel Channel { get; private set; } = null!;

    public static async Task<BareServer> StartAsync()
    {
        var server = new BareServer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(server);
        server._app = builder.Build();
        server._app.MapGrpcService<BareServer>();
        await server._app.StartAsync();
        var address = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Channel = MesChainChannel.Open(new() { Server = new Uri(address), Key = "none" });
        return server;
    }

    public override Task<GetVersionResponse> GetVersion(GetVersionRequest request, ServerCallContext context) =>
        Task.FromResult(new GetVersionResponse { Version = "0.0.0", OpencartPackageMin = "0.0.0", Engine = "none" });

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app!.DisposeAsync();
    }
}
