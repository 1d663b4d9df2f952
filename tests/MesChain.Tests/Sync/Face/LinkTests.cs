using MesChain.Contracts.Sync.V1;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Face;

public abstract class LinkTests(FaceServer face) : FaceTest(face)
{
    [Fact]
    public async Task Proposals_tell_sure_from_doubtful_and_what_only_one_side_has()
    {
        await Shop.BringAsync("A", "B", "B", "D", "");
        var connection = await Shop.ConnectAsync();
        Assert.Null((await Shop.Offers.ProposeLinksAsync(new() { ConnectionId = connection.Id })).ReadTime);
        await Shop.ListItemsAsync(connection.Id, ("A", 1), ("B", 2), ("C", 3), ("E", 4));
        await LinkAsync(connection.Id, ("v5", "E"));

        var answer = await Shop.Offers.ProposeLinksAsync(new() { ConnectionId = connection.Id });
        Assert.Equal((1, 1, 1, 1), (answer.Sure, answer.Doubtful, answer.OnlyMarketplace, answer.OnlyShop));
        Assert.Equal(["A", "B", "C", "E"], answer.Proposals.Select(proposal => proposal.Barcode));
        Assert.Equal(["v1", "v2,v3", "", ""], answer.Proposals.Select(proposal => string.Join(',', proposal.Candidates.Select(candidate => candidate.ShopVariantId))));
        Assert.Equal(["", "", "", "v5"], answer.Proposals.Select(proposal => proposal.LinkedShopVariantId));
        Assert.Equal(("Pazaryerinde A", "Ürün 1"), (answer.Proposals[0].MarketplaceTitle, answer.Proposals[0].Candidates[0].Title));
    }

