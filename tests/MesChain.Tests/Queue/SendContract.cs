using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Queue;

namespace MesChain.Tests.Queue;

/// <summary>Sending: dedupe, coalescing, due times, the depth limit, on each engine.</summary>
public abstract class SendContract(Engine engine) : IAsyncLifetime
{
    static readonly Outcome Complete = new Outcome.Complete();

    QueueRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await QueueRig.OpenAsync(engine);

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_message_arrives_as_it_was_sent()
    {
        var sent = await _rig.SendAsync(new("push-stock") { Body = [1, 2, 3], Lane = "l", Priority = 7, Labels = new Dictionary<string, string> { ["connection"] = "ş" } });
        var lease = await _rig.OneAsync();
        Assert.Equal((sent.MessageId, "push-stock", "l", 0, 1, 1L), (lease.MessageId, lease.Kind, lease.Lane, lease.Failures, lease.Deliveries, lease.Epoch));
        Assert.Equal([1, 2, 3], lease.Body);
        Assert.Equal("ş", lease.Labels["connection"]);
    }

    [Fact]
    public async Task An_unknown_queue_is_named()
    {
        var refused = await Assert.ThrowsAsync<UnknownResourceException>(() => _rig.SendAsync(new("work"), queue: "nowhere"));
        Assert.Equal(("queue", "nowhere"), (refused.Kind, refused.Id));
    }

    [Fact]
    public async Task The_highest_priority_goes_first_and_within_it_the_oldest()
    {
        await _rig.SendManyAsync([new("a"), new("b") { Priority = 5 }, new("c") { Priority = 1 }, new("d") { Priority = 5 }]);
        Assert.Equal(["b", "d", "c", "a"], (await _rig.ReceiveAsync(10)).Select(lease => lease.Kind));
    }

    [Fact]
    public async Task Q28_A_second_send_inside_the_window_gets_the_first_id_also_after_completion()
    {
        var first = await _rig.SendAsync(new("work") { DedupeId = "d" });
        Assert.Equal(new(first.MessageId, true, false), await _rig.SendAsync(new("other") { DedupeId = "d" }));
        await _rig.SettleAsync(await _rig.OneAsync(), Complete);
        await _rig.PassAsync(TimeSpan.FromMinutes(9));
        await _rig.Store.PruneAsync(default);
        Assert.Equal(new(first.MessageId, true, false), await _rig.SendAsync(new("work") { DedupeId = "d" }));
        Assert.Empty(await _rig.ReceiveAsync());
    }

