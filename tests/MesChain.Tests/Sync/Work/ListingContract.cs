using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Listings;
using MesChain.Server.Sync.Mappings;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Reference;
using MesChain.Tests.Support;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Sync.Work;

/// <summary>What a shop lists, from the wish over the two stages of the marketplace to an offer that follows the shop's stock.</summary>
public abstract class ListingContract(Engine engine) : ListedContract(engine)
{
    const string CreateEndpoint = "create-products";

    [Fact]
    public async Task A_listing_is_taken_then_reviewed_then_linked_and_only_then_it_has_stock()
    {
        await ReadyAsync();
        await Rig.ReportAsync(1, [new("v1", 7)]);
        Assert.Empty((await CreateAsync("v1")).Causes);
        await Rig.PumpAsync(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(5));
        Assert.Equal(ListingStates.InReview, await StateAsync());
        Assert.Equal(0, Rig.Sandbox.QuantityOf(Barcode));
        Assert.Equal(0, await Rig.ScalarAsync<long>("select count(*) from links"));

        await Rig.PumpAsync(TimeSpan.FromMinutes(12), Step);
        Assert.Equal(ListingStates.Live, await StateAsync());
        Assert.Equal(7, Rig.Sandbox.QuantityOf(Barcode));
        Assert.Equal(Reasons.AlreadyListed, (await CreateAsync("v1")).Reason);
        Assert.Equal(1, Creations());
    }

