using MesChain.Marketplaces;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Marketplaces;

/// <summary>What every marketplace that lists its items must do.</summary>
public abstract class ItemSourceContract : IAsyncLifetime
{
    MarketplaceRehearsal _stage = null!;

    protected abstract Task<MarketplaceRehearsal> OpenAsync();

    public async ValueTask InitializeAsync() => _stage = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    IItemSource Source => Assert.IsType<IItemSource>(_stage.Marketplace, exactMatch: false);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static string Barcode(int number) => FormattableString.Invariant($"869{number:0000000000}");

    async Task<List<MarketplaceItem>> ReadAllAsync()
    {
        List<MarketplaceItem> all = [];
        await foreach (var page in Source.ReadItemsAsync(_stage.Access, Cancel))
            all.AddRange(page);
        return all;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(250)]
    public async Task Every_item_is_read_once_across_pages(int count)
    {
        for (var i = 0; i < count; i++)
            _stage.List(Barcode(i), i, 100 + i);

        var all = await ReadAllAsync();

        Assert.Equal(Enumerable.Range(0, count).Select(Barcode), all.Select(item => item.Barcode).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_item_tells_stock_and_price_to_the_minor_unit()
    {
        _stage.List(Barcode(1), 12, 249_90);

        var item = Assert.Single(await ReadAllAsync());

        Assert.Equal((12, 249_90L, true), (item.Quantity, item.SalePriceMinor, item.OnSale));
        Assert.NotEmpty(item.ExternalId);
        Assert.NotEmpty(item.Title);
    }

    [Fact]
    public async Task Named_items_are_read_whatever_their_number_and_missing_ones_are_absent()
    {
        for (var i = 0; i < 130; i++)
            _stage.List(Barcode(i), i, 100);

        var found = await Source.ReadItemsAsync(_stage.Access, [.. Enumerable.Range(0, 120).Select(Barcode), "nobody-sells-this"], Cancel);

        Assert.Equal(Enumerable.Range(0, 120).Select(Barcode), found.Select(item => item.Barcode).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task No_named_items_are_no_call()
    {
        Assert.Empty(await Source.ReadItemsAsync(_stage.Access, [], Cancel));
        Assert.Equal(0, _stage.Calls);
    }

    [Theory]
    [InlineData(SandboxFaultKind.Status)]
    [InlineData(SandboxFaultKind.Drop)]
    public async Task A_read_that_failed_for_a_moment_is_repeated(SandboxFaultKind kind)
    {
        _stage.List(Barcode(1), 12, 249_90);
        _stage.Break(new() { Kind = kind, Status = 502, Count = 1 });

        Assert.Single(await ReadAllAsync());
        Assert.Equal(2, _stage.Calls);
    }

    [Fact]
    public async Task A_read_that_keeps_failing_is_unavailable()
    {
        _stage.Break(new() { Kind = SandboxFaultKind.Status, Status = 504, Count = 0 });

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(ReadAllAsync);

        Assert.Equal((FaultKind.Unavailable, FaultCodes.MarketplaceFailing), (fault.Kind, fault.Code));
    }
}
