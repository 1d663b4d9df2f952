using Google.Rpc;

namespace MesChain.Server.Platform.Errors;

/// <summary>
/// A refusal that a caller can understand and act on. Everything else that is thrown is a mistake of ours.
/// <see cref="Reason"/> is stable and what clients branch on; the message is for people and may be improved freely.
/// </summary>
public abstract class MesChainException(Code code, string reason, string message) : Exception(message)
{
    public Code Code { get; } = code;

    /// <summary>UPPER_SNAKE; every reason stands in <see cref="Reasons"/>.</summary>
    public string Reason { get; } = reason;

    /// <summary>Values that a client may use, such as the current version of a conflict. No secret, no personal data.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);
}

/// <summary>One bad field, spelled as on the wire: <c>levels[3].quantity</c>.</summary>
public readonly record struct Violation(string Field, string Why);

/// <summary>The request cannot be understood; every bad field is named at once.</summary>
public sealed class InvalidInputException(IReadOnlyList<Violation> violations)
    : MesChainException(Code.InvalidArgument, Reasons.InvalidField, "The request has bad fields: " + string.Join("; ", violations.Take(5).Select(v => $"{v.Field} {v.Why}")) + (violations.Count > 5 ? "; …" : ""))
{
    public IReadOnlyList<Violation> Violations { get; } = violations;
}

/// <summary>What came is no message of this method.</summary>
public sealed class MalformedException() : MesChainException(Code.InvalidArgument, Reasons.MalformedRequest, "The request is not a message of this method; generate the client from the protos of this version.");

/// <summary>There is no such thing, or it belongs to another store, which looks the same.</summary>
public sealed class UnknownResourceException(string kind, string id) : MesChainException(Code.NotFound, Reasons.UnknownResource, $"There is no {kind} {id}.")
{
    public string Kind { get; } = kind;

    public string Id { get; } = id;
}

/// <summary>It is there already.</summary>
public sealed class AlreadyThereException(string reason, string message) : MesChainException(Code.AlreadyExists, reason, message);

/// <summary>Something has to be done first.</summary>
public sealed class PreconditionException(string reason, string subject, string message) : MesChainException(Code.FailedPrecondition, reason, message)
{
    public string Subject { get; } = subject;
}

/// <summary>Somebody else was faster; read again and decide again.</summary>
public sealed class ConflictException(string reason, string message) : MesChainException(Code.Aborted, reason, message);

/// <summary>No key, or not a valid one.</summary>
public sealed class UnauthenticatedException(string message) : MesChainException(Code.Unauthenticated, Reasons.KeyRefused, message);

/// <summary>The key is valid but may not do this.</summary>
public sealed class ForbiddenException(string message) : MesChainException(Code.PermissionDenied, Reasons.ScopeMissing, message);

/// <summary>A limit is reached; the caller may try again after a while.</summary>
public sealed class ExhaustedException(string reason, string message, TimeSpan retryAfter) : MesChainException(Code.ResourceExhausted, reason, message)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>Cannot be served just now.</summary>
public sealed class BusyException(string reason, string message, TimeSpan retryAfter) : MesChainException(Code.Unavailable, reason, message)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>A cursor of another database, or older than what is kept.</summary>
public sealed class CursorExpiredException() : MesChainException(Code.OutOfRange, Reasons.CursorExpired, "The cursor is no longer valid here; list again, then watch without a cursor.");

/// <summary>What is stored does not prove to be what was stored.</summary>
public sealed class IntegrityException : MesChainException
{
    /// <param name="subject">What is damaged, by ids of ours; empty where only a caller knows.</param>
    public IntegrityException(string message, string subject = "")
        : base(Code.DataLoss, Reasons.Integrity, message)
    {
        Subject = subject;
        if (subject.Length > 0)
            Metadata["subject"] = subject;
    }

    public string Subject { get; }

    /// <summary>Names what does not prove to be what was stored.</summary>
    public static IntegrityException Of(string subject) => new($"{subject} does not prove to be what was stored: it was changed, or moved from another place.", subject);
}
