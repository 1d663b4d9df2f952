using MesChain.Server.Platform.Ledger;

namespace MesChain.Server.Platform.Keyring;

/// <summary>Wiring of keys and ledger rows.</summary>
static class KeyringModule
{
    public static IServiceCollection AddKeyring(this IServiceCollection services)
    {
        services.AddSingleton<RootKey>();
        services.AddSingleton<StoreKeys>();
        services.AddSingleton<LedgerRows>();
        services.AddHostedService<KeyringStart>();
        return services;
    }
}
