namespace MesChain.Server.Platform.Keyring;

/// <summary>Wiring of the keys.</summary>
static class KeyringModule
{
    public static IServiceCollection AddKeyring(this IServiceCollection services)
    {
        services.AddSingleton<RootKey>();
        services.AddSingleton<StoreKeys>();
        services.AddHostedService<KeyringStart>();
        return services;
    }
}
