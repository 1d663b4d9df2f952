using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Secret;
using MesChain.Tests.Support;

namespace MesChain.Tests.Secret;

/// <summary>The vault on a fresh database, without a host.</summary>
sealed class VaultRig : IAsyncDisposable
{
    public const string Path = "connections/1/credentials";
    public const string Actor = "key:abc";

    readonly TestDatabase _database;
    readonly TestKeyring _keys;

    VaultRig(TestDatabase database, TestKeyring keys)
    {
        _database = database;
        _keys = keys;
        Readings = new(Db, new LedgerRows(keys.Keyring));
        var settings = Microsoft.Extensions.Options.Options.Create(Options);
        Vault = new(Db, keys.Keyring, new LedgerRows(keys.Keyring), Readings, settings, TimeProvider.System);
        Transitions = new(Db, Vault, new LedgerRows(keys.Keyring), new MesChain.Server.Platform.Rpc.Repeats(keys.Keyring), settings);
        Sweep = new(Db, new LedgerRows(keys.Keyring), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<SecretSweep>.Instance);
    }

    public Db Db => _database.Db;

    public Vault Vault { get; }

    public Transitions Transitions { get; }

    public SecretSweep Sweep { get; }

    public ReadingBook Readings { get; }

    /// <summary>As the program would have them; a test sets what it must before the first call.</summary>
    public SecretOptions Options { get; } = new();

    public TestKeyring Keys => _keys;

    public Guid StoreId { get; } = Ids.New(TimeProvider.System);

    public static async Task<VaultRig> OpenAsync(Engine engine)
    {
        var database = await TestDatabase.OpenAsync(engine);
        return new(database, await TestKeyring.StartAsync(database.Db));
    }

    public Task<long> PutAsync(string value, long? cas = null, string path = Path, Guid? store = null, long? expireMs = null) =>
        Db.WriteAsync(tx => Vault.PutAsync(tx, store ?? StoreId, new(path, Encoding.UTF8.GetBytes(value), cas, expireMs), Actor), default);

    public async Task<string> GetAsync(string path = Path, long version = 0, string actor = Actor, Guid? store = null) =>
        Encoding.UTF8.GetString((await Vault.ReadAsync(store ?? StoreId, path, new(version, Label.Current), actor, default)).Value);

    public Task<IReadOnlyList<LedgerRow>> LedgerAsync() =>
        Db.ReadAsync(tx => tx.QueryAsync<LedgerRow>("select seq, kind, subject, actor, digest from ledger where store_id = @StoreId order by seq", new { StoreId }), default);

    public Task ExecuteAsync(string sql, object? args = null) => Db.WriteAsync(tx => tx.ExecuteAsync(sql, args), default);

    public async ValueTask DisposeAsync()
    {
        Sweep.Dispose();
        _keys.Dispose();
        await _database.DisposeAsync();
    }
}

sealed class LedgerRow
{
    public long Seq { get; init; }

    public string Kind { get; init; } = "";

    public string Subject { get; init; } = "";

    public string Actor { get; init; } = "";

    public byte[] Digest { get; init; } = [];
}
