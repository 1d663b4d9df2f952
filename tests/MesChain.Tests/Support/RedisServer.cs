using System.Diagnostics;
using System.Globalization;

namespace MesChain.Tests.Support;

/// <summary>A private Redis on loopback, without a file; stopped with its test. Missing: a skip on a laptop, a failure under CI=true.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    readonly Process _process;

    RedisServer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public static async Task<RedisServer> StartAsync(int? port = null)
    {
        const string program = "/usr/bin/redis-server";
        if (!File.Exists(program))
        {
            const string why = "Redis is not installed";
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(why);
            Assert.Skip(why);
        }

        var door = port ?? PrivatePostgres.FreePort();
        var start = new ProcessStartInfo(program, ["--port", door.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "/tmp"]) { UseShellExecute = false, RedirectStandardOutput = true };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Ready to accept connections", StringComparison.Ordinal) == true)
                ready.TrySetResult();
        };
        process.Start();
        process.BeginOutputReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromMinutes(1));
        return new(process, door);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
