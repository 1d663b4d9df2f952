using MesChain.Server.Ops.Pages;

namespace MesChain.Server.Ops;

/// <summary>All wiring of the ops slice, nothing else.</summary>
public static class OpsModule
{
    public static IServiceCollection AddOps(this IServiceCollection services) => services.AddSingleton<ApiKeys>().AddSandbox();

    public static WebApplication MapOps(this WebApplication app)
    {
        app.MapDashboard();
        app.MapGrpcService<OpsGrpc>();
        app.MapSandbox();
        return app;
    }
}
