using MesChain.Server.Queue;

namespace MesChain.Tests.Queue;

public sealed class BackoffTests
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Cap = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 16)]
    [InlineData(9, 256)]
    [InlineData(10, 300)]
    [InlineData(100, 300)]
    public void Q11_A_delay_lies_between_zero_and_its_step_and_averages_half_of_it(int failures, int stepSeconds)
    {
        var chance = new Random(4711);
        var samples = Enumerable.Range(0, 10_000).Select(_ => Backoff.Delay(First, Cap, failures, chance.NextDouble()).TotalSeconds).ToList();
        Assert.All(samples, sample => Assert.InRange(sample, 0, stepSeconds));
        Assert.InRange(samples.Average(), stepSeconds / 2.0 * 0.97, stepSeconds / 2.0 * 1.03);
    }
}
