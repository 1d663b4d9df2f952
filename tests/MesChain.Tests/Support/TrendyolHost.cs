using MesChain.Sandbox.Trendyol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using InProcessServer = Microsoft.AspNetCore.TestHost.TestServer;

namespace MesChain.Tests.Support;

/// <summary>A Trendyol sandbox that answers, over loopback or inside the process.</summary>
public sealed class TrendyolHost : IAsyncDisposable
{
    readonly WebApplication _app;

    TrendyolHost(WebApplication app, TrendyolSandbox sandbox, Uri address)
    {
        _app = app;
        Sandbox = sandbox;
        Address = address;
    }

    public TrendyolSandbox Sandbox { get; }

    /// <summary>Ends with '/'; the API is below <c>integration/</c>, the control API here.</summary>
    public Uri Address { get; }

    /// <summary>Real HTTP on a free port.</summary>
    public static Task<TrendyolHost> OverLoopbackAsync(TimeProvider clock, int seed = 1, TrendyolSwitches? switches = null) =>
        StartAsync(clock, seed, switches, loopback: true);

    /// <summary>No socket: <see cref="NewHandler"/> leads straight into it.</summary>
    public static Task<TrendyolHost> InProcessAsync(TimeProvider clock, int seed = 1, TrendyolSwitches? switches = null) =>
        StartAsync(clock, seed, switches, loopback: false);

    /// <summary>The bottom of an HTTP client that reaches this sandbox.</summary>
    public HttpMessageHandler NewHandler() => _app.Services.GetRequiredService<IServer>() is InProcessServer server
        ? server.CreateHandler()
        : new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    static async Task<TrendyolHost> StartAsync(TimeProvider clock, int seed, TrendyolSwitches? switches, bool loopback)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        if (loopback)
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        else
            builder.WebHost.UseTestServer();

        var app = builder.Build();
        var sandbox = new TrendyolSandbox(clock, seed, switches);
        app.UseRouting();
        app.MapTrendyolSandbox(sandbox, "/_sandbox/trendyol");
        await app.StartAsync(TestContext.Current.CancellationToken);
        var root = loopback ? app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() : "http://sandbox.test";
        return new(app, sandbox, new Uri($"{root}/_sandbox/trendyol/"));
    }
}
