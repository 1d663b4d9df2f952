using MesChain.Server.Sync.Issues;

namespace MesChain.Server.Sync;

/// <summary>All wiring of the sync slice, nothing else.</summary>
public static class SyncModule
{
    public static IServiceCollection AddSync(this IServiceCollection services)
    {
        services.AddSingleton<EventLog>();
        services.AddSingleton<IssueStore>();
        services.AddSyncFace();
        services.AddSyncWork();
        return services;
    }

    public static WebApplication MapSync(this WebApplication app) => app.MapSyncFace();
}
