namespace MesChain.Server.Queue;

/// <summary>All wiring of the queue slice, nothing else.</summary>
public static class QueueModule
{
    public static IServiceCollection AddQueue(this IServiceCollection services) => services;

    public static WebApplication MapQueue(this WebApplication app) => app;
}
