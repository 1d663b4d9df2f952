using System.Text.Json;

namespace MesChain.Server.Queue;

/// <summary>A message at rest.</summary>
sealed class MessageRow
{
    public const string Columns =
        "id, seq, state, kind, body, lane, priority, labels, sent_ms, due_ms, epoch, failures, deliveries, last_error, dead_reason";

    public static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>(StringComparer.Ordinal);

    public Guid Id { get; init; }

    public long Seq { get; init; }

    public int State { get; init; }

    public string Kind { get; init; } = "";

    public byte[] Body { get; init; } = [];

    public string? Lane { get; init; }

    public int Priority { get; init; }

    public string Labels { get; init; } = "{}";

    public long SentMs { get; init; }

    public long DueMs { get; init; }

    public long Epoch { get; init; }

    public int Failures { get; init; }

    public int Deliveries { get; init; }

    public string LastError { get; init; } = "";

    public string DeadReason { get; init; } = "";

    public IReadOnlyDictionary<string, string> LabelMap() =>
        Labels == "{}" ? NoLabels : JsonSerializer.Deserialize<Dictionary<string, string>>(Labels)!;

    public Lease ToLease(Guid storeId, string queue) => new(storeId, queue, Id, Epoch, Kind, Body, Lane, Failures, Deliveries, LabelMap());
}
