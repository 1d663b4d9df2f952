using System.Globalization;
using MesChain.Server.Platform.Cluster;
using MesChain.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Platform;

/// <summary>Wake-ups: inside a process, and between nodes over Redis. They may be lost; they must never hold anybody up.</summary>
public sealed class SignalTests
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Whoever_waits_for_the_topic_is_woken_and_nobody_else()
    {
        var clock = new FakeTimeProvider();
        var signal = new LocalSignal(clock);
        var (right, wrong) = (signal.WaitAsync("a", Long, Cancel), signal.WaitAsync("b", Long, Cancel));
        signal.Raise("a");
        await right;
        Assert.False(wrong.IsCompleted);
        clock.Advance(Long);
        await wrong;
    }

    [Fact]
    public async Task A_node_wakes_another_over_redis()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = Node(redis.Port);
        await using var two = Node(redis.Port);
        await WakesAsync(one, two);
        await WakesAsync(two, one);
    }

    [Fact]
    public async Task A_redis_that_is_away_holds_nobody_up_and_is_found_when_it_comes()
    {
        var port = PrivatePostgres.FreePort();
        await using var one = Node(port);
        await using var two = Node(port);
        var mine = one.WaitAsync("a", Long, Cancel);
        one.Raise("a");
        await mine;
        await two.WaitAsync("a", TimeSpan.FromMilliseconds(50), Cancel);

        await using var redis = await RedisServer.StartAsync(port);
        await WakesAsync(one, two);
    }

    /// <summary>A hint may be lost while a connection is made, so it is given until it arrives.</summary>
    static async Task WakesAsync(RedisSignal from, RedisSignal to)
    {
        var woken = to.WaitAsync("a", Long, Cancel);
        while (!woken.IsCompleted)
        {
            from.Raise("a");
            await from.WaitAsync("nothing", TimeSpan.FromMilliseconds(20), Cancel);
        }

        await woken;
    }

    static RedisSignal Node(int port) =>
        new(new LocalSignal(TimeProvider.System), string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port},connectRetry=100,connectTimeout=500"), NullLogger<RedisSignal>.Instance);
}
