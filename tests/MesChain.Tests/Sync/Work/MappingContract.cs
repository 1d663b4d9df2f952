using MesChain.Sandbox;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Mappings;
using MesChain.Server.Sync.Reference;

namespace MesChain.Tests.Sync.Work;

/// <summary>The marketplace's lists as they are read, kept and asked for again, and mappings as they are judged by them.</summary>
public abstract class MappingContract(Engine engine) : WorkContract(engine)
{
    const string Shirts = "604";
    const string Size = "338";
    const string Colour = "47";
    const string WebColour = "295";

    ReferenceStore Lists => Rig.Get<ReferenceStore>();

    [Fact]
    public async Task A_list_is_read_when_it_is_asked_for_and_again_when_it_is_a_week_old()
    {
        Assert.Equal((null, true), await AskAsync(ReferenceStore.Categories));
        await Rig.PumpAsync();
        var (read, reading) = await AskAsync(ReferenceStore.Categories);
        Assert.NotNull(read);
        Assert.False(reading);

        await Rig.PassAsync(ReferenceLists.FreshFor + TimeSpan.FromMinutes(1));
        Assert.Equal((read, true), await AskAsync(ReferenceStore.Categories));
        await Rig.PumpAsync();
        Assert.True((await AskAsync(ReferenceStore.Categories)).ReadMs > read);
        Assert.Equal(19, (await CategoriesAsync("")).Count);
    }

    [Fact]
    public async Task Categories_are_found_by_their_path_as_Turkish_folds_it()
    {
        await ReadAsync(ReferenceStore.Categories);
        Assert.Equal(["Giyim > Üst Giyim > Tişört"], (await CategoriesAsync("TIŞÖRT")).Select(row => row.Path));
        Assert.Equal(["Aksesuar > Çanta > Sırt Çantası"], (await CategoriesAsync("sirt ç")).Select(row => row.Path));
        var all = await CategoriesAsync("");
        Assert.All(all.Where(row => row.ParentId.Length > 0), row => Assert.True(all.Single(parent => parent.Id == row.ParentId).Position < row.Position));
        Assert.False(all.Single(row => row.Id == "522").Leaf);
    }

    [Fact]
    public async Task Brands_and_options_that_fill_many_pages_are_all_there_and_those_that_are_gone_go()
    {
        await ReadAsync(ReferenceStore.Categories, ReferenceStore.Brands, ReferenceStore.OfCategory(Shirts));
        Assert.Equal(3203, await Rig.ScalarAsync<long>("select count(*) from marketplace_catalog_brands"));
        var attributes = await Rig.Db.ReadAsync(async tx => await Lists.ListAttributesAsync(tx, await SourceAsync(tx), Shirts, -1, 100), default);
        Assert.Equal([("Beden", 10L), ("Renk", 1200L), ("Web Color", 16L), ("Materyal", 5L)], attributes.Select(row => (row.Name, row.Options)));

        await Rig.Db.WriteAsync(
            tx => tx.ExecuteAsync("insert into marketplace_catalog_brands (source, id, name, folded, seen_ms) select source, '999999', 'Eski', 'eski', 1 from marketplace_catalog_lists where subject = 'brands'"), default);
        await Rig.PassAsync(ReferenceLists.FreshFor + TimeSpan.FromMinutes(1));
        await ReadAsync(ReferenceStore.Brands);
        Assert.Equal(3203, await Rig.ScalarAsync<long>("select count(*) from marketplace_catalog_brands"));
    }

    [Fact]
    public async Task Options_that_are_refused_do_not_make_a_category_ask_for_nothing()
    {
        await ReadAsync(ReferenceStore.Categories);
        Rig.Sandbox.AddFault(new() { Kind = FaultKind.Status, Status = 400, Endpoint = "attribute-values", Count = 0 });
        await AskAsync(ReferenceStore.OfCategory(Shirts));
        await Rig.PumpAsync();
        // An empty list that counts as read would let a listing through without what the category demands.
        Assert.Null((await AskAsync(ReferenceStore.OfCategory(Shirts))).ReadMs);
    }

