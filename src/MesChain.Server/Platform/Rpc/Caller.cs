using Grpc.Core;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;

namespace MesChain.Server.Platform.Rpc;

/// <summary>Who calls: a key, what it may do, and the store that it is bound to (null: it must name one).</summary>
public sealed record Caller(string KeyId, IReadOnlySet<string> Scopes, Guid? BoundStore)
{
    const string Slot = "meschain.caller";

    /// <summary>For the ledger: who acted.</summary>
    public string Actor => "key:" + KeyId;

    /// <summary>The program itself, where no caller is involved.</summary>
    public static readonly Caller System = new("system", new HashSet<string>(StringComparer.Ordinal) { "*" }, null);

    /// <summary><c>sync:*</c> holds every <c>sync:…</c>, and <c>*</c> holds everything.</summary>
    public bool Has(string right) =>
        Scopes.Contains(right) || Scopes.Contains("*") || Scopes.Contains(string.Concat(right.AsSpan(0, right.IndexOf(':', StringComparison.Ordinal) + 1), "*"));

    /// <summary>
    /// The store that a request is about. Empty means the bound one; an unbound key must name one; a bound key that names
    /// another learns nothing about it.
    /// </summary>
    public Guid Store(string requested)
    {
        if (requested.Length == 0)
            return BoundStore ?? throw new InvalidInputException([new("store_id", "is required: this key is bound to no store")]);
        if (!Ids.TryParseWire(requested, out var store))
            throw new InvalidInputException([new("store_id", "must be a UUID in lower case")]);
        if (BoundStore is { } bound && bound != store)
            throw new UnknownResourceException("store", requested);
        return store;
    }

    public static Caller Of(ServerCallContext context) => (Caller)context.UserState[Slot];

    internal void AttachTo(ServerCallContext context) => context.UserState[Slot] = this;
}
