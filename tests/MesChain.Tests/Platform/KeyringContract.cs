using System.Security.Cryptography;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Keyring;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>The root key, the stores' keys, and documents sealed for other slices, on each engine.</summary>
public abstract class KeyringContract(Engine engine) : IAsyncLifetime
{
    static readonly byte[] Plain = "Ada, İstanbul"u8.ToArray();

    readonly Guid _store = Ids.New(TimeProvider.System);
    readonly Guid _row = Ids.New(TimeProvider.System);
    TestDatabase _database = null!;
    TestKeyring _keys = null!;

    Db Db => _database.Db;

    StoreKeys Keyring => _keys.Keyring;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.OpenAsync(engine);
        _keys = await TestKeyring.StartAsync(Db);
    }

    public async ValueTask DisposeAsync()
    {
        _keys.Dispose();
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void The_first_start_draws_a_root_key_that_only_its_owner_reads()
    {
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_keys.RootKeyFile));
        Assert.Equal(32, Convert.FromBase64String(File.ReadAllText(_keys.RootKeyFile)).Length);
    }

    [Fact]
    public async Task A_document_opens_in_its_row_and_nowhere_else_also_after_a_restart()
    {
        var blob = await SealAsync(Keyring);
        var restarted = TestKeyring.New(Db);
        await _keys.StartAsync(restarted);
        foreach (var keyring in (StoreKeys[])[Keyring, restarted])
        {
            Assert.Equal(Plain, await Db.ReadAsync(tx => keyring.OpenAsync(tx, _store, TestKeyring.Buyers.At(_row), blob), default));
            await Assert.ThrowsAsync<IntegrityException>(() => Db.ReadAsync(tx => keyring.OpenAsync(tx, _store, SealedColumn.Documents("orders", "person", "address").At(_row), blob), default));
            await Assert.ThrowsAsync<IntegrityException>(() => Db.ReadAsync(tx => keyring.OpenAsync(tx, _store, TestKeyring.Buyers.At(_store), blob), default));
            await Assert.ThrowsAsync<IntegrityException>(() => Db.ReadAsync(tx => keyring.OpenAsync(tx, _row, TestKeyring.Buyers.At(_row), blob), default));
        }
    }

    [Fact]
    public async Task Two_stores_never_share_a_key()
    {
        var blob = await SealAsync(Keyring);
        var other = Ids.New(TimeProvider.System);
        await Db.WriteAsync(tx => Keyring.SealAsync(tx, other, TestKeyring.Buyers.At(_row), Plain), default);
        await Assert.ThrowsAsync<IntegrityException>(() => Db.ReadAsync(tx => Keyring.OpenAsync(tx, other, TestKeyring.Buyers.At(_row), blob), default));
        var wrapped = await Db.ReadAsync(tx => tx.QueryAsync<byte[]>("select wrapped from keks"), default);
        Assert.Equal(3, wrapped.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public async Task A_key_whose_transaction_was_undone_is_forgotten()
    {
        await Assert.ThrowsAsync<FormatException>(() => Db.WriteAsync<bool>(
            async tx =>
            {
                await Keyring.SealAsync(tx, _store, TestKeyring.Buyers.At(_row), Plain);
                throw new FormatException();
            },
            default));
        var blob = await SealAsync(Keyring);
        var restarted = TestKeyring.New(Db);
        await _keys.StartAsync(restarted);
        Assert.Equal(Plain, await Db.ReadAsync(tx => restarted.OpenAsync(tx, _store, TestKeyring.Buyers.At(_row), blob), default));
    }

    [Fact]
    public async Task Racing_first_seals_of_two_nodes_agree_on_one_key()
    {
        var other = TestKeyring.New(Db);
        await _keys.StartAsync(other);
        var blobs = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SealAsync(i % 2 == 0 ? Keyring : other)));
        var third = TestKeyring.New(Db);
        await _keys.StartAsync(third);
        foreach (var blob in blobs)
            Assert.Equal(Plain, await Db.ReadAsync(tx => third.OpenAsync(tx, _store, TestKeyring.Buyers.At(_row), blob), default));
    }

    [Fact]
    public async Task A_wrong_root_key_refuses_to_start_and_names_the_one_it_needs()
    {
        var blob = await SealAsync(Keyring);
        var right = Convert.FromBase64String(await File.ReadAllTextAsync(_keys.RootKeyFile));
        var wrong = RandomNumberGenerator.GetBytes(32);
        var before = await KeksAsync();

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => _keys.StartAsync(TestKeyring.New(Db), Convert.ToBase64String(wrong)));
        Assert.Contains(RootKey.Fingerprint(right), refused.Message, StringComparison.Ordinal);
        Assert.Contains(RootKey.Fingerprint(wrong), refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(wrong), refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StartRefusedException>(() => _keys.StartAsync(TestKeyring.New(Db), "c2hvcnQ="));

        File.Delete(_keys.RootKeyFile);
        refused = await Assert.ThrowsAsync<StartRefusedException>(() => _keys.StartAsync(TestKeyring.New(Db)));
        Assert.Contains(RootKey.Fingerprint(right), refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_keys.RootKeyFile));
        Assert.Equal(before, await KeksAsync());

        var mended = TestKeyring.New(Db);
        await _keys.StartAsync(mended, Convert.ToBase64String(right));
        Assert.Equal(Plain, await Db.ReadAsync(tx => mended.OpenAsync(tx, _store, TestKeyring.Buyers.At(_row), blob), default));
    }

    [Fact]
    public async Task Digests_differ_by_purpose_and_are_the_same_after_a_restart()
    {
        var restarted = TestKeyring.New(Db);
        await _keys.StartAsync(restarted);
        Assert.Equal(Keyring.Mac("path", Plain), restarted.Mac("path", Plain));
        Assert.NotEqual(Keyring.Mac("path", Plain), Keyring.Mac("cursor", Plain));
        Assert.Equal(Reasons.KeyringUnavailable, Assert.Throws<BusyException>(() => TestKeyring.New(Db).Mac("path", Plain)).Reason);
    }

    [Fact]
    [Trait(Soak.Trait, "yes")]
    public void S16_No_two_seals_share_a_nonce_or_a_data_key()
    {
        var kek = RandomNumberGenerator.GetBytes(32);
        var wraps = new HashSet<string>(StringComparer.Ordinal);
        var count = Soak.Count(1_000_000);
        for (var i = 0; i < count; i++)
        {
            var blob = SealedFormat.Seal(SealedFormat.Document, kek, 1, _store, SealedFormat.DocumentBinding(_row, "buyer"), Plain);
            Assert.True(wraps.Add(Convert.ToHexString(blob, SealedFormat.HeaderLength, Xaes256Gcm.NonceLength)));
            Assert.True(wraps.Add(Convert.ToHexString(blob, SealedFormat.HeaderLength + Xaes256Gcm.NonceLength, 48)));
        }

        // Nonces and keys come from the system's own source: there is no seed to bring a run back with.
        Soak.Say("seals-" + Db.Engine, "0..0", count, 0);
    }

    Task<byte[]> SealAsync(StoreKeys keyring) => Db.WriteAsync(tx => keyring.SealAsync(tx, _store, TestKeyring.Buyers.At(_row), Plain), default);

    async Task<string> KeksAsync() => string.Join(' ', (await Db.ReadAsync(tx => tx.QueryAsync<byte[]>("select wrapped from keks order by store_id, generation"), default)).Select(Convert.ToHexString));
}

public sealed class KeyringOnSqlite() : KeyringContract(Engine.Sqlite);

public sealed class KeyringOnPostgres() : KeyringContract(Engine.Postgres);
