namespace MesChain.Server.Queue;

/// <summary>What settling needs to know of a message.</summary>
sealed class LeasedRow
{
    public const string Columns = "id, queue, state, epoch, failures, lane, coalesce_key";

    public Guid Id { get; init; }

    public string Queue { get; init; } = "";

    public int State { get; init; }

    public long Epoch { get; init; }

    public int Failures { get; init; }

    public string? Lane { get; init; }

    public string? CoalesceKey { get; init; }

    public bool IsWaiting => State < 2;

    public bool IsLeased => State == 2;

    public bool IsDead => State == 3;

    public bool IsDone => State == 4;
}
