using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Orders;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Work;

/// <summary>One rig a test, on each engine.</summary>
public abstract class WorkContract(Engine engine) : IAsyncLifetime
{
    private protected SyncRig Rig { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Rig = await SyncRig.OpenAsync(engine);

    public async ValueTask DisposeAsync()
    {
        await Rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A linked variant that the marketplace has confirmed at this quantity.</summary>
    protected async Task<Guid> SellingAsync(string name, int quantity, long sequence = 1)
    {
        var variant = await Rig.AddVariantAsync(name, "869" + name);
        await Rig.LinkAsync(name);
        await Rig.ReportAsync(sequence, [new(name, quantity)]);
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(10));
        Assert.Equal(quantity, Rig.Sandbox.QuantityOf("869" + name));
        return variant;
    }

    private protected PlacedOrder Buy(string name, int units, string status = "Created") =>
        Rig.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = "869" + name, Quantity = units, SellerDiscount = 0.10m }], Status = status });

    /// <summary>The next read of orders, and everything that follows.</summary>
    protected Task ReadOrdersAsync() => Rig.PumpAsync(TimeSpan.FromSeconds(80), TimeSpan.FromSeconds(20));

    protected Task<long> HeldAsync() =>
        Rig.ScalarAsync<long>("select cast(coalesce(sum(qty_open), 0) as bigint) from reservations where store_id = @StoreId", new { Rig.StoreId });

    protected Task<string?> IssueAsync(string code) =>
        Rig.ScalarAsync<string>("select state from issues where store_id = @StoreId and code = @code", new { Rig.StoreId, code });

    private protected async Task<(FeedEntry Entry, OrderView Order)> OnlyEntryAsync() => Assert.Single(await Rig.PullAsync());

    private protected Task<string?> BookAsync(FeedEntry entry, OrderView order, string shopOrderId) =>
        Rig.AcknowledgeAsync(new(entry.Id, order.Order.Revision, AcknowledgeKind.Applied, shopOrderId, ""));
}
