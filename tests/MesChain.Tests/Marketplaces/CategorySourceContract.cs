using MesChain.Marketplaces;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Marketplaces;

/// <summary>What every marketplace must do that says what products are described with.</summary>
public abstract class CategorySourceContract : IAsyncLifetime
{
    MarketplaceRehearsal _stage = null!;

    protected abstract Task<MarketplaceRehearsal> OpenAsync();

    public async ValueTask InitializeAsync() => _stage = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    ICategorySource Source => Assert.IsType<ICategorySource>(_stage.Marketplace, exactMatch: false);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_tree_is_flat_and_every_parent_comes_before_its_children()
    {
        var categories = await Source.ReadCategoriesAsync(_stage.Access, Cancel);

        HashSet<string> seen = new(StringComparer.Ordinal);
        Assert.All(categories, category =>
        {
            Assert.True(category.ParentId is null || seen.Contains(category.ParentId));
            Assert.True(seen.Add(category.Id));
            Assert.NotEmpty(category.Name);
        });
        Assert.True(categories.Count(category => category.IsLeaf) >= 6);
        Assert.All(categories, category => Assert.Equal(category.IsLeaf, categories.All(other => other.ParentId != category.Id)));
    }

    [Fact]
    public async Task Every_leaf_asks_for_something_and_its_choices_can_be_read_to_the_end()
    {
        var leaf = (await Source.ReadCategoriesAsync(_stage.Access, Cancel)).First(category => category.IsLeaf);

        var attributes = await Source.ReadAttributesAsync(_stage.Access, leaf.Id, Cancel);

        Assert.Contains(attributes, attribute => attribute.Required);
        foreach (var attribute in attributes)
        {
            List<AttributeOption> options = [];
            await foreach (var page in Source.ReadOptionsAsync(_stage.Access, leaf.Id, attribute.Id, Cancel))
                options.AddRange(page);
            Assert.True(options.Count > 0 || attribute.TakesText);
            Assert.Equal(options.Count, options.DistinctBy(option => option.Id).Count());
            Assert.All(options, option => Assert.NotEmpty(option.Name));
        }
    }

    [Fact]
    public async Task A_category_nobody_knows_is_missing()
    {
        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Source.ReadAttributesAsync(_stage.Access, "999999999", Cancel));

        Assert.Equal((FaultKind.Missing, FaultCodes.NotFound), (fault.Kind, fault.Code));
    }

    [Theory]
    [InlineData(SandboxFaultKind.Html, FaultKind.Malformed)]
    [InlineData(SandboxFaultKind.Malformed, FaultKind.Malformed)]
    [InlineData(SandboxFaultKind.Status, FaultKind.Unavailable)]
    public async Task A_tree_that_does_not_come_is_a_fault_and_never_an_empty_tree(SandboxFaultKind kind, FaultKind fault)
    {
        _stage.Break(new() { Kind = kind, Count = 0 });

        Assert.Equal(fault, (await Assert.ThrowsAsync<MarketplaceFault>(() => Source.ReadCategoriesAsync(_stage.Access, Cancel))).Kind);
    }
}
