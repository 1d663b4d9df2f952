using System.ComponentModel.DataAnnotations;

namespace MesChain.Server.Platform.Ledger;

/// <summary>Section <c>MesChain:Ledger</c>.</summary>
public sealed class LedgerOptions
{
    /// <summary>A store's head is signed at most this often; 1 s to 1 h. What was written since the last one cannot be proven yet.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SignEvery { get; set; } = TimeSpan.FromMinutes(1);
}
