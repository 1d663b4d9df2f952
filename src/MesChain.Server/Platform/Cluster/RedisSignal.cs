using MesChain.Server.Platform.Hosting;
using StackExchange.Redis;

namespace MesChain.Server.Platform.Cluster;

/// <summary>
/// Wake-ups between nodes over Redis pub/sub, on top of those inside the process. Redis may be away at any time, also at start:
/// then nodes find each other's work when they look by themselves.
/// </summary>
public sealed partial class RedisSignal : ISignal, IHealthSource, IAsyncDisposable
{
    static readonly RedisChannel Channel = RedisChannel.Literal("meschain:signal");

    readonly LocalSignal _local;
    readonly ILogger<RedisSignal> _log;
    readonly Task _connecting;
    ConnectionMultiplexer? _redis;

    public RedisSignal(LocalSignal local, string settings, ILogger<RedisSignal> log)
    {
        _local = local;
        _log = log;
        var options = ConfigurationOptions.Parse(settings);
        options.AbortOnConnectFail = false;
        _connecting = ConnectAsync(options);
    }

    public void Raise(string topic)
    {
        _local.Raise(topic);
        Volatile.Read(ref _redis)?.GetSubscriber().Publish(Channel, topic, CommandFlags.FireAndForget);
    }

    public Task WaitAsync(string topic, TimeSpan longest, CancellationToken cancel) => _local.WaitAsync(topic, longest, cancel);

    public Task<IReadOnlyList<ComponentState>> LookAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<ComponentState>>([new("signal", Volatile.Read(ref _redis)?.IsConnected == true ? null : HealthCauses.RedisAway)]);

    async Task ConnectAsync(ConfigurationOptions options)
    {
        var redis = await ConnectionMultiplexer.ConnectAsync(options);
        redis.ConnectionFailed += (_, _) => Away(_log);
        // Our own messages come back too; ringing twice is harmless. Fire and forget: a Redis that is away is subscribed to when it is back.
        await redis.GetSubscriber().SubscribeAsync(Channel, (_, topic) => _local.Raise(topic.ToString()), CommandFlags.FireAndForget);
        Volatile.Write(ref _redis, redis);
    }

    public async ValueTask DisposeAsync()
    {
        await _connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_redis is not null)
            await _redis.DisposeAsync();
    }

    [LoggerMessage(9301, LogLevel.Warning, "Redis is away; nodes wake each other late until it is back")]
    static partial void Away(ILogger log);
}
