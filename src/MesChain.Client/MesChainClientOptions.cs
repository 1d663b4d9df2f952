namespace MesChain.Client;

/// <summary>Where the server is, who calls, and how patiently.</summary>
public sealed class MesChainClientOptions
{
    /// <summary>The server's gRPC listener, <c>http://</c> (cleartext HTTP/2) or <c>https://</c>. With <see cref="Web"/>: its HTTP listener.</summary>
    public required Uri Server { get; init; }

    /// <summary>The API key, <c>mck_…</c>. Sent with every call, and never part of a message or a log.</summary>
    public required string Key { get; init; }

    /// <summary>How long a call may take when the caller names no deadline. Default 30 s. Streams have none.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Tries in all of a call that can be repeated without harm, while the server cannot be reached. 1 to 5, default 4; 1 means no retry.
    /// </summary>
    public int AttemptsMax { get; init; } = 4;

    /// <summary>First pause between tries; each next one is twice as long, shortened by chance, never above 5 s. Default 200 ms.</summary>
    public TimeSpan BackoffBase { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Speaks gRPC-Web over HTTP/1.1, for paths that let no HTTP/2 through. Client streams do not work then.</summary>
    public bool Web { get; init; }

    /// <summary>The same server with another key.</summary>
    public MesChainClientOptions With(string key) => new() { Server = Server, Key = key, Deadline = Deadline, AttemptsMax = AttemptsMax, BackoffBase = BackoffBase, Web = Web };
}
