using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;

namespace MesChain.Tests.Sync.Work;

/// <summary>What becomes of held units when the seller divides a package or leaves units out, and the new packages come late.</summary>
public abstract class SuccessionContract(Engine engine) : WorkContract(engine)
{
    static readonly SellerAccess Access = new(new Uri("http://127.0.0.1/_sandbox/trendyol/"), TrendyolSandbox.DemoSellerId, TrendyolSandbox.DemoApiKey, TrendyolSandbox.DemoApiSecret, "panel");

    T Can<T>() => Assert.IsType<T>(Rig.Get<MarketplaceCatalog>().Get("trendyol"), exactMatch: false);

    [Fact] // AC-24
    public async Task AC24_A_divided_package_keeps_every_unit_held_while_its_parts_are_awaited()
    {
        Rig.Sandbox.Set(new() { SplitSeconds = 120 });
        await SellingAsync("a", 10);
        var placed = Buy("a", 4);
        await ReadOrdersAsync();

        await Can<IPackageSplit>().SplitAsync(Access, placed.PackageId, [new([new(placed.Lines[0].LineId, 1)])], default);
        await ReadOrdersAsync();
        var (_, divided) = await OnlyEntryAsync();
        Assert.Equal((4L, "superseded"), (await HeldAsync(), Assert.Single(divided.Packages).Status));
        Assert.Equal(6, Rig.Sandbox.QuantityOf("869a"));

        await ReadOrdersAsync();
        var (_, order) = await OnlyEntryAsync();
        Assert.Equal(["new", "new", "superseded"], order.Packages.Select(package => package.Status).Order(StringComparer.Ordinal));
        var line = Assert.Single(order.Lines);
        Assert.Equal((4L, 0L, 4L, 6), (line.Quantity, line.Cancelled, await HeldAsync(), Rig.Sandbox.QuantityOf("869a")));
        Assert.Equal(order.Order.TotalMinor, line.TotalMinor);
    }

    [Theory] // AC-24
    [InlineData(false)]
    [InlineData(true)]
    public async Task AC24_The_rest_of_a_partly_cancelled_package_stays_held_until_it_comes_back(bool seenBefore)
    {
        Rig.Sandbox.Set(new() { ReissueSeconds = 400 });
        await SellingAsync("a", 10);
        var placed = Buy("a", 4);
        if (seenBefore)
            await ReadOrdersAsync();
        Rig.Sandbox.CancelUnits(new() { PackageId = placed.PackageId, Barcode = "869a", Quantity = 1 });
        for (var seconds = 0; seconds < 380; seconds += 20)
        {
            await Rig.PumpAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));
            if (seconds > 60)
                Assert.Equal((4L, 6), (await HeldAsync(), Rig.Sandbox.QuantityOf("869a")));
        }

        await ReadOrdersAsync();
        var (_, order) = await OnlyEntryAsync();
        var line = Assert.Single(order.Lines);
        Assert.Equal((4L, 1L, 3L), (line.Quantity, line.Cancelled, await HeldAsync()));
        Assert.Equal(order.Order.TotalMinor, line.TotalMinor);
    }

    [Fact] // AC-24
    public async Task AC24_Units_not_supplied_are_cancelled_once_and_the_rest_stays_held()
    {
        await SellingAsync("a", 10);
        var placed = Buy("a", 3);
        await ReadOrdersAsync();

        await Can<IUnsupply>().UnsupplyAsync(Access, placed.PackageId, [new(placed.Lines[0].LineId, 1)], UnsupplyReason.OutOfStock, default);
        await ReadOrdersAsync();
        await ReadOrdersAsync();

        var (_, order) = await OnlyEntryAsync();
        var line = Assert.Single(order.Lines);
        Assert.Equal((3L, 1L, 2L), (line.Quantity, line.Cancelled, await HeldAsync()));
        Assert.Equal(["cancelled", "new"], order.Packages.Select(package => package.Status).Order(StringComparer.Ordinal));
    }
}

public sealed class SuccessionOnSqlite() : SuccessionContract(Engine.Sqlite);

public sealed class SuccessionOnPostgres() : SuccessionContract(Engine.Postgres);
