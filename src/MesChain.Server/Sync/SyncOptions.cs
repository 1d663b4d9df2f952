using System.ComponentModel.DataAnnotations;

namespace MesChain.Server.Sync;

/// <summary>Section <c>MesChain:Sync</c>.</summary>
public sealed class SyncOptions
{
    /// <summary>Connections that one store may have.</summary>
    [Range(1, 200)]
    public int ConnectionsMax { get; set; } = 50;

    /// <summary>
    /// Hosts (without port) that a sandbox connection's endpoint may name. The server calls them in its own name, so a key of one
    /// shop must not be able to point it at any address it likes.
    /// </summary>
    [MinLength(1)]
    public IList<string> SandboxHosts { get; } = ["127.0.0.1", "localhost", "[::1]"];

    /// <summary>Base address of the simulator for sandbox connections that name none. Empty: the one inside this server.</summary>
    public string SandboxEndpoint { get; set; } = "";

    /// <summary>How long events are kept for WatchEvents. A cursor older than that has expired.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan EventRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Silence of an event stream after which it sends a heartbeat.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan EventHeartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often an event stream looks by itself, should a wake-up be lost.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan EventPoll { get; set; } = TimeSpan.FromSeconds(5);
}
