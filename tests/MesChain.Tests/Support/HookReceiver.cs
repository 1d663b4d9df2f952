using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Support;

/// <summary>A shop's door for webhooks on a free port: remembers what comes and answers what it is told to.</summary>
public sealed class HookReceiver : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly List<(string Body, string Authorization, string Key)> _received = [];

    HookReceiver(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public HttpStatusCode Answer { get; set; } = HttpStatusCode.OK;

    public IReadOnlyList<(string Body, string Authorization, string Key)> Received
    {
        get
        {
            lock (_received)
                return [.. _received];
        }
    }

    public static async Task<HookReceiver> OpenAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var receiver = new HookReceiver(builder.Build());
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        var root = receiver._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        receiver.Address = new($"{root}/hooks/ty");
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        lock (_received)
            _received.Add((body, context.Request.Headers.Authorization.ToString(), context.Request.Headers["x-api-key"].ToString()));
        context.Response.StatusCode = (int)Answer;
    }
}
