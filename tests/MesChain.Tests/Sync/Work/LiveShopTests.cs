using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Work;

/// <summary>The real server with its jobs turning, one a test, through the doors that a shop has.</summary>
public abstract class LiveShopTests(Engine engine) : IAsyncLifetime
{
    private protected LiveShop Shop { get; private set; } = null!;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected OrderService.OrderServiceClient Orders => new(Shop.Channel);

    public async ValueTask InitializeAsync() => Shop = await LiveShop.OpenAsync(engine);

    public async ValueTask DisposeAsync()
    {
        await Shop.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