    [Fact]
    public async Task A_mapping_before_its_list_is_read_is_asked_for_again_and_then_taken()
    {
        var wanted = (MappingKey.Brand("IŞIK"), new MappingBody("1791", "", []));
        Assert.Equal(Reasons.SchemaNotRead, (await SetAsync(wanted)).Reason);
        await Rig.PumpAsync();
        Assert.True((await SetAsync(wanted)).Ok);
        var product = Product("p1", brand: "ışık");
        Assert.Equal("1791", (await OfAsync(product, "v1")).BrandId);
    }

    [Fact]
    public async Task What_does_not_fit_the_marketplaces_lists_is_refused_by_its_field()
    {
        await ReadAsync(ReferenceStore.Categories, ReferenceStore.Brands, ReferenceStore.OfCategory(Shirts));
        var category = MappingKey.Category("Tişörtler");
        await MisfitAsync("brand_id", (MappingKey.Brand("Yok"), new("7", "", [])));
        await MisfitAsync("category_id", (category, new("", "7", [])));
        await MisfitAsync("category_id", (category, new("", "522", [])));
        await MisfitAsync("attributes: map the category first", (category, new("", "", [new(Size, ["4873"], "")])));
        await MisfitAsync("attributes[0].attribute_id", (category, new("", Shirts, [new("633", ["700"], "")])));
        await MisfitAsync("attributes[0].text", (category, new("", Shirts, [new(Size, [], "Kocaman")])));
        await MisfitAsync("attributes[0].option_ids", (category, new("", Shirts, [new(WebColour, ["4873"], "")])));
        await MisfitAsync("attributes[0].option_ids", (category, new("", Shirts, [new(WebColour, ["2886", "2887"], "")])));
        Assert.True((await SetAsync((category, new("", Shirts, [new("14", ["900", "901"], ""), new(Colour, [], "Vişne")])))).Ok);
    }

    [Fact]
    public async Task What_is_nearer_to_the_variant_counts_more()
    {
        await ReadAsync(ReferenceStore.Categories, ReferenceStore.Brands, ReferenceStore.OfCategory(Shirts));
        await Rig.AddVariantAsync("v1", "8690001");
        var product = Product("v1", brand: "Marka", category: "Tişörtler");
        Assert.True((await SetAsync((MappingKey.Category("TİŞÖRTLER"), new("", Shirts, [new(WebColour, ["2886"], ""), new(Colour, [], "Kırmızı")])))).Ok);
        Assert.True((await SetAsync((MappingKey.Product("v1"), new("", Shirts, [new(Colour, [], "Vişne")])))).Ok);
        Assert.True((await SetAsync((MappingKey.Variant("v1"), new("", "", [new(Size, ["4873"], "")])))).Ok);

        var mapped = await OfAsync(product, "v1");
        Assert.Equal((Shirts, ""), (mapped.CategoryId, mapped.BrandId));
        Assert.Equal(["338=4873", "47=Vişne", "295=2886"], mapped.Attributes.Select(value => $"{value.AttributeId}={string.Join(',', value.OptionIds)}{value.Text}"));
    }

