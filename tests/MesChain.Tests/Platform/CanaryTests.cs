using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using Microsoft.Extensions.Logging;

namespace MesChain.Tests.Platform;

/// <summary>
/// Plants recognisable secrets and buyers wherever they come in, and looks for them in everything that leaves the program: log lines of
/// every level with their structured values, spans, metrics, refusals, ledger, issues, events, and the database's own bytes.
/// </summary>
public abstract class CanaryTests(Engine engine)
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_and_no_buyer_is_in_any_log_span_metric_refusal_or_row()
    {
        using var spans = new Spans(Canaries.Word);
        await using var server = await TestServer.StartAsync(engine, settings: Canaries.Loud);
        using var canaries = new Canaries(server.GrpcAddress, server.HttpAddress, server.AdminKey);
        await canaries.PlantAsync(Cancel);
        LookThrough(server, canaries.Said, spans);
        Assert.Contains(server.Logs, line => line.Level == LogLevel.Trace);
        Assert.Contains(server.Logs, line => line.Text.Contains("PutSecret", StringComparison.Ordinal));
        Assert.True(spans.Seen > 20);
        await LookThroughDataAsync(server);
    }

    [Fact]
    public async Task No_secret_is_in_what_is_said_of_a_failure_that_nobody_foresaw()
    {
        using var spans = new Spans(Canaries.Word);
        await using var server = await TestServer.StartAsync(engine, settings: Canaries.Loud);
        server.ExpectErrors();
        using var canaries = new Canaries(server.GrpcAddress, server.HttpAddress, server.AdminKey);
        // Statements of ours fail in the middle of their work, with the secrets in their parameters.
        foreach (var table in new[] { "secret_versions", "connections", "issues" })
            await server.Db.WriteAsync(tx => tx.ExecuteAsync($"alter table {table} rename to {table}_gone"), Cancel);
        await canaries.FailAsync(Cancel);
        Assert.Equal(2, server.Logs.Count(line => line.Level == LogLevel.Error && line.Category.EndsWith("ErrorInterceptor", StringComparison.Ordinal)));
        LookThrough(server, canaries.Said, spans);
    }

    static void LookThrough(TestServer server, StringBuilder said, Spans spans)
    {
        foreach (var line in server.Logs)
            said.Append(line).AppendLine(line.Values);
        var text = said.ToString();
        Canaries.AssertNoneIn(text, server.AdminKey.Split('_')[2]);
        Assert.Equal([], spans.Leaks);
    }

    /// <summary>What a thief of the disk would read.</summary>
    async Task LookThroughDataAsync(TestServer server)
    {
        await Canaries.AssertNoneInFilesAsync(server.DataFolder, Cancel);
        if (engine == Engine.Sqlite)
            return;
        await server.Db.ReadAsync(
            async tx =>
            {
                foreach (var table in await tx.QueryAsync<string>("select table_name from information_schema.tables where table_schema = 'public'"))
                {
                    foreach (var row in await tx.QueryAsync<string>($"select t::text from {table} t"))
                        Canaries.AssertNoneIn(row);
                }

                return 0;
            },
            Cancel);
    }

    public sealed class OnSqlite() : CanaryTests(Engine.Sqlite);

    public sealed class OnPostgres() : CanaryTests(Engine.Postgres);

    /// <summary>Every span of every source, as an exporter would send it.</summary>
    sealed class Spans : IDisposable
    {
        readonly ActivityListener _listener;
        readonly ConcurrentQueue<string> _leaks = new();
        int _seen;

        public Spans(string secret)
        {
            _listener = new()
            {
                ShouldListenTo = _ => true,
                Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = span =>
                {
                    Interlocked.Increment(ref _seen);
                    var text = $"{span.DisplayName} {span.StatusDescription} {Join(span.TagObjects)} {Join(span.Baggage)} {string.Join(' ', span.Events.Select(one => $"{one.Name} {Join(one.Tags)}"))}";
                    if (text.Contains(secret, StringComparison.OrdinalIgnoreCase))
                        _leaks.Enqueue(text);
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public int Seen => _seen;

        public IEnumerable<string> Leaks => _leaks;

        public void Dispose() => _listener.Dispose();

        static string Join<T>(IEnumerable<KeyValuePair<string, T>> values) => string.Join(' ', values.Select(value => $"{value.Key}={value.Value}"));
    }
}
