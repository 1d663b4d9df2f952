using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MesChain.Server.Platform.Keyring;

/// <summary>Wiring of the keys.</summary>
static class KeyringModule
{
    public static IServiceCollection AddKeyring(this IServiceCollection services)
    {
        services.AddSettings<KeyringOptions>(KeyringOptions.Section);
        services.TryAddSingleton<Node>();
        services.TryAddSingleton<Leases>();
        services.AddSingleton<RootKey>();
        services.AddSingleton<StoreKeys>();
        services.AddSingleton<Rotation>();
        services.AddSingleton<RotationStatus>();
        services.AddSingleton<Verification>();
        services.AddSingleton<KeyringLoop>();
        services.AddHostedService<KeyringStart>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyringLoop>());
        services.AddSingleton<IHealthSource>(provider => provider.GetRequiredService<KeyringLoop>());
        return services;
    }
}
