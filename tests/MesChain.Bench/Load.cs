using System.Diagnostics;

namespace MesChain.Bench;

/// <summary>Callers in a closed loop: each waits for its answer before it calls again.</summary>
static class Load
{
    const int Rounds = 3;

    static readonly TimeSpan Warmup = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Measured = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// Measures several loads turn about, so that a neighbour's noise falls on all of them, and answers the median round of each.
    /// </summary>
    /// <param name="calls">One call each; answers how many units of work it did.</param>
    public static async Task<Result[]> RunAsync(int callers, params Func<Task<int>>[] calls)
    {
        foreach (var call in calls)
            await RunForAsync(Warmup, callers, call);
        var rounds = calls.Select(_ => new List<Result>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < calls.Length; i++)
                rounds[i].Add(await RunForAsync(Measured, callers, calls[i]));
        }

        return [.. rounds.Select(results => results.OrderBy(result => result.PerSecond).ElementAt(Rounds / 2))];
    }

    static async Task<Result> RunForAsync(TimeSpan duration, int callers, Func<Task<int>> call)
    {
        var watch = Stopwatch.StartNew();
        var each = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var times = new List<TimeSpan>();
            var done = 0L;
            while (watch.Elapsed < duration)
            {
                var began = watch.Elapsed;
                done += await call();
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
