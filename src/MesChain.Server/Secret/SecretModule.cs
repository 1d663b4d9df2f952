namespace MesChain.Server.Secret;

/// <summary>All wiring of the secret slice, nothing else.</summary>
public static class SecretModule
{
    public static IServiceCollection AddSecret(this IServiceCollection services) => services;

    public static WebApplication MapSecret(this WebApplication app) => app;
}
