using MesChain.Contracts.Sync.V1;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MesChain.Tests.Sync.Face;

/// <summary>
/// One real server, with the Trendyol sandbox inside, for all tests of an engine; each test has a store of its own in it. Jobs do
/// not run, so that a test sees what was asked of them.
/// </summary>
public abstract class FaceServer(Engine engine) : IAsyncDisposable
{
    public const int ConnectionsMax = 6;

    readonly SemaphoreSlim _gate = new(1, 1);
    TestServer? _server;
    int _stores;

    public TestServer Server => _server!;

    public TrendyolSandbox Sandbox => Server.Services.GetRequiredService<TrendyolSandbox>();

    /// <summary>A fresh store with the key that its shop would have. Starts the server when it is the first.</summary>
    public async Task<FaceStore> OpenStoreAsync()
    {
        await _gate.WaitAsync();
        try
        {
            _server ??= await TestServer.StartAsync(
                engine, clock: null,
                builder => builder.Services.RemoveAll<IHostedService>(service => service.Namespace == "MesChain.Server.Sync.Work"),
                "--MesChain:Sandbox:Enabled=true", $"--MesChain:Sync:ConnectionsMax={ConnectionsMax}", "--MesChain:Sync:EventHeartbeat=00:00:01", "--MesChain:Sync:EventPoll=00:00:00.5");
        }
        finally
        {
            _gate.Release();
        }

        var slug = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"shop-{Interlocked.Increment(ref _stores)}");
        var made = await new StoreService.StoreServiceClient(Server.Channel).CreateStoreAsync(new() { Slug = slug, Name = "Deneme Mağazası" });
        Assert.True(Ids.TryParseWire(made.Store.Id, out var id));
        return new(this, id, Server.ChannelWith(await Server.KeyAsync(id, "sync:shop")));
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _gate.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class FaceOnSqlite() : FaceServer(Engine.Sqlite);

public sealed class FaceOnPostgres() : FaceServer(Engine.Postgres);

[CollectionDefinition(Name)]
public sealed class SqliteFaces : ICollectionFixture<FaceOnSqlite>
{
    public const string Name = "face on SQLite";
}

[CollectionDefinition(Name)]
public sealed class PostgresFaces : ICollectionFixture<FaceOnPostgres>
{
    public const string Name = "face on PostgreSQL";
}

static class ServiceRemoval
{
    /// <summary>Takes out services by their implementation, also those that a typed factory makes.</summary>
    public static void RemoveAll<T>(this IServiceCollection services, Func<Type, bool> which)
    {
        foreach (var service in services.Where(service => service.ServiceType == typeof(T)).ToList())
        {
            if ((service.ImplementationType ?? service.ImplementationFactory?.GetType().GenericTypeArguments[1]) is { } type && which(type))
                services.Remove(service);
        }
    }
}

/// <summary>Base of all suites: a store for each test.</summary>
public abstract class FaceTest(FaceServer face) : IAsyncLifetime
{
    protected FaceStore Shop { get; private set; } = null!;

    protected FaceServer Face => face;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    int _before;

    public async ValueTask InitializeAsync()
    {
        Shop = await face.OpenStoreAsync();
        _before = face.Server.Logs.Count;
    }

    /// <summary>The server is shared; a test that made it fail should be the one that is red.</summary>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Assert.DoesNotContain(face.Server.Logs.Skip(_before), line => line.Level >= LogLevel.Error);
        return ValueTask.CompletedTask;
    }
}
