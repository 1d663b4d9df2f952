using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Marketplaces.Trendyol;

public sealed class CategorySourceOnTrendyol : CategorySourceContract
{
    protected override async Task<MarketplaceRehearsal> OpenAsync() => await TrendyolRehearsal.OpenAsync();
}

/// <summary>Reference data in both of its shapes, against the sandbox over real HTTP.</summary>
public sealed class TrendyolReferenceTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static async Task<List<T>> AllAsync<T>(IAsyncEnumerable<IReadOnlyList<T>> pages)
    {
        List<T> all = [];
        await foreach (var page in pages)
            all.AddRange(page);
        return all;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tree_is_the_same_bare_and_inside_an_object(bool wrapped)
    {
        await using var stage = await TrendyolRehearsal.OpenAsync(new() { WrappedCategories = wrapped });

        var tree = await ((ICategorySource)stage.Marketplace).ReadCategoriesAsync(stage.Access, Cancel);

        Assert.Equal(TrendyolCatalogue.Categories.Count, tree.Count);
        Assert.Contains(new MarketplaceCategory("382", "Atkı", "1162", true), tree);
        Assert.Contains(new MarketplaceCategory("1162", "Atkı & Bere & Eldiven", "368", false), tree);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_value_is_read_by_either_of_its_names_and_beyond_the_first_page(bool otherNames)
    {
        await using var stage = await TrendyolRehearsal.OpenAsync(new() { OtherFieldNames = otherNames });
        var source = (ICategorySource)stage.Marketplace;

        var sizes = await AllAsync(source.ReadOptionsAsync(stage.Access, "382", "338", Cancel));
        var colours = await AllAsync(source.ReadOptionsAsync(stage.Access, "382", "47", Cancel));

        Assert.Contains(new AttributeOption("4873", "S"), sizes);
        Assert.Equal(1200, colours.DistinctBy(colour => colour.Id).Count());
        Assert.Equal("Kırmızı", colours[0].Name);
    }

    [Fact]
    public async Task An_attribute_tells_its_role_and_what_it_takes()
    {
        await using var stage = await TrendyolRehearsal.OpenAsync();

        var attributes = (await ((ICategorySource)stage.Marketplace).ReadAttributesAsync(stage.Access, "382", Cancel)).ToDictionary(attribute => attribute.Id, StringComparer.Ordinal);

        Assert.Equal((AttributeRole.Variant, true, false), (attributes["338"].Role, attributes["338"].Required, attributes["338"].TakesText));
        Assert.Equal((AttributeRole.Card, true, true), (attributes["47"].Role, attributes["47"].Required, attributes["47"].TakesText));
        Assert.Equal(("Web Color", AttributeRole.Plain, true), (attributes["295"].Name, attributes["295"].Role, attributes["295"].Required));
        Assert.Equal((false, true), (attributes["14"].Required, attributes["14"].TakesMany));
    }

    [Fact]
    public async Task A_category_with_children_asks_for_nothing()
    {
        await using var stage = await TrendyolRehearsal.OpenAsync();

        Assert.Empty(await ((ICategorySource)stage.Marketplace).ReadAttributesAsync(stage.Access, "1162", Cancel));
    }

    [Fact]
    public async Task Brands_are_read_until_a_page_is_empty()
    {
        await using var stage = await TrendyolRehearsal.OpenAsync();

        var brands = await AllAsync(((IBrandSource)stage.Marketplace).ReadBrandsAsync(stage.Access, Cancel));

        Assert.Equal(TrendyolCatalogue.Brands.Count, brands.DistinctBy(brand => brand.Id).Count());
        // 3,203 brands in pages of a thousand, and the empty page after them.
        Assert.Equal(5, stage.Calls);
    }

    [Theory]
    [InlineData("TrendyolMilla", "10")]
    [InlineData("TRENDYOLMİLLA", "40")]
    [InlineData("trendyolmilla", null)]
    [InlineData("Rüzgâr Ev & Co", null)]
    public async Task A_brand_is_found_by_its_exact_name_only(string name, string? id)
    {
        await using var stage = await TrendyolRehearsal.OpenAsync();

        var found = await ((IBrandSource)stage.Marketplace).FindBrandsAsync(stage.Access, name, Cancel);

        Assert.Equal(id, found.SingleOrDefault()?.Id);
    }

    [Fact]
    public async Task A_new_brand_is_made_found_and_usable_and_not_made_twice()
    {
        await using var stage = await TrendyolRehearsal.OpenAsync();
        var brands = (IBrandCreation)stage.Marketplace;
        BrandImage[] images = [new("logo.png", "image/png", "png"u8.ToArray()), new("belge \"1\".jpg", "image/jpeg", "jpg"u8.ToArray())];

        var id = await brands.CreateBrandAsync(stage.Access, "Çınar Altı", images, Cancel);
        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => brands.CreateBrandAsync(stage.Access, "Çınar Altı", images, Cancel));

        Assert.Equal(new MarketplaceBrand(id, "Çınar Altı"), Assert.Single(await ((IBrandSource)stage.Marketplace).FindBrandsAsync(stage.Access, "Çınar Altı", Cancel)));
        Assert.Equal((FaultKind.Rejected, FaultCodes.BrandRefused), (fault.Kind, fault.Code));
        var receipt = await ((IListingTarget)stage.Marketplace).CreateListingsAsync(stage.Access, [TrendyolDrafts.Shirt("A") with { BrandId = id }], Cancel);
        stage.LetBatchesFinish();
        Assert.Null(Assert.Single((await ((IListingTarget)stage.Marketplace).ReadListingReceiptAsync(stage.Access, receipt.ReceiptId, Cancel)).Items).Fault);
    }

    [Theory]
    [InlineData(" ", 1)]
    [InlineData("Marka", 0)]
    [InlineData("Marka", 4)]
    public async Task A_brand_without_name_or_with_too_many_pictures_is_never_sent(string name, int images)
    {
        await using var stage = await TrendyolRehearsal.OpenAsync();

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => ((IBrandCreation)stage.Marketplace).CreateBrandAsync(
            stage.Access, name, [.. Enumerable.Repeat(new BrandImage("a.png", "image/png", "png"u8.ToArray()), images)], Cancel));

        Assert.Equal((FaultCodes.BrandRefused, 0), (fault.Code, stage.Calls));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Addresses_are_read_by_either_names_of_their_flags(bool otherNames)
    {
        await using var stage = await TrendyolRehearsal.OpenAsync(new() { OtherFieldNames = otherNames });

        var addresses = await ((IShippingSource)stage.Marketplace).ReadAddressesAsync(stage.Access, Cancel);

        Assert.Equal(
            [("1001", true, false, false, true), ("1002", false, true, false, false), ("1003", false, false, true, false)],
            addresses.Select(address => (address.Id, address.IsShipping, address.IsReturning, address.IsInvoice, address.IsDefault)));
        Assert.Equal("Örnek Cad. 1 Ataşehir İstanbul", addresses[0].Text);
    }

    [Fact]
    public async Task Carriers_have_the_codes_that_products_name_them_by()
    {
        await using var stage = await TrendyolRehearsal.OpenAsync();

        var carriers = await ((IShippingSource)stage.Marketplace).ReadCarriersAsync(stage.Access, Cancel);

        Assert.Equal(10, carriers.Count);
        Assert.Contains(new Carrier("ARASMP", "Aras Kargo Marketplace"), carriers);
    }
}
