using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace MesChain.Tests.Support;

/// <summary>A PostgreSQL of our own: own data folder, loopback, free port, stopped by pid.</summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    // Below those that the kernel draws for the near end of a connection: otherwise one of the many clients of a run takes a server's port
    // between its choice and its start, or while the server is away.
    const int FirstPort = 12_000;
    const int Ports = 20_000;

    static int _port = Random.Shared.Next(Ports);

    readonly string _folder;
    readonly string _bin;
    readonly bool _durable;
    int _databases;
    bool _stopped;

    PrivatePostgres(string bin, string folder, int port, bool durable)
    {
        _bin = bin;
        _folder = folder;
        _durable = durable;
        Port = port;
    }

    public int Port { get; }

    /// <summary>A fresh, empty database; answers its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref _databases)}");
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    string ConnectionString(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Maximum Pool Size=40;Timeout=30");

    /// <summary>Null where PostgreSQL is not installed.</summary>
    /// <param name="durable">Commits wait for the disk.</param>
    public static async Task<PrivatePostgres?> StartAsync(bool durable)
    {
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin")).Where(folder => File.Exists(Path.Combine(folder, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        if (bin is null)
            return null;

        var folder = Directory.CreateTempSubdirectory("meschain-pg-").FullName;
        var port = FreePort();
        // PostgreSQL refuses to run as root.
        if (Environment.UserName == "root")
            await RunAsync("chown", ["postgres", folder]);
        var server = new PrivatePostgres(bin, folder, port, durable);
        await server.RunAsPostgresAsync("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-D", folder + "/data");
        await server.BootAsync();
        return server;
    }

    Task BootAsync() => RunAsPostgresAsync(
        "pg_ctl", "-D", _folder + "/data", "-w", "-l", _folder + "/log", "-o",
        $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c fsync={(_durable ? "on" : "off")} -c max_connections=1000 -c shared_buffers=128MB", "start");

    /// <summary>SIGKILL to the server and to every process of a connection, and a start that has to recover.</summary>
    public async Task KillAndStartAsync()
    {
        var pid = int.Parse((await File.ReadAllLinesAsync(_folder + "/data/postmaster.pid"))[0], CultureInfo.InvariantCulture);
        using var postmaster = Process.GetProcessById(pid);
        postmaster.Kill(entireProcessTree: true);
        await postmaster.WaitForExitAsync();
        await BootAsync();
    }

    /// <summary>After <see cref="StopAsync"/>: on the same port, with what it had.</summary>
    public async Task ComeBackAsync()
    {
        await BootAsync();
        _stopped = false;
    }

    /// <summary>Takes the server away, as a power cut would.</summary>
    public async Task StopAsync()
    {
        if (!_stopped)
            await RunAsPostgresAsync("pg_ctl", "-D", _folder + "/data", "-m", "immediate", "stop");
        _stopped = true;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    Task RunAsPostgresAsync(string program, params string[] arguments) =>
        Environment.UserName == "root"
            ? RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", Path.Combine(_bin, program), .. arguments])
            : RunAsync(Path.Combine(_bin, program), arguments);

    static async Task RunAsync(string program, string[] arguments)
    {
        // No pipes: the server that pg_ctl starts would inherit them and keep us waiting for their end.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null 2>&1", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    /// <summary>A port of loopback on which nobody listens. None is answered twice in a process.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = FirstPort + (int)((uint)Interlocked.Increment(ref _port) % Ports);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody's: the next.
            }
        }
    }
}
