using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MesChain.Contracts.Queue.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using WireQueue = MesChain.Contracts.Queue.V1.Queue;

namespace MesChain.Tests.Queue;

/// <summary>The queue through the real program.</summary>
public sealed class QueueWireTests : IAsyncLifetime
{
    static readonly string Store = Ids.SystemStore.ToWire();

    TestServer _server = null!;
    QueueService.QueueServiceClient _queue = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(Engine.Sqlite);
        _queue = new(_server.Channel);
        await _queue.CreateQueueAsync(new() { StoreId = Store, Queue = new() { Name = "q", AttemptsMax = 2 } });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_message_goes_all_the_way()
    {
        var sent = await _queue.SendAsync(new()
        {
            StoreId = Store, Queue = "q",
            Messages = { new NewMessage { Kind = "work", Body = ByteString.CopyFromUtf8("body"), Lane = "l", Priority = 3, Labels = { ["a"] = "b" }, DedupeId = "d" }, new NewMessage { Kind = "later", DueTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddYears(58)) } },
        });
        var received = await _queue.ReceiveAsync(new() { StoreId = Store, Queue = "q", Max = 10, Holder = "me" });
        var message = Assert.Single(received.Messages);
        Assert.Equal(
            (sent.Results[0].MessageId, "work", "body", 1L, "l", 3, "b", MessageState.Leased, 60L),
            (message.MessageId, message.Kind, message.Body.ToStringUtf8(), message.Epoch, message.Lane, message.Priority, message.Labels["a"], message.State, message.Lease.Seconds));
        var status = (await _queue.GetQueueAsync(new() { StoreId = Store, Queue = "q" })).Queue;
        Assert.Equal((0L, 1L, 1L, 0L, 2), (status.Ready, status.Scheduled, status.Leased, status.Dead, status.AttemptsMax));

        Assert.True((await _queue.RenewLeasesAsync(new() { StoreId = Store, Queue = "q", Leases = { new LeaseRef { MessageId = message.MessageId, Epoch = 1 } } })).Results[0].Ok);
        Assert.True((await SettleAsync(message, settlement => settlement.Dead = new() { Reason = "BAD", Error = "why" })).Ok);
        var other = await SettleAsync(message, settlement => settlement.Complete = new());
        Assert.Equal((false, "ALREADY_SETTLED", "dead"), (other.Ok, other.Reason, other.Recorded));

        var request = new RedriveRequest { StoreId = Store, Queue = "q", RequestId = Ids.New(TimeProvider.System).ToWire(), Reason = "BAD" };
        Assert.Equal(1, (await _queue.RedriveAsync(request)).Redriven);
        Assert.Equal(1, (await _queue.RedriveAsync(request)).Redriven);
        Assert.Equal(sent.Results[0].MessageId, (await _queue.SendAsync(new() { StoreId = Store, Queue = "q", Messages = { new NewMessage { Kind = "work", DedupeId = "d" } } })).Results[0].MessageId);

