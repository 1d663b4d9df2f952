using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Face;

public abstract class CatalogTests(FaceServer face) : FaceTest(face)
{
    [Fact]
    public async Task What_the_shop_sends_is_what_a_list_answers()
    {
        var product = new Product
        {
            ShopProductId = "41",
            Title = "Kırmızı Kalem",
            Brand = "Işık",
            Model = "KL-1",
            ImageUrl = "https://shop.example/kalem.jpg",
            Variants =
            {
                new Variant { ShopVariantId = "41:1", Sku = "KL-1-S", Barcode = " 869 0001 ", Title = "S", VatBasisPoints = 0 },
                new Variant { ShopVariantId = "41:2", Sku = "KL-1-M", Title = "M" },
            },
        };
        Assert.True(Assert.Single((await Shop.Catalog.UpsertProductsAsync(new() { Products = { product } })).Results).Ok);

        product.Variants[0].Barcode = "8690001";
        Assert.Equal(product, Assert.Single((await Shop.Catalog.ListProductsAsync(new())).Products));
        Assert.False(product.Variants[1].HasVatBasisPoints);
    }

    [Fact]
    public async Task What_a_listing_needs_is_kept_and_a_description_has_its_limit()
    {
        var product = FaceStore.Product("1", "Kalem", ("1", "8690001"));
        (product.Category, product.DesiHundredths) = ("Kırtasiye > Kalem", 150);
        product.MoreImageUrls.Add("https://shop.example/2.jpg");
        product.DescriptionHtml = "<p>\n" + new string('x', 29_995);
        Assert.True((await Shop.Catalog.UpsertProductsAsync(new() { Products = { product } })).Results[0].Ok);
        var answered = (await Shop.Catalog.ListProductsAsync(new())).Products[0];
        product.DescriptionHtml = "";
        Assert.Equal(product, answered);

        product.DescriptionHtml = new string('x', 30_001);
        product.MoreImageUrls[0] = "ftp://shop.example/2.jpg";
        Assert.Equal(
            ["description_html", "more_image_urls[0]"],
            (await Shop.Catalog.UpsertProductsAsync(new() { Products = { product } })).Results[0].Detail.Split("; ").Select(complaint => complaint.Split(' ')[0]));
    }

