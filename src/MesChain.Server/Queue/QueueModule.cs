using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MesChain.Server.Queue;

/// <summary>All wiring of the queue slice, nothing else.</summary>
public static class QueueModule
{
    public static IServiceCollection AddQueue(this IServiceCollection services)
    {
        services.AddSettings<QueueOptions>(QueueOptions.Section);
        services.TryAddSingleton<Leases>();
        services.AddSingleton<QueueStore>();
        services.AddSingleton<ReadyStores>();
        services.AddSingleton<DepthGauge>();
        services.AddSingleton<SendStore>();
        services.AddSingleton<ClaimStore>();
        services.AddSingleton<QueueRounds>();
        services.AddSingleton(provider => new Returns(provider.GetRequiredService<ReadyStores>(), Random.Shared));
        services.AddSingleton<SettleStore>();
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<BrowseStore>();
        services.AddSingleton<JanitorStore>();
        services.AddSingleton<IQueue, DurableQueue>();
        services.AddSingleton<Queues>();
        services.AddSingleton<QueueGrpc>();
        services.AddSingleton<IHealthSource, QueueHealth>();
        services.AddHostedService<Janitor>();
        return services;
    }

    public static WebApplication MapQueue(this WebApplication app)
    {
        app.MapGrpcService<QueueGrpc>();
        return app;
    }
}
