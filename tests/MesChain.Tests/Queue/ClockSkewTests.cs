using System.Diagnostics;
using System.Security.Cryptography;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Queue.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keyring;
using MesChain.Tests.Support;

namespace MesChain.Tests.Queue;

/// <summary>Two nodes of one database whose clocks are twenty minutes apart.</summary>
public sealed class ClockSkewTests
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    static readonly string Store = Ids.SystemStore.ToWire();
    static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    // A machine that is busy for this long fails nothing; a clock that is wrong is wrong by much more.
    static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Q05_Clocks_of_nodes_take_no_part_in_when_a_message_is_due_or_a_lease_ends()
    {
        var database = await (await PostgresServer.GetAsync()).CreateDatabaseAsync();
        var root = $"--{RootKey.Variable}={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";
        await using var ahead = await NodeAsync(database, root, TimeSpan.FromMinutes(10));
        await using var behind = await NodeAsync(database, root, TimeSpan.FromMinutes(-10));
        await Client(ahead).CreateQueueAsync(new() { StoreId = Store, Queue = new() { Name = "skew", Lease = Long.ToDuration(), AttemptsMax = 100 } }, cancellationToken: Cancel);

        foreach (var (one, other) in new[] { (ahead, behind), (behind, ahead) })
        {
            // Due by the clock of the caller, which agrees with the database's: not before, and soon after, on either node.
            var due = TimeProvider.System.GetUtcNow() + Short;
            await Client(one).SendAsync(new() { StoreId = Store, Queue = "skew", Messages = { new NewMessage { Kind = "late", DueTime = due.ToTimestamp() } } }, cancellationToken: Cancel);
            var first = await OneAsync(other);
            Assert.InRange(TimeProvider.System.GetUtcNow(), due, due + Long);

            // The lease of one node is seen by the other, and ends after the length that it was given last.
            var leased = Stopwatch.StartNew();
            var renewed = await Client(one).RenewLeasesAsync(new() { StoreId = Store, Queue = "skew", Lease = Short.ToDuration(), Leases = { new LeaseRef { MessageId = first.MessageId, Epoch = first.Epoch } } }, cancellationToken: Cancel);
            Assert.True(Assert.Single(renewed.Results).Ok);
            var second = await OneAsync(one);
            Assert.InRange(leased.Elapsed, Short - TimeSpan.FromMilliseconds(20), Long);
            Assert.Equal((first.MessageId, first.Epoch + 1), (second.MessageId, second.Epoch));

            // And it is settled at the other.
            var settled = await Client(other).SettleAsync(new() { StoreId = Store, Queue = "skew", Settlements = { new Settlement { MessageId = second.MessageId, Epoch = second.Epoch, Complete = new() } } }, cancellationToken: Cancel);
            Assert.True(Assert.Single(settled.Results).Ok);
        }
    }

    static async Task<Message> OneAsync(TestServer node)
    {
        while (true)
        {
            var received = await Client(node).ReceiveAsync(new() { StoreId = Store, Queue = "skew", Wait = new() { Seconds = 20 } }, cancellationToken: Cancel);
            if (received.Messages.Count > 0)
                return Assert.Single(received.Messages);
        }
    }

    static QueueService.QueueServiceClient Client(TestServer node) => new(node.Channel);

    // The node of the rig's own database would be another one: the later setting counts.
    static Task<TestServer> NodeAsync(string database, string root, TimeSpan skew) =>
        TestServer.StartAsync(Engine.Sqlite, new SkewedClock(skew), null, $"--MesChain:Database:Postgres={database}", root, "--MesChain:Queue:JanitorEvery=00:00:00.2");

    /// <summary>A machine whose wall clock is wrong and whose seconds are as long as everybody's.</summary>
    sealed class SkewedClock(TimeSpan skew) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + skew;
    }
}
