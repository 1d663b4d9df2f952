[assembly: AssemblyFixture(typeof(MesChain.Tests.Support.PostgresServer.Lifetime))]

namespace MesChain.Tests.Support;

/// <summary>
/// The private PostgreSQL of this test run. Without PostgreSQL the tests that need it are skipped on a laptop and fail under CI=true.
/// </summary>
static class PostgresServer
{
    static readonly Lazy<Task<PrivatePostgres?>> Shared = new(StartAsync);

    /// <summary>The run's server, or a skip (a failure under CI) where there is none.</summary>
    public static async Task<PrivatePostgres> GetAsync()
    {
        var server = await Shared.Value;
        if (server is null)
        {
            const string why = "PostgreSQL is not installed";
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(why);
            Assert.Skip(why);
        }

        return server;
    }

    /// <summary>A server of one test's own, to be taken away; or a skip, as above.</summary>
    public static async Task<PrivatePostgres> GetOwnAsync()
    {
        await GetAsync();
        return (await StartAsync())!;
    }

    /// <summary>Stops the run's server, if a test started one, after the last test.</summary>
    public sealed class Lifetime : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (Shared.IsValueCreated && await Shared.Value is { } server)
                await server.DisposeAsync();
        }
    }

    // A kill of processes loses nothing that the kernel has, so the tests need no sync to the disk.
    static Task<PrivatePostgres?> StartAsync() => PrivatePostgres.StartAsync(durable: false);
}