    [Fact]
    public async Task All_sure_takes_every_sure_proposal_and_no_other()
    {
        await Shop.BringAsync("A", "B", "B", "D");
        var connection = await Shop.ConnectAsync();
        await Shop.ListItemsAsync(connection.Id, ("A", 1), ("B", 2), ("C", 3));
        var answer = await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection.Id, AllSure = true });
        Assert.Equal((1, 0), (answer.Linked, answer.Results.Count));
        Assert.Equal("v1", Assert.Single((await OffersAsync(connection.Id))).ShopVariantId);
        Assert.Equal(0, (await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection.Id, AllSure = true })).Linked);
    }

    [Fact]
    public async Task All_sure_goes_beyond_one_transaction()
    {
        var barcodes = Enumerable.Range(1, 230).Select(i => $"{i:D6}").ToArray();
        foreach (var chunk in barcodes.Chunk(200))
            Assert.All(
                (await Shop.Catalog.UpsertProductsAsync(new() { Products = { chunk.Select(barcode => FaceStore.Product(barcode, "P", (barcode, barcode))) } })).Results,
                result => Assert.True(result.Ok));
        var connection = await Shop.ConnectAsync();
        await Shop.ListItemsAsync(connection.Id, [.. barcodes.Select(barcode => (barcode, (int?)1))]);
        Assert.Equal(230, (await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection.Id, AllSure = true })).Linked);
        Assert.Equal(230, await Shop.CountAsync("offers"));
    }

    [Fact]
    public async Task A_link_begins_with_what_was_seen_and_with_no_confirmation()
    {
        await Shop.BringAsync("A", "B");
        var connection = await Shop.ConnectAsync();
        await Shop.ListItemsAsync(connection.Id, ("A", 4));
        await Shop.ReportAsync(1, ("v1", 7), ("v2", 2));
        await Shop.Offers.ReportPricesAsync(new() { ShopSequence = 1, Levels = { new PriceLevel { ShopVariantId = "v1", SalePrice = FaceStore.Lira(990) } } });
        await LinkAsync(connection.Id, ("v1", ""), ("v2", "not-listed-yet"));

        var offers = await OffersAsync(connection.Id);
        Assert.Equal((7, 4, OfferState.Dirty, 990), (offers[0].DesiredQuantity, offers[0].ObservedQuantity, offers[0].StockState, offers[0].DesiredPrice.Minor));
        Assert.False(offers[0].HasAckedQuantity);
        Assert.False(offers[1].HasObservedQuantity);
        Assert.Equal("not-listed-yet", offers[1].Barcode);
    }

    [Fact]
    public async Task A_variant_that_was_never_reported_is_not_offered_with_nothing()
    {
        await Shop.BringAsync("A");
        var live = await Shop.GoLiveAsync();
        await Shop.ListItemsAsync(live.Id, ("A", 4));
        await LinkAsync(live.Id, ("v1", ""));
        Assert.Equal(OfferState.Clean, (await OffersAsync(live.Id))[0].StockState);
        await Shop.ReportAsync(1, ("v1", 0));
        Assert.Equal((OfferState.Dirty, 0), ((await OffersAsync(live.Id))[0].StockState, (await OffersAsync(live.Id))[0].DesiredQuantity));
    }

    [Fact]
    public async Task A_barcode_that_is_named_with_blanks_is_the_one_without_them()
    {
        var connection = await Shop.GoLiveAsync();
        await Shop.BringAsync("A", "B");
        await LinkAsync(connection.Id, ("v1", " 869 000\u00a01 "));
        Assert.Equal("8690001", Assert.Single(await ListAsync(new() { ConnectionId = connection.Id })).Barcode);
        var second = await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection.Id, Links = { new Link { ShopVariantId = "v2", Barcode = "8690001" } } });
        Assert.Equal("LINK_CONFLICT", Assert.Single(second.Results).Reason);
    }

    [Fact]
    public async Task AC11_A_second_link_of_a_barcode_is_refused_and_told_with_both_candidates()
    {
        await Shop.BringAsync("A", "B");
        var connection = await Shop.ConnectAsync();
        await LinkAsync(connection.Id, ("v1", "A"));
        var second = await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection.Id, Links = { new Link { ShopVariantId = "v2", Barcode = "A" }, new Link { ShopVariantId = "v1", Barcode = "Z" } } });
        Assert.Equal(["LINK_CONFLICT", "LINK_CONFLICT"], second.Results.Select(result => result.Reason));
        Assert.Equal(0, second.Linked);

        var issues = (await Shop.Sync.ListIssuesAsync(new() { ConnectionId = connection.Id, State = IssueState.Open })).Issues.OrderBy(issue => issue.Subject, StringComparer.Ordinal).ToList();
        Assert.Equal(["A", "Z"], issues.Select(issue => issue.Subject));
        Assert.All(issues, issue => Assert.Equal("LINK_CONFLICT", issue.Code));
        Assert.Equal(("v2", "v1"), (issues[0].Params["wanted"], issues[0].Params["linked"]));
        Assert.Equal(("v1", "A"), (issues[1].Params["linked"], issues[1].Params["linked_barcode"]));
        Assert.Equal(1, await Shop.CountAsync("links"));

        await Shop.Offers.UnlinkVariantsAsync(new() { ConnectionId = connection.Id, ShopVariantIds = { "v1" } });
        await LinkAsync(connection.Id, ("v2", "A"));
        Assert.Equal(["Z"], (await Shop.Sync.ListIssuesAsync(new() { State = IssueState.Open })).Issues.Select(issue => issue.Subject));
    }

    [Fact]
    public async Task AC11_Of_many_at_once_one_wins_and_the_others_are_told()
    {
        await Shop.BringAsync([.. Enumerable.Range(1, 8).Select(i => $"B{i}")]);
        var connection = await Shop.ConnectAsync();
        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(async i =>
            await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection.Id, Links = { new Link { ShopVariantId = $"v{i}", Barcode = "A" } } })));
        Assert.Equal(1, answers.Sum(answer => answer.Linked));
        Assert.Equal(7, answers.Count(answer => answer.Results[0].Reason == "LINK_CONFLICT"));
        Assert.Equal((1, 1), (await Shop.CountAsync("links"), await Shop.CountAsync("offers")));
    }

    [Fact]
    public async Task A_link_that_is_there_already_is_no_new_one()
    {
        await Shop.BringAsync("A");
        var connection = await Shop.ConnectAsync();
        await LinkAsync(connection.Id, ("v1", ""));
        var again = await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection.Id, Links = { new Link { ShopVariantId = "v1", Barcode = "A" } } });
        Assert.Equal((true, 0), (again.Results[0].Ok, again.Linked));
    }

    [Fact]
    public async Task What_cannot_be_linked_says_why()
    {
        await Shop.BringAsync("A", "A", "");
        var connection = await Shop.ConnectAsync();
        var answer = await Shop.Offers.LinkVariantsAsync(new()
        {
            ConnectionId = connection.Id,
            Links = { new Link { ShopVariantId = "v1" }, new Link { ShopVariantId = "v3" }, new Link { ShopVariantId = "v9" }, new Link { ShopVariantId = "v2", Barcode = "A" } },
        });
        Assert.Equal(["BARCODE_TWICE", "NO_BARCODE", "UNKNOWN_VARIANT", ""], answer.Results.Select(result => result.Reason));
        Assert.Equal(1, answer.Linked);
    }

    [Fact]
    public async Task Every_bad_field_of_a_link_is_named()
    {
        var connection = await Shop.ConnectAsync();
        Assert.Equal(["connection_id", "links"], (await Refusal.OfAsync(Shop.Offers.LinkVariantsAsync(new()))).Fields);
        Assert.Equal(["all_sure"], (await Refusal.OfAsync(Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection.Id, AllSure = true, Links = { new Link { ShopVariantId = "a" } } }))).Fields);
        Assert.Equal(
            ["links[0].barcode", "links[1].shop_variant_id"],
            (await Refusal.OfAsync(Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection.Id, Links = { new Link { ShopVariantId = "a", Barcode = new('b', 101) }, new Link { ShopVariantId = "a" } } }))).Fields);
        Assert.Equal(["connection_id", "shop_variant_ids"], (await Refusal.OfAsync(Shop.Offers.UnlinkVariantsAsync(new()))).Fields);
        Assert.Equal(["connection_id", "page_size", "page_token"], (await Refusal.OfAsync(Shop.Offers.ProposeLinksAsync(new() { PageSize = -1, PageToken = "!" }))).Fields);
        Assert.Equal(
            ["connection_id", "page_size", "page_token", "query", "state"],
            (await Refusal.OfAsync(Shop.Offers.ListOffersAsync(new() { PageSize = -1, PageToken = "!", Query = new('q', 101), State = (OfferState)99 }))).Fields);
    }

    [Fact]
    public async Task AC12_Units_sold_before_the_link_are_held_from_then_on()
    {
        await Shop.BringAsync("A");
        var connection = await Shop.ConnectAsync();
        await Shop.ReportAsync(1, ("v1", 10));
        await Shop.SellAsync(connection.Id, "1001", "A", variant: null, units: 4);
        await LinkAsync(connection.Id, ("v1", ""));
        Assert.Equal(6, Assert.Single(await OffersAsync(connection.Id)).DesiredQuantity);
        Assert.Equal(4, (await Shop.Catalog.ListProductsAsync(new())).Products[0].Variants[0].Reserved);
    }

    [Fact]
    public async Task An_unlinked_variant_is_no_longer_offered_and_may_be_linked_anew()
    {
        await Shop.BringAsync("A", "B");
        var connection = await Shop.ConnectAsync();
        await LinkAsync(connection.Id, ("v1", ""), ("v2", ""));
        Assert.Equal(1, (await Shop.Offers.UnlinkVariantsAsync(new() { ConnectionId = connection.Id, ShopVariantIds = { "v1", "v1", "nobody" } })).Unlinked);
        Assert.Equal(["v2"], (await OffersAsync(connection.Id)).Select(offer => offer.ShopVariantId));
        await LinkAsync(connection.Id, ("v1", ""));
    }

    [Fact]
    public async Task A_variant_that_the_shop_removed_gives_its_barcode_up()
    {
        await Shop.BringAsync("A");
        var connection = await Shop.ConnectAsync();
        await Shop.ListItemsAsync(connection.Id, ("A", 4));
        await Shop.ReportAsync(1, ("v1", 3));
        await LinkAsync(connection.Id, ("v1", ""));
        await Shop.Catalog.DeleteProductsAsync(new() { ShopProductIds = { "p1" } });
        await Shop.Catalog.UpsertProductsAsync(new() { Products = { FaceStore.Product("new", "Yeni", ("n1", "A")) } });
        Assert.Equal(1, (await Shop.Offers.ProposeLinksAsync(new() { ConnectionId = connection.Id })).Sure);
        Assert.Equal(1, (await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection.Id, AllSure = true })).Linked);
        Assert.Equal("n1", Assert.Single(await OffersAsync(connection.Id)).ShopVariantId);
    }

    [Fact]
    public async Task Offers_are_found_by_state_and_text_and_listed_page_by_page()
    {
        await Shop.BringAsync("A1", "A2", "A3", "B4", "B5");
        var connection = await Shop.ConnectAsync();
        await LinkAsync(connection.Id, [.. Enumerable.Range(1, 5).Select(i => ($"v{i}", ""))]);
        await Shop.ReportAsync(1, ("v2", 5), ("v4", 6));

        Assert.Equal(["A2", "B4"], (await ListAsync(new() { ConnectionId = connection.Id, State = OfferState.Dirty })).Select(offer => offer.Barcode));
        Assert.Equal(["A1", "A2", "A3"], (await ListAsync(new() { ConnectionId = connection.Id, Query = "a" })).Select(offer => offer.Barcode));
        Assert.Equal(["B5"], (await ListAsync(new() { ConnectionId = connection.Id, Query = "ÜRÜN 5" })).Select(offer => offer.Barcode));
        Assert.Empty(await ListAsync(new() { ConnectionId = connection.Id, Query = "_" }));

        var first = await Shop.Offers.ListOffersAsync(new() { ConnectionId = connection.Id, PageSize = 3 });
        var rest = await Shop.Offers.ListOffersAsync(new() { ConnectionId = connection.Id, PageSize = 3, PageToken = first.NextPageToken });
        Assert.Equal(["A1", "A2", "A3", "B4", "B5"], first.Offers.Concat(rest.Offers).Select(offer => offer.Barcode));
        Assert.Equal("", rest.NextPageToken);
        Assert.Equal(["page_token"], (await Refusal.OfAsync(Shop.Offers.ListOffersAsync(new() { ConnectionId = connection.Id, RecentFirst = true, PageToken = first.NextPageToken }))).Fields);

        await Shop.Db.WriteAsync(tx => tx.ExecuteAsync("update offers set acked_ms = 5, sent_ms = case when barcode = 'B5' then 9 else 4 end where store_id = @Id and barcode in ('A3', 'B5')", new { Shop.Id }), Stop);
        var recent = await Shop.Offers.ListOffersAsync(new() { ConnectionId = connection.Id, PageSize = 2, RecentFirst = true });
        Assert.Equal(["B5", "A3"], recent.Offers.Select(offer => offer.Barcode));
        Assert.Equal("", recent.NextPageToken);
        Assert.Equal(2, (await Shop.Stores.ListConnectionsAsync(new())).Connections[0].OfferCounts["dirty"]);
    }

    async Task LinkAsync(string connection, params (string Variant, string Barcode)[] links)
    {
        var answer = await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection, Links = { links.Select(link => new Link { ShopVariantId = link.Variant, Barcode = link.Barcode }) } });
        Assert.All(answer.Results, result => Assert.True(result.Ok, result.Detail));
        Assert.Equal(links.Length, answer.Linked);
    }

    Task<IReadOnlyList<Offer>> OffersAsync(string connection) => ListAsync(new() { ConnectionId = connection });

    async Task<IReadOnlyList<Offer>> ListAsync(ListOffersRequest request) => (await Shop.Offers.ListOffersAsync(request)).Offers;
}

[Collection(SqliteFaces.Name)]
public sealed class LinksOnSqlite(FaceOnSqlite face) : LinkTests(face);

[Collection(PostgresFaces.Name)]
public sealed class LinksOnPostgres(FaceOnPostgres face) : LinkTests(face);
