using MesChain.Marketplaces;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Marketplaces;

/// <summary>What every marketplace must do whose packages the seller can pick, divide and leave units out of.</summary>
public abstract class PackageStepsContract : IAsyncLifetime
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

    IOrderActions Actions => Assert.IsType<IOrderActions>(_stage.Marketplace, exactMatch: false);

    async Task<MarketplacePackage> SellAsync(int units)
    {
        var id = _stage.Sell(Barcode, units);
        return (await _stage.ReadPackagesAsync(Cancel)).Single(package => package.PackageId == id);
    }

    Task PickAsync(MarketplacePackage package) =>
        Actions.PickAsync(_stage.Access, package.PackageId, [.. package.Lines.Select(line => new PackageUnits(line.LineId, line.Quantity))], Cancel);

    async Task<List<MarketplacePackage>> SuccessorsAsync(MarketplacePackage old)
    {
        _stage.LetPackagesAppear();
        return [.. (await _stage.ReadPackagesAsync(Cancel)).Where(package => package.Replaces.Contains(old.PackageId, StringComparer.Ordinal))];
    }

    [Fact]
    public async Task A_package_is_picked_and_saying_it_twice_is_harmless()
    {
        var package = await SellAsync(2);

        await PickAsync(package);
        await PickAsync(package);

        Assert.Equal(PackageState.Picking, Assert.Single(await _stage.ReadPackagesAsync(Cancel)).State);
    }

    [Fact] // AC-24
    public async Task A_divided_package_comes_back_as_its_parts_and_loses_no_unit()
    {
        var package = await SellAsync(5);
        var splitter = Assert.IsType<IPackageSplit>(_stage.Marketplace, exactMatch: false);

        await splitter.SplitAsync(_stage.Access, package.PackageId, [new([new(package.Lines[0].LineId, 2)])], Cancel);

        var parts = await SuccessorsAsync(package);
        Assert.Equal([2, 3], parts.Select(part => part.Lines.Sum(line => line.Quantity)).Order());
        Assert.Equal(5 * 249_90, parts.SelectMany(part => part.Lines).SelectMany(line => line.UnitTotalsMinor).Sum());
        Assert.All(parts, part => Assert.Equal((package.OrderNumber, package.OrderedAt), (part.OrderNumber, part.OrderedAt)));
        Assert.Equal(3, parts.Select(part => part.TrackingNumber).Append(package.TrackingNumber).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(PackageState.Superseded, (await _stage.ReadPackagesAsync(Cancel)).Single(other => other.PackageId == package.PackageId).State);
    }

    [Fact] // AC-24
    public async Task What_cannot_be_supplied_leaves_and_the_rest_comes_back()
    {
        var package = await SellAsync(3);
        var unsupply = Assert.IsType<IUnsupply>(_stage.Marketplace, exactMatch: false);

        await unsupply.UnsupplyAsync(_stage.Access, package.PackageId, [new(package.Lines[0].LineId, 1)], UnsupplyReason.OutOfStock, Cancel);

        var rest = Assert.Single(await SuccessorsAsync(package));
        Assert.Equal((2, PackageState.New), (rest.Lines.Single().Quantity, rest.State));
        Assert.Equal(PackageState.Cancelled, (await _stage.ReadPackagesAsync(Cancel)).Single(other => other.PackageId == package.PackageId).State);
    }

    [Fact]
    public async Task A_package_that_is_supplied_in_no_part_leaves_nothing_behind()
    {
        var package = await SellAsync(3);

        await ((IUnsupply)_stage.Marketplace).UnsupplyAsync(_stage.Access, package.PackageId, [new(package.Lines[0].LineId, 3)], UnsupplyReason.Defective, Cancel);

        Assert.Empty(await SuccessorsAsync(package));
    }

    [Fact]
    public async Task A_package_that_is_gone_cannot_be_picked()
    {
        var package = await SellAsync(2);
        _stage.Cancel(package.PackageId, 2);

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => PickAsync(package));

        Assert.Equal((FaultKind.Rejected, FaultCodes.PackageStateWrong), (fault.Kind, fault.Code));
    }

    [Theory]
    [InlineData(SandboxFaultKind.Status)]
    [InlineData(SandboxFaultKind.Drop)]
    [InlineData(SandboxFaultKind.Html)]
    public async Task A_step_that_is_not_answered_well_is_uncertain_and_not_repeated(SandboxFaultKind hostility)
    {
        var package = await SellAsync(2);
        var before = _stage.Calls;
        _stage.Break(new() { Kind = hostility, Count = 0 });

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => PickAsync(package));

        Assert.Equal(FaultKind.Uncertain, fault.Kind);
        Assert.Equal(before + 1, _stage.Calls);
    }
}
