using MesChain.Contracts.Sync.V1;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Face;

/// <summary>The marketplace's lists and mappings as a shop meets them, before and after a job has read.</summary>
public abstract class MappingTests(FaceServer face) : FaceTest(face)
{
    [Fact]
    public async Task A_list_that_is_not_there_is_asked_for_and_the_answer_says_so()
    {
        var connection = (await Shop.GoLiveAsync()).Id;
        var answer = await Shop.Catalog.ListBrandsAsync(new() { ConnectionId = connection });
        Assert.Null(answer.ReadTime);
        Assert.True(answer.Reading);
        Assert.Contains("read-reference", await Shop.NudgesAsync());
        Assert.True((await Shop.Catalog.ListCategoriesAsync(new() { ConnectionId = connection })).Reading);
        Assert.True((await Shop.Catalog.ListCategoryAttributesAsync(new() { ConnectionId = connection, CategoryId = "604" })).Reading);
        Assert.True((await Shop.Catalog.ListAttributeOptionsAsync(new() { ConnectionId = connection, CategoryId = "604", AttributeId = "338" })).Reading);
    }

    [Fact]
    public async Task A_mapping_is_refused_alone_and_a_call_as_a_whole_only_for_its_form()
    {
        var connection = (await Shop.ConnectAsync()).Id;
        var answer = await Shop.Catalog.SetMappingsAsync(new()
        {
            ConnectionId = connection,
            Mappings =
            {
                new Mapping { Key = new() { ShopBrand = "Işık" }, BrandId = "1791" },
                new Mapping { Key = new() { ShopBrand = "Yok" }, CategoryId = "604" },
                new Mapping { Key = new() { ShopVariantId = "v1" }, Attributes = { new MappedAttribute { AttributeId = "338", OptionIds = { "4873" } } } },
                new Mapping { Key = new() { ShopProductId = "p1" } },
            },
        });
        Assert.Equal(["SCHEMA_NOT_READ", "MAPPING_MISFIT", "MAPPING_MISFIT", ""], answer.Results.Select(result => result.Reason));
        Assert.Equal(["Işık", "Yok", "v1", "p1"], answer.Results.Select(result => result.Id));
        Assert.Empty((await Shop.Catalog.ListMappingsAsync(new() { ConnectionId = connection })).Mappings);
        Assert.Equal(
            "UNKNOWN_MAPPING",
            Assert.Single((await Shop.Catalog.RevertMappingsAsync(new() { ConnectionId = connection, Reversions = { new Reversion { Key = new() { ShopBrand = "Işık" } } } })).Results).Reason);

        var twice = new SetMappingsRequest { ConnectionId = connection, Mappings = { new Mapping { Key = new() { ShopBrand = "IŞIK" } }, new Mapping { Key = new() { ShopBrand = "ışık" } } } };
        twice.Mappings[0].Attributes.Add(new MappedAttribute { AttributeId = "1" });
        Assert.Equal(["mappings[0].attributes[0].text", "mappings[1].key"], (await Refusal.OfAsync(Shop.Catalog.SetMappingsAsync(twice))).Fields);
    }
}

[Collection(SqliteFaces.Name)]
public sealed class MappingFaceOnSqlite(FaceOnSqlite face) : MappingTests(face);

[Collection(PostgresFaces.Name)]
public sealed class MappingFaceOnPostgres(FaceOnPostgres face) : MappingTests(face);
