using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MesChain.Client;
using MesChain.Server.Platform.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using ServerProgram = MesChain.Server.Program;

namespace MesChain.Bench;

/// <summary>The whole program on a fresh database: SQLite, or the PostgreSQL that MESCHAIN_BENCH_POSTGRES names.</summary>
sealed class FullServer : IAsyncDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("meschain-bench-");
    WebApplication? _app;

    public MesChainChannel Channel { get; private set; } = null!;

    public string StoreId { get; private set; } = "";

    public string Against { get; private init; } = "";

    public static async Task<FullServer> StartAsync()
    {
        var postgres = Environment.GetEnvironmentVariable("MESCHAIN_BENCH_POSTGRES") ?? "";
        var server = new FullServer { Against = postgres.Length == 0 ? "SQLite, synchronous=FULL, 1 KiB bodies" : "PostgreSQL, 1 KiB bodies" };
        var (key, grpc) = (ApiToken.Draw().Reveal(), Loopback());
        server._app = ServerProgram.Map(ServerProgram.Build(
            [
                $"--MesChain:Data={server._folder.FullName}/data", $"--MesChain:Listeners:Grpc={grpc}", $"--MesChain:Listeners:Http={Loopback()}",
                $"--MesChain:Database:Postgres={postgres}", $"--{BootstrapKey.Variable}={key}",
            ],
            builder => builder.Logging.ClearProviders()));
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

    static string Loopback()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
