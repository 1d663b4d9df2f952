using System.Net.Security;
using MesChain.Server.Platform.Hosting;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Listeners;

/// <summary>The doors: two local ones, and the public one.</summary>
static class ListenerModule
{
    public static void AddListeners(this IServiceCollection services)
    {
        services.AddSettings<ListenerOptions>("MesChain:Listeners");
        services.AddSingleton<IValidateOptions<ListenerOptions>, ListenerRules>();
        services.AddSingleton<CertificateFiles>();
        services.AddSingleton<CertificateWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<CertificateWatch>());
        services.AddSingleton<IHealthSource>(provider => provider.GetRequiredService<CertificateWatch>());
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<ListenerOptions>, CertificateFiles>(Listen);
        services.AddOptions<HostFilteringOptions>().Configure<IOptions<ListenerOptions>>((filter, listeners) =>
        {
            filter.AllowedHosts = [.. listeners.Value.Hosts];
            if (listeners.Value.PublicAddress is { } url)
                filter.AllowedHosts.Add(url.Host);
            filter.AllowEmptyHosts = false;
        });
    }

    public static void UseDoors(this WebApplication app) => app.UseMiddleware<Departures>().UseMiddleware<PublicDoor>();

    static void Listen(KestrelServerOptions kestrel, IOptions<ListenerOptions> options, CertificateFiles certificate)
    {
        kestrel.AddServerHeader = false;
        try
        {
            // Clear text cannot negotiate: HTTP/2 and HTTP/1.1 each need a door of their own.
            kestrel.Listen(options.Value.GrpcEndpoint, listener => listener.Protocols = HttpProtocols.Http2);
            kestrel.Listen(options.Value.HttpEndpoint, listener => listener.Protocols = HttpProtocols.Http1);
            if (ListenerOptions.TryEndpoint(options.Value.Public, out var open))
                kestrel.Listen(open, listener => Open(listener, options.Value.Tls ? certificate : null, HttpProtocols.Http1));
            if (ListenerOptions.TryEndpoint(options.Value.PublicGrpc, out var grpc))
                kestrel.Listen(grpc, listener => Open(listener, null, HttpProtocols.Http2));
        }
        catch (OptionsValidationException)
        {
            // Kestrel asks while the program is still being built; Settings.Faults names this fault beside all others, and nothing starts.
        }
    }

    static void Open(ListenOptions listener, CertificateFiles? certificate, HttpProtocols clear)
    {
        listener.Protocols = certificate is null ? clear : HttpProtocols.Http1AndHttp2;
        listener.Use(next => connection =>
        {
            connection.Features.Set(new PublicDoor.Mark());
            return next(connection);
        });
        if (certificate is null)
            return;
        if (certificate.Refresh() is { } fault)
            throw new StartRefusedException("the certificate cannot be used: " + fault);
        listener.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificate.Context,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            }),
        });
    }
}
