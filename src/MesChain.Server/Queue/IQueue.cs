using MesChain.Server.Platform.Data;

namespace MesChain.Server.Queue;

/// <summary>What other slices see of the queue. Methods that take a <see cref="Tx"/> take part in the caller's fact.</summary>
public interface IQueue
{
    /// <summary>Makes sure that a queue exists with this policy; never changes one that does.</summary>
    Task EnsureAsync(Tx tx, Guid storeId, QueuePolicy policy);

    /// <summary>Sends as part of the caller's transaction; receivers are woken after the commit. The queue must exist.</summary>
    Task<SendOutcome> EnqueueAsync(Tx tx, Guid storeId, string queue, QueueMessage message);

    /// <summary>
    /// Leases due messages of one queue name over all stores, one store a claim, round-robin, so that no store starves another.
    /// Empty when nothing is due.
    /// </summary>
    Task<IReadOnlyList<Lease>> ReceiveAnyAsync(string queue, int max, string holder, CancellationToken cancel);

    /// <summary>Settles as part of the caller's transaction. False when the lease was lost: then nothing else of the caller may stand either.</summary>
    Task<bool> SettleAsync(Tx tx, Lease lease, Outcome outcome);

    /// <summary>Prolongs a lease. False when it was lost.</summary>
    Task<bool> RenewAsync(Lease lease, CancellationToken cancel);

    /// <summary>Ends when something may be due in a queue of this name, or after <paramref name="longest"/>. A hint only.</summary>
    Task WaitAsync(string queue, TimeSpan longest, CancellationToken cancel);
}

/// <summary>Name and rules of a queue; the defaults are those of the wire.</summary>
public sealed record QueuePolicy(string Name)
{
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    public int AttemptsMax { get; init; } = 12;

    public TimeSpan BackoffBase { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan BackoffCap { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan DedupeWindow { get; init; } = TimeSpan.FromMinutes(10);

    public long DepthMax { get; init; } = 1_000_000;

    public bool FifoLanes { get; init; }
}

/// <summary>A message to send.</summary>
public sealed record QueueMessage(string Kind)
{
    public byte[] Body { get; init; } = [];

    public string? DedupeId { get; init; }

    public string? CoalesceKey { get; init; }

    public string? Lane { get; init; }

    public int Priority { get; init; }

    /// <summary>Not delivered before that long from now, by the database's clock.</summary>
    public TimeSpan Delay { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

public readonly record struct SendOutcome(Guid MessageId, bool Duplicate, bool Coalesced);

/// <summary>A leased message. Everything that can be lost carries an epoch.</summary>
public sealed record Lease(
    Guid StoreId, string Queue, Guid MessageId, long Epoch, string Kind, byte[] Body, string? Lane, int Failures, int Deliveries, IReadOnlyDictionary<string, string> Labels);

/// <summary>What became of a lease.</summary>
public abstract record Outcome
{
    public sealed record Complete : Outcome;

    /// <param name="After">Not before; null means the queue's back-off.</param>
    /// <param name="Error">For people; no secret, no personal data.</param>
    /// <param name="Counted">False for a delay that is nobody's fault, such as a rate limit.</param>
    public sealed record Retry(TimeSpan? After, string Error, bool Counted = true) : Outcome;

    public sealed record Release : Outcome;

    public sealed record Dead(string Reason, string Error) : Outcome;
}
