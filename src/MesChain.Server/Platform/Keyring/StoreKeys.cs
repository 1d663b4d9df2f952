using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Hosting;

namespace MesChain.Server.Platform.Keyring;

/// <summary>
/// The keys in use: a root key outside the database wraps the key-encryption keys (KEKs) of each store, one a generation, and those wrap
/// the data keys. Unwrapped KEKs stay in memory, so that sealing and opening inside a unit of work await nothing but its transaction.
/// Which generation is sealed under is asked of the database each time, and held until the commit: a node that slept through a change
/// of keys can therefore not seal under one that is being given up.
/// </summary>
public sealed class StoreKeys(Db db, IEnumerable<SealedColumn> columns)
{
    const int KeyLength = 32;

    readonly ConcurrentDictionary<(Guid Store, long Generation), byte[]> _keks = new();
    readonly ConcurrentDictionary<(Guid Store, long Generation), long> _wraps = new();
    readonly FrozenSet<SealedColumn> _columns = columns.ToFrozenSet();
    byte[]? _seed;

    /// <summary>Every column that is sealed, in an order that never changes while the program runs.</summary>
    internal IReadOnlyList<SealedColumn> Columns { get; } = [.. columns.OrderBy(column => column.ToString(), StringComparer.Ordinal)];

    internal RootKeys Roots { get; } = new();

    /// <summary>Seals a value for one place of a store, making the store's first key where there is none.</summary>
    public async Task<byte[]> SealAsync(Tx tx, Guid storeId, SealedPlace place, ReadOnlyMemory<byte> plaintext)
    {
        var (generation, kek) = await ActiveAsync(tx, storeId);
        return SealUnder(kek, generation, storeId, place, plaintext.Span);
    }

    /// <summary>Opens what <see cref="SealAsync"/> sealed for the same place.</summary>
    /// <exception cref="IntegrityException">Not what was sealed there.</exception>
    public async Task<byte[]> OpenAsync(Tx tx, Guid storeId, SealedPlace place, byte[] blob)
    {
        try
        {
            var kek = await KekAsync(tx, storeId, SealedFormat.Generation(place.Column.Magic, blob));
            return SealedFormat.Open(place.Column.Magic, kek, storeId, place.Binding(), blob);
        }
        catch (IntegrityException broken) when (broken.Subject.Length == 0)
        {
            throw IntegrityException.Of(place.ToString());
        }
    }

