using MesChain.Contracts.Sync.V1;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Face;

/// <summary>The marketplace's lists, mappings and listings as a shop meets them before a job has run.</summary>
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

    [Fact]
    public async Task The_wish_to_list_is_stored_with_what_keeps_it_and_pages_hold_each_once()
    {
        await Shop.BringAsync("8690001", "8690002", "8690003");
        var connection = (await Shop.ConnectAsync()).Id;
        var request = new CreateListingsRequest { ConnectionId = connection, ShopVariantIds = { "v1", "v2", "v3", "v9" }, Preview = true };
        var preview = await Shop.Offers.CreateListingsAsync(request);
        Assert.Equal(["", "", "", "UNKNOWN_VARIANT"], preview.Results.Select(result => result.Reason));
        Assert.Empty((await Shop.Offers.ListListingsAsync(new() { ConnectionId = connection })).Listings);

        request.Preview = false;
        var stored = await Shop.Offers.CreateListingsAsync(request);
        Assert.Equal(stored.Results, (await Shop.Offers.CreateListingsAsync(request)).Results);
        Assert.Equal(ListingState.Blocked, stored.Results[0].State);
        Assert.Equal(preview.Results[0].Causes, stored.Results[0].Causes);
        Assert.Contains("listings", await Shop.NudgesAsync());

        var first = await Shop.Offers.ListListingsAsync(new() { ConnectionId = connection, PageSize = 2, State = ListingState.Blocked });
        var second = await Shop.Offers.ListListingsAsync(new() { ConnectionId = connection, PageSize = 2, State = ListingState.Blocked, PageToken = first.NextPageToken });
        Assert.Equal(["v1", "v2", "v3"], first.Listings.Concat(second.Listings).Select(listing => listing.ShopVariantId).Order(StringComparer.Ordinal));
        Assert.Empty((await Shop.Offers.ListListingsAsync(new() { ConnectionId = connection, State = ListingState.Live })).Listings);
        Assert.Equal(first.Listings[0], (await Shop.Offers.GetListingAsync(new() { ConnectionId = connection, ShopVariantId = first.Listings[0].ShopVariantId })).Listing);
        Assert.Equal("UNKNOWN_RESOURCE", (await Refusal.OfAsync(Shop.Offers.GetListingAsync(new() { ConnectionId = connection, ShopVariantId = "v9" }))).Reason);
        Assert.Equal(
            ["shop_variant_ids[1]"], (await Refusal.OfAsync(Shop.Offers.CreateListingsAsync(new() { ConnectionId = connection, ShopVariantIds = { "v1", "v1" } }))).Fields);

        // A draft that is stopped just ends, and what is linked waits for the archive.
        await Shop.ListItemsAsync(connection, ("8690003", 3));
        await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection, Links = { new Link { ShopVariantId = "v3" } } });
        await Shop.ReportAsync(1, ("v3", 5));
        var stop = new StopListingsRequest { ConnectionId = connection, ShopVariantIds = { "v1", "v9" }, Barcodes = { "8690003", "555" } };
        var stopped = (await Shop.Offers.StopListingsAsync(stop)).Results;
        Assert.Equal(["v1", "v9", "v3", ""], stopped.Select(result => result.ShopVariantId));
        Assert.Equal(["", "UNKNOWN_VARIANT", "", "NOT_LISTED"], stopped.Select(result => result.Reason));
        var v3 = (await Shop.Offers.GetListingAsync(new() { ConnectionId = connection, ShopVariantId = "v3" })).Listing;
        Assert.NotNull(v3.StopTime);
        Assert.Equal(0, Assert.Single((await Shop.Offers.ListOffersAsync(new() { ConnectionId = connection })).Offers).DesiredQuantity);
        Assert.Equal("NOT_LISTED", (await Shop.Offers.ResumeListingsAsync(new() { ConnectionId = connection, ShopVariantIds = { "v1" } })).Results[0].Reason);
        await Shop.Offers.ResumeListingsAsync(new() { ConnectionId = connection, Barcodes = { "8690003" } });
        Assert.Equal(5, Assert.Single((await Shop.Offers.ListOffersAsync(new() { ConnectionId = connection })).Offers).DesiredQuantity);
        stop.ShopVariantIds.Add("v9");
        Assert.Equal(["shop_variant_ids[2]"], (await Refusal.OfAsync(Shop.Offers.StopListingsAsync(stop))).Fields);

        // What was listed goes with its connection.
        await Shop.Stores.SetConnectionModeAsync(new() { ConnectionId = connection, Mode = ConnectionMode.Paused });
        await Shop.Stores.DeleteConnectionAsync(new() { ConnectionId = connection });
        Assert.Equal(0, await Shop.CountAsync("listings"));
    }
}

[Collection(SqliteFaces.Name)]
public sealed class MappingFaceOnSqlite(FaceOnSqlite face) : MappingTests(face);

[Collection(PostgresFaces.Name)]
public sealed class MappingFaceOnPostgres(FaceOnPostgres face) : MappingTests(face);