    [Fact]
    public async Task A_refused_product_keeps_no_other_out_and_says_what_is_wrong_with_it()
    {
        var answer = await Shop.Catalog.UpsertProductsAsync(new()
        {
            Products =
            {
                FaceStore.Product("1", "Good", ("1:1", "")),
                FaceStore.Product("2", "", ("2:1", new string('9', 41))),
                FaceStore.Product("3", "No variants"),
                FaceStore.Product("1", "Twice", ("4:1", "")),
                FaceStore.Product("5", "Shares a variant", ("1:1", "")),
                new Product { ShopProductId = "6", Title = "Bad picture", ImageUrl = "javascript:alert(1)", Variants = { new Variant { ShopVariantId = "6:1", VatBasisPoints = 10_001 } } },
                FaceStore.Product("7", "Good", ("7:1", "")),
            },
        });
        Assert.Equal([true, false, false, false, false, false, true], answer.Results.Select(result => result.Ok));
        Assert.Equal(["1", "2", "3", "1", "5", "6", "7"], answer.Results.Select(result => result.Id));
        Assert.All(answer.Results.Where(result => !result.Ok), result => Assert.Equal("INVALID_FIELD", result.Reason));
        Assert.Contains("title", answer.Results[1].Detail, StringComparison.Ordinal);
        Assert.Contains("variants[0].barcode", answer.Results[1].Detail, StringComparison.Ordinal);
        Assert.Contains("image_url", answer.Results[5].Detail, StringComparison.Ordinal);
        Assert.Contains("variants[0].vat_basis_points", answer.Results[5].Detail, StringComparison.Ordinal);
        Assert.Equal(["1", "7"], (await Shop.Catalog.ListProductsAsync(new())).Products.Select(product => product.ShopProductId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_call_that_is_too_large_or_empty_is_refused_as_a_whole()
    {
        var many = new UpsertProductsRequest();
        for (var i = 0; i < 3; i++)
            many.Products.Add(FaceStore.Product($"{i}", "P", [.. Enumerable.Range(0, 67).Select(n => ($"{i}:{n}", ""))]));
        Assert.Equal(["products"], (await Refusal.OfAsync(Shop.Catalog.UpsertProductsAsync(many))).Fields);
        Assert.Equal(["products"], (await Refusal.OfAsync(Shop.Catalog.UpsertProductsAsync(new()))).Fields);
        Assert.Equal(["shop_product_ids"], (await Refusal.OfAsync(Shop.Catalog.DeleteProductsAsync(new()))).Fields);
        Assert.Equal(["shop_product_ids[1]"], (await Refusal.OfAsync(Shop.Catalog.DeleteProductsAsync(new() { ShopProductIds = { "a", "" } }))).Fields);
        Assert.Equal(["page_size", "page_token", "query"], (await Refusal.OfAsync(Shop.Catalog.ListProductsAsync(new() { PageSize = -1, PageToken = "?", Query = new('q', 101) }))).Fields);
    }

    [Fact]
    public async Task A_variant_of_another_product_is_not_taken_away_from_it()
    {
        await Shop.Catalog.UpsertProductsAsync(new() { Products = { FaceStore.Product("1", "First", ("v", "")) } });
        var thief = Assert.Single((await Shop.Catalog.UpsertProductsAsync(new() { Products = { FaceStore.Product("2", "Second", ("v", "")) } })).Results);
        Assert.Equal((false, "VARIANT_TAKEN"), (thief.Ok, thief.Reason));
        await Shop.Catalog.DeleteProductsAsync(new() { ShopProductIds = { "1" } });
        Assert.True((await Shop.Catalog.UpsertProductsAsync(new() { Products = { FaceStore.Product("2", "Second", ("v", "")) } })).Results[0].Ok);
    }

    [Fact]
    public async Task The_same_call_again_writes_nothing()
    {
        await Shop.BringAsync("869001", "869001");
        var issue = Assert.Single((await Shop.Sync.ListIssuesAsync(new())).Issues);
        await Shop.BringAsync("869001", "869001");
        Assert.Equal(issue, Assert.Single((await Shop.Sync.ListIssuesAsync(new())).Issues));
        Assert.Equal(2, await Shop.CountAsync("variants"));
    }

    [Fact]
    public async Task A_barcode_that_two_variants_carry_is_an_issue_until_one_lets_go()
    {
        await Shop.BringAsync("869001", "869 001", "869002");
        var issue = Assert.Single((await Shop.Sync.ListIssuesAsync(new() { State = IssueState.Open })).Issues);
        Assert.Equal(("BARCODE_TWICE", "869001", "869001"), (issue.Code, issue.Subject, issue.Params["barcode"]));
        Assert.Equal(["v1", "v2"], new[] { issue.Params["first"], issue.Params["second"] }.Order(StringComparer.Ordinal));
        await Shop.Catalog.DeleteProductsAsync(new() { ShopProductIds = { "p2" } });
        Assert.Empty((await Shop.Sync.ListIssuesAsync(new() { State = IssueState.Open })).Issues);
    }

    [Fact]
    public async Task A_variant_that_is_no_longer_sent_is_offered_with_nothing()
    {
        await Shop.Catalog.UpsertProductsAsync(new() { Products = { FaceStore.Product("1", "Kalem", ("1:1", "869001"), ("1:2", "869002")) } });
        await Shop.ReportAsync(1, ("1:1", 4), ("1:2", 6));
        var connection = await Shop.ConnectAsync();
        await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection.Id, Links = { new Link { ShopVariantId = "1:2" } } });
        await Shop.Catalog.UpsertProductsAsync(new() { Products = { FaceStore.Product("1", "Kalem", ("1:1", "869001")) } });

        Assert.Equal(["1:1"], Assert.Single((await Shop.Catalog.ListProductsAsync(new())).Products).Variants.Select(variant => variant.ShopVariantId));
        Assert.Equal(0, Assert.Single((await Shop.Offers.ListOffersAsync(new() { ConnectionId = connection.Id })).Offers).DesiredQuantity);
        Assert.Equal("UNKNOWN_VARIANT", Assert.Single((await Shop.ReportAsync(2, ("1:2", 6))).Results).Reason);
        await MovementsAddUpAsync();

        // It comes back with nothing, and with the memory of what was reported.
        await Shop.Catalog.UpsertProductsAsync(new() { Products = { FaceStore.Product("1", "Kalem", ("1:1", "869001"), ("1:2", "869002")) } });
        Assert.Equal(0, Assert.Single((await Shop.Catalog.ListProductsAsync(new())).Products).Variants.Single(variant => variant.ShopVariantId == "1:2").Quantity);
        Assert.Equal("STALE_SEQUENCE", Assert.Single((await Shop.ReportAsync(1, ("1:2", 6))).Results).Reason);
        Assert.True(Assert.Single((await Shop.ReportAsync(2, ("1:2", 5))).Results).Ok);
        await MovementsAddUpAsync();
    }

    [Fact]
    public async Task Deleting_counts_what_was_there_and_leaves_no_row_that_nothing_names()
    {
        await Shop.BringAsync("869001", "869002", "869003");
        await Shop.ReportAsync(1, ("v1", 3));
        Assert.Equal(2, (await Shop.Catalog.DeleteProductsAsync(new() { ShopProductIds = { "p1", "p2", "p2", "p9" } })).Deleted);
        Assert.Equal(0, (await Shop.Catalog.DeleteProductsAsync(new() { ShopProductIds = { "p1", "p2" } })).Deleted);
        Assert.Equal(["p3"], (await Shop.Catalog.ListProductsAsync(new())).Products.Select(product => product.ShopProductId));
        // v1 has a movement and keeps its row; v2 never had anything.
        Assert.Equal(2, await Shop.CountAsync("variants"));
        Assert.Equal(2, await Shop.CountAsync("products"));
    }

    [Theory]
    [InlineData("kirmizi", "1")]
    [InlineData("KIRMIZI kalem", "1")]
    [InlineData("istanbul", "2")]
    [InlineData("ISTANBUL", "2")]
    [InlineData("sk-77", "3")]
    [InlineData("869000", "1,2,3")]
    [InlineData("8690003", "3")]
    [InlineData("%", "")]
    [InlineData("_", "")]
    [InlineData("kalem i", "")]
    [InlineData("", "1,2,3")]
    public async Task Search_finds_title_sku_and_barcode_by_Turkish_folding(string query, string found)
    {
        var products = new[] { FaceStore.Product("1", "Kırmızı Kalem", ("1", "8690001")), FaceStore.Product("2", "İSTANBUL Defteri", ("2", "8690002")), FaceStore.Product("3", "Silgi", ("3", "8690003")) };
        products[2].Variants[0].Sku = "SK-77";
        await Shop.Catalog.UpsertProductsAsync(new() { Products = { products } });
        var answer = await Shop.Catalog.ListProductsAsync(new() { Query = query });
        Assert.Equal(found, string.Join(',', answer.Products.Select(product => product.ShopProductId).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Pages_hold_every_product_once_though_others_come_and_go()
    {
        await Shop.BringAsync([.. Enumerable.Range(1, 9).Select(i => $"86900{i}")]);
        var first = await Shop.Catalog.ListProductsAsync(new() { PageSize = 4 });
        await Shop.Catalog.DeleteProductsAsync(new() { ShopProductIds = { first.Products[0].ShopProductId } });
        var second = await Shop.Catalog.ListProductsAsync(new() { PageSize = 4, PageToken = first.NextPageToken });
        var third = await Shop.Catalog.ListProductsAsync(new() { PageSize = 4, PageToken = second.NextPageToken });
        Assert.Equal("", third.NextPageToken);
        var all = first.Products.Concat(second.Products).Concat(third.Products).Select(product => product.ShopProductId).ToList();
        Assert.Equal(9, all.Count);
        Assert.Equal(9, all.Distinct().Count());
    }

    [Fact]
    public async Task Two_calls_that_bring_the_same_new_product_both_succeed()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            await Shop.Catalog.UpsertProductsAsync(new() { Products = { FaceStore.Product("1", "Kalem", ("1:1", "869001")) } })));
        Assert.All(answers, answer => Assert.True(answer.Results[0].Ok));
        Assert.Equal((1, 1), (await Shop.CountAsync("products"), await Shop.CountAsync("variants")));
    }

    [Fact]
    public async Task A_listing_says_what_is_there_what_is_held_and_what_it_costs()
    {
        await Shop.BringAsync("869001");
        var connection = await Shop.ConnectAsync();
        await Shop.ReportAsync(1, ("v1", 7));
        await Shop.Offers.ReportPricesAsync(new() { ShopSequence = 1, Levels = { new PriceLevel { ShopVariantId = "v1", SalePrice = FaceStore.Lira(12_990) } } });
        await Shop.SellAsync(connection.Id, "1", "869001", await Shop.VariantAsync("v1"), 2);
        var variant = (await Shop.Catalog.ListProductsAsync(new())).Products[0].Variants[0];
        Assert.Equal((7, 2, 12_990), (variant.Quantity, variant.Reserved, variant.Price.Minor));
        Assert.NotNull(variant.ReportTime);
    }

    /// <summary>I8: movements sum to what is on hand.</summary>
    async Task MovementsAddUpAsync()
    {
        var wrong = await Shop.Db.ReadAsync(
            tx => tx.ScalarAsync<long>(
                """
                select count(*) from variants v where v.store_id = @Id
                  and v.on_hand <> (select cast(coalesce(sum(m.delta), 0) as bigint) from stock_movements m where m.store_id = v.store_id and m.variant_id = v.id)
                """,
                new { Shop.Id }),
            Stop);
        Assert.Equal(0, wrong);
    }
}

[Collection(SqliteFaces.Name)]
public sealed class CatalogOnSqlite(FaceOnSqlite face) : CatalogTests(face);

[Collection(PostgresFaces.Name)]
public sealed class CatalogOnPostgres(FaceOnPostgres face) : CatalogTests(face);
