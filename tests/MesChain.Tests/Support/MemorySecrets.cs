using System.Collections.Concurrent;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Secret;

namespace MesChain.Tests.Support;

/// <summary>A vault without a wall, at the port's seam.</summary>
public sealed class MemorySecrets : ISecrets
{
    readonly ConcurrentDictionary<(Guid Store, string Path), SecretValue> _values = new();

    public Task<long> PutAsync(Tx tx, Guid storeId, string path, ReadOnlyMemory<byte> value, long? cas, string actor)
    {
        var bytes = value.ToArray();
        var version = (_values.GetValueOrDefault((storeId, path))?.Version ?? 0) + 1;
        tx.OnCommit(() => _values[(storeId, path)] = new(bytes, version));
        return Task.FromResult(version);
    }

    public Task<SecretValue> GetAsync(Guid storeId, string path, string actor, CancellationToken cancel) =>
        Task.FromResult(_values.GetValueOrDefault((storeId, path)) ?? throw new UnknownResourceException("secret", path));

    public Task DeleteAsync(Tx tx, Guid storeId, string path, string actor)
    {
        tx.OnCommit(() => _values.TryRemove((storeId, path), out _));
        return Task.CompletedTask;
    }
}
