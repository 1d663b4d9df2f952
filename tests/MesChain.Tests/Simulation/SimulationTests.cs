using MesChain.Tests.Support;

namespace MesChain.Tests.Simulation;

/// <summary>AC-02, AC-06, AC-07, I1, I2, I3 under faults. A failing seed prints its trace.</summary>
public sealed class SimulationTests
{
    [Fact]
    [Trait(Soak.Trait, "yes")]
    public Task Whatever_goes_wrong_shop_and_marketplace_agree_in_the_end() =>
        Soak.RunAsync("simulation", 200, seed => Evening.RunAsync(seed, traced: true));
}
