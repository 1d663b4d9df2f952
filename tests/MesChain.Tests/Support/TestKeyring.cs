using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Keyring;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Secret;
using MesChain.Server.Sync.Orders;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MesChain.Tests.Support;

/// <summary>
/// The keyring of a node over a test's database, with a data folder of the test's own. Several make a cluster: the loop of each is turned
/// by hand.
/// </summary>
sealed class TestKeyring : IDisposable
{
    /// <summary>A sealed document's home for tests that need no order.</summary>
    public static readonly SealedColumn Buyers = PersonVault.Column;

    readonly string _path = Directory.CreateTempSubdirectory("meschain-keys-").FullName;
    readonly DataFolder _folder;
    readonly Db _db;
    readonly Dictionary<string, string?> _environment;

    TestKeyring(Db db, long wrapsMax, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        _db = db;
        _folder = new(Options.Create(new ServerOptions { Data = _path }));
        _environment = new(environment);
        Keyring = New(db);
        var signal = new LocalSignal(TimeProvider.System);
        Rotation = new(Keyring, new LedgerRows(Keyring), signal);
        Loop = new(
            db, Keyring, Rotation, Source(), Node, new Leases(db, TimeProvider.System), signal, new LedgerRows(Keyring), Options.Create(new KeyringOptions { WrapsMax = wrapsMax }), TimeProvider.System,
            NullLogger<KeyringLoop>.Instance);
    }

    public StoreKeys Keyring { get; }

    public Node Node { get; } = new(TimeProvider.System);

    public Rotation Rotation { get; }

    public KeyringLoop Loop { get; }

    public string RootKeyFile => Path.Combine(_path, "root-key");

    /// <summary>A keyring that knows every sealed column and nothing else yet.</summary>
    public static StoreKeys New(Db db) => new(db, [SecretStore.Envelopes, Buyers]);

    public static Task<TestKeyring> StartAsync(Db db, long wrapsMax = 1L << 31) => StartAsync(db, wrapsMax, []);

    /// <summary>A node whose environment says this.</summary>
    public static async Task<TestKeyring> StartAsync(Db db, long wrapsMax, params (string Variable, string Value)[] environment)
    {
        var keys = new TestKeyring(db, wrapsMax, environment.Select(pair => new KeyValuePair<string, string?>(pair.Variable, pair.Value)));
        try
        {
            await keys.Keyring.StartAsync(keys.Source(), keys.Node, CancellationToken.None);
        }
        catch (StartRefusedException)
        {
            keys.Dispose();
            throw;
        }

        return keys;
    }

    /// <summary>Starts a keyring with this folder's root key, or with the given one as the environment would. It is no node for others to wait for.</summary>
    public async Task StartAsync(StoreKeys keyring, string? given = null)
    {
        var node = new Node(TimeProvider.System);
        await keyring.StartAsync(Source(given), node, CancellationToken.None);
        await _db.WriteAsync(tx => tx.ExecuteAsync("delete from nodes where id = @Id", new { node.Id }), CancellationToken.None);
    }

    /// <summary>Turns the loop until nothing is left to do at this moment.</summary>
    public async Task SettleAsync()
    {
        bool more;
        do
            more = await Loop.RunOnceAsync(CancellationToken.None);
        while (more);
    }

    /// <summary>The loop and its lease go; the row in the table of nodes too, as when a node stops.</summary>
    public async Task LeaveAsync()
    {
        await Loop.StopAsync(CancellationToken.None);
        await _db.WriteAsync(tx => tx.ExecuteAsync("delete from nodes where id = @Id", new { Node.Id }), CancellationToken.None);
    }

    public void Dispose()
    {
        Loop.Dispose();
        _folder.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    RootKey Source(string? given = null)
    {
        var environment = new Dictionary<string, string?>(_environment);
        if (given is not null)
            environment[RootKey.Variable] = given;
        return new(_folder, new ConfigurationBuilder().AddInMemoryCollection(environment).Build());
    }
}
