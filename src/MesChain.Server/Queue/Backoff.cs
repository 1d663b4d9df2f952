namespace MesChain.Server.Queue;

/// <summary>Pure arithmetic of the next attempt: exponential with full jitter, so that what failed together does not come back together.</summary>
static class Backoff
{
    /// <summary>Between zero and <c>min(cap, base × 2^(failures−1))</c>.</summary>
    /// <param name="failures">Failures so far, this one included; from 1.</param>
    /// <param name="roll">Chance, from 0 to 1.</param>
    public static TimeSpan Delay(TimeSpan first, TimeSpan cap, long failures, double roll) => Ceiling(first, cap, failures) * roll;

    public static TimeSpan Ceiling(TimeSpan first, TimeSpan cap, long failures)
    {
        // In doubles: 2^99 is a number here, not an overflow.
        var grown = first.TotalMilliseconds * Math.Pow(2, Math.Max(0, failures - 1));
        return grown >= cap.TotalMilliseconds ? cap : TimeSpan.FromMilliseconds(grown);
    }
}
