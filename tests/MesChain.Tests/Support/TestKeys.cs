using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Keys;
using Microsoft.Extensions.Options;

namespace MesChain.Tests.Support;

static class TestKeys
{
    /// <summary>Keyed digests out of a folder of the test's own.</summary>
    public static MacKeys Macs(string folder) => new(new DataFolder(Options.Create(new ServerOptions { Data = folder })));
}
