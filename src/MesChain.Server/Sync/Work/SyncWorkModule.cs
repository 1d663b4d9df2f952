namespace MesChain.Server.Sync;

/// <summary>Wiring of what Sync does in the background: jobs, sweeps and the knock.</summary>
static class SyncWorkModule
{
    public static IServiceCollection AddSyncWork(this IServiceCollection services) => services;
}
