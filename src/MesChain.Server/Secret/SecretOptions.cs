using System.ComponentModel.DataAnnotations;

namespace MesChain.Server.Secret;

/// <summary>Section <c>MesChain:Secret</c>.</summary>
public sealed class SecretOptions
{
    public const string Section = "MesChain:Secret";

    /// <summary>Versions kept of a secret; 2 to 10,000. Of more the oldest go, except those that have a label.</summary>
    [Range(2, 10_000)]
    public int VersionsMax { get; set; } = 100;

    /// <summary>How long a deleted secret can be brought back; 0 to 365 days. After that it goes with all its versions.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan DeletedKept { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long after DestroyVersion the value is destroyed; 0 to 90 days. Until then it can be taken back; 0 destroys at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "90.00:00:00")]
    public TimeSpan DestroyDelay { get; set; } = TimeSpan.FromDays(7);
}
