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
    /// (largest remainders first, earlier ones among equals). The total must be within one minor unit an amount of their exact sum.
    /// </summary>
    public static long[] Apportion(IReadOnlyList<decimal> exactMinor, long total)
    {
        var shares = new long[exactMinor.Count];
        for (var i = 0; i < shares.Length; i++)
            shares[i] = decimal.ToInt64(decimal.Floor(exactMinor[i]));

        var missing = total - shares.Sum();
        if (missing < -shares.Length || missing > 2L * shares.Length)
            throw new ArgumentOutOfRangeException(nameof(total), "The total is not within reach of the amounts.");

        var byRemainder = Enumerable.Range(0, shares.Length)
            .OrderByDescending(i => exactMinor[i] - decimal.Floor(exactMinor[i]))
            .ThenBy(i => i)
            .ToArray();
        var step = Math.Sign(missing);
        for (var taken = 0; missing != 0; taken++, missing -= step)
            shares[step > 0 ? byRemainder[taken % shares.Length] : byRemainder[^(taken % shares.Length + 1)]] += step;

        return shares;
    }
}
