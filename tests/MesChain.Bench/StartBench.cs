using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MesChain.Client;
using MesChain.Server.Platform.Keys;
using MesChain.Tests.Support;

namespace MesChain.Bench;

/// <summary>Two programs as their own processes: from the start to the first answer, and the memory that each holds when nobody calls.</summary>
static class StartBench
{
    const int Starts = 7;

    static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("meschain-bench-start-");
        var first = await FullAsync(folder.FullName);
        var (bare, full) = (new List<Started>(), new List<Started>());
        for (var i = 0; i < Starts; i++)
        {
            bare.Add(await BareAsync());
            full.Add(await FullAsync(folder.FullName));
        }

        folder.Delete(recursive: true);
        Report.Line("start.full.first", first.Ms, "ms", "empty data folder: keys and tables are made");
        Both("start", "ms", one => one.Ms);
        Both("memory.idle", "MiB", one => one.Mebibytes);

        void Both(string name, string unit, Func<Started, double> of)
        {
            var (alone, whole) = (Median(bare, of), Median(full, of));
            Report.Line($"{name}.bare", alone, unit, $"Grpc.AspNetCore alone, median of {Starts}");
            Report.Line($"{name}.full", whole, unit, $"the whole server on its data, SQLite, median of {Starts}, turn about with the one above");
            Report.Line($"{name}.ratio", whole / alone, "full/bare", "the two above");
        }
    }

    static double Median(List<Started> all, Func<Started, double> of) => all.Select(of).Order().ElementAt(all.Count / 2);

    static Task<Started> BareAsync()
    {
        var port = PrivatePostgres.FreePort();
        return MeasureAsync(Environment.ProcessPath!, [BareServer.Verb, port.ToString(CultureInfo.InvariantCulture)], port, "none");
    }

    static Task<Started> FullAsync(string folder)
    {
        var (grpc, key) = (PrivatePostgres.FreePort(), ApiToken.Draw().Reveal());
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../MesChain.Server", new DirectoryInfo(AppContext.BaseDirectory).Name, "meschain-server"));
        string[] arguments =
        [
            $"--MesChain:Data={folder}", string.Create(CultureInfo.InvariantCulture, $"--MesChain:Listeners:Grpc=127.0.0.1:{grpc}"),
            string.Create(CultureInfo.InvariantCulture, $"--MesChain:Listeners:Http=127.0.0.1:{PrivatePostgres.FreePort()}"), $"--{BootstrapKey.Variable}={key}",
        ];
        return MeasureAsync(program, arguments, grpc, key);
    }

    static async Task<Started> MeasureAsync(string program, string[] arguments, int port, string key)
    {
        var watch = Stopwatch.StartNew();
        // Through a shell, because a pipe that nobody empties would stop a program that talks.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null 2>&1", "sh", program, .. arguments]))!;
        try
        {
            await ListeningAsync(port);
            using var channel = MesChainChannel.Open(new() { Server = new Uri($"http://127.0.0.1:{port}"), Key = key });
            await channel.Ops.GetVersionAsync(new());
            var ms = watch.Elapsed.TotalMilliseconds;
            await Task.Delay(Idle, TimeProvider.System);
            process.Refresh();
            return new(ms, process.WorkingSet64 / 1048576.0);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>A channel that waits by itself would wait for its own back-off, and not for the program.</summary>
    static async Task ListeningAsync(int port)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, patience.Token);
            }
        }
    }

    readonly record struct Started(double Ms, double Mebibytes);
}
