namespace MesChain.Bench;

/// <summary>
/// A clock that runs faster than the machine's, so that an hour does not have to be waited for. Work takes its real time, which this clock
/// counts many times over: what is measured on it is the most that it can be.
/// </summary>
sealed class FastClock(int speed) : TimeProvider
{
    readonly DateTimeOffset _startedAt = System.GetUtcNow();
    readonly long _stamp = System.GetTimestamp();

    public int Speed => speed;

    public override DateTimeOffset GetUtcNow() => _startedAt + (System.GetElapsedTime(_stamp) * speed);

    public override long GetTimestamp() => _stamp + ((System.GetTimestamp() - _stamp) * speed);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Shortened(System.CreateTimer(callback, state, Shorten(dueTime), Shorten(period)), this);

    TimeSpan Shorten(TimeSpan time) => time > TimeSpan.Zero ? time / speed : time;

    sealed class Shortened(ITimer inner, FastClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(clock.Shorten(dueTime), clock.Shorten(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
