using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keyring;
using MesChain.Server.Platform.Keys;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Platform.Listeners;
using MesChain.Server.Platform.Rpc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Platform.Hosting;

/// <summary>The ground all slices stand on, and the only file that asks "embedded or cluster?".</summary>
static class PlatformModule
{
    /// <summary>A builder with everything that is no slice's own.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Settings are read once; a watcher on the file would promise otherwise.
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
            ContentRootPath = AppContext.BaseDirectory,
        });
        // A service that cannot be made is found at start, not by the first call that needs it.
        builder.Host.UseDefaultServiceProvider(provider => provider.ValidateOnBuild = true);
        builder.AddTelemetry();
        builder.Services
            .AddSettings<ServerOptions>("MesChain")
            .AddSettings<DatabaseOptions>("MesChain:Database")
            .AddSettings<RpcOptions>("MesChain:Rpc")
            .AddSettings<AuthOptions>("MesChain:Auth")
            .AddSettings<TelemetryOptions>("MesChain:Telemetry");
        builder.Services.AddSingleton<IValidateOptions<ServerOptions>, ConnectionRules>();
        builder.Services.AddSingleton<IValidateOptions<DatabaseOptions>, ConnectionRules>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<DataFolder>();
        builder.Services.AddSingleton(OpenDatabase);
        builder.Services.AddSingleton(OpenSignal);
        builder.Services.AddSingleton<Migrator>();
        builder.Services.AddSingleton<ApiKeyStore>();
        builder.Services.AddSingleton<BootstrapKey>();
        builder.Services.AddSingleton<RefusedRows>();
        builder.Services.AddSingleton<FailedAttempts>();
        builder.Services.AddSingleton<Authenticator>();
        builder.Services.AddSingleton<KeyUse>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<KeyUse>());
        builder.Services.AddSingleton<Sessions>();
        builder.Services.AddSingleton<Repeats>();
        builder.Services.AddHostedService<RepeatsSweep>();
        builder.Services.AddHostedService<OutgrownTables>();
        builder.Services.AddSingleton<Node>();
        builder.Services.AddSingleton<NodeBeat>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<NodeBeat>());
        builder.Services.AddSingleton<IHealthSource>(provider => provider.GetRequiredService<NodeBeat>());
        builder.Services.AddRpc();
        builder.Services.AddHealth();
        // In this order: the keys are checked against the schema's own row, and both stand before any other start.
        builder.Services.AddSingleton<Startup>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Startup>());
        builder.Services.AddKeyring();
        builder.Services.AddLedger();
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<ServerOptions>>(LimitStop);
        builder.Services.AddListeners();
        return builder;
    }

    public static WebApplication MapPlatform(this WebApplication app)
    {
        app.UseDoors();
        app.MapRpc();
        app.MapLogin();
        app.MapHealth();
        app.MapTelemetry();
        return app;
    }

    static void LimitStop(HostOptions host, IOptions<ServerOptions> server)
    {
        try
        {
            host.ShutdownTimeout = server.Value.StopMax;
        }
        catch (OptionsValidationException)
        {
            // The host asks while it is still being built; Settings.Faults names this fault beside all others, and nothing starts.
        }
    }

    static Db OpenDatabase(IServiceProvider services)
    {
        // Asked for first in either case: the folder's lock is what makes one file one process.
        var folder = services.GetRequiredService<DataFolder>();
        var clock = services.GetRequiredService<TimeProvider>();
        var postgres = services.GetRequiredService<IOptions<DatabaseOptions>>().Value.Postgres;
        return postgres.Length == 0 ? Db.OpenSqlite(folder.File("meschain.db"), clock) : Db.OpenPostgres(postgres, clock);
    }

    static ISignal OpenSignal(IServiceProvider services)
    {
        var local = new LocalSignal(services.GetRequiredService<TimeProvider>());
        var redis = services.GetRequiredService<IOptions<ServerOptions>>().Value.Redis;
        return redis.Length == 0 ? local : new RedisSignal(local, redis, services.GetRequiredService<ILogger<RedisSignal>>());
    }
}
