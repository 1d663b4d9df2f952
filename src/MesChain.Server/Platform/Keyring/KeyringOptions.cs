using System.ComponentModel.DataAnnotations;

namespace MesChain.Server.Platform.Keyring;

/// <summary>Section <c>MesChain:Keyring</c>. The root key itself is no setting: it comes from its file or from the environment.</summary>
public sealed class KeyringOptions
{
    public const string Section = "MesChain:Keyring";

    /// <summary>
    /// How many values a store's key wraps before a new generation is made by itself; 1,000 to 2^31. Each node counts in memory and adds
    /// to the table every few seconds, so a kill loses at most the last of them. The wraps themselves would bear far more.
    /// </summary>
    [Range(1_000, 1L << 31)]
    public long WrapsMax { get; set; } = 1L << 31;
}
