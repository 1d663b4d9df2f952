using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Sandbox;

/// <summary>The table of quotas a minute, tier by tier. Counted at the counter itself: over HTTP it would be twenty thousand calls.</summary>
public sealed class TrendyolQuotaTests
{
    static readonly DateTimeOffset Start = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    /// <summary>How many calls of one minute are let through, when the ten-second ceiling is kept to.</summary>
    static int Let(Seller seller, string group, int endpoints)
    {
        var let = 0;
        for (var burst = 0; burst < 6; burst++)
        {
            for (var endpoint = 0; endpoint < endpoints; endpoint++)
            {
                for (var i = 0; i < 50; i++)
                    let += TrendyolQuotas.Take(seller, $"{group} {endpoint}", group, Start + TimeSpan.FromSeconds(burst * 10)) ? 1 : 0;
            }
        }

        return let;
    }

    // 300 is all that the ceiling of 50 in ten seconds lets through at one endpoint.
    [Theory] // 3
    [InlineData("order-read", 3, 30, 40, 50, 100, 100)]
    [InlineData("order-write", 1, 300, 300, 300, 300, 300)]
    [InlineData("order-write", 2, 300, 300, 500, 600, 600)]
    [InlineData("order-change", 1, 100, 100, 200, 300, 300)]
    [InlineData("order-change", 4, 400, 400, 800, 1200, 1200)]
    [InlineData("order-hand-over", 1, 300, 300, 300, 300, 300)]
    [InlineData("label", 2, 200, 200, 200, 200, 200)]
    [InlineData("claim-decide", 2, 10, 10, 10, 10, 10)]
    [InlineData("claim-read", 1, 300, 300, 300, 300, 300)]
    [InlineData("finance", 2, 200, 200, 200, 200, 200)]
    [InlineData("question-read", 4, 1000, 1000, 1000, 1000, 1000)]
    [InlineData("question-answer", 2, 500, 500, 500, 500, 500)]
    public void Checklist_03_each_tier_has_the_quota_of_the_table(string group, int endpoints, params int[] expected) =>
        Assert.Equal(expected, TrendyolQuotas.Tiers.Select(tier => Let(new("1", "k", "s", tier), group, endpoints)));

    [Fact] // 3
    public void Checklist_03_a_minute_later_the_quota_is_there_again()
    {
        var seller = new Seller("1", "k", "s", "50k");
        for (var i = 0; i < 5; i++)
            Assert.True(TrendyolQuotas.Take(seller, "claim-approve", "claim-decide", Start));

        Assert.False(TrendyolQuotas.Take(seller, "claim-approve", "claim-decide", Start + TimeSpan.FromSeconds(59)));
        Assert.True(TrendyolQuotas.Take(seller, "claim-issue", "claim-decide", Start));
        Assert.True(TrendyolQuotas.Take(seller, "claim-approve", "claim-decide", Start + TimeSpan.FromSeconds(60)));
    }
}
