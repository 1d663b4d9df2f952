using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MesChain.Client;
using MesChain.Contracts.Queue.V1;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Client;

/// <summary>The receive and settle loop, with a clock that only the test moves.</summary>
public sealed class QueueProcessorTests : IAsyncLifetime
{
    readonly FakeTimeProvider _clock = new();
    readonly CancellationTokenSource _stop = new();
    readonly List<Settlement> _settled = [];
    readonly TaskCompletionSource _allSettled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    ScriptedQueue _server = null!;
    MesChainChannel _channel = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedQueue.StartAsync();
        _channel = _server.Open();
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        _stop.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Each_message_is_settled_as_its_handler_says()
    {
        Deliver("good", "bad");
        await RunAsync((message, _) => message.Kind == "good" ? Task.FromResult(Settle.Complete()) : Task.FromResult(Settle.Dead("NOT_OURS", "unknown kind")));
        Assert.Equal(Settlement.OutcomeOneofCase.Complete, Of("good").OutcomeCase);
        Assert.Equal("NOT_OURS", Of("bad").Dead.Reason);
        Assert.Equal(7, Of("good").Epoch);
    }

    [Fact]
    public async Task A_handler_that_throws_is_a_failed_attempt_and_its_words_stay_here()
    {
        Deliver("broken");
        await RunAsync((_, _) => throw new FormatException("a customer's name"));
        Assert.Equal("FormatException", Of("broken").Retry.Error);
    }

    [Fact]
    public async Task Work_at_once_is_bounded()
    {
        var names = Enumerable.Range(0, 12).Select(n => $"m{n}").ToArray();
        var asked = new List<int>();
        Deliver(asked, names);
        var (running, most) = (0, 0);
        await RunAsync(
            async (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return Settle.Complete();
            },
            concurrency: 3);
        Assert.InRange(most, 1, 3);
        Assert.All(asked, max => Assert.InRange(max, 1, 3));
        Assert.Equal(12, _settled.Count);
    }

    [Fact]
    public async Task A_lease_is_prolonged_while_its_handler_works()
    {
        Deliver("slow");
        var renewed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.OnRenew = request =>
        {
            renewed.TrySetResult();
            return Answer(request, ok: true);
        };
        await RunAsync(async (_, _) =>
        {
            _clock.Advance(TimeSpan.FromSeconds(20));
            await renewed.Task;
            return Settle.Complete();
        });
        Assert.Equal(Settlement.OutcomeOneofCase.Complete, Of("slow").OutcomeCase);
    }

    [Fact]
    public async Task A_lost_lease_ends_the_handlers_token_and_settles_nothing()
    {
        Deliver("lost");
        _server.OnRenew = request => Answer(request, ok: false);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Start(async (_, lost) =>
        {
            _clock.Advance(TimeSpan.FromSeconds(20));
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.SetResult();
            return Settle.Complete();
        });
        await ended.Task;
        await _stop.CancelAsync();
        await running;
        Assert.Empty(_settled);
    }

    [Fact]
    public async Task A_stop_lets_what_is_in_work_finish()
    {
        Deliver("last");
        await RunAsync(async (_, _) =>
        {
            await _stop.CancelAsync();
            await Task.Yield();
            return Settle.Complete();
        });
        Assert.Equal(Settlement.OutcomeOneofCase.Complete, Of("last").OutcomeCase);
    }

    [Fact]
    public async Task A_receive_that_fails_is_tried_again_after_a_pause()
    {
        Deliver("late");
        var deliver = _server.OnReceive;
        var failed = 0;
        _server.OnReceive = (request, cancel) => Interlocked.Increment(ref failed) == 1 ? throw new RpcException(new(StatusCode.Internal, "hiccup")) : deliver(request, cancel);
        _clock.AutoAdvanceAmount = TimeSpan.FromSeconds(1);
        var running = Start((_, _) => Task.FromResult(Settle.Complete()));
        // The pause is a timer of this clock: it is moved until the second receive has been answered.
        while (!_allSettled.Task.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await _stop.CancelAsync();
        await running;
        Assert.Equal(Settlement.OutcomeOneofCase.Complete, Of("late").OutcomeCase);
    }

    /// <summary>Works until everything that was delivered is settled.</summary>
    async Task RunAsync(Func<Message, CancellationToken, Task<Settlement>> handler, int concurrency = 8)
    {
        var running = Start(handler, concurrency);
        await _allSettled.Task;
        await _stop.CancelAsync();
        await running;
    }

    Task Start(Func<Message, CancellationToken, Task<Settlement>> handler, int concurrency = 8) =>
        new QueueProcessor(_channel.Queue, new() { Queue = "q", Concurrency = concurrency }, handler, _clock).RunAsync(_stop.Token);

    void Deliver(params string[] kinds) => Deliver([], kinds);

    void Deliver(List<int> asked, string[] kinds)
    {
        var waiting = new Queue<string>(kinds);
        _server.OnReceive = async (request, cancel) =>
        {
            asked.Add(request.Max);
            var answer = new ReceiveResponse();
            while (answer.Messages.Count < request.Max && waiting.TryDequeue(out var kind))
                answer.Messages.Add(new Message { MessageId = kind, Kind = kind, Epoch = 7, Lease = Duration.FromTimeSpan(TimeSpan.FromSeconds(60)) });
            if (answer.Messages.Count == 0)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return answer;
        };
        _server.OnSettle = request =>
        {
            lock (_settled)
            {
                _settled.AddRange(request.Settlements);
                if (_settled.Count >= kinds.Length)
                    _allSettled.TrySetResult();
            }

            return new();
        };
    }

    Settlement Of(string kind) => Assert.Single(_settled, settlement => settlement.MessageId == kind);

    static RenewLeasesResponse Answer(RenewLeasesRequest request, bool ok)
    {
        var answer = new RenewLeasesResponse();
        answer.Results.AddRange(request.Leases.Select(lease => new SettleResult { MessageId = lease.MessageId, Ok = ok, Reason = ok ? "" : "LEASE_LOST" }));
        return answer;
    }
}
