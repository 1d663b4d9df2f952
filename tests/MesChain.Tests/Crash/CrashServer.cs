using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keys;
using MesChain.Tests.Support;
using Npgsql;

namespace MesChain.Tests.Crash;

/// <summary>The server as its own process, on data that outlive it, so that a kill is a kill.</summary>
/// <param name="postgres">Connection string; empty means embedded.</param>
sealed class CrashServer(string postgres = "") : IAsyncDisposable
{
    // The server's own build, not the copy beside the tests: that one carries the probes of a coverage run.
    static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../MesChain.Server", new DirectoryInfo(AppContext.BaseDirectory).Name, "meschain-server"));

    readonly string _folder = Directory.CreateTempSubdirectory("meschain-crash-").FullName;
    readonly string _key = ApiToken.Draw().Reveal();
    readonly int _port = PrivatePostgres.FreePort();
    readonly int _httpPort = PrivatePostgres.FreePort();
    Process? _process;

    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>On a fresh database of this engine.</summary>
    public static async Task<CrashServer> NewAsync(Engine engine) =>
        new(engine == Engine.Postgres ? await (await PostgresServer.GetAsync()).CreateDatabaseAsync() : "");

    /// <summary>Starts and answers once the port takes calls.</summary>
    /// <param name="under">A program and its arguments that runs the server as its child, such as strace.</param>
    public async Task StartAsync(TimeSpan patience, params string[] under)
    {
        string[] command =
        [
            .. under, Program, "--MesChain:Data=" + DataFolder, "--MesChain:Database:Postgres=" + postgres,
            string.Create(CultureInfo.InvariantCulture, $"--MesChain:Listeners:Grpc=127.0.0.1:{_port}"),
            string.Create(CultureInfo.InvariantCulture, $"--MesChain:Listeners:Http=127.0.0.1:{_httpPort}"),
        ];
        var start = new ProcessStartInfo(command[0])
        {
            UseShellExecute = false,
            // Its lines would only fill a pipe that nobody empties.
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        foreach (var argument in command[1..])
            start.ArgumentList.Add(argument);
        start.Environment[BootstrapKey.Variable] = _key;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        using var channel = Connect();
        using var limit = new CancellationTokenSource(patience);
        await channel.ConnectAsync(limit.Token);
    }

    public GrpcChannel Connect() => GrpcChannel.ForAddress(
        string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"),
        new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.Create(ChannelCredentials.Insecure, CallCredentials.FromInterceptor(AuthorizeAsync)), UnsafeUseInsecureChannelCallCredentials = true,
            // By default the pauses between tries grow longer than the start that is waited for.
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(100), MaxReconnectBackoff = TimeSpan.FromSeconds(1),
        });

    /// <summary>SIGKILL: nothing is flushed, nothing is said.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>
    /// After a kill: as if the dead server had been away for so long that nobody waits for it any more. Other nodes of a database wait up
    /// to two minutes, in which kills would fall into nothing; of a file there are no others.
    /// </summary>
    public async Task StayAwayAsync()
    {
        if (postgres.Length == 0)
            return;
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("update nodes set seen_ms = 0; update leases set until_ms = 0", connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    Task AuthorizeAsync(AuthInterceptorContext context, Metadata metadata)
    {
        metadata.Add("authorization", "Bearer " + _key);
        return Task.CompletedTask;
    }
}
