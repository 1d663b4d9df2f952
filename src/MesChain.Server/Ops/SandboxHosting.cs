using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Hosting;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Ops;

/// <summary>Section <c>MesChain:Sandbox</c>: the marketplace simulators inside this program, for trials and demonstrations.</summary>
public sealed class SandboxOptions
{
    /// <summary>Whether the marketplace simulators run, under <c>/_sandbox/</c> of the local HTTP door. Absent: in Development yes, otherwise no.</summary>
    public bool? Enabled { get; set; }

    /// <summary>All that looks like chance in the simulators comes from this number.</summary>
    public int Seed { get; set; } = 1;
}

/// <summary>Puts the simulators under <c>/_sandbox/</c> of the local HTTP listener.</summary>
public static class SandboxHosting
{
    /// <summary>Where Trendyol's simulator is: API below <c>integration/</c>, control API and page here.</summary>
    public const string TrendyolPrefix = "/_sandbox/trendyol";

    public static IServiceCollection AddSandbox(this IServiceCollection services)
    {
        services.AddSettings<SandboxOptions>("MesChain:Sandbox");
        services.AddSingleton(provider => new TrendyolSandbox(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<SandboxOptions>>().Value.Seed));
        services.AddHostedService<TrendyolWebhookLoop>();
        return services;
    }

    public static WebApplication MapSandbox(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<SandboxOptions>>().Value;
        if (options.Enabled ?? app.Environment.IsDevelopment())
        {
            // Whoever reaches the control API can place orders: it answers to this machine's own names only.
            app.MapGroup("").RequireHost("localhost", "127.0.0.1")
                .MapTrendyolSandbox(app.Services.GetRequiredService<TrendyolSandbox>(), TrendyolPrefix);
        }

        return app;
    }
}
