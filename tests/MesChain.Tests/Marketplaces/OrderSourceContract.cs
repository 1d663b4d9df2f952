using MesChain.Marketplaces;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Marketplaces;

/// <summary>What every marketplace that has orders must do.</summary>
public abstract class OrderSourceContract : IAsyncLifetime
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

    IOrderSource Source => Assert.IsType<IOrderSource>(_stage.Marketplace, exactMatch: false);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>All packages of the last hour, following the cursor.</summary>
    async Task<List<MarketplacePackage>> ReadAsync()
    {
        List<MarketplacePackage> all = [];
        string? cursor = null;
        var to = _stage.Clock.GetUtcNow() + TimeSpan.FromSeconds(1);
        do
        {
            var page = await Source.ReadOrdersAsync(_stage.Access, to - TimeSpan.FromHours(1), to, cursor, Cancel);
            all.AddRange(page.Packages);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return all;
    }

    [Fact]
    public async Task A_sale_is_read_with_its_units_and_what_the_buyer_pays()
    {
        var id = _stage.Sell(Barcode, 3, discountMinor: 10_00);

        var package = Assert.Single(await ReadAsync());

        Assert.Equal((id, PackageState.New, "TRY"), (package.PackageId, package.State, package.CurrencyCode));
        var line = Assert.Single(package.Lines);
        Assert.Equal((Barcode, 3), (line.Barcode, line.Quantity));
        Assert.Equal(3, line.UnitTotalsMinor.Count);
        Assert.Equal(3 * 249_90 - 10_00, line.UnitTotalsMinor.Sum());
        Assert.Equal(10_00, line.UnitDiscountsMinor.Sum());
        Assert.Equal(2000, line.VatBasisPoints);
        Assert.NotEmpty(package.Person.Shipping.City);
    }

    [Fact] // AC-08
    public async Task Times_of_an_order_are_the_true_ones()
    {
        var at = _stage.Clock.GetUtcNow();
        _stage.Sell(Barcode, 1);

        var package = Assert.Single(await ReadAsync());

        Assert.Equal(at, package.OrderedAt);
        Assert.Equal(at, package.ChangedAt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(450)]
    public async Task Every_package_is_read_across_pages(int count)
    {
        var sold = Enumerable.Range(0, count).Select(_ => _stage.Sell(Barcode, 1)).ToHashSet(StringComparer.Ordinal);

        var read = await ReadAsync();

        Assert.Equal(count, read.Count);
        Assert.Equal(sold, read.Select(package => package.PackageId).ToHashSet(StringComparer.Ordinal));
    }

    [Fact] // AC-24
    public async Task A_part_that_is_cancelled_leaves_a_new_package_that_names_the_old_one()
    {
        var old = _stage.Sell(Barcode, 3);
        _stage.Clock.Advance(TimeSpan.FromMinutes(1));
        _stage.Cancel(old, 1);

        var packages = await ReadAsync();

        Assert.Equal(PackageState.Cancelled, packages.Single(package => package.PackageId == old).State);
        var next = Assert.Single(packages, package => package.PackageId != old);
        Assert.Equal([old], next.Replaces);
        Assert.Equal((2, PackageState.New), (next.Lines.Single().Quantity, next.State));
        Assert.Equal(packages.Single(package => package.PackageId == old).OrderNumber, next.OrderNumber);
        Assert.Equal(2 * 249_90, next.Lines.Single().UnitTotalsMinor.Sum());
    }

    [Fact]
    public async Task Orders_outside_of_the_window_are_not_read_before_it()
    {
        _stage.Sell(Barcode, 1);
        _stage.Clock.Advance(TimeSpan.FromDays(1));

        var to = _stage.Clock.GetUtcNow();
        var page = await Source.ReadOrdersAsync(_stage.Access, to - TimeSpan.FromHours(1), to, null, Cancel);

        Assert.Empty(page.Packages);
    }

    [Fact]
    public async Task The_widest_window_is_accepted()
    {
        var to = _stage.Clock.GetUtcNow();

        var page = await Source.ReadOrdersAsync(_stage.Access, to - _stage.Marketplace.Manners.OrderWindowMax, to, null, Cancel);

        Assert.Empty(page.Packages);
    }

    [Fact]
    public async Task A_read_that_failed_for_a_moment_is_repeated()
    {
        _stage.Sell(Barcode, 1);
        _stage.Break(new() { Kind = SandboxFaultKind.Status, Status = 500, Count = 2 });

        Assert.Single(await ReadAsync());
        Assert.Equal(3, _stage.Calls);
    }

    [Fact]
    public async Task A_person_is_never_spelled_out_in_text()
    {
        _stage.Sell(Barcode, 1);

        var package = Assert.Single(await ReadAsync());

        Assert.DoesNotContain(package.Person.LastName, package.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(package.Person.Shipping.Line, package.ToString(), StringComparison.Ordinal);
    }
}