    [Fact]
    public async Task Every_change_is_a_version_that_can_be_gone_back_to_and_the_oldest_are_forgotten()
    {
        await ReadAsync(ReferenceStore.Brands);
        var key = MappingKey.Brand("Marka");
        Assert.Equal(Reasons.UnknownMapping, (await RevertAsync(key, 0)).Reason);
        await SetAsync((key, new("10", "", [])));
        await SetAsync((key, new("10", "", [])));
        await SetAsync((key, new("40", "", [])));
        Assert.True((await RevertAsync(key, 0)).Ok);
        Assert.Equal(("10", 3L), await BrandAsync(key));
        Assert.True((await RevertAsync(key, 2)).Ok);
        Assert.Equal(("40", 4L), await BrandAsync(key));
        Assert.Equal(Reasons.UnknownMapping, (await RevertAsync(key, 9)).Reason);

        Assert.True((await SetAsync((key, MappingBody.Nothing))).Ok);
        Assert.Empty(await Rig.Db.ReadAsync(async tx => await Rig.Get<MappingStore>().ListAsync(tx, Rig.StoreId, await SourceAsync(tx), "", "", 10), default));
        for (var i = 0; i < MappingStore.VersionsMax; i++)
            await SetAsync((key, new(i % 2 == 0 ? "10" : "40", "", [])));
        Assert.Equal(MappingStore.VersionsMax, await Rig.ScalarAsync<long>("select count(*) from catalog_mappings"));
        Assert.Equal(Reasons.UnknownMapping, (await RevertAsync(key, 4)).Reason);
    }

    static ProductRow Product(string id, string brand = "", string category = "") =>
        new() { Id = Guid.Empty, ShopProductId = id, Title = id, Brand = brand, Model = "", ImageUrl = "", Category = category };

    Task<string> SourceAsync(Tx tx) => Rig.Get<ReferenceLists>().SourceAsync(tx, Rig.StoreId, Rig.ConnectionId);

    async Task<(long? ReadMs, bool Reading)> AskAsync(string subject)
    {
        var fresh = await Rig.Db.WriteAsync(async tx => await Rig.Get<ReferenceLists>().AskAsync(tx, Rig.StoreId, Rig.ConnectionId, await SourceAsync(tx), subject), default);
        return (fresh.ReadMs, fresh.Reading);
    }

    async Task ReadAsync(params string[] subjects)
    {
        foreach (var subject in subjects)
            await AskAsync(subject);
        await Rig.PumpAsync();
        foreach (var subject in subjects)
            Assert.False((await AskAsync(subject)).Reading);
    }

    Task<IReadOnlyList<CategoryRow>> CategoriesAsync(string query) =>
        Rig.Db.ReadAsync(async tx => await Lists.ListCategoriesAsync(tx, await SourceAsync(tx), -1, 100, query, leavesOnly: false), default);

    async Task<ItemOutcome> SetAsync((MappingKey, MappingBody) wanted) =>
        Assert.Single(await Rig.Db.WriteAsync(tx => Rig.Get<MappingRules>().SetAsync(tx, Rig.StoreId, Rig.ConnectionId, [wanted], "key:test"), default));

    async Task<ItemOutcome> RevertAsync(MappingKey key, long version) =>
        Assert.Single(await Rig.Db.WriteAsync(tx => Rig.Get<MappingRules>().RevertAsync(tx, Rig.StoreId, Rig.ConnectionId, [(key, version)], "key:test"), default));

    async Task MisfitAsync(string field, (MappingKey, MappingBody) wanted)
    {
        var outcome = await SetAsync(wanted);
        Assert.Equal(Reasons.MappingMisfit, outcome.Reason);
        Assert.StartsWith(field, outcome.Detail, StringComparison.Ordinal);
    }

    Task<Mapped> OfAsync(ProductRow product, string variant) =>
        Rig.Db.ReadAsync(async tx => (await Rig.Get<MappingStore>().OfAsync(tx, Rig.StoreId, await SourceAsync(tx), [product], [variant])).Of(product, variant), default);

    async Task<(string Brand, long Version)> BrandAsync(MappingKey key)
    {
        var row = await Rig.Db.ReadAsync(async tx => await Rig.Get<MappingStore>().FindAsync(tx, Rig.StoreId, await SourceAsync(tx), key), default);
        return (MappingBody.FromText(row!.Body).BrandId, row.Version);
    }
}

public sealed class MappingsOnSqlite() : MappingContract(Engine.Sqlite);

public sealed class MappingsOnPostgres() : MappingContract(Engine.Postgres);
