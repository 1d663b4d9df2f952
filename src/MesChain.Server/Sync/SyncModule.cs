using MesChain.Marketplaces;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Offers;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MesChain.Server.Sync;

/// <summary>All wiring of the sync slice, nothing else.</summary>
public static class SyncModule
{
    public static IServiceCollection AddSync(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new MarketplaceCatalog(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<FindMarketplace>(provider => provider.GetRequiredService<MarketplaceCatalog>().Get);
        services.AddSingleton<EventLog>();
        services.AddSingleton<IssueStore>();
        services.AddSyncFace();
        services.AddSyncWork();
        return services;
    }

    public static WebApplication MapSync(this WebApplication app) => app.MapSyncFace().MapSyncWork();
}
