using MesChain.Server.Platform.Hosting;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Listings;
using MesChain.Server.Sync.Mappings;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Reference;

namespace MesChain.Server.Sync;

/// <summary>Wiring of what callers see of Sync.</summary>
static class SyncFaceModule
{
    public static IServiceCollection AddSyncFace(this IServiceCollection services)
    {
        services.AddSettings<SyncOptions>("MesChain:Sync");
        services.AddSingleton<ShopStores>();
        services.AddSingleton<ConnectionStore>();
        services.AddSingleton<ConnectionRegister>();
        services.AddSingleton<ConnectionAccess>();
        services.AddSingleton<ConnectionTest>();
        services.AddSingleton<SandboxAddress>();
        services.AddSingleton<CatalogStore>();
        services.AddSingleton<ShopCatalog>();
        services.AddSingleton<ReferenceStore>();
        services.AddSingleton<ReferenceLists>();
        services.AddSingleton<MappingStore>();
        services.AddSingleton<MappingRules>();
        services.AddSingleton<ListingStore>();
        services.AddSingleton<ChangeStore>();
        services.AddSingleton<Preflight>();
        services.AddSingleton<ListingDesk>();
        services.AddSingleton<ShelfDesk>();
        services.AddSingleton<StockLedger>();
        services.AddSingleton<StockReports>();
        services.AddSingleton<PriceReports>();
        services.AddSingleton<LinkStore>();
        services.AddSingleton<Linking>();
        services.AddSingleton<OfferList>();
        services.AddSingleton<WaveDesk>();
        services.AddSingleton<Overview>();
        services.AddSingleton<EventReader>();
        services.AddSingleton<Timeline>();
        services.AddHostedService<EventSweep>();
        services.AddSingleton<StoreGrpc>();
        services.AddSingleton<CatalogGrpc>();
        services.AddSingleton<OfferGrpc>();
        services.AddSingleton<SyncGrpc>();
        return services;
    }

    public static WebApplication MapSyncFace(this WebApplication app)
    {
        app.MapGrpcService<StoreGrpc>();
        app.MapGrpcService<CatalogGrpc>();
        app.MapGrpcService<OfferGrpc>();
        app.MapGrpcService<SyncGrpc>();
        return app;
    }
}