    /// <summary>A keyed digest, one derived key a purpose. The same on every node, and it survives every change of keys.</summary>
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
    /// Before anything else runs: does this node hold the root keys that the database needs? Then it stands in the table of nodes, in the
    /// same transaction in which that was asked, so that no change of keys can begin without it.
    /// </summary>
    /// <exception cref="StartRefusedException">It does not; nothing was touched.</exception>
    internal async Task StartAsync(RootKey source, Node node, CancellationToken cancel)
    {
        await Roots.StartAsync(db, source, cancel);
        node.Roots = Roots.ToString();
        _seed = await db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("update installation set root_fingerprint = @first where one = 1 and root_fingerprint = ''", new { first = Roots.First });
                // Of two nodes that begin an empty database with a key each, one is wrong here.
                var home = await KekStore.InstallationAsync(tx, tx.Db.ForUpdate);
                foreach (var needed in new[] { home.RootFingerprint, home.RootNext }.Where(fingerprint => fingerprint.Length > 0))
                {
                    if (Roots.Find(needed) is null)
                        throw new StartRefusedException($"this database needs the root key with the fingerprint {needed}; {source.Source} has {Roots.First}. Give it the right key; nothing was changed.");
                }

                node.KeyringSeq = await tx.ScalarAsync<long?>("select max(seq) from keks") ?? 0;
                await node.SayAsync(tx);
                if (await KekStore.FindAsync(tx, Ids.SystemStore, 0) is null)
                    await CreateAsync(tx, Ids.SystemStore, 0, KekState.Active, seq: 0);
                try
                {
                    return await KekAsync(tx, Ids.SystemStore, 0);
                }
                catch (IntegrityException damage)
                {
                    // No digest could be checked, so nothing could be believed.
                    throw new StartRefusedException(damage.Message + " Put the row back from a backup; without it nothing here can be proven.", damage);
                }
            },
            cancel);
    }

    /// <summary>Makes a generation, wrapped by the root key of this moment. Nothing happens where somebody else was first.</summary>
    internal async Task CreateAsync(Tx tx, Guid storeId, long generation, string state, long seq)
    {
        var root = (await KekStore.InstallationAsync(tx, tx.Db.ForShare)).Wraps;
        var kek = RandomNumberGenerator.GetBytes(KeyLength);
        await KekStore.AddAsync(tx, storeId, generation, state, SealedFormat.WrapKek(Root(root), storeId, (uint)generation, kek), root, seq);
        CryptographicOperations.ZeroMemory(kek);
    }

    /// <summary>The generation to seal under, and its key.</summary>
    internal async Task<(long Generation, byte[] Kek)> ActiveAsync(Tx tx, Guid storeId)
    {
        if (await KekStore.ActiveAsync(tx, storeId) is not { } generation)
        {
            await CreateAsync(tx, storeId, 1, KekState.Active, seq: 0);
            generation = await KekStore.ActiveAsync(tx, storeId) ?? throw NotReady();
        }

        return (generation, await KekAsync(tx, storeId, generation));
    }

    internal byte[] SealUnder(byte[] kek, long generation, Guid storeId, SealedPlace place, ReadOnlySpan<byte> plaintext)
    {
        if (!_columns.Contains(place.Column))
            throw new InvalidOperationException($"{place.Column} is not registered with the keyring, so a change of keys would forget it.");
        _wraps.AddOrUpdate((storeId, generation), 1, static (_, count) => count + 1);
        return SealedFormat.Seal(place.Column.Magic, kek, (uint)generation, storeId, place.Binding(), plaintext);
    }

    /// <summary>The key of a generation.</summary>
    /// <exception cref="IntegrityException">There is none such, or its row was changed.</exception>
    /// <exception cref="BusyException">It is wrapped by a root key that this node does not hold.</exception>
    /// <exception cref="PreconditionException">It was destroyed.</exception>
    internal async Task<byte[]> KekAsync(Tx tx, Guid storeId, long generation)
    {
        if (_keks.TryGetValue((storeId, generation), out var known))
            return known;
        // The snapshot that holds the sealed value holds its key too: a generation that is not there is no late news but damage.
        var kek = Unwrap(await KekStore.FindAsync(tx, storeId, generation) ?? throw new IntegrityException("What is stored names a key that does not exist."));
        // Only what is committed may be remembered: the transaction that made a key can still be undone.
        tx.OnCommit(() => _keks.TryAdd((storeId, generation), kek));
        return kek;
    }

    internal byte[] Unwrap(KekRow row)
    {
        if (row.Wrapped is null)
            throw new PreconditionException(Reasons.KekRetired, Name(row.StoreId, row.Generation), $"{Name(row.StoreId, row.Generation)} was destroyed, and with it what was sealed under it.");
        try
        {
            return SealedFormat.UnwrapKek(Root(row.Root), row.StoreId, (uint)row.Generation, row.Wrapped);
        }
        catch (IntegrityException)
        {
            throw IntegrityException.Of(Name(row.StoreId, row.Generation));
        }
    }

    /// <summary>Wraps by another root key what an older one wrapped.</summary>
    internal byte[] Rewrap(KekRow row, string root)
    {
        var kek = Unwrap(row);
        var wrapped = SealedFormat.WrapKek(Root(root), row.StoreId, (uint)row.Generation, kek);
        CryptographicOperations.ZeroMemory(kek);
        return wrapped;
    }

    /// <summary>A destroyed key leaves the memory too. It is not wiped: somebody may be opening by it at this moment.</summary>
    internal void Forget(Guid storeId, long generation) => _keks.TryRemove((storeId, generation), out _);

    /// <summary>How many values were sealed under each generation since the last call.</summary>
    internal IReadOnlyList<(Guid Store, long Generation, long Count)> TakeWraps() =>
        [.. _wraps.Keys.Select(key => (key.Store, key.Generation, Count: _wraps.TryRemove(key, out var count) ? count : 0)).Where(item => item.Count > 0)];

    internal static string Name(Guid storeId, long generation) => FormattableString.Invariant($"key generation {generation} of store {storeId.ToWire()}");

    byte[] Root(string fingerprint) =>
        Roots.Find(fingerprint)
        ?? throw new BusyException(Reasons.KeyringUnavailable, $"This node does not hold the root key with the fingerprint {fingerprint}.", TimeSpan.FromSeconds(1));

    static BusyException NotReady() => new(Reasons.KeyringUnavailable, "The keys are not loaded yet.", TimeSpan.FromSeconds(1));
}