    [Fact]
    public async Task Q29_Racing_sends_of_one_id_leave_one_message()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => _rig.SendAsync(new("work") { DedupeId = "d" })));
        Assert.Single(outcomes, outcome => !outcome.Duplicate);
        Assert.Single(outcomes.Select(outcome => outcome.MessageId).Distinct());
        Assert.Single(await _rig.BrowseAsync());
    }

    [Fact]
    public async Task Q30_After_the_window_the_id_is_free_again()
    {
        var first = await _rig.SendAsync(new("work") { DedupeId = "d" });
        await _rig.PassAsync(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        var second = await _rig.SendAsync(new("work") { DedupeId = "d" });
        Assert.False(second.Duplicate);
        Assert.NotEqual(first.MessageId, second.MessageId);
        Assert.True((await _rig.SendAsync(new("work") { DedupeId = "d" })).Duplicate);
    }

    [Fact]
    public async Task Q32_A_scheduled_message_comes_at_its_time_and_not_before()
    {
        await _rig.SendAsync(new("work") { Delay = TimeSpan.FromHours(2) });
        Assert.Equal((0L, 1L), await _rig.StatusAsync() is var early ? (early.Ready, early.Scheduled) : default);
        await _rig.PassAsync(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(20));
        Assert.Empty(await _rig.ReceiveAsync());
        await _rig.PassAsync(TimeSpan.FromSeconds(21));
        Assert.Equal(1, (await _rig.StatusAsync()).Ready);
        await _rig.OneAsync();
    }

    [Fact]
    public async Task A_waiting_message_absorbs_one_with_its_key_and_a_leased_one_never_does()
    {
        var first = await _rig.SendAsync(new("work") { CoalesceKey = "k", Delay = TimeSpan.FromMinutes(1), Priority = 1 });
        var second = await _rig.SendAsync(new("work") { CoalesceKey = "k", Priority = 9 });
        Assert.Equal(new(first.MessageId, false, true), second);
        var lease = await _rig.OneAsync();
        Assert.Equal(first.MessageId, lease.MessageId);
        Assert.Equal(9, (await _rig.FindAsync(first.MessageId)).Priority);

        var third = await _rig.SendAsync(new("work") { CoalesceKey = "k" });
        Assert.False(third.Coalesced);
        Assert.NotEqual(first.MessageId, third.MessageId);
        Assert.False((await _rig.SendAsync(new("work") { CoalesceKey = "other" })).Coalesced);
    }

    [Fact]
    public async Task Racing_sends_of_one_key_leave_one_waiting_message()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => _rig.SendAsync(new("work") { CoalesceKey = "k" })));
        Assert.Single(outcomes, outcome => !outcome.Coalesced);
        Assert.Single(await _rig.BrowseAsync());
    }

    [Fact]
    public async Task A_message_that_comes_back_joins_the_one_that_took_its_key_and_its_back_off_stands()
    {
        await _rig.SendAsync(new("work") { CoalesceKey = "k" });
        var failed = await _rig.OneAsync();
        var waiting = await _rig.SendAsync(new("work") { CoalesceKey = "k" });
        Assert.Equal(Settled.Stands, await _rig.SettleAsync(failed, new Outcome.Retry(TimeSpan.FromMinutes(1), "down")));
        Assert.Equal(Settled.Stands, await _rig.SettleAsync(failed, new Outcome.Retry(TimeSpan.FromMinutes(1), "down")));

        Assert.Empty(await _rig.ReceiveAsync());
        Assert.Equal(new(waiting.MessageId, false, true), await _rig.SendAsync(new("work") { CoalesceKey = "k" }));
        Assert.Empty(await _rig.ReceiveAsync());
        await _rig.PassAsync(TimeSpan.FromSeconds(61));
        var next = await _rig.OneAsync();
        Assert.Equal((waiting.MessageId, 1), (next.MessageId, next.Failures));
    }

    [Fact]
    public async Task A_delay_that_is_nobodys_fault_is_shortened_by_a_new_message()
    {
        await _rig.SendAsync(new("work") { CoalesceKey = "k" });
        await _rig.SettleAsync(await _rig.OneAsync(), new Outcome.Retry(TimeSpan.FromMinutes(1), "again later", Counted: false));
        Assert.Empty(await _rig.ReceiveAsync());
        await _rig.SendAsync(new("work") { CoalesceKey = "k" });
        await _rig.OneAsync();
    }

    [Fact]
    public async Task A_full_queue_refuses_says_when_to_try_again_and_takes_more_once_there_is_room()
    {
        await _rig.EnsureAsync(new("small") { DepthMax = 5 });
        await _rig.SendManyAsync(Enumerable.Range(0, 4).Select(_ => new QueueMessage("work")), "small");
        var refused = await Assert.ThrowsAsync<ExhaustedException>(() => _rig.SendManyAsync([new("work"), new("work")], "small"));
        Assert.Equal(Reasons.QueueFull, refused.Reason);
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
        Assert.Equal(4, (await _rig.StatusAsync("small")).Ready);

        await _rig.SendAsync(new("work"), queue: "small");
        await Assert.ThrowsAsync<ExhaustedException>(() => _rig.SendAsync(new("work"), queue: "small"));
        await _rig.SettleAsync([.. (await _rig.ReceiveAsync(2, queue: "small")).Select(lease => new Verdict(lease.MessageId, lease.Epoch, Complete))], queue: "small");
        await _rig.SendManyAsync([new("work"), new("work")], "small");
    }

    [Fact]
    public async Task A_send_that_is_rolled_back_was_never_there()
    {
        await Assert.ThrowsAsync<FormatException>(() => _rig.Db.WriteAsync(
            async tx =>
            {
                await _rig.Queue.EnqueueAsync(tx, _rig.StoreId, QueueRig.Name, new("work") { DedupeId = "d" });
                throw new FormatException();
            },
            default));
        Assert.Empty(await _rig.ReceiveAsync());
        Assert.False((await _rig.SendAsync(new("work") { DedupeId = "d" })).Duplicate);
    }
}

public sealed class SendOnSqlite() : SendContract(Engine.Sqlite);

public sealed class SendOnPostgres() : SendContract(Engine.Postgres);
