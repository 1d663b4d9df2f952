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
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MesChain.Bench;

/// <summary>The yardstick: Grpc.AspNetCore and nothing else.</summary>
sealed class BareServer : OpsService.OpsServiceBase, IAsyncDisposable
{
    /// <summary>Runs the yardstick alone, as a process of its own: <c>bare 5000</c>.</summary>
    public const string Verb = "bare";

    WebApplication? _app;

    public MesChainChannel Channel { get; private set; } = null!;

    public static async Task ServeAsync(int port)
    {
        await using var server = await StartAsync(port);
        await server._app!.WaitForShutdownAsync();
    }

    public static async Task<BareServer> StartAsync(int port = 0)
    {
        var server = new BareServer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listener => listener.Protocols = HttpProtocols.Http2));
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
