using MesChain.Server.Platform.Data;

namespace MesChain.Server.Secret;

/// <summary>What other slices see of the vault.</summary>
public interface ISecrets
{
    /// <summary>Stores a new version as part of the caller's transaction and answers its number. Encryption happens before the row exists.</summary>
    /// <param name="cas">The version seen; 0 means "must not exist"; null means "whatever stands".</param>
    /// <param name="actor">Who, for the ledger: <c>key:…</c> or <c>system:…</c>.</param>
    Task<long> PutAsync(Tx tx, Guid storeId, string path, ReadOnlyMemory<byte> value, long? cas, string actor);

    /// <summary>
    /// Answers a value after its audit row is durable. Sync's own readings (<paramref name="actor"/> begins with <c>system:</c>)
    /// write one row per (path, version, hour), before the first use.
    /// </summary>
    /// <exception cref="Platform.Errors.UnknownResourceException">There is no such secret.</exception>
    Task<SecretValue> GetAsync(Guid storeId, string path, string actor, CancellationToken cancel);

    /// <summary>Removes a secret with all its versions for good, as part of the caller's transaction: what the program keeps for itself is not brought back. Absent is fine.</summary>
    Task DeleteAsync(Tx tx, Guid storeId, string path, string actor);
}

/// <summary>A secret in the clear. Its text form is fixed, so that no log, exception or debugger line holds it.</summary>
public sealed class SecretValue(byte[] bytes, long version)
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public long Version { get; } = version;

    public override string ToString() => "(secret)";
}
