using Google.Rpc;
using Grpc.Core;

namespace MesChain.Client;

/// <summary>
/// A refusal with what the server said about it. It is an <see cref="RpcException"/>, so code that catches those keeps working.
/// Branch on <see cref="Reason"/>; the message is for people.
/// </summary>
public sealed class MesChainRpcException : RpcException
{
    MesChainRpcException(RpcException cause, Google.Rpc.Status? rich)
        : base(cause.Status, cause.Trailers, cause.Status.Detail)
    {
        var error = rich?.GetDetail<ErrorInfo>();
        Reason = error?.Reason ?? "";
        Values = error?.Metadata ?? (IReadOnlyDictionary<string, string>)new Dictionary<string, string>(StringComparer.Ordinal);
        Violations = rich?.GetDetail<BadRequest>()?.FieldViolations.Select(field => new FieldViolation(field.Field, field.Description)).ToList() ?? [];
        RetryAfter = rich?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan();
    }

    /// <summary>The stable word for what went wrong, such as <c>QUEUE_FULL</c>. Empty when the answer did not come from the server's own code (it was unreachable, say).</summary>
    public string Reason { get; }

    /// <summary>Every bad field of the request, spelled as on the wire. Empty unless the request was wrong.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; }

    /// <summary>Values that go with the reason, such as the revision that stands.</summary>
    public IReadOnlyDictionary<string, string> Values { get; }

    /// <summary>When trying again makes sense; null when the server did not say.</summary>
    public TimeSpan? RetryAfter { get; }

    internal static MesChainRpcException From(RpcException cause)
    {
        try
        {
            return new(cause, cause.GetRpcStatus());
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            // A proxy on the way may have mangled the details; the status itself is still worth having.
            return new(cause, null);
        }
    }
}

/// <summary>One bad field: <c>levels[3].quantity</c>, and what is wrong with it.</summary>
public readonly record struct FieldViolation(string Field, string Why);
