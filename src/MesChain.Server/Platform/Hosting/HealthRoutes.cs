using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace MesChain.Server.Platform.Hosting;

/// <summary>Health for machines. Whether a loop is ill is for people (OpsService.GetHealth): restarting the node would not heal it.</summary>
static class HealthRoutes
{
    public static void AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<DatabaseHealth>();
        services.AddSingleton<IHealthSource>(provider => provider.GetRequiredService<DatabaseHealth>());
        services.AddSingleton<IHealthSource, LoopHealth>();
        services.AddSingleton<IHealthSource, SignalHealth>();
        services.AddSingleton<Health>();
        services.AddSingleton<Readiness>();
        services.AddGrpcHealthChecks().AddCheck<Readiness>("ready");
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapGrpcHealthChecksService();
        // Alive means: this process answers.
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/readyz", new HealthCheckOptions
        {
            ResponseWriter = (http, report) => http.Response.WriteAsync(string.Join('\n', report.Entries.Values.Select(entry => entry.Description ?? "ready")), http.RequestAborted),
        });
    }
}
