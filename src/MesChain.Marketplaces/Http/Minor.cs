namespace MesChain.Marketplaces.Http;

/// <summary>Money between a marketplace's decimal numbers and minor units. A binary fraction never takes part.</summary>
static class Minor
{
    // Far above any price; far below where a sum of a package could overflow.
    const decimal Max = 10_000_000_000m;

    /// <summary>Exact when the amount has two decimals; halves of a minor unit are rounded away from zero. Null when it cannot be money.</summary>
    public static long? From(decimal? amount) =>
        amount is { } value && Math.Abs(value) <= Max ? decimal.ToInt64(decimal.Round(value * 100, 0, MidpointRounding.AwayFromZero)) : null;

    /// <summary>Always with two decimals, so that equal prices are equal bytes.</summary>
    public static decimal ToDecimal(long minor) => new decimal(minor) / 100m + 0.00m;

    /// <summary>
    /// Whole minor units whose sum is <paramref name="total"/>, each as near to its exact amount as that allows
    /// (largest remainders first, earlier ones among equals). No amount is negative, and the total is within one minor unit an amount of their exact sum.
    /// </summary>
    public static long[] Apportion(IReadOnlyList<decimal> exactMinor, long total)
    {
        var shares = new long[exactMinor.Count];
        for (var i = 0; i < shares.Length; i++)
            shares[i] = decimal.ToInt64(decimal.Floor(exactMinor[i]));

        var missing = total - shares.Sum();
        if (total < 0 || missing < -shares.Length || missing > 2L * shares.Length)
            throw new ArgumentOutOfRangeException(nameof(total), "The total is not within reach of the amounts.");

        var byRemainder = Enumerable.Range(0, shares.Length)
            .OrderByDescending(i => exactMinor[i] - decimal.Floor(exactMinor[i]))
            .ThenBy(i => i)
            .ToArray();
        for (var i = 0; missing > 0; i++, missing--)
            shares[byRemainder[i % shares.Length]]++;
        for (var i = 0; missing < 0; i++)
        {
            // The smallest remainders give; what costs nothing has nothing to give.
            ref var share = ref shares[byRemainder[^(i % shares.Length + 1)]];
            if (share <= 0)
                continue;
            share--;
            missing++;
        }

        return shares;
    }
}
