namespace MesChain.Tests.Sandbox;

/// <summary>What products are described with, as a bare HTTP client sees it.</summary>
public sealed class TrendyolReferenceTests
{
    [Theory]
    [InlineData("product/brands?page=0&size=1000", 200)]
    [InlineData("product/brands?page=0&size=999", 400)]
    [InlineData("product/brands/by-name", 400)]
    [InlineData("product/categories/382/attributes/47/values?size=1001", 400)]
    [InlineData("product/categories/382/attributes/47/values?page=-1", 400)]
    [InlineData("product/categories/382/attributes/633/values", 404)]
    [InlineData("product/categories/1162/attributes/47/values", 404)]
    [InlineData("product/categories/1/attributes", 404)]
    [InlineData("product/categories/x/attributes", 404)]
    [InlineData("product/product-categories/382/attributes", 426)]
    public async Task Pages_have_limits_and_unknown_ids_are_404(string path, int status)
    {
        await using var scene = await TrendyolScene.OpenAsync();

        Assert.Equal(status, (await scene.GetAsync(path)).Status);
    }

    [Fact]
    public async Task A_key_is_needed_also_where_no_seller_is_named()
    {
        await using var scene = await TrendyolScene.OpenAsync();
        scene.Key = "sandbox-key:wrong";

        Assert.Equal(401, (await scene.GetAsync("product/product-categories")).Status);
    }

    [Fact]
    public async Task A_tree_can_be_asked_for_a_name()
    {
        await using var scene = await TrendyolScene.OpenAsync(new() { WrappedCategories = true });

        var roots = (await scene.GetAsync("product/product-categories?name=Kupa")).Body.GetProperty("categories");

        var path = roots[0].GetProperty("subCategories")[0].GetProperty("subCategories");
        Assert.Equal((1, 1), (roots.GetArrayLength(), path.GetArrayLength()));
        Assert.Equal(1354, path[0].GetProperty("id").GetInt32());
    }

    [Theory]
    [InlineData("true", 3)]
    [InlineData("false", 1)]
    public async Task Attributes_can_be_asked_by_whether_they_are_required(string required, int count)
    {
        await using var scene = await TrendyolScene.OpenAsync();

        var (_, body, _) = await scene.GetAsync($"product/categories/382/attributes?required={required}");

        Assert.Equal(count, body.GetProperty("categoryAttributes").GetArrayLength());
    }
}
