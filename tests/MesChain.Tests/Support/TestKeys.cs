using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Keyring;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace MesChain.Tests.Support;

static class TestKeys
{
    /// <summary>The keyring of a database that has no server, with a root key of its own.</summary>
    public static async Task<StoreKeys> OpenAsync(Db db)
    {
        var keyring = TestKeyring.New(db);
        var folder = Directory.CreateTempSubdirectory("meschain-keys-").FullName;
        using (var data = new DataFolder(Options.Create(new ServerOptions { Data = folder })))
            await keyring.StartAsync(new RootKey(data, new ConfigurationBuilder().Build()), new Node(TimeProvider.System), CancellationToken.None);
        Directory.Delete(folder, recursive: true);
        return keyring;
    }
}
