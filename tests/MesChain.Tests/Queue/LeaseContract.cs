using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Queue;

namespace MesChain.Tests.Queue;

/// <summary>Leases, settling, retries and dead letters, on each engine.</summary>
public abstract class LeaseContract(Engine engine) : IAsyncLifetime
{
    static readonly Outcome Complete = new Outcome.Complete();
    static readonly Outcome Release = new Outcome.Release();

    QueueRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await QueueRig.OpenAsync(engine, new(QueueRig.Name) { AttemptsMax = 3 });

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Q01_An_old_epoch_settles_and_renews_nothing_even_after_the_newer_one_ended()
    {
        await _rig.SendAsync(new("work"));
        var old = await _rig.OneAsync();
        await _rig.PassAsync(TimeSpan.FromSeconds(61));
        var newer = await _rig.OneAsync();
        Assert.Equal((old.MessageId, old.Epoch + 1), (newer.MessageId, newer.Epoch));

        foreach (var step in (Func<Task>[])[() => Task.CompletedTask, () => _rig.SettleAsync(newer, Complete)])
        {
            await step();
            Assert.Equal(Settled.Lost, await _rig.SettleAsync(old, Complete));
            Assert.Equal(Settled.Lost, await _rig.SettleAsync(old, new Outcome.Retry(null, "late")));
            Assert.Equal(Settled.Lost, await _rig.SettleAsync(old, new Outcome.Dead("late", "late")));
            Assert.False(await _rig.RenewAsync(old));
        }

        Assert.Empty(await _rig.BrowseAsync(State.Scheduled, State.Ready, State.Leased, State.Dead));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Q02_A_lease_that_ran_out_unclaimed_still_completes(bool janitorCameFirst)
    {
        await _rig.SendAsync(new("work"));
        var lease = await _rig.OneAsync();
        if (janitorCameFirst)
            await _rig.PassAsync(TimeSpan.FromMinutes(5));
        else
            _rig.Db.ClockOffset += TimeSpan.FromMinutes(5);

        Assert.Equal(Settled.Stands, await _rig.SettleAsync(lease, Complete));
        await _rig.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(await _rig.ReceiveAsync());
    }

    [Fact]
    public async Task Q03_A_repeated_settle_gets_the_same_answer_for_ten_minutes_and_another_outcome_is_refused()
    {
        var outcomes = new Outcome[] { Complete, new Outcome.Retry(TimeSpan.FromHours(1), "later"), new Outcome.Dead("bad", "bad"), Release };
        foreach (var said in outcomes)
        {
            await _rig.SendAsync(new("work"));
            var lease = await _rig.OneAsync();
            Assert.Equal(Settled.Stands, await _rig.SettleAsync(lease, said));
            var before = await _rig.FindAsync(lease.MessageId);
            foreach (var pass in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromMinutes(9)])
            {
                await _rig.PassAsync(pass);
                await _rig.Store.PruneAsync(default);
                foreach (var repeated in outcomes)
                {
                    var answer = await _rig.SettleAsync(lease, repeated);
                    Assert.Equal(said.GetType() == repeated.GetType() ? Settled.Stands : new Settled(false, Reasons.AlreadySettled, Returns.Word(said)), answer);
                }
            }

            Assert.Equivalent(before, await _rig.FindAsync(lease.MessageId));
            if (said == Release)
                Assert.Equal(Settled.Stands, await _rig.SettleAsync(await _rig.OneAsync(), Complete));
        }
    }

    [Fact]
    public async Task Q03_A_repeat_is_answered_even_when_the_message_was_claimed_again_meanwhile()
    {
        await _rig.SendAsync(new("work"));
        var first = await _rig.OneAsync();
        await _rig.SettleAsync(first, Release);
        var second = await _rig.OneAsync();
        Assert.Equal(Settled.Stands, await _rig.SettleAsync(first, Release));
        Assert.Equal(Settled.Stands, await _rig.SettleAsync(second, Complete));
    }

