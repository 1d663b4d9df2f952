using System.Globalization;

namespace MesChain.Tests.Support;

/// <summary>
/// How much of a seeded test runs: a twentieth in `make test`, the full count of its issue in `make soak`. Such a test carries the trait
/// <c>[Trait(Soak.Trait, "yes")]</c> and says here what it ran; `make soak` gathers these lines in artifacts/soak.json.
/// <c>MESCHAIN_SEED=n</c> replays one seed.
/// </summary>
static class Soak
{
    public const string Trait = "Soak";

    /// <summary>Whether this is the soak: it has the machine to itself.</summary>
    public static readonly bool Full = Environment.GetEnvironmentVariable("MESCHAIN_SOAK") == "1";

    public static int Count(int full) => Full ? full : Math.Max(1, full / 20);

    /// <summary>The seed to replay, if one was asked for.</summary>
    public static int? Replayed => int.TryParse(Environment.GetEnvironmentVariable("MESCHAIN_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : null;

    /// <summary>Runs seeds that no run before had, all of them also when some fail, and names those that did.</summary>
    /// <param name="sample">How many `make test` runs; a twentieth unless said.</param>
    /// <param name="sideBySide">Whether a seed is alone with its world and says the same in any company: then the soak has one on each processor.</param>
    public static async Task RunAsync(string name, int full, Func<int, Task> run, int? sample = null, bool sideBySide = false)
    {
        if (Replayed is { } one)
        {
            await run(one);
            return;
        }

        var count = Full ? full : sample ?? Count(full);
        var first = Random.Shared.Next(1000, int.MaxValue - full);
        var faults = new SortedList<int, Exception>();
        var lanes = new ParallelOptions { MaxDegreeOfParallelism = Full && sideBySide ? Environment.ProcessorCount : 1 };
        await Parallel.ForEachAsync(Enumerable.Range(first, count), lanes, async (seed, _) =>
        {
            try
            {
                await run(seed);
            }
            catch (Exception fault)
            {
                lock (faults)
                    faults.Add(seed, fault);
            }
        });

        Say(name, string.Create(CultureInfo.InvariantCulture, $"{first}..{first + count - 1}"), count, faults.Count);
        if (faults.Count > 0)
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{faults.Count} of {count} seeds fail. The first: {faults.Values[0].Message}"));
    }

    /// <param name="seeds">From which a run can be brought back.</param>
    public static void Say(string name, string seeds, int count, int failures) =>
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"soak {name} seeds={seeds} count={count} failures={failures}"));
}
