using MesChain.Server.Ops;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Queue;
using MesChain.Server.Secret;
using MesChain.Server.Sync;

namespace MesChain.Server;

/// <summary><c>meschain-server [serve | migrate | check] [--MesChain:Section:Key=value …]</c>; serve is what no verb means.</summary>
static class Program
{
    const int Fine = 0, Failed = 1, Misconfigured = 2;

    static async Task<int> Main(string[] args)
    {
        CoreDumps.Forbid();
        var verb = args.Length > 0 && !args[0].StartsWith('-') ? args[0] : "serve";
        try
        {
            await using var app = Build(verb == "serve" && (args.Length == 0 || args[0] != verb) ? args : args[1..]);
            var faults = Settings.Faults(app);
            if (verb == "check" || faults.Count > 0)
            {
                await (faults.Count > 0 ? Console.Error : Console.Out).WriteLineAsync(SettingsReport.Of(app, faults));
                return faults.Count > 0 ? Misconfigured : Fine;
            }

            switch (verb)
            {
                case "migrate":
                    await app.Services.GetRequiredService<Migrator>().RunAsync(TimeProvider.System, CancellationToken.None);
                    return Fine;
                case "serve":
                    await Map(app).RunAsync();
                    return Fine;
                default:
                    await Console.Error.WriteLineAsync($"There is no verb '{verb}'; there are serve, migrate and check.");
                    return Misconfigured;
            }
        }
        catch (Exception refusal) when (refusal is StartRefusedException or IOException or System.Data.Common.DbException)
        {
            // What an operator can mend: a folder, a schema, a key, a port that is taken, a database that is away. All else dies with its stack.
            await Console.Error.WriteLineAsync("meschain-server does not start: " + refusal.Message);
            return Failed;
        }
    }

    /// <summary>The whole program, not started. Tests change what they must through <paramref name="adjust"/>.</summary>
    internal static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = PlatformModule.CreateBuilder(args);
        builder.Services.AddQueue().AddSecret().AddSync().AddOps();
        adjust?.Invoke(builder);
        return builder.Build();
    }

    internal static WebApplication Map(WebApplication app) => app.MapPlatform().MapQueue().MapSecret().MapSync().MapOps();
}
