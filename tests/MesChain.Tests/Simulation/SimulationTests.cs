using System.Globalization;

namespace MesChain.Tests.Simulation;

/// <summary>
/// AC-02, AC-06, AC-07, I1, I2, I3 under faults. Every run draws new seeds and prints them; <c>MESCHAIN_SEED=n</c> replays one with its
/// trace, and <c>MESCHAIN_SOAK=1</c> runs two hundred.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    const int Normally = 10;
    const int Soaking = 200;

    [Fact]
    public async Task Whatever_goes_wrong_shop_and_marketplace_agree_in_the_end()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("MESCHAIN_SEED"), CultureInfo.InvariantCulture, out var replayed))
        {
            await Evening.RunAsync(replayed, traced: true);
            return;
        }

        var soaking = Environment.GetEnvironmentVariable("MESCHAIN_SOAK") == "1";
        var first = soaking ? 1 : Random.Shared.Next(1000, int.MaxValue - Soaking);
        var count = soaking ? Soaking : Normally;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds {first} to {first + count - 1}"));
        for (var seed = first; seed < first + count; seed++)
            await Evening.RunAsync(seed, traced: true);
    }
}
