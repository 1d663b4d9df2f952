using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>How orders are read where Trendyol is not at its best, against the sandbox over real HTTP.</summary>
public sealed class TrendyolReadingTests
{
    const string Barcode = "8690000000012";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static async Task<TrendyolRehearsal> OpenAsync(TrendyolSwitches? switches = null)
    {
        var stage = await TrendyolRehearsal.OpenAsync(switches);
        stage.List(Barcode, 10_000, 249_90);
        return stage;
    }

    [Fact] // 17
    public async Task Checklist_17_an_address_that_comes_later_is_said_to_be_pending()
    {
        await using var stage = await OpenAsync(new() { EmptyAddressReads = 1 });
        var id = stage.Sell(Barcode, 1);

        Assert.True(Assert.Single(await stage.ReadPackagesAsync(Cancel)).AddressPending);

        var package = Assert.Single(await ((IPackageSource)stage.Marketplace).ReadPackagesAsync(stage.Access, [id], Cancel));
        Assert.False(package.AddressPending);
        Assert.Equal("İstanbul", package.Person.Shipping.City);
    }

    [Fact] // 17
    public async Task Checklist_17_orders_that_were_lost_for_a_while_appear_with_their_true_time()
    {
        await using var stage = await OpenAsync(new() { LoseNewOrders = true });
        var at = stage.Clock.GetUtcNow();
        var id = stage.Sell(Barcode, 1);

        Assert.Empty(await stage.ReadPackagesAsync(Cancel));
        stage.Clock.Advance(TimeSpan.FromHours(2));
        stage.Sandbox.Set(new());

        var package = Assert.Single(await stage.ReadPackagesAsync(Cancel));
        Assert.Equal((id, at), (package.PackageId, package.ChangedAt));
    }

    [Fact] // 9
    public async Task Checklist_09_a_package_that_changes_while_the_stream_is_read_is_in_the_next_window()
    {
        await using var stage = await OpenAsync();
        var source = (IOrderSource)stage.Marketplace;
        var oldest = stage.Sell(Barcode, 2);
        for (var i = 0; i < 200; i++)
        {
            stage.Clock.Advance(TimeSpan.FromMilliseconds(10));
            stage.Sell(Barcode, 1);
        }

        var to = stage.Clock.GetUtcNow();
        var first = await source.ReadOrdersAsync(stage.Access, to - TimeSpan.FromHours(1), to, null, Cancel);
        stage.Clock.Advance(TimeSpan.FromSeconds(1));
        stage.Sandbox.AdvancePackage(new() { PackageId = oldest, Status = "Picking" });
        var second = await source.ReadOrdersAsync(stage.Access, to - TimeSpan.FromHours(1), to, first.NextCursor, Cancel);

        Assert.DoesNotContain(first.Packages.Concat(second.Packages), package => package.PackageId == oldest);
        var next = await source.ReadOrdersAsync(stage.Access, to, to + TimeSpan.FromSeconds(2), null, Cancel);
        Assert.Contains(next.Packages, package => package.PackageId == oldest && package.State == PackageState.Picking);
    }

    [Fact]
    public async Task Asking_for_no_package_or_too_many_is_a_mistake_of_the_caller()
    {
        await using var stage = await OpenAsync();
        var source = (IPackageSource)stage.Marketplace;

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => source.ReadPackagesAsync(stage.Access, [], Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            source.ReadPackagesAsync(stage.Access, [.. Enumerable.Range(0, 1001).Select(i => $"{i}")], Cancel));
        Assert.Equal(0, stage.Calls);
    }
}
