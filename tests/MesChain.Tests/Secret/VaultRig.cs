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
        Vault = new(Db, keys.Keyring, new LedgerRows(keys.Keyring), TimeProvider.System);
    }

    public Db Db => _database.Db;

    public Vault Vault { get; }

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
        Encoding.UTF8.GetString((await Vault.ReadAsync(store ?? StoreId, path, version, actor, default)).Value);

    public Task<IReadOnlyList<LedgerRow>> LedgerAsync() =>
        Db.ReadAsync(tx => tx.QueryAsync<LedgerRow>("select seq, kind, subject, actor, digest from ledger where store_id = @StoreId order by seq", new { StoreId }), default);

    public Task ExecuteAsync(string sql, object? args = null) => Db.WriteAsync(tx => tx.ExecuteAsync(sql, args), default);

    public async ValueTask DisposeAsync()
    {
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
