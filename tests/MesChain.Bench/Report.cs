using System.Globalization;
using System.Runtime.InteropServices;

namespace MesChain.Bench;

/// <summary>The lines of <c>make bench</c>: <c>bench name value unit (against what)</c>.</summary>
static class Report
{
    public static void Machine() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"# {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}; server and client share the machine"));

    /// <summary>What is going on, for whoever waits.</summary>
    public static void Progress(string what) => Console.WriteLine("# " + what);

    public static void Line(string name, double value, string unit, string against) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bench {name} {value:0.###} {unit} ({against})"));

    /// <summary>Rate and the two percentiles that a caller feels.</summary>
    public static void Lines(string name, Result result, string unit, string against)
    {
        Line(name, result.PerSecond, unit + "/s", against);
        Line(name + ".p50", result.Percentile(0.5).TotalMilliseconds, "ms", against);
        Line(name + ".p99", result.Percentile(0.99).TotalMilliseconds, "ms", against);
    }
}
