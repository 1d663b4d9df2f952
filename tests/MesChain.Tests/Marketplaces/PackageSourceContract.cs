using MesChain.Marketplaces;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Marketplaces;

/// <summary>What every marketplace must do that can be asked for single orders and packages.</summary>
public abstract class PackageSourceContract : IAsyncLifetime
{
    const string Barcode = "8690000000012";

    MarketplaceRehearsal _stage = null!;

    protected abstract Task<MarketplaceRehearsal> OpenAsync();

    public async ValueTask InitializeAsync()
    {
        _stage = await OpenAsync();
        _stage.List(Barcode, 10_000, 249_90);
    }

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    IPackageSource Source => Assert.IsType<IPackageSource>(_stage.Marketplace, exactMatch: false);

    [Fact]
    public async Task An_order_is_read_with_all_its_packages_and_equal_to_what_the_list_says()
    {
        var old = _stage.Sell(Barcode, 3);
        _stage.Sell(Barcode, 1);
        _stage.Cancel(old, 1);
        _stage.LetPackagesAppear();
        var listed = await _stage.ReadPackagesAsync(Cancel);
        var number = listed.Single(package => package.PackageId == old).OrderNumber;

        var read = await Source.ReadOrderAsync(_stage.Access, number, Cancel);

        Assert.Equal(2, read.Count);
        foreach (var package in read)
        {
            var other = listed.Single(known => known.PackageId == package.PackageId);
            Assert.Equal(
                (other.State, other.ChangedAt, other.OrderedAt, other.TrackingNumber, other.Lines.Single().UnitTotalsMinor.Sum()),
                (package.State, package.ChangedAt, package.OrderedAt, package.TrackingNumber, package.Lines.Single().UnitTotalsMinor.Sum()));
        }
    }

    [Fact]
    public async Task An_order_that_nobody_knows_has_no_packages() => Assert.Empty(await Source.ReadOrderAsync(_stage.Access, "1", Cancel));

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(20)]
    [InlineData(29)]
    public async Task A_package_is_read_by_its_id_for_as_long_as_a_month(int days)
    {
        var id = _stage.Sell(Barcode, 1);
        _stage.Clock.Advance(TimeSpan.FromDays(days));

        Assert.Equal(id, Assert.Single(await Source.ReadPackagesAsync(_stage.Access, [id, "1"], Cancel)).PackageId);
    }

    [Fact]
    public async Task More_packages_than_one_query_takes_are_read_in_the_order_asked_for()
    {
        var ids = Enumerable.Range(0, 120).Select(_ => _stage.Sell(Barcode, 1)).Reverse().ToList();

        var read = await Source.ReadPackagesAsync(_stage.Access, ids, Cancel);

        Assert.Equal(ids, read.Select(package => package.PackageId));
    }

    [Fact]
    public async Task A_read_that_failed_for_a_moment_is_repeated()
    {
        var id = _stage.Sell(Barcode, 1);
        _stage.Break(new() { Kind = SandboxFaultKind.Status, Status = 502, Count = 2 });

        Assert.Single(await Source.ReadPackagesAsync(_stage.Access, [id], Cancel));
        Assert.Equal(3, _stage.Calls);
    }
}