    [Fact]
    public async Task AC13_What_the_schema_asks_for_is_found_before_anything_is_sent()
    {
        await ReadyAsync(attributes: []);
        var preview = await CreateAsync("v1", preview: true);
        Assert.Equal([("ATTRIBUTE_MISSING", "attributes.47"), ("ATTRIBUTE_MISSING", "attributes.295")], preview.Causes.Select(cause => (cause.Code, cause.Field)));
        Assert.Equal(0, await Rig.ScalarAsync<long>("select count(*) from listings"));

        Assert.Equal(ListingStates.Blocked, (await CreateAsync("v1")).State);
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), Step);
        Assert.Equal(0, Creations());
        Assert.Equal("open", await IssueAsync(FaultCodes.AttributeMissing));

        // The cause is gone, and nobody has to ask again.
        await MapAsync(MappingKey.Product("p1"), new("", Backpacks, Attributes));
        await Rig.PumpAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));
        Assert.Equal("resolved", await IssueAsync(FaultCodes.AttributeMissing));
        Assert.Equal(ListingStates.InReview, await StateAsync());
    }

    [Theory]
    [InlineData(404, "NOT_FOUND")]
    [InlineData(426, "API_RETIRED")]
    public async Task A_service_that_is_closed_for_a_while_has_refused_no_draft(int status, string code)
    {
        await ReadyAsync();
        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Status, Status = status, Endpoint = CreateEndpoint, Count = 0 });
        await CreateAsync("v1");
        await Rig.PumpAsync(TimeSpan.FromMinutes(5), Step);
        Assert.Equal((ListingStates.Draft, "open"), (await StateAsync(), await IssueAsync(code)));

        Rig.Sandbox.ClearFaults();
        await Rig.PumpAsync(TimeSpan.FromMinutes(10), Step);
        Assert.Equal(ListingStates.InReview, await StateAsync());
        Assert.Equal("resolved", await IssueAsync(code));
    }

    [Fact]
    public async Task A_link_that_was_taken_away_is_not_made_again_by_a_look_at_the_listing()
    {
        await ReadyAsync();
        await CreateAsync("v1");
        await Rig.PumpAsync(TimeSpan.FromMinutes(12), Step);
        Assert.Equal(1, await Rig.ScalarAsync<long>("select count(*) from links"));
        await Rig.Db.WriteAsync(tx => Rig.Get<Linking>().UnlinkAsync(tx, Rig.StoreId, Rig.ConnectionId, ["v1"]), default);
        await Rig.PassAsync(TimeSpan.FromHours(25));
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), Step);
        Assert.Equal(ListingStates.Live, await StateAsync());
        Assert.Equal(0, await Rig.ScalarAsync<long>("select count(*) from links"));
    }

    [Fact]
    public async Task The_preflight_names_every_field_at_once()
    {
        await ReadAsync(ReferenceStore.Categories, ReferenceStore.Brands);
        await UpsertAsync(new("p1", new string('x', 101), "Marka", "", "http://shop.example/1.jpg", [new("v1", "", "", "", null)]));
        var causes = (await CreateAsync("v1", preview: true)).Causes;
        Assert.Equal(
            ["barcode", "title", "description_html", "image_url", "vat_basis_points", "price", "brand", "category"], causes.Select(cause => cause.Field));
        Assert.Equal(Reasons.UnknownVariant, (await CreateAsync("v9", preview: true)).Reason);
    }

    [Fact]
    public async Task AC14_An_unmapped_brand_blocks_only_what_needs_it_and_its_mapping_frees_all_at_once()
    {
        await ReadyAsync(brand: "");
        await UpsertAsync(Product("p2", "v2", Barcode + "2", "Başka"));
        await UpsertAsync(Product("p3", "v3", Barcode + "3", "IŞIK"));
        await MapAsync(MappingKey.Brand("Başka"), new(Brand, "", []));
        foreach (var product in new[] { "p2", "p3" })
            await MapAsync(MappingKey.Product(product), new("", Backpacks, Attributes));
        await PriceAsync(2, "v2", "v3");
        foreach (var variant in new[] { "v1", "v2", "v3" })
            await CreateAsync(variant);
        Assert.Equal(2, await Rig.ScalarAsync<long>("select count(*) from listings where state = 'blocked'"));
        Assert.Equal(1, await Rig.ScalarAsync<long>("select count(*) from issues where code = 'BRAND_NOT_MAPPED'"));

        await MapAsync(MappingKey.Brand("ışık"), new(Brand, "", []));
        await Rig.PumpAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));
        Assert.Equal("resolved", await IssueAsync(IssueCatalog.BrandNotMapped));
        Assert.Equal(3, await Rig.ScalarAsync<long>("select count(*) from listings where state = 'in_review'"));
    }

    [Fact]
    public async Task A_rejected_listing_says_why_and_is_mended_where_it_lies()
    {
        await ReadyAsync(title: "Sahte çanta");
        await CreateAsync("v1");
        await Rig.PumpAsync(TimeSpan.FromMinutes(12), Step);
        Assert.Equal(ListingStates.Rejected, await StateAsync());
        Assert.Equal("open", await IssueAsync(FaultCodes.ListingRejected));

        await UpsertAsync(Product("p1", "v1", Barcode, "Işık"));
        Assert.Equal(ListingStates.Draft, (await CreateAsync("v1")).State);
        await Rig.PumpAsync(TimeSpan.FromMinutes(12), Step);
        Assert.Equal(ListingStates.Live, await StateAsync());
        Assert.Equal("resolved", await IssueAsync(FaultCodes.ListingRejected));
        Assert.Equal(1, Creations());
    }

    [Fact]
    public async Task The_same_content_is_not_sent_a_fourth_time()
    {
        await ReadyAsync(title: "Sahte çanta");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ListingStates.Draft, (await CreateAsync("v1")).State);
            await Rig.PumpAsync(TimeSpan.FromMinutes(12), Step);
            Assert.Equal(ListingStates.Rejected, await StateAsync());
        }

        var again = await CreateAsync("v1");
        Assert.Equal((ListingStates.Blocked, FaultCodes.ListingRefused), (again.State, Assert.Single(again.Causes).Code));
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(12), Step);
        Assert.Equal(ListingStates.Live, await StateAsync());
    }

    [Fact]
    public async Task The_same_trouble_of_a_listing_and_of_its_offer_ends_for_each_by_itself()
    {
        var issues = Rig.Get<IssueStore>();
        Task OpenAsync(string of) => Rig.Db.WriteAsync(tx => issues.OpenAsync(tx, Rig.StoreId, FaultCodes.ListingLocked, Rig.ConnectionId, Barcode, of: of), default);
        Task<long> OpenOnesAsync() => Rig.ScalarAsync<long>("select count(*) from issues where store_id = @StoreId and state = 'open'", new { Rig.StoreId });
        await OpenAsync(IssueStore.OfListing);
        await OpenAsync("");
        Assert.Equal(2, await OpenOnesAsync());
        await Rig.Db.WriteAsync(tx => issues.ResolveAsync(tx, Rig.StoreId, FaultCodes.ListingLocked, Rig.ConnectionId, Barcode), default);
        Assert.Equal(1, await OpenOnesAsync());
        await OpenAsync("");
        await Rig.Db.WriteAsync(tx => issues.ResolveAsync(tx, Rig.StoreId, FaultCodes.ListingLocked, Rig.ConnectionId, Barcode, IssueStore.OfListing), default);
        // By hand, whichever it is.
        var left = await Rig.ScalarAsync<Guid>("select id from issues where store_id = @StoreId and state = 'open'", new { Rig.StoreId });
        await Rig.Db.WriteAsync(tx => issues.ResolveAsync(tx, Rig.StoreId, left), default);
        Assert.Equal(0, await OpenOnesAsync());
    }

    [Fact]
    public async Task A_request_whose_answer_is_lost_is_looked_for_and_not_sent_twice()
    {
        await ReadyAsync();
        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Drop, Endpoint = CreateEndpoint, AfterApplying = true });
        await CreateAsync("v1");
        await Rig.PumpAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5));
        Assert.Equal(ListingStates.Unknown, await StateAsync());
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Equal(ListingStates.Live, await StateAsync());
        Assert.Equal(1, Creations());
    }

    [Fact]
    public async Task What_never_arrived_is_sent_again_when_it_can_no_longer_arrive()
    {
        await ReadyAsync();
        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Status, Status = 502, Endpoint = CreateEndpoint });
        await CreateAsync("v1");
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Equal((ListingStates.Unknown, 1), (await StateAsync(), Creations()));
        await Rig.PumpAsync(TimeSpan.FromMinutes(40), Step);
        Assert.Equal((ListingStates.Live, 2), (await StateAsync(), Creations()));
    }

    [Fact]
    public async Task A_sender_that_died_between_its_record_and_the_answer_counts_as_unknown()
    {
        await ReadyAsync();
        await CreateAsync("v1");
        await Rig.PumpAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5));
        var none = new { receipt = "" };
        await Rig.Db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("update listing_batches set state = 'in_flight', receipt_id = @receipt, done_ms = null", none);
                await tx.ExecuteAsync("update listings set state = 'submitted', check_ms = null, batch_id = (select id from listing_batches)");
            },
            default);
        await Rig.RestartAsync();
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Equal((ListingStates.Live, 1), (await StateAsync(), Creations()));
    }

    [Fact]
    public async Task Nothing_is_sent_in_shadow_and_what_waits_goes_when_the_connection_is_live()
    {
        await ReadyAsync();
        await Rig.Db.WriteAsync(tx => tx.ExecuteAsync("update connections set mode = 'shadow'"), default);
        await CreateAsync("v1");
        await Rig.PumpAsync(TimeSpan.FromMinutes(5), Step);
        Assert.Equal((ListingStates.Draft, 0), (await StateAsync(), Creations()));
        await Rig.Db.WriteAsync(tx => tx.ExecuteAsync("update connections set mode = 'live'"), default);
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), Step);
        Assert.Equal((ListingStates.InReview, 1), (await StateAsync(), Creations()));
    }

    /// <summary>Requests to make new products.</summary>
    int Creations() => Rig.Sandbox.Calls().Count(call => call.Endpoint == CreateEndpoint);
}

public sealed class ListingsOnSqlite() : ListingContract(Engine.Sqlite);

public sealed class ListingsOnPostgres() : ListingContract(Engine.Postgres);
