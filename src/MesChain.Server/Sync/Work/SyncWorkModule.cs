using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Orders;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync;

/// <summary>Wiring of what Sync does in the background: jobs, sweeps and the knock.</summary>
static class SyncWorkModule
{
    public static IServiceCollection AddSyncWork(this IServiceCollection services)
    {
        services.AddSingleton<Nudges>();
        services.AddSingleton<OfferStore>();
        services.AddSingleton<Desire>();
        services.AddSingleton<Feed>();
        services.AddSingleton<Reservations>();
        return services;
    }
}
