using System.Globalization;

namespace MesChain.Tests.Support;

/// <summary>
/// While it is open, numbers and dates of this process are written as on a Turkish machine: a comma before the fraction, points between
/// groups, another minus, another order of day and month. The program runs without the data of cultures, so it is made by hand; what
/// formats or parses by the culture of the moment gives other bytes then. Upper and lower case are not part of it: without that data they
/// are ordinal everywhere. All threads get it, also the writer of the database, so its tests run alone.
/// </summary>
sealed class TurkishCulture : IDisposable
{
    /// <summary>The collection of tests that open it.</summary>
    public const string Alone = "culture";

    readonly CultureInfo _before = CultureInfo.CurrentCulture;
    readonly CultureInfo? _beforeOfThreads = CultureInfo.DefaultThreadCurrentCulture;

    public TurkishCulture()
    {
        var turkish = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        turkish.NumberFormat.NumberDecimalSeparator = turkish.NumberFormat.PercentDecimalSeparator = turkish.NumberFormat.CurrencyDecimalSeparator = ",";
        turkish.NumberFormat.NumberGroupSeparator = turkish.NumberFormat.PercentGroupSeparator = turkish.NumberFormat.CurrencyGroupSeparator = ".";
        turkish.NumberFormat.NegativeSign = "−";
        turkish.DateTimeFormat.ShortDatePattern = "d.MM.yyyy";
        turkish.DateTimeFormat.LongTimePattern = "HH.mm.ss";
        turkish.DateTimeFormat.DateSeparator = ".";
        turkish.DateTimeFormat.TimeSeparator = ".";
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = turkish;
        // A test in a culture that does not bite could not fail.
        Assert.Equal("-1234,5".Replace('-', '−'), FormattableString.CurrentCulture($"{-1234.5m}"));
    }

    public void Dispose()
    {
        CultureInfo.CurrentCulture = _before;
        CultureInfo.DefaultThreadCurrentCulture = _beforeOfThreads;
    }
}

[CollectionDefinition(TurkishCulture.Alone, DisableParallelization = true)]
public sealed class TurkishCultureAlone;
