namespace MesChain.Server.Sync;

/// <summary>Wiring of what callers see of Sync.</summary>
static class SyncFaceModule
{
    public static IServiceCollection AddSyncFace(this IServiceCollection services) => services;

    public static WebApplication MapSyncFace(this WebApplication app) => app;
}
