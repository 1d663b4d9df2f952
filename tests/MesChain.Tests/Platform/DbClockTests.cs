using MesChain.Server.Platform.Data;

namespace MesChain.Tests.Platform;

public sealed class DbClockTests
{
    readonly World _world = new();

    [Fact]
    public void A_wall_clock_that_is_set_back_takes_no_time_back()
    {
        var clock = new DbClock(_world);
        _world.Pass(TimeSpan.FromMinutes(10));
        var before = clock.NowMs();

        _world.Wall -= TimeSpan.FromMinutes(10);
        Assert.Equal(before, clock.NowMs());
        _world.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(before + 1000, clock.NowMs());
    }

    [Fact]
    public void A_wall_clock_that_is_set_forward_is_followed()
    {
        var clock = new DbClock(_world);
        var before = clock.NowMs();
        _world.Wall += TimeSpan.FromHours(1);
        Assert.Equal(before + 3_600_000, clock.NowMs());
    }

    /// <summary>A wall clock that somebody can set, and a steady one that nobody can.</summary>
    sealed class World : TimeProvider
    {
        long _steady;

        public DateTimeOffset Wall { get; set; } = DateTimeOffset.UnixEpoch.AddYears(56);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time)
        {
            Wall += time;
            _steady += time.Ticks;
        }

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => _steady;
    }
}
