using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Cli;

/// <summary>The marketplace's lists and the shop's mappings by command, against the real server and its sandbox.</summary>
public sealed class CatalogCommandTests : IAsyncLifetime
{
    LiveShop _shop = null!;
    Shell _shell = null!;

    public async ValueTask InitializeAsync()
    {
        _shop = await LiveShop.OpenAsync(Engine.Sqlite);
        _shell = Shell.Of(_shop.Server);
        await _shop.SellAsync(1);
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task Lists_are_shown_when_they_are_read_and_a_mapping_is_judged_by_them()
    {
        var first = await _shell.RunAsync("sync", "catalog", "categories", "--query", "TIŞÖRT");
        Assert.Equal(1, first.Code);
        Assert.Contains("being read; repeat in a few seconds", first.Output, StringComparison.Ordinal);
        // Nobody knows yet whether there is one.
        Assert.DoesNotContain("There is no such category", first.Output, StringComparison.Ordinal);
        await _shop.SeenAsync("list.read");
        Assert.Matches("│ 604 +│ yes +│ Giyim > Üst Giyim > Tişört", (await _shell.RunAsync("sync", "catalog", "categories", "--query", "TIŞÖRT", "--leaves")).Output);

        Assert.Equal(1, (await _shell.RunAsync("sync", "catalog", "attributes", "604")).Code);
        await _shop.SeenAsync("list.read", times: 2);
        Assert.Matches("│ 338 +│ Beden +│ yes +│ variant +│ 10 +│ no +│ no", (await _shell.RunAsync("sync", "catalog", "attributes", "604")).Output);
        Assert.Matches("│ 4873 +│ S ", (await _shell.RunAsync("sync", "catalog", "options", "604", "338", "--query", "s")).Output);
        Assert.Contains("UNKNOWN_RESOURCE", (await _shell.RunAsync("sync", "catalog", "attributes", "7")).Error, StringComparison.Ordinal);

        var misfit = await _shell.RunAsync("sync", "catalog", "map", "product:p1", "--category", "604", "--set", "338=1");
        Assert.Equal(1, misfit.Code);
        Assert.Contains("MAPPING_MISFIT", misfit.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await _shell.RunAsync("sync", "catalog", "map", "product:p1", "--category", "604", "--set", "338=4873", "--text", "47=Vişne")).Code);
        Assert.Matches("│ product:p1 +│ +│ 604 +│ 338=4873, 47='Vişne' +│ 1 ", (await _shell.RunAsync("sync", "catalog", "mappings")).Output);
        Assert.Equal(0, (await _shell.RunAsync("sync", "catalog", "revert", "product:p1")).Code);
        Assert.Contains("There is no mapping yet.", (await _shell.RunAsync("sync", "catalog", "mappings")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_keeps_a_listing_is_shown_before_and_after_it_is_asked_for()
    {
        await new CatalogService.CatalogServiceClient(_shop.Channel).UpsertProductsAsync(new()
        {
            Products = { new Product { ShopProductId = "p2", Title = "Çanta", Variants = { new Variant { ShopVariantId = "v2", Barcode = "8690000000777" } } } },
        });
        var preview = await _shell.RunAsync("sync", "listings", "create", "v2", "--preview");
        Assert.Equal(1, preview.Code);
        Assert.Contains("description_html: is empty [LISTING_FIELD_INVALID]", preview.Output, StringComparison.Ordinal);
        Assert.Contains("There is no such listing.", (await _shell.RunAsync("sync", "listings", "list")).Output, StringComparison.Ordinal);
        Assert.Contains("ALREADY_LISTED", (await _shell.RunAsync("sync", "listings", "create", "v1")).Output, StringComparison.Ordinal);
        Assert.Contains("UNKNOWN_VARIANT", (await _shell.RunAsync("sync", "listings", "create", "v9")).Output, StringComparison.Ordinal);

        Assert.Matches("│ v2 +│ blocked +│", (await _shell.RunAsync("sync", "listings", "create", "v2")).Output);
        var shown = await _shell.RunAsync("sync", "listings", "show", "v2");
        Assert.StartsWith("Çanta (8690000000777): blocked since ", shown.Output, StringComparison.Ordinal);
        Assert.Contains("[BRAND_NOT_MAPPED]", shown.Output, StringComparison.Ordinal);
        Assert.Contains("[UNKNOWN_RESOURCE]", (await _shell.RunAsync("sync", "listings", "show", "v9")).Error, StringComparison.Ordinal);
        Assert.Matches("│ v2 +│ 8690000000777 +│ Çanta +│ blocked +│", (await _shell.RunAsync("sync", "listings", "list", "--state", "blocked")).Output);
    }

    [Fact]
    public async Task A_listing_is_taken_off_sale_and_put_back_by_command()
    {
        var preview = await _shell.RunAsync("sync", "listings", "stop", "v1", "--preview");
        Assert.Equal(0, preview.Code);
        Assert.Contains("[UNKNOWN_RESOURCE]", (await _shell.RunAsync("sync", "listings", "show", "v1")).Error, StringComparison.Ordinal);
        Assert.Matches("│ v1 +│ [0-9]+ +│ live +│", (await _shell.RunAsync("sync", "listings", "stop", "v1")).Output);
        Assert.Contains("Kept off sale since ", (await _shell.RunAsync("sync", "listings", "show", "v1")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await _shell.RunAsync("sync", "listings", "resume", "v1")).Code);
        var unknown = await _shell.RunAsync("sync", "listings", "stop", "v9", "--barcode", "555");
        Assert.Equal(1, unknown.Code);
        Assert.Matches("│ v9 +│ +│ – +│ UNKNOWN_VARIANT", unknown.Output);
        Assert.Matches("│ +│ 555 +│ – +│ NOT_LISTED", unknown.Output);
        Assert.Contains("shop_variant_ids", (await _shell.RunAsync("sync", "listings", "stop")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_names_nothing_is_a_wrong_command_line()
    {
        Assert.Equal(2, (await _shell.RunAsync("sync", "catalog", "map", "p1", "--category", "604")).Code);
        Assert.Equal(2, (await _shell.RunAsync("sync", "catalog", "map", "product:p1", "--set", "338")).Code);
        Assert.Equal(2, (await _shell.RunAsync("sync", "catalog", "brands", "--connection", "nobody")).Code);
    }
}
