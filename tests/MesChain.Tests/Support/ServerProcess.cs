using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace MesChain.Tests.Support;

/// <summary>The server as an operator runs it: a process of its own, stopped by a signal, judged by its exit code.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // The server's own build, not the copy beside the tests: that one carries the probes of a coverage run, which wait for each other when
    // a process ends.
    static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../MesChain.Server", new DirectoryInfo(AppContext.BaseDirectory).Name, "meschain-server"));

    readonly Process _process;
    readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    ServerProcess(Process process) => _process = process;

    /// <summary>Lines of standard output and error so far.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>
    /// Starts with these arguments; does not wait for anything. A test run that a shell put into the background ignores Ctrl-C, and its
    /// children would too: env gives them back their ears, and becomes the server.
    /// </summary>
    public static ServerProcess Start(params string[] arguments) => StartIn("", new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    /// <param name="folder">Its working directory; empty means the tests' own.</param>
    /// <param name="environment">Besides the tests' own.</param>
    public static ServerProcess StartIn(string folder, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Program, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        // The tests' own environment must not become settings of this server.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MESCHAIN", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var server = new ServerProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        server._process.OutputDataReceived += (_, line) => server.Said(line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Said(line.Data);
        server._process.Exited += (_, _) => server._listening.TrySetException(new InvalidOperationException("The server ended: " + string.Join('\n', server.Lines)));
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    public int Id => _process.Id;

    public Task ListeningAsync() => _listening.Task.WaitAsync(Patience);

    /// <summary>Sends a signal such as TERM, INT or KILL.</summary>
    public async Task SignalAsync(string signal)
    {
        // It complains where the process is gone already.
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true, UseShellExecute = false })!;
        await kill.WaitForExitAsync();
    }

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    void Said(string? line)
    {
        if (line is null)
            return;
        Lines.Enqueue(line);
        if (line.Contains("Application started", StringComparison.Ordinal))
            _listening.TrySetResult();
    }
}
