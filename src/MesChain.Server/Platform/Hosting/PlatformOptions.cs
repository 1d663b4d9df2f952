using System.ComponentModel.DataAnnotations;

namespace MesChain.Server.Platform.Hosting;

/// <summary>Section <c>MesChain</c>: where this node keeps what is its own.</summary>
public sealed class ServerOptions
{
    /// <summary>Folder of the database file, the root key and the bootstrap key; made with mode 0700. Relative to the working directory.</summary>
    [Required]
    public string Data { get; set; } = "./data";

    /// <summary>
    /// Redis for wake-ups between nodes, as StackExchange.Redis spells it (<c>host:port,password=…</c>). Empty: none. Losing it
    /// costs latency, never data.
    /// </summary>
    [Masked]
    public string Redis { get; set; } = "";

    /// <summary>How long a stop waits for the work in hand before it breaks it off; 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan StopMax { get; set; } = TimeSpan.FromSeconds(30);

    public string DataPath => Path.GetFullPath(Data);
}

/// <summary>Section <c>MesChain:Database</c>.</summary>
public sealed class DatabaseOptions
{
    /// <summary>A PostgreSQL connection string. Empty: an SQLite file in the data folder.</summary>
    [Masked]
    public string Postgres { get; set; } = "";
}

/// <summary>Section <c>MesChain:Rpc</c>: limits of calls.</summary>
public sealed class RpcOptions
{
    /// <summary>The longest a unary call may take, whatever its caller asked for; 1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan UnaryMax { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long calls in hand may go on after a stop was asked for; then streams and long polls end with UNAVAILABLE/SHUTTING_DOWN. 0 to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The largest message taken or given, in bytes; 64 KiB to 64 MiB. A larger one is RESOURCE_EXHAUSTED.</summary>
    [Range(65_536, 67_108_864)]
    public int MessageMax { get; set; } = 4 * 1024 * 1024;

    /// <summary>Whether gRPC reflection answers. It needs no key and tells nothing that protos/ does not.</summary>
    public bool Reflection { get; set; } = true;
}

/// <summary>Section <c>MesChain:Auth</c>: keys and sessions.</summary>
public sealed class AuthOptions
{
    /// <summary>Refused attempts of one address in a minute before it is told to wait; 1 to 10,000. A right key always passes.</summary>
    [Range(1, 10_000)]
    public int FailuresPerMinute { get; set; } = 20;

    /// <summary>How long a key read from the database is believed; a key revoked on another node lives that long here. 0 to 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05")]
    public TimeSpan KeyCache { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a browser stays logged in; 1 min to 12 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "12:00:00")]
    public TimeSpan Login { get; set; } = TimeSpan.FromHours(12);
}

/// <summary>Section <c>MesChain:Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Where traces and metrics are pushed by OTLP, such as <c>http://127.0.0.1:4317</c>. Empty: nowhere; /metrics is there either way.</summary>
    [RegularExpression("^(|https?://[^ ]+)$", ErrorMessage = "must be empty or an http(s) address")]
    public string Otlp { get; set; } = "";

    /// <summary><c>json</c>, <c>text</c>, or empty: text in Development, JSON elsewhere.</summary>
    [RegularExpression("^(|json|text)$", ErrorMessage = "must be json, text or empty")]
    public string Format { get; set; } = "";
}

/// <summary>Marks a setting whose value is never printed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MaskedAttribute : Attribute;
