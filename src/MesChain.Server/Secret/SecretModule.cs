using MesChain.Server.Platform.Hosting;

namespace MesChain.Server.Secret;

/// <summary>All wiring of the secret slice, nothing else.</summary>
public static class SecretModule
{
    public static IServiceCollection AddSecret(this IServiceCollection services)
    {
        services.AddSettings<SecretOptions>(SecretOptions.Section);
        services.AddSingleton(SecretStore.Envelopes);
        services.AddSingleton<Vault>();
        services.AddSingleton<ISecrets>(provider => provider.GetRequiredService<Vault>());
        services.AddSingleton<Secrets>();
        services.AddSingleton<ReadingBook>();
        services.AddSingleton<Transitions>();
        services.AddHostedService<SecretSweep>();
        services.AddSingleton<KeyRotations>();
        services.AddSingleton<Inspection>();
        services.AddSingleton<SecretGrpc>();
        return services;
    }

    public static WebApplication MapSecret(this WebApplication app)
    {
        app.MapGrpcService<SecretGrpc>();
        return app;
    }
}
