using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Queue;

namespace MesChain.Tests.Queue;

/// <summary>Callers that share a transaction: each gets the answer that it would have got alone.</summary>
public abstract class RoundContract(Engine engine)
{
    static readonly Outcome Complete = new Outcome.Complete();

    [Fact]
    public async Task A_sender_whose_messages_do_not_fit_is_refused_alone()
    {
        await using var rig = await QueueRig.OpenAsync(engine, new(QueueRig.Name) { DepthMax = 5 });
        var (first, others) = await ShareAsync(rig, () => rig.SendManyAsync([new("first")]), () => Sends(rig, 2), () => Sends(rig, 4), () => Sends(rig, 2));
        Assert.Single(await first);
        Assert.Equal(2, (await others[0]).Count);
        Assert.Equal(Reasons.QueueFull, (await Assert.ThrowsAsync<ExhaustedException>(() => others[1])).Reason);
        Assert.Equal(2, (await others[2]).Count);
        Assert.Equal(5, (await rig.BrowseAsync()).Count);
    }

    [Fact]
    public async Task Q28_Senders_of_one_id_that_share_a_round_make_one_message_and_the_later_ones_are_told()
    {
        await using var rig = await QueueRig.OpenAsync(engine);
        var (_, others) = await ShareAsync(rig, () => rig.SendManyAsync([new("first")]), Send, Send, Send);
        var outcomes = (await Task.WhenAll(others)).Select(Assert.Single).ToList();
        Assert.Equal([false, true, true], outcomes.Select(outcome => outcome.Duplicate));
        Assert.Single(outcomes.Select(outcome => outcome.MessageId).Distinct());
        Assert.Equal(2, (await rig.BrowseAsync()).Count);

        Task<IReadOnlyList<SendOutcome>> Send() => rig.SendManyAsync([new("work") { DedupeId = "d" }]);
    }

    [Fact]
    public async Task Q03_Settles_of_one_message_that_share_a_round_see_each_other()
    {
        await using var rig = await QueueRig.OpenAsync(engine);
        await rig.SendManyAsync([new("a"), new("b")]);
        var (a, b) = (await rig.OneAsync(), await rig.OneAsync());
        var (_, others) = await ShareAsync(
            rig,
            () => rig.SettleAsync([new(a.MessageId, a.Epoch, Complete)]),
            () => rig.SettleAsync([new(b.MessageId, b.Epoch, new Outcome.Retry(null, "x", true))]),
            () => rig.SettleAsync([new(b.MessageId, b.Epoch, Complete)]),
            () => rig.SettleAsync([new(b.MessageId, b.Epoch, new Outcome.Retry(null, "x", true))]));
        var answers = (await Task.WhenAll(others)).Select(Assert.Single).ToList();
        Assert.Equal([true, false, true], answers.Select(answer => answer.Ok));
        Assert.Equal(Reasons.AlreadySettled, answers[1].Reason);
        Assert.Equal(1, (await rig.FindAsync(b.MessageId)).Failures);
    }

    [Fact]
    public async Task A_round_in_a_queue_that_nobody_made_refuses_every_one_of_it()
    {
        await using var rig = await QueueRig.OpenAsync(engine);
        var (first, others) = await ShareAsync(rig, Send, Send, Send);
        foreach (var one in others.Prepend(first))
            Assert.Equal("nowhere", (await Assert.ThrowsAsync<UnknownResourceException>(() => one)).Id);

        Task<IReadOnlyList<SendOutcome>> Send() => rig.SendManyAsync([new("work")], "nowhere");
    }

    static Task<IReadOnlyList<SendOutcome>> Sends(QueueRig rig, int count) => rig.SendManyAsync(Enumerable.Range(0, count).Select(_ => new QueueMessage("more")));

    /// <summary>The first ask has a round to itself; all others share the next.</summary>
    static async Task<(Task<T> First, List<Task<T>> Others)> ShareAsync<T>(QueueRig rig, Func<Task<T>> first, params IEnumerable<Func<Task<T>>> others)
    {
        using var held = rig.Hold();
        // On a thread of its own, which it may keep until it is released.
        var alone = Task.Run(first);
        await held.Reached;
        var together = others.Select(other => other()).ToList();
        held.Release();
        await Task.WhenAll(together.Prepend(alone)).ContinueWith(static _ => { }, TaskScheduler.Default);
        return (alone, together);
    }

    public sealed class OnSqlite() : RoundContract(Engine.Sqlite);

    public sealed class OnPostgres() : RoundContract(Engine.Postgres);
}