    [Fact]
    public async Task Q04_Of_a_hundred_settles_the_three_lost_ones_are_named_and_atomic_applies_none()
    {
        await _rig.SendManyAsync(Enumerable.Range(0, 100).Select(_ => new QueueMessage("work")));
        var leases = await _rig.ReceiveAsync(100);
        Assert.Equal(100, leases.Count);
        // Three run out and are claimed by somebody else.
        var lost = leases.Where((_, i) => i is 7 or 50 or 99).ToList();
        await _rig.SettleAsync([.. lost.Select(lease => new Verdict(lease.MessageId, lease.Epoch, Release))]);
        Assert.Equal(3, (await _rig.ReceiveAsync(100)).Count);
        var verdicts = leases.Select(lease => new Verdict(lease.MessageId, lease.Epoch, Complete)).ToList();

        var refused = await Assert.ThrowsAsync<ConflictException>(() => _rig.SettleAsync(verdicts, atomic: true));
        Assert.Equal(Reasons.LeaseLost, refused.Reason);
        Assert.Equal(100, (await _rig.StatusAsync()).Leased);

        var answers = await _rig.SettleAsync(verdicts);
        Assert.Equal([7, 50, 99], answers.Index().Where(answer => !answer.Item.Ok).Select(answer => answer.Index));
        Assert.Equal(3, (await _rig.StatusAsync()).Leased);
    }

    [Fact]
    public async Task Q08_A_late_renewal_keeps_the_epoch_until_somebody_else_claims()
    {
        await _rig.SendAsync(new("work"));
        var lease = await _rig.OneAsync();
        await _rig.PassAsync(TimeSpan.FromSeconds(61));
        Assert.True(await _rig.RenewAsync(lease));
        Assert.Empty(await _rig.ReceiveAsync());
        await _rig.PassAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(await _rig.ReceiveAsync());
        await _rig.PassAsync(TimeSpan.FromSeconds(31));
        var next = await _rig.OneAsync();
        Assert.False(await _rig.RenewAsync(lease));
        Assert.True(await _rig.RenewAsync(next));
    }

