using System.ComponentModel.DataAnnotations;

namespace MesChain.Server.Queue;

/// <summary>Section <c>MesChain:Queue</c>.</summary>
public sealed class QueueOptions
{
    public const string Section = "MesChain:Queue";

    /// <summary>How often lapsed leases are looked for. 50 ms to 1 min; default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan JanitorEvery { get; set; } = TimeSpan.FromSeconds(1);
}
