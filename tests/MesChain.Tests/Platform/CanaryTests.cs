using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using MesChain.Contracts.Ops.V1;
using MesChain.Contracts.Secret.V1;
using MesChain.Contracts.Sync.V1;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MesChain.Tests.Platform;

/// <summary>
/// Plants recognisable secrets and buyers wherever they come in, and looks for them in everything that leaves the program: log lines of
/// every level with their structured values, spans, metrics, refusals, ledger, issues, events, and the database's own bytes.
/// </summary>
public abstract class CanaryTests(Engine engine)
{
    const string Canary = "kanarya7f3c";
    const string Barcode = "8690000000012";

    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    // Everything there is to be logged; what each library is asked for at least is in appsettings.json.
    static readonly string[] Loud = [.. new[] { "Default", "Microsoft", "Microsoft.Hosting.Lifetime", "Grpc", "System", "Polly" }.Select(name => $"--Logging:LogLevel:{name}=Trace"), "--MesChain:Sandbox:Enabled=true", "--MesChain:Sync:OrdersEvery=00:00:05"];

    [Fact]
    public async Task No_secret_and_no_buyer_is_in_any_log_span_metric_refusal_or_row()
    {
        using var spans = new Spans(Canary);
        await using var server = await TestServer.StartAsync(engine, settings: Loud);
        var store = await server.StoreAsync("a");
        var said = new StringBuilder();
        await PlantSecretsAsync(server, store.ToWire(), said);
        await PlantBuyerAsync(server, store, said);
        using var http = server.HttpWith("");
        said.AppendLine(await http.GetStringAsync("/metrics", Cancel));
        LookThrough(server, said, spans);
        Assert.Contains(server.Logs, line => line.Level == LogLevel.Trace);
        Assert.Contains(server.Logs, line => line.Text.Contains("PutSecret", StringComparison.Ordinal));
        Assert.True(spans.Seen > 20);
        await LookThroughDataAsync(server);
    }

    [Fact]
    public async Task No_secret_is_in_what_is_said_of_a_failure_that_nobody_foresaw()
    {
        using var spans = new Spans(Canary);
        await using var server = await TestServer.StartAsync(engine, settings: Loud);
        server.ExpectErrors();
        var store = (await server.StoreAsync("a")).ToWire();
        // Statements of ours fail in the middle of their work, with the secrets in their parameters.
        foreach (var table in new[] { "secret_versions", "connections", "issues" })
            await server.Db.WriteAsync(tx => tx.ExecuteAsync($"alter table {table} rename to {table}_gone"), Cancel);
        var said = new StringBuilder();
        await RefusedAsync(new SecretService.SecretServiceClient(server.Channel).PutSecretAsync(new() { StoreId = store, Path = "a/b", Value = ByteString.CopyFromUtf8(Canary) }, cancellationToken: Cancel), said);
        await RefusedAsync(new StoreService.StoreServiceClient(server.Channel).CreateConnectionAsync(Connection(store, "1001"), cancellationToken: Cancel), said);
        Assert.Equal(2, server.Logs.Count(line => line.Level == LogLevel.Error && line.Category.EndsWith("ErrorInterceptor", StringComparison.Ordinal)));
        Assert.Contains("Internal", said.ToString(), StringComparison.Ordinal);
        LookThrough(server, said, spans);
    }