    [Fact]
    public async Task Q12_The_last_failure_makes_it_dead_with_the_last_error_and_in_one_place()
    {
        var id = (await _rig.SendAsync(new("work"))).MessageId;
        foreach (var failure in (int[])[1, 2, 3])
        {
            Assert.Equal(0, (await _rig.StatusAsync()).Dead);
            await _rig.SettleAsync(await _rig.OneAsync(), new Outcome.Retry(TimeSpan.Zero, $"failure {failure}"));
        }

        var dead = Assert.Single(await _rig.BrowseAsync());
        Assert.Equal((id, Returns.MaxAttempts, "failure 3", 3), (dead.Id, dead.DeadReason, dead.LastError, dead.Failures));
        Assert.Equal("3", dead.State.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Q13_Failures_and_deliveries_are_counted_apart()
    {
        var id = (await _rig.SendAsync(new("work"))).MessageId;
        await _rig.SettleAsync(await _rig.OneAsync(), Release);
        await _rig.SettleAsync(await _rig.OneAsync(), new Outcome.Retry(TimeSpan.Zero, "rate limit", Counted: false));
        var row = await _rig.FindAsync(id);
        Assert.Equal((0, 2), (row.Failures, row.Deliveries));

        await _rig.SettleAsync(await _rig.OneAsync(), new Outcome.Retry(TimeSpan.Zero, "broken"));
        await _rig.OneAsync();
        await _rig.PassAsync(TimeSpan.FromSeconds(61));
        row = await _rig.FindAsync(id);
        Assert.Equal((2, 4), (row.Failures, row.Deliveries));
        Assert.Equal(Returns.LeaseExpired, row.LastError);
    }

    [Fact]
    public async Task Q14_A_retried_message_is_the_same_message()
    {
        var sent = await _rig.SendAsync(new("work") { DedupeId = "d" });
        await _rig.SettleAsync(await _rig.OneAsync(), new Outcome.Retry(TimeSpan.FromMinutes(2), "later"));
        await _rig.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(await _rig.ReceiveAsync());
        Assert.Equal(new(sent.MessageId, true, false), await _rig.SendAsync(new("work") { DedupeId = "d" }));
        await _rig.PassAsync(TimeSpan.FromSeconds(61));
        Assert.Equal(sent.MessageId, (await _rig.OneAsync()).MessageId);
    }

    [Fact]
    public async Task A_retry_without_a_delay_waits_out_the_back_off()
    {
        await _rig.SendAsync(new("work"));
        await _rig.SettleAsync(await _rig.OneAsync(), new Outcome.Retry(null, "broken"));
        var row = Assert.Single(await _rig.BrowseAsync());
        Assert.InRange(row.DueMs - row.SentMs, 0, 1000 + 60_000);
        await _rig.PassAsync(TimeSpan.FromSeconds(1));
        await _rig.OneAsync();
    }

    [Fact]
    public async Task Q44_A_lease_inside_the_program_ends_with_the_program_and_others_stand()
    {
        await _rig.SendAsync(new("mine"));
        await _rig.Queue.ReceiveAnyAsync(QueueRig.Name, 1, "worker", default);
        await _rig.SendAsync(new("theirs"));
        var theirs = await _rig.OneAsync();
        if (engine == Engine.Sqlite)
        {
            await _rig.Janitor.RunOnceAsync(default);
            Assert.Equal("mine", (await _rig.OneAsync()).Kind);
        }

        Assert.True(await _rig.RenewAsync(theirs));
    }

    [Fact]
    public async Task A_redrive_takes_the_reason_asked_for_spreads_it_and_begins_anew()
    {
        await _rig.SendManyAsync(Enumerable.Range(0, 6).Select(_ => new QueueMessage("work")));
        var leases = await _rig.ReceiveAsync(6);
        await _rig.SettleAsync([.. leases.Select((lease, i) => new Verdict(lease.MessageId, lease.Epoch, new Outcome.Dead(i < 4 ? "a" : "b", "why")))]);

        Assert.Equal(4, await _rig.RedriveAsync(new(QueueRig.Name, [], "a", 1000, TimeSpan.FromSeconds(40))));
        Assert.Equal(0, await _rig.RedriveAsync(new(QueueRig.Name, [], "a", 1000, TimeSpan.Zero)));
        Assert.Equal(0, await _rig.RedriveAsync(new(QueueRig.Name, [leases[0].MessageId], "", 1000, TimeSpan.Zero)));
        Assert.Equal(1, await _rig.RedriveAsync(new(QueueRig.Name, [leases[4].MessageId], "", 1000, TimeSpan.FromHours(1))));

        var back = await _rig.BrowseAsync(State.Scheduled, State.Ready);
        Assert.All(back, row => Assert.Equal((0, "why", ""), (row.Failures, row.LastError, row.DeadReason)));
        Assert.Equal([0, 10_000, 20_000, 30_000], back.Take(4).Select(row => row.DueMs - back[0].DueMs));
        // Whoever held the fifth when it died holds nothing any more.
        Assert.Equal(Settled.Lost, await _rig.SettleAsync(leases[4] with { Epoch = leases[4].Epoch + 2 }, Complete));
        Assert.Equal(2, (await _rig.ReceiveAsync(6)).Count);
    }

    [Fact]
    public async Task What_nobody_may_repeat_any_more_is_pruned()
    {
        await _rig.SendAsync(new("work") { DedupeId = "d" });
        await _rig.SettleAsync(await _rig.OneAsync(), Release);
        await _rig.SettleAsync(await _rig.OneAsync(), Complete);
        await _rig.PassAsync(TimeSpan.FromMinutes(11));
        await _rig.Store.PruneAsync(default);
        Assert.Empty(await _rig.BrowseAsync());
        Assert.Equal(0, await _rig.Db.ReadAsync(tx => tx.ScalarAsync<long>("select (select count(*) from settle_receipts) + (select count(*) from message_dedupes)"), default));
    }
}

public sealed class LeaseOnSqlite() : LeaseContract(Engine.Sqlite);

public sealed class LeaseOnPostgres() : LeaseContract(Engine.Postgres);
