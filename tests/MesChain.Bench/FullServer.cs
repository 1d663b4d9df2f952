using System.Globalization;
using MesChain.Client;
using MesChain.Server.Platform.Keys;
using MesChain.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerProgram = MesChain.Server.Program;

namespace MesChain.Bench;

/// <summary>The whole program on a fresh database.</summary>
sealed class FullServer : IAsyncDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("meschain-bench-");
    WebApplication? _app;

    public MesChainChannel Channel { get; private set; } = null!;

    public IServiceProvider Services => _app!.Services;

    public string StoreId { get; private set; } = "";

    /// <summary>First word of its lines.</summary>
    public string Engine { get; private init; } = "";

    public string Against { get; private init; } = "";

    /// <param name="postgres">Connection string; empty means SQLite.</param>
    /// <param name="clock">Replaces the program's clock.</param>
    /// <param name="settings">As on the command line.</param>
    public static async Task<FullServer> StartAsync(string postgres = "", TimeProvider? clock = null, params string[] settings)
    {
        var server = postgres.Length == 0
            ? new FullServer { Engine = "sqlite", Against = "SQLite, synchronous=FULL" }
            : new FullServer { Engine = "postgres", Against = "PostgreSQL, fsync=on" };
        var (key, grpc) = (ApiToken.Draw().Reveal(), Loopback());
        server._app = ServerProgram.Map(ServerProgram.Build(
            [
                $"--MesChain:Data={server._folder.FullName}/data", $"--MesChain:Listeners:Grpc={grpc}", $"--MesChain:Listeners:Http={Loopback()}",
                $"--MesChain:Database:Postgres={postgres}", $"--{BootstrapKey.Variable}={key}", .. settings,
            ],
            builder =>
            {
                builder.Logging.ClearProviders();
                if (clock is not null)
                    builder.Services.AddSingleton(clock);
            }));
        await server._app.StartAsync();
        server.Channel = MesChainChannel.Open(new() { Server = new Uri($"http://{grpc}"), Key = key });
        server.StoreId = (await server.Channel.Stores.CreateStoreAsync(new() { Slug = "bench", Name = "Bench" })).Store.Id;
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    static string Loopback() => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{PrivatePostgres.FreePort()}");
}
