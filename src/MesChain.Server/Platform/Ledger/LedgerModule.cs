using MesChain.Server.Platform.Hosting;

namespace MesChain.Server.Platform.Ledger;

/// <summary>Wiring of the ledger.</summary>
static class LedgerModule
{
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        services.AddSettings<LedgerOptions>("MesChain:Ledger");
        services.AddSingleton<LedgerRows>();
        services.AddSingleton<HeadNote>();
        services.AddSingleton<LedgerReader>();
        services.AddSingleton<LedgerExport>();
        services.AddSingleton<IHealthSource, LedgerHealth>();
        services.AddSingleton<Sealer>();
        services.AddHostedService(provider => provider.GetRequiredService<Sealer>());
        return services;
    }
}
