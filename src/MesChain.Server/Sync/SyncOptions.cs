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

    /// <summary>Jobs that one node runs at a time, over all connections.</summary>
    [Range(1, 256)]
    public int Concurrency { get; set; } = 16;

    /// <summary>How often a connection's orders are read.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan OrdersEvery { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a connection's whole list of items is read.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "7.00:00:00")]
    public TimeSpan ItemsEvery { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How often a connection's claims are read.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "06:00:00")]
    public TimeSpan ClaimsEvery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a connection's questions are read.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "06:00:00")]
    public TimeSpan QuestionsEvery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often it is seen whether the marketplace still tells of orders by itself. Only with a <c>PublicUrl</c>.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan HooksEvery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Stock is raised only within this time after the beginning of the last complete read of orders: a sale that we do not know
    /// yet must not be put back on sale. Never counts as less than twice <see cref="OrdersEvery"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:30", "00:10:00")]
    public TimeSpan FreshFor { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Live offers of one connection that may go to zero within ten minutes without orders that explain it. More wait for the owner:
    /// see ListWaves.
    /// </summary>
    [Range(1, 100_000)]
    public int EmptiedMax { get; set; } = 20;

    /// <summary>How long a connection stays with a node of a cluster that gives no sign of life.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:05:00")]
    public TimeSpan OwnerLease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The least time between two knocks at one shop.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan KnockEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The fresh time as it counts.</summary>
    public TimeSpan Fresh => TimeSpan.FromTicks(Math.Max(FreshFor.Ticks, 2 * OrdersEvery.Ticks));
}
