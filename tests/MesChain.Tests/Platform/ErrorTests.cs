using System.Net;
using Google.Rpc;
using Grpc.Core;
using MesChain.Contracts.Ops.V1;
using MesChain.Contracts.Queue.V1;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MesChain.Tests.Platform;

/// <summary>Failures that are nobody's request: ours, the database's, the clock's, and callers that went away.</summary>
public sealed class ErrorTests
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mistake_of_ours_tells_nothing_of_our_insides_and_is_found_in_the_log_by_its_trace()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        server.ExpectErrors();
        var store = await server.StoreAsync("a");
        await server.Db.WriteAsync(tx => tx.ExecuteAsync("drop table issues"), Cancel);
        foreach (var door in System.Enum.GetValues<Door>())
        {
            var status = await server.CallAsync(door, SyncService.Descriptor.FindMethodByName("ListIssues"), new ListIssuesRequest { StoreId = store.ToWire() }, server.AdminKey, Cancel);
            Assert.Equal((int)Code.Internal, status.Code);
            Assert.DoesNotContain("issues", status.Message, StringComparison.OrdinalIgnoreCase);
            var trace = status.GetDetail<RequestInfo>()!.RequestId;
            Assert.Single(server.Logs, line => line.Level == LogLevel.Error && line.Text.Contains(trace, StringComparison.Ordinal) && line.Exception!.Contains("no such table", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_call_that_outlives_its_limit_is_ended()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        var queues = await QueueAsync(server);
        var store = (await new StoreService.StoreServiceClient(server.Channel).ListStoresAsync(new(), cancellationToken: Cancel)).Stores[0].Id;
        // Only now: the first calls of a server may take longer on a busy machine.
        server.Services.GetRequiredService<IOptions<RpcOptions>>().Value.UnaryMax = TimeSpan.FromSeconds(1);
        Assert.Equal(StatusCode.DeadlineExceeded, (await Refusal.OfAsync(queues.ReceiveAsync(LongPoll(store), cancellationToken: Cancel))).Status);
        Assert.Equal(StatusCode.DeadlineExceeded, (await Refusal.OfAsync(queues.ReceiveAsync(LongPoll(store), deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(300), cancellationToken: Cancel))).Status);
    }

    [Fact]
    public async Task A_caller_that_goes_away_is_no_error()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        var queues = await QueueAsync(server);
        var store = (await new StoreService.StoreServiceClient(server.Channel).ListStoresAsync(new(), cancellationToken: Cancel)).Stores[0].Id;
        using var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Assert.Equal(StatusCode.Cancelled, (await Refusal.OfAsync(queues.ReceiveAsync(LongPoll(store), cancellationToken: leaving.Token))).Status);
        await new OpsService.OpsServiceClient(server.Channel).GetVersionAsync(new(), cancellationToken: Cancel);
    }

    [Fact]
    public async Task A_message_above_the_limit_is_refused()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite, settings: "--MesChain:Rpc:MessageMax=65536");
        var big = new RevokeApiKeyRequest { Id = new string('x', 70_000) };
        Assert.Equal(StatusCode.ResourceExhausted, (await Refusal.OfAsync(new OpsService.OpsServiceClient(server.Channel).RevokeApiKeyAsync(big, cancellationToken: Cancel))).Status);
    }

    [Fact]
    public async Task A_database_that_is_away_is_unavailable_and_not_ready()
    {
        await using var postgres = await PostgresServer.GetOwnAsync();
        await using var server = await TestServer.StartAsync(Engine.Postgres, settings: $"--MesChain:Database:Postgres={await postgres.CreateDatabaseAsync()};Timeout=3");
        server.ExpectErrors();
        var key = await server.KeyAsync(null, "ops:*");
        await postgres.StopAsync();

        foreach (var door in System.Enum.GetValues<Door>())
        {
            var status = await server.CallAsync(door, OpsService.Descriptor.FindMethodByName("ListApiKeys"), new ListApiKeysRequest(), key, Cancel);
            Assert.Equal((int)Code.Unavailable, status.Code);
            Assert.Equal("DATABASE_UNAVAILABLE", status.Reason());
            Assert.NotNull(status.GetDetail<RetryInfo>());
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync(server));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync(server));
        Assert.Equal("Healthy", await server.Http.GetStringAsync("/healthz", Cancel));
        await postgres.ComeBackAsync();
        while (await ReadyAsync(server) != HttpStatusCode.OK)
            Cancel.ThrowIfCancellationRequested();
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(server));

        // Told when it changes, however often it is asked.
        Assert.Equal(
            [(LogLevel.Error, "Calls cannot be served"), (LogLevel.Information, "Calls can be served again")],
            server.Logs.Where(line => line.Category.EndsWith(".Readiness", StringComparison.Ordinal)).Select(line => (line.Level, line.Text.Split(':')[0])));
        Assert.DoesNotContain(server.Logs, line => line.Category.Contains("HealthChecks", StringComparison.Ordinal));
    }

    static async Task<HttpStatusCode> ReadyAsync(TestServer server)
    {
        using var answer = await server.Http.GetAsync("/readyz", Cancel);
        return answer.StatusCode;
    }

    static ReceiveRequest LongPoll(string store) => new() { StoreId = store, Queue = "q", Wait = new() { Seconds = 20 } };

    static async Task<QueueService.QueueServiceClient> QueueAsync(TestServer server)
    {
        var store = await server.StoreAsync("a");
        var queues = new QueueService.QueueServiceClient(server.Channel);
        await queues.CreateQueueAsync(new() { StoreId = store.ToWire(), Queue = new() { Name = "q" } }, cancellationToken: Cancel);
        return queues;
    }
}
