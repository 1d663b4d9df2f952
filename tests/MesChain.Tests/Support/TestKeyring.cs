using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Keyring;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace MesChain.Tests.Support;

/// <summary>A started keyring over a test's database, with the root key in a folder of the test's own.</summary>
sealed class TestKeyring : IDisposable
{
    readonly string _path = Directory.CreateTempSubdirectory("meschain-keys-").FullName;
    readonly DataFolder _folder;

    TestKeyring(Db db)
    {
        _folder = new(Options.Create(new ServerOptions { Data = _path }));
        Keyring = new(db);
    }

    public StoreKeys Keyring { get; }

    public string RootKeyFile => Path.Combine(_path, "root-key");

    public static async Task<TestKeyring> StartAsync(Db db)
    {
        var keys = new TestKeyring(db);
        await keys.StartAsync(keys.Keyring);
        return keys;
    }

    /// <summary>Starts a keyring with this folder's root key, or with the given one as the environment would.</summary>
    public Task StartAsync(StoreKeys keyring, string? given = null) =>
        keyring.StartAsync(
            new RootKey(_folder, new ConfigurationBuilder().AddInMemoryCollection([new(RootKey.Variable, given)]).Build()),
            CancellationToken.None);

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_path, recursive: true);
    }
}
