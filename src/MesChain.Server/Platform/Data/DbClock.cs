namespace MesChain.Server.Platform.Data;

/// <summary>
/// The clock of an embedded database: wall time when it was anchored, advanced by the monotonic clock, so that a wall clock
/// set back by an operator or by NTP never revives a lease. It re-anchors forward only.
/// </summary>
public sealed class DbClock(TimeProvider time)
{
    readonly Lock _gate = new();
    long _anchorMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    long _anchorStamp = time.GetTimestamp();

    /// <summary>Moves this clock without moving the world's; contract suites use it. Never set in production.</summary>
    public TimeSpan Offset { get; set; }

    public long NowMs()
    {
        lock (_gate)
        {
            var steady = _anchorMs + (long)time.GetElapsedTime(_anchorStamp).TotalMilliseconds;
            var wall = time.GetUtcNow().ToUnixTimeMilliseconds();
            if (wall > steady)
            {
                _anchorMs = wall;
                _anchorStamp = time.GetTimestamp();
                steady = wall;
            }

            return steady + (long)Offset.TotalMilliseconds;
        }
    }
}
