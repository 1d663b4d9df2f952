using MesChain.Server.Platform.Data;
using MesChain.Server.Queue;

namespace MesChain.Tests.Queue;

/// <summary>Lanes and turns between stores, on each engine.</summary>
public abstract class LaneContract(Engine engine) : IAsyncLifetime
{
    const string Fifo = "fifo";
    static readonly Outcome Complete = new Outcome.Complete();

    QueueRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await QueueRig.OpenAsync(engine);
        await _rig.EnsureAsync(new(Fifo) { FifoLanes = true });
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(QueueRig.Name)]
    [InlineData(Fifo)]
    public async Task Q18_The_second_of_a_lane_waits_until_the_first_is_settled(string queue)
    {
        await _rig.SendManyAsync([new("1") { Lane = "k" }, new("2") { Lane = "k" }, new("3") { Lane = "k" }, new("other") { Lane = "m" }, new("none")], queue);
        var first = await _rig.ReceiveAsync(10, queue: queue);
        Assert.Equal(["1", "other", "none"], first.Select(lease => lease.Kind));
        Assert.Empty(await _rig.ReceiveAsync(10, queue: queue));
        foreach (var next in (string[])["2", "3"])
        {
            await _rig.SettleAsync([new(first[0].MessageId, first[0].Epoch, Complete)], queue: queue);
            first = await _rig.ReceiveAsync(10, queue: queue);
            Assert.Equal(next, Assert.Single(first).Kind);
        }
    }

    [Fact]
    public async Task Q19_In_an_ordered_lane_a_retry_holds_the_others_back_and_no_other_lane()
    {
        await _rig.SendManyAsync([new("1") { Lane = "k" }, new("2") { Lane = "k" }, new("x") { Lane = "m" }, new("y") { Lane = "m" }], Fifo);
        var leases = await _rig.ReceiveAsync(10, queue: Fifo);
        Assert.Equal(["1", "x"], leases.Select(lease => lease.Kind));
        await _rig.SettleAsync([new(leases[0].MessageId, 1, new Outcome.Retry(TimeSpan.FromSeconds(60), "later")), new(leases[1].MessageId, 1, Complete)], queue: Fifo);
        Assert.Equal("y", (await _rig.OneAsync(Fifo)).Kind);
        await _rig.PassAsync(TimeSpan.FromSeconds(50));
        Assert.Empty(await _rig.ReceiveAsync(10, queue: Fifo));
        await _rig.PassAsync(TimeSpan.FromSeconds(11));
        var again = (await _rig.ReceiveAsync(10, queue: Fifo)).Single(lease => lease.Lane == "k");
        Assert.Equal("1", again.Kind);
        // Dead is an end as well.
        await _rig.SettleAsync([new(again.MessageId, again.Epoch, new Outcome.Dead("bad", "bad"))], queue: Fifo);
        Assert.Equal("2", (await _rig.ReceiveAsync(10, queue: Fifo)).Single(lease => lease.Lane == "k").Kind);
    }

    [Fact]
    public async Task In_an_unordered_lane_a_retry_lets_the_next_one_through()
    {
        await _rig.SendManyAsync([new("1") { Lane = "k" }, new("2") { Lane = "k" }]);
        await _rig.SettleAsync(await _rig.OneAsync(), new Outcome.Retry(TimeSpan.FromSeconds(60), "later"));
        Assert.Equal("2", (await _rig.OneAsync()).Kind);
    }

    [Fact]
    public async Task Many_receivers_at_once_never_hold_two_of_a_lane_and_get_everything_once()
    {
        await _rig.SendManyAsync(Enumerable.Range(0, 120).Select(i => new QueueMessage($"{i}") { Lane = $"lane {i % 7}" }));
        var held = new HashSet<string>(StringComparer.Ordinal);
        var seen = new List<Guid>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            while (true)
            {
                var leases = await _rig.ReceiveAsync(3);
                lock (seen)
                {
                    if (seen.Count == 120)
                        return;
                    foreach (var lease in leases)
                    {
                        Assert.True(held.Add(lease.Lane!), "two of " + lease.Lane);
                        seen.Add(lease.MessageId);
                        held.Remove(lease.Lane!);
                    }
                }

                if (leases.Count > 0)
                    await _rig.SettleAsync([.. leases.Select(lease => new Verdict(lease.MessageId, lease.Epoch, Complete))]);
            }
        }));
        Assert.Equal(120, seen.Distinct().Count());
    }

    [Fact]
    public async Task Receivers_that_share_a_claim_get_each_its_own_share_its_own_lease_and_no_lane_twice()
    {
        await _rig.SendManyAsync([.. Enumerable.Range(0, 6).Select(i => new QueueMessage($"{i}") { Priority = i / 2 }), new("k1") { Lane = "k" }, new("k2") { Lane = "k" }]);
        var claims = await _rig.ShareAsync(new(3, null, "a"), new(2, TimeSpan.FromMinutes(5), "b"), new(9, null, "c"), new(1, null, "d"));
        Assert.Equal([["4", "5", "2"], ["3", "0"], ["1", "k1"], []], claims.Select(claim => claim.Rows.Select(row => row.Kind)));

        await _rig.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(["3", "0"], (await _rig.BrowseAsync(State.Leased)).Select(row => row.Kind).OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public async Task More_lanes_than_one_look_covers_all_get_their_turn()
    {
        foreach (var chunk in Enumerable.Range(0, 2300).Chunk(500))
            await _rig.SendManyAsync(chunk.Select(i => new QueueMessage("work") { Lane = $"lane {i:D5}" }));
        var lanes = new HashSet<string>(StringComparer.Ordinal);
        for (var claim = 0; claim < 20 && lanes.Count < 2300; claim++)
            lanes.UnionWith((await _rig.ReceiveAsync(400)).Select(lease => lease.Lane!));
        Assert.Equal(2300, lanes.Count);
    }

    [Fact]
    public async Task Stores_take_turns_however_much_one_of_them_has()
    {
        var quiet = Ids.New(TimeProvider.System);
        await _rig.EnsureAsync(new(QueueRig.Name), quiet);
        await _rig.SendManyAsync(Enumerable.Range(0, 50).Select(_ => new QueueMessage("much")));
        await _rig.SendAsync(new("little"), quiet);
        var first = await _rig.Queue.ReceiveAnyAsync(QueueRig.Name, 5, "w", default);
        var second = await _rig.Queue.ReceiveAnyAsync(QueueRig.Name, 5, "w", default);
        Assert.Equal(["little", "much"], ((string[])[first[0].Kind, second[0].Kind]).Order(StringComparer.Ordinal));
        Assert.Equal(5, (await _rig.Queue.ReceiveAnyAsync(QueueRig.Name, 5, "w", default)).Count);
    }

    [Fact]
    public async Task A_waiter_wakes_at_a_send_at_a_due_time_and_at_a_freed_lane()
    {
        var longest = TimeSpan.FromMinutes(10);
        var waiting = _rig.Queue.WaitAsync(QueueRig.Name, longest, default);
        Assert.False(waiting.IsCompleted);
        await _rig.SendAsync(new("1") { Lane = "k" });
        await waiting.WaitAsync(TimeSpan.FromMinutes(2));
        var lease = Assert.Single(await _rig.Queue.ReceiveAnyAsync(QueueRig.Name, 5, "w", default));

        await _rig.SendAsync(new("2") { Lane = "k" });
        Assert.Empty(await _rig.Queue.ReceiveAnyAsync(QueueRig.Name, 5, "w", default));
        waiting = _rig.Queue.WaitAsync(QueueRig.Name, longest, default);
        Assert.True(await _rig.Db.WriteAsync(tx => _rig.Queue.SettleAsync(tx, lease, Complete), default));
        await waiting.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("2", Assert.Single(await _rig.Queue.ReceiveAnyAsync(QueueRig.Name, 5, "w", default)).Kind);

        await _rig.SendAsync(new("soon") { Delay = TimeSpan.FromMilliseconds(300) });
        List<Lease> late = [];
        while (late.Count == 0)
        {
            await _rig.Queue.WaitAsync(QueueRig.Name, longest, default).WaitAsync(TimeSpan.FromMinutes(2));
            late.AddRange(await _rig.Queue.ReceiveAnyAsync(QueueRig.Name, 5, "w", default));
        }

        Assert.Equal("soon", late[0].Kind);
    }

    [Fact]
    public async Task A_lost_hint_is_found_by_the_sweep()
    {
        await _rig.SendAsync(new("work"));
        await _rig.Queue.ReceiveAnyAsync(QueueRig.Name, 1, "w", default);
        await _rig.SendAsync(new("work"));
        await _rig.Db.WriteAsync(tx => tx.ExecuteAsync("delete from ready_stores"), default);
        Assert.Equal(1, await _rig.Ready.SweepAsync(default));
        Assert.Single(await _rig.Queue.ReceiveAnyAsync(QueueRig.Name, 1, "w", default));
        Assert.Equal(0, await _rig.Ready.SweepAsync(default));
    }
}

public sealed class LaneOnSqlite() : LaneContract(Engine.Sqlite);

public sealed class LaneOnPostgres() : LaneContract(Engine.Postgres);