    static void LookThrough(TestServer server, StringBuilder said, Spans spans)
    {
        foreach (var line in server.Logs)
            said.Append(line).AppendLine(line.Values);
        var text = said.ToString();
        foreach (var secret in new[] { Canary, Convert.ToHexString(Encoding.UTF8.GetBytes(Canary)), Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary))[..^4], server.AdminKey.Split('_')[2] })
        {
            var at = text.IndexOf(secret, StringComparison.OrdinalIgnoreCase);
            Assert.True(at < 0, $"said: {(at < 0 ? "" : text.Substring(Math.Max(0, at - 300), Math.Min(600, text.Length - Math.Max(0, at - 300))))}");
        }

        Assert.Equal([], spans.Leaks);
    }

    /// <summary>What a thief of the disk would read.</summary>
    async Task LookThroughDataAsync(TestServer server)
    {
        byte[][] forms = [Encoding.UTF8.GetBytes(Canary), Encoding.UTF8.GetBytes(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Canary))), Encoding.UTF8.GetBytes(Convert.ToHexString(Encoding.UTF8.GetBytes(Canary)))];
        foreach (var file in Directory.GetFiles(server.DataFolder).Where(file => Path.GetFileName(file) != "lock"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var content = new byte[stream.Length];
            await stream.ReadExactlyAsync(content, Cancel);
            Assert.All(forms, form => Assert.True(content.AsSpan().IndexOf(form) < 0, $"{Path.GetFileName(file)} holds a planted secret"));
        }

        if (engine == Engine.Sqlite)
            return;
        await server.Db.ReadAsync(
            async tx =>
            {
                foreach (var table in await tx.QueryAsync<string>("select table_name from information_schema.tables where table_schema = 'public'"))
                {
                    foreach (var row in await tx.QueryAsync<string>($"select t::text from {table} t"))
                        Assert.All(forms, form => Assert.DoesNotContain(Encoding.UTF8.GetString(form), row, StringComparison.OrdinalIgnoreCase));
                }

                return 0;
            },
            Cancel);
    }

    /// <summary>An order of the sandbox, bought by somebody whose every word is a canary, on its way into the shop and back.</summary>
    static async Task PlantBuyerAsync(TestServer server, Guid store, StringBuilder said)
    {
        var sandbox = server.Services.GetRequiredService<TrendyolSandbox>();
        sandbox.PutItems(new() { Items = [new() { Barcode = Barcode, Title = "T", Quantity = 3, Price = 129.90m }] });
        var channel = server.ChannelWith(await server.KeyAsync(store, "sync:shop"));
        var stores = new StoreService.StoreServiceClient(channel);
        var wanted = Connection("", TrendyolSandbox.DemoSellerId);
        wanted.Credentials = new() { ApiKey = TrendyolSandbox.DemoApiKey, ApiSecret = TrendyolSandbox.DemoApiSecret };
        var connection = (await stores.CreateConnectionAsync(wanted, cancellationToken: Cancel)).Connection.Id;
        Assert.True((await stores.TestConnectionAsync(new() { ConnectionId = connection }, cancellationToken: Cancel)).Passed);
        await stores.SetConnectionModeAsync(new() { ConnectionId = connection, Mode = ConnectionMode.Live }, cancellationToken: Cancel);
        sandbox.PlaceOrder(new()
        {
            Lines = [new() { Barcode = Barcode, Quantity = 1 }],
            Buyer = new() { FirstName = Canary + "-ad", LastName = Canary + "-soyad", Email = Canary + "@example.com", Phone = Canary + "-tel", Address = Canary + "-sokak" },
        });

        var orders = new OrderService.OrderServiceClient(channel);
        using var watch = new SyncService.SyncServiceClient(channel).WatchEvents(new(), deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(2), cancellationToken: Cancel);
        await watch.ResponseHeadersAsync;
        PullOrdersResponse pulled;
        while ((pulled = await orders.PullOrdersAsync(new(), cancellationToken: Cancel)).Entries.Count == 0)
            Assert.True(await watch.ResponseStream.MoveNext(Cancel));
        var entry = pulled.Entries[0];
        Assert.Contains(Canary, entry.Order.ShippingAddress.ToString(), StringComparison.Ordinal);
        Assert.Contains(Canary, entry.Order.Buyer.Email, StringComparison.Ordinal);
        var failed = new Acknowledgement { EntryId = entry.EntryId, Outcome = AcknowledgeOutcome.Failed, Detail = "no such zone" };
        said.AppendLine((await orders.AcknowledgeOrdersAsync(new() { Acknowledgements = { failed } }, cancellationToken: Cancel)).ToString());
        said.AppendLine((await new SyncService.SyncServiceClient(channel).ListIssuesAsync(new(), cancellationToken: Cancel)).ToString());
        await RefusedAsync(orders.UpdateOrderAsync(new() { OrderId = entry.Order.Id, Pick = new() { PackageId = "0" } }, cancellationToken: Cancel), said);
    }

    static CreateConnectionRequest Connection(string store, string seller) => new()
    {
        StoreId = store, Marketplace = "trendyol", Environment = Contracts.Sync.V1.Environment.Sandbox, SellerId = seller, Name = "t",
        Credentials = new() { ApiKey = Canary + "-key", ApiSecret = Canary + "-secret" },
    };

    static async Task PlantSecretsAsync(TestServer server, string store, StringBuilder said)
    {
        var secrets = new SecretService.SecretServiceClient(server.Channel);
        await secrets.PutSecretAsync(new() { StoreId = store, Path = "a/b", Value = ByteString.CopyFromUtf8(Canary) }, cancellationToken: Cancel);
        await secrets.GetSecretAsync(new() { StoreId = store, Path = "a/b" }, cancellationToken: Cancel);
        said.AppendLine((await secrets.ListSecretsAsync(new() { StoreId = store }, cancellationToken: Cancel)).ToString());
        await RefusedAsync(secrets.PutSecretAsync(new() { StoreId = store, Path = " bad ", Value = ByteString.CopyFromUtf8(Canary) }, cancellationToken: Cancel), said);

        var stores = new StoreService.StoreServiceClient(server.Channel);
        var connection = Connection(store, "1001");
        var made = await stores.CreateConnectionAsync(connection, cancellationToken: Cancel);
        said.AppendLine(made.ToString());
        said.AppendLine((await stores.TestConnectionAsync(new() { StoreId = store, ConnectionId = made.Connection.Id }, cancellationToken: Cancel)).ToString());
        connection.SellerId = "";
        await RefusedAsync(stores.CreateConnectionAsync(connection, cancellationToken: Cancel), said);

        // A key with the right form whose secret part is wrong, a session that was forged, and a form with a wrong key.
        var key = "mck_0000000000000000_" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Canary)).PadRight(64, '0');
        await RefusedAsync(new OpsService.OpsServiceClient(server.ChannelWith(key)).GetVersionAsync(new(), cancellationToken: Cancel), said);
        await RefusedAsync(new OpsService.OpsServiceClient(server.ChannelWith(Canary)).GetVersionAsync(new(), cancellationToken: Cancel), said);
        using var http = server.HttpWith("");
        using var form = new HttpRequestMessage(HttpMethod.Post, "/login") { Content = new FormUrlEncodedContent([new("key", Canary)]), Headers = { { "Origin", server.HttpAddress.GetLeftPart(UriPartial.Authority) }, { "Cookie", "meschain_session=" + Canary } } };
        using var refused = await http.SendAsync(form, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        said.AppendLine(await refused.Content.ReadAsStringAsync(Cancel));
        foreach (var body in new[] { $"{{\"path\":\"{Canary}", $"{{\"value\":[\"{Canary}\"]}}" })
        {
            using var bad = await server.Http.PostAsync("/v1/secret/PutSecret", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
            said.AppendLine(await bad.Content.ReadAsStringAsync(Cancel));
        }
    }

    static async Task RefusedAsync<T>(AsyncUnaryCall<T> call, StringBuilder said) =>
        said.AppendLine((await Assert.ThrowsAsync<RpcException>(async () => await call)).ToString());

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
