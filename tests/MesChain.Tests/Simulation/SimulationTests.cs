using System.Globalization;
using MesChain.Tests.Support;

namespace MesChain.Tests.Simulation;

/// <summary>AC-02, AC-03, AC-06, AC-07, AC-08, AC-23 and I1 to I8 under faults. A failing seed prints its trace.</summary>
public sealed class SimulationTests
{
    [Fact]
    [Trait(Soak.Trait, "yes")]
    public Task Whatever_goes_wrong_shop_and_marketplaces_agree_in_the_end_and_nothing_is_offered_that_is_known_to_be_sold() =>
        Soak.RunAsync("simulation", 10_000, seed => Evening.RunAsync(seed, nodes: 1), sideBySide: true);
}

/// <summary>The same with two nodes on one database, which take connections from each other.</summary>
public sealed class SimulationOfTwoNodesTests
{
    [Fact]
    [Trait(Soak.Trait, "yes")]
    public Task Whatever_goes_wrong_between_two_nodes_shop_and_marketplaces_agree_in_the_end() =>
        Soak.RunAsync("simulation-two-nodes", 500, seed => Evening.RunAsync(seed, nodes: 2), sideBySide: true);
}

/// <summary>AC-01, without the last-units policy.</summary>
public sealed class RushTests
{
    [Fact]
    [Trait(Soak.Trait, "yes")]
    public async Task AC01_Of_five_units_at_six_marketplaces_no_more_are_sold_than_five_and_those_that_were_bought_before_anybody_could_know()
    {
        await Soak.RunAsync("rush", 1000, Rush.RunAsync, sideBySide: true);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"W: {Rush.Measured.TotalSeconds:0.0} s at most, of {Rush.Window.TotalSeconds} s"));
    }
}
