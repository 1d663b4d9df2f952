using System.Diagnostics;

namespace MesChain.Bench;

/// <summary>Callers in a closed loop: each waits for its answer before it calls again.</summary>
static class Load
{
    static readonly TimeSpan Warmup = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Measured = TimeSpan.FromSeconds(3);

    /// <param name="call">One call; answers how many units of work it did.</param>
    public static async Task<Result> RunAsync(int callers, Func<int, Task<int>> call)
    {
        await RunForAsync(Warmup, callers, call);
        return await RunForAsync(Measured, callers, call);
    }

    static async Task<Result> RunForAsync(TimeSpan duration, int callers, Func<int, Task<int>> call)
    {
        var watch = Stopwatch.StartNew();
        var each = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var times = new List<TimeSpan>();
            var done = 0L;
            while (watch.Elapsed < duration)
            {
                var began = watch.Elapsed;
                done += await call(caller);
                times.Add(watch.Elapsed - began);
            }

            return (times, done);
        })));
        return new(each.Sum(one => one.done) / watch.Elapsed.TotalSeconds, each.SelectMany(one => one.times).Order().ToArray());
    }
}

/// <param name="PerSecond">Units of work a second.</param>
/// <param name="Sorted">How long each call took.</param>
sealed record Result(double PerSecond, TimeSpan[] Sorted)
{
    public TimeSpan Percentile(double share) => Sorted.Length == 0 ? TimeSpan.Zero : Sorted[Math.Min(Sorted.Length - 1, (int)(Sorted.Length * share))];
}
