using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Hosting;

namespace MesChain.Server.Platform.Keyring;

/// <summary>
/// The keys in use: one root key outside the database wraps a key-encryption key (KEK) for each store, and those wrap the data keys.
/// Unwrapped KEKs stay in memory, so that sealing and opening inside a unit of work await nothing but its transaction.
/// </summary>
public sealed class StoreKeys(Db db)
{
    const string Active = "active";
    const int KeyLength = 32;

    readonly ConcurrentDictionary<(Guid Store, uint Generation), byte[]> _keks = new();
    readonly ConcurrentDictionary<Guid, uint> _active = new();
    byte[]? _root;
    byte[]? _seed;

    /// <summary>Seals a small document for one row of a store, making the store's first KEK where there is none.</summary>
    /// <param name="rowId">The row's own uuid: the document opens there and nowhere else.</param>
    /// <param name="kind">What the document is, such as <c>buyer</c>; constant for ever.</param>
    public async Task<byte[]> SealAsync(Tx tx, Guid storeId, Guid rowId, string kind, ReadOnlyMemory<byte> plaintext)
    {
        var generation = await ActiveAsync(tx, storeId);
        var kek = await KekAsync(tx, storeId, generation);
        return SealedFormat.Seal(SealedFormat.Document, kek, generation, storeId, SealedFormat.DocumentBinding(rowId, kind), plaintext.Span);
    }

    /// <summary>Opens what <see cref="SealAsync"/> sealed for the same row and kind.</summary>
    /// <exception cref="IntegrityException">Not what was sealed there.</exception>
    public async Task<byte[]> OpenAsync(Tx tx, Guid storeId, Guid rowId, string kind, byte[] blob)
    {
        var kek = await KekAsync(tx, storeId, SealedFormat.Generation(SealedFormat.Document, blob));
        return SealedFormat.Open(SealedFormat.Document, kek, storeId, SealedFormat.DocumentBinding(rowId, kind), blob);
    }

    internal async Task<byte[]> SealSecretAsync(Tx tx, Guid storeId, Guid secretId, long version, ReadOnlyMemory<byte> value)
    {
        var generation = await ActiveAsync(tx, storeId);
        var kek = await KekAsync(tx, storeId, generation);
        return SealedFormat.Seal(SealedFormat.Secret, kek, generation, storeId, SealedFormat.SecretBinding(secretId, version), value.Span);
    }

    internal async Task<byte[]> OpenSecretAsync(Tx tx, Guid storeId, Guid secretId, long version, byte[] envelope)
    {
        var kek = await KekAsync(tx, storeId, SealedFormat.Generation(SealedFormat.Secret, envelope));
        return SealedFormat.Open(SealedFormat.Secret, kek, storeId, SealedFormat.SecretBinding(secretId, version), envelope);
    }

    /// <summary>A keyed digest, one derived key a purpose. The same on every node, and it survives a change of the root key.</summary>
    /// <param name="purpose">Such as <c>path</c> or <c>cursor</c>; constant for ever.</param>
    public byte[] Mac(string purpose, ReadOnlySpan<byte> content)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        HKDF.Expand(HashAlgorithmName.SHA256, _seed ?? throw NotReady(), key, Encoding.UTF8.GetBytes("meschain/mac/" + purpose));
        var mac = HMACSHA256.HashData(key, content);
        CryptographicOperations.ZeroMemory(key);
        return mac;
    }

    /// <summary>
    /// Before anything else runs: is the root key at hand the one that this database was sealed with? A database without any takes
    /// the key at hand, or draws one.
    /// </summary>
    /// <exception cref="StartRefusedException">It is another key, or there is none; nothing was touched.</exception>
    internal async Task StartAsync(RootKey source, CancellationToken cancel)
    {
        var wanted = await db.ReadAsync(tx => tx.ScalarAsync<string>("select root_fingerprint from installation where one = 1"), cancel) ?? "";
        var root = source.Read();
        if (root is null && wanted.Length > 0)
            throw new StartRefusedException($"this database needs the root key with the fingerprint {wanted}, and {source.Source} does not exist. Put the key back there, or give it as {RootKey.Variable}.");
        if (root is not null && wanted.Length > 0 && RootKey.Fingerprint(root) != wanted)
            throw Wrong(source, root, wanted);

        root ??= source.Draw();
        wanted = await db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("update installation set root_fingerprint = @fingerprint where one = 1 and root_fingerprint = ''", new { fingerprint = RootKey.Fingerprint(root) });
                return await tx.ScalarAsync<string>("select root_fingerprint from installation where one = 1");
            },
            cancel) ?? "";
        // Two nodes may have begun an empty database at once with a key each: one of them is wrong here.
        if (RootKey.Fingerprint(root) != wanted)
            throw Wrong(source, root, wanted);

        _root = root;
        _seed = await db.WriteAsync(
            async tx => await LoadAsync(tx, Ids.SystemStore, 0) ?? await CreateAsync(tx, Ids.SystemStore, 0),
            cancel);
    }

    static StartRefusedException Wrong(RootKey source, byte[] root, string wanted) =>
        new($"this database needs the root key with the fingerprint {wanted}; {source.Source} has {RootKey.Fingerprint(root)}. Give it the right key; nothing was changed.");

    async Task<uint> ActiveAsync(Tx tx, Guid storeId)
    {
        if (_active.TryGetValue(storeId, out var known))
            return known;
        var newest = await tx.ScalarAsync<long?>(
            $"select max(generation) from keks where store_id = @storeId and state = '{Active}' and generation > 0",
            new { storeId });
        var generation = (uint)(newest ?? 1);
        if (newest is null)
            await CreateAsync(tx, storeId, generation);
        tx.OnCommit(() => _active[storeId] = generation);
        return generation;
    }

    async Task<byte[]> KekAsync(Tx tx, Guid storeId, uint generation) =>
        _keks.TryGetValue((storeId, generation), out var known)
            ? known
            : await LoadAsync(tx, storeId, generation) ?? throw new IntegrityException("What is stored names a key that does not exist.");

    async Task<byte[]?> LoadAsync(Tx tx, Guid storeId, uint generation)
    {
        var wrapped = await tx.ScalarAsync<byte[]>("select wrapped from keks where store_id = @storeId and generation = @generation", new { storeId, generation = (long)generation });
        if (wrapped is null)
            return null;
        var kek = SealedFormat.UnwrapKek(_root ?? throw NotReady(), storeId, generation, wrapped);
        // Only what is committed may be remembered: the transaction that made a key can still be undone.
        tx.OnCommit(() => _keks.TryAdd((storeId, generation), kek));
        return kek;
    }

    async Task<byte[]> CreateAsync(Tx tx, Guid storeId, uint generation)
    {
        var kek = RandomNumberGenerator.GetBytes(KeyLength);
        await tx.ExecuteAsync(
            $"""
            insert into keks (store_id, generation, state, wrapped, created_ms) values (@storeId, @generation, '{Active}', @wrapped, {tx.Db.Now})
            on conflict (store_id, generation) do nothing
            """,
            new { storeId, generation = (long)generation, wrapped = SealedFormat.WrapKek(_root ?? throw NotReady(), storeId, generation, kek) });
        CryptographicOperations.ZeroMemory(kek);
        // Another node may have been first: what stands in the row counts.
        return await LoadAsync(tx, storeId, generation) ?? throw NotReady();
    }

    static BusyException NotReady() => new(Reasons.KeyringUnavailable, "The keys are not loaded yet.", TimeSpan.FromSeconds(1));
}
