using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MesChain.Tests.Support;

/// <summary>Remembers every line that is logged.</summary>
sealed class LogRecorder(ConcurrentQueue<LogLine> lines) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Writer(categoryName, lines);

    public void Dispose()
    {
        // The lines outlive the host: tests read them after its end.
    }

    sealed class Writer(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new(logLevel, category, formatter(state, exception), exception?.ToString())
            {
                Values = state is IEnumerable<KeyValuePair<string, object?>> values ? string.Join(' ', values.Select(value => $"{value.Key}={value.Value}")) : "",
            });
    }
}

public sealed record LogLine(LogLevel Level, string Category, string Text, string? Exception)
{
    /// <summary>What a structured sink writes beside the text.</summary>
    public string Values { get; init; } = "";

    /// <summary>Kestrel warns when its heartbeat comes late, which says something of the machine and nothing of the program.</summary>
    public bool IsOfASlowMachine => TellsOfASlowMachine(Text);

    public static bool TellsOfASlowMachine(string text) => text.Contains("the heartbeat has been running", StringComparison.Ordinal);
}
