using System.Globalization;
using CsCheck;
using MesChain.Server.Platform.Data;
using MesChain.Server.Queue;
using MesChain.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Queue;

/// <summary>Random sequences of sends, receives, settles (also late and repeated ones) and jumps of time, against the model. A failure prints its seed.</summary>
public sealed class QueueModelTests
{
    static readonly string?[] Names = [null, "a", "b"];
    static readonly TimeSpan[] Spans = [TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(61), TimeSpan.FromMinutes(11)];

    static readonly Gen<Step[]> Steps = Gen.Select(Gen.Int[0, 11], Gen.Int[0, 11], Gen.Int[0, 11], Gen.Int[0, 11], (what, a, b, c) => new Step(what, a, b, c)).Array[1, 60];

    readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [Trait(Soak.Trait, "yes")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_queue_does_what_the_model_does(bool fifoLanes)
    {
        var sequences = Soak.Count(4000);
        await using var rig = await QueueRig.OpenAsync(Engine.Sqlite, clock: _clock);
        var round = 0;
        await Steps.SampleAsync(
            async steps =>
            {
                // Each sequence has a queue of its own; one database serves them all.
                var policy = new QueuePolicy(string.Create(CultureInfo.InvariantCulture, $"m{Interlocked.Increment(ref round)}")) { AttemptsMax = 3, FifoLanes = fifoLanes };
                await rig.EnsureAsync(policy);
                var run = new Run(rig, policy, _clock);
                foreach (var step in steps)
                    await run.TakeAsync(step);
            },
            writeLine: TestContext.Current.TestOutputHelper!.WriteLine, iter: sequences, threads: 1);
        Soak.Say(fifoLanes ? "queue-model-fifo" : "queue-model", "drawn", sequences, 0);
    }

    sealed record Step(int What, int A, int B, int C);

    sealed class Run(QueueRig rig, QueuePolicy policy, FakeTimeProvider clock)
    {
        readonly QueueModel _model = new(policy);
        readonly List<(Guid Id, long Epoch)> _leases = [];
        int _sent;

        public async Task TakeAsync(Step step)
        {
            _model.Now = await rig.Db.ReadAsync(tx => tx.NowMsAsync(), default);
            switch (step.What)
            {
                case <= 4:
                    await SendAsync(step);
                    break;
                case <= 7:
                    await ReceiveAsync(1 + (step.A % 4));
                    break;
                case <= 10:
                    await SettleAsync(step);
                    break;
                default:
                    await JumpAsync(Spans[step.A % Spans.Length]);
                    break;
            }

            await CompareAsync();
        }

        async Task SendAsync(Step step)
        {
            var message = new QueueMessage((++_sent).ToString(CultureInfo.InvariantCulture))
            {
                Lane = Names[step.A % 3],
                CoalesceKey = Names[step.B % 3],
                DedupeId = step.C >= 9 ? "d" + (step.A % 2).ToString(CultureInfo.InvariantCulture) : null,
                Priority = step.C % 3,
                Delay = Spans[step.B / 3 % 2],
            };
            var real = await rig.SendAsync(message, queue: policy.Name);
            Assert.Equal(_model.Send(message, real.MessageId), real);
        }

        async Task ReceiveAsync(int max)
        {
            var real = await rig.ReceiveAsync(max, queue: policy.Name);
            Assert.Equal(_model.Receive(max).Select(item => (item.Id, item.Epoch)), real.Select(lease => (lease.MessageId, lease.Epoch)));
            _leases.AddRange(real.Select(lease => (lease.MessageId, lease.Epoch)));
        }

        async Task SettleAsync(Step step)
        {
            if (_leases.Count == 0)
                return;
            // Mostly the newest leases; now and then one that was settled or lost long ago.
            var (id, epoch) = _leases[step.B < 9 ? _leases.Count - 1 - (step.A % Math.Min(3, _leases.Count)) : step.A % _leases.Count];
            Outcome outcome = (step.C % 5) switch
            {
                0 or 1 => new Outcome.Complete(),
                2 => new Outcome.Retry(Spans[step.A % 3], "why", step.B % 2 == 0),
                3 => new Outcome.Release(),
                _ => new Outcome.Dead("bad", "why"),
            };
            Assert.Equal(_model.Settle(id, epoch, outcome), (await rig.SettleAsync([new(id, epoch, outcome)], queue: policy.Name))[0]);
        }

        async Task JumpAsync(TimeSpan span)
        {
            clock.Advance(span);
            _model.Now += (long)span.TotalMilliseconds;
            _model.Lapse();
            await rig.PassAsync(TimeSpan.Zero);
        }

        async Task CompareAsync()
        {
            var real = await rig.Db.ReadAsync(
                tx => tx.QueryAsync<MessageRow>($"select {MessageRow.Columns} from messages where store_id = @StoreId and queue = @Name order by seq", new { rig.StoreId, policy.Name }),
                default);
            Assert.Equal(
                _model.Items.Select(item => (item.Id, item.State, item.Epoch, item.Failures, item.Deliveries, item.Priority, item.Waits ? item.Due : 0)),
                real.Select(row => (row.Id, State(row.State), row.Epoch, row.Failures, row.Deliveries, row.Priority, row.State < 2 ? row.DueMs : 0)));
        }

        static string State(int state) => state switch { 0 or 1 => "waiting", 2 => "leased", 3 => "dead", _ => "done" };
    }
}