        var page = await _queue.BrowseAsync(new() { StoreId = Store, Queue = "q", PageSize = 1 });
        Assert.Equal("work", Assert.Single(page.Messages).Kind);
        page = await _queue.BrowseAsync(new() { StoreId = Store, Queue = "q", PageSize = 1, PageToken = page.NextPageToken });
        Assert.Equal(("later", ""), (Assert.Single(page.Messages).Kind, page.NextPageToken));
        Assert.Equal(["q"], (await _queue.ListQueuesAsync(new() { StoreId = Store })).Queues.Select(queue => queue.Name));
    }

    [Fact]
    public async Task Q32_A_waiting_receive_ends_with_the_message_or_with_the_wait()
    {
        Assert.Empty((await _queue.ReceiveAsync(new() { StoreId = Store, Queue = "q", Wait = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(50)) })).Messages);
        var waiting = _queue.ReceiveAsync(new() { StoreId = Store, Queue = "q", Wait = Duration.FromTimeSpan(TimeSpan.FromSeconds(30)) });
        await _queue.SendAsync(new() { StoreId = Store, Queue = "q", Messages = { new NewMessage { Kind = "work" } } });
        Assert.Single((await waiting).Messages);
        var due = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(await _server.Db.ReadAsync(tx => tx.NowMsAsync(), default)).AddMilliseconds(400));
        await _queue.SendAsync(new() { StoreId = Store, Queue = "q", Messages = { new NewMessage { Kind = "soon", DueTime = due } } });
        var soon = Assert.Single((await _queue.ReceiveAsync(new() { StoreId = Store, Queue = "q", Wait = Duration.FromTimeSpan(TimeSpan.FromSeconds(30)) })).Messages);
        Assert.Equal(("soon", due), (soon.Kind, soon.DueTime));
    }

    [Fact]
    public async Task A_second_policy_under_one_name_is_refused_and_the_same_one_is_not()
    {
        await _queue.CreateQueueAsync(new() { StoreId = Store, Queue = new() { Name = "q", AttemptsMax = 2 } });
        var refusal = await Refusal.OfAsync(_queue.CreateQueueAsync(new() { StoreId = Store, Queue = new() { Name = "q", AttemptsMax = 3 } }));
        Assert.Equal((StatusCode.AlreadyExists, "QUEUE_EXISTS"), (refusal.Status, refusal.Reason));
        refusal = await Refusal.OfAsync(_queue.CreateQueueAsync(new() { StoreId = Ids.New(TimeProvider.System).ToWire(), Queue = new() { Name = "q" } }));
        Assert.Equal(StatusCode.NotFound, refusal.Status);
        refusal = await Refusal.OfAsync(_queue.GetQueueAsync(new() { StoreId = Store, Queue = "nowhere" }));
        Assert.Equal((StatusCode.NotFound, "UNKNOWN_RESOURCE"), (refusal.Status, refusal.Reason));
    }

    [Fact]
    public async Task Every_bad_field_is_named_at_once()
    {
        var endless = new Duration { Seconds = long.MaxValue, Nanos = -5 };
        var refusal = await Refusal.OfAsync(_queue.CreateQueueAsync(new()
        {
            StoreId = Store,
            Queue = new WireQueue { Name = "Q", Lease = endless, AttemptsMax = 101, BackoffBase = new() { Seconds = 3601 }, BackoffCap = new() { Seconds = 86_401 }, DedupeWindow = new() { Seconds = 604_801 }, DepthMax = 10_000_001 },
        }));
        Assert.Equal(["queue.attempts_max", "queue.backoff_base", "queue.backoff_cap", "queue.dedupe_window", "queue.depth_max", "queue.lease", "queue.name"], refusal.Fields);

        refusal = await Refusal.OfAsync(_queue.SendAsync(new()
        {
            StoreId = Store, Queue = "q",
            Messages =
            {
                new NewMessage
                {
                    Body = ByteString.CopyFrom(new byte[262_145]), DedupeId = new('x', 201), CoalesceKey = new('x', 201), Lane = "a\0", Priority = 1001,
                    DueTime = new() { Seconds = long.MaxValue }, Labels = { [new string('x', 65)] = "" },
                },
            },
        }));
        Assert.Equal(
            ["messages[0].body", "messages[0].coalesce_key", "messages[0].dedupe_id", "messages[0].due_time", "messages[0].kind", "messages[0].labels", "messages[0].lane", "messages[0].priority"],
            refusal.Fields);

        refusal = await Refusal.OfAsync(_queue.ReceiveAsync(new() { StoreId = Store, Queue = "", Max = 501, Wait = new() { Seconds = 31 }, Lease = new() { Nanos = 1 }, Holder = "in-process:me" }));
        Assert.Equal(["holder", "lease", "max", "queue", "wait"], refusal.Fields);

        var id = Ids.New(TimeProvider.System).ToWire();
        refusal = await Refusal.OfAsync(_queue.SettleAsync(new()
        {
            StoreId = Store, Queue = "q",
            Settlements = { new Settlement { MessageId = id }, new Settlement { MessageId = id, Epoch = 1, Dead = new() { Error = new('x', 1001) } }, new Settlement { MessageId = "x", Epoch = 1, Retry = new() { After = new() { Seconds = -1 } } } },
        }));
        Assert.Equal(
            ["settlements[0].epoch", "settlements[0].outcome", "settlements[1].dead.error", "settlements[1].dead.reason", "settlements[1].message_id", "settlements[2].message_id", "settlements[2].retry.after"],
            refusal.Fields);

        refusal = await Refusal.OfAsync(_queue.RenewLeasesAsync(new() { StoreId = Store, Queue = "q" }));
        Assert.Equal(["leases"], refusal.Fields);
        refusal = await Refusal.OfAsync(_queue.BrowseAsync(new() { StoreId = Store, Queue = "q", PageSize = -1, PageToken = "x", State = (MessageState)99, Lane = new('x', 201) }));
        Assert.Equal(["lane", "page_size", "page_token", "state"], refusal.Fields);
        refusal = await Refusal.OfAsync(_queue.RedriveAsync(new() { StoreId = Store, Queue = "q", RequestId = "x", MessageIds = { "y" }, Reason = new('x', 81), Max = 10_001, Spread = new() { Seconds = 3601 } }));
        Assert.Equal(["max", "message_ids[0]", "reason", "request_id", "spread"], refusal.Fields);
        refusal = await Refusal.OfAsync(_queue.ListQueuesAsync(new() { StoreId = Store, PageSize = -1, PageToken = "x" }));
        Assert.Equal(["page_size", "page_token"], refusal.Fields);
    }

    async Task<SettleResult> SettleAsync(Message message, Action<Settlement> outcome)
    {
        var settlement = new Settlement { MessageId = message.MessageId, Epoch = message.Epoch };
        outcome(settlement);
        return (await _queue.SettleAsync(new() { StoreId = Store, Queue = "q", Settlements = { settlement } })).Results[0];
    }
}
