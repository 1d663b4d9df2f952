using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Issues;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Sync.Face;

/// <summary>What happened to one thing. The rows of requests are written by hand here; the live shop shows them as jobs leave them.</summary>
public abstract class TimelineTests(FaceServer face) : FaceTest(face)
{
    [Fact]
    public async Task A_variant_tells_of_its_stock_its_offers_and_its_orders_newest_first()
    {
        var connection = await Shop.GoLiveAsync();
        await Shop.BringAsync("8690000000012", "8690000000029");
        await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = connection.Id, Links = { new Link { ShopVariantId = "v1" }, new Link { ShopVariantId = "v2" } } });
        await Shop.ReportAsync(1, ("v1", 7));
        await TellAsync("offer.confirmed", connection.Id, "8690000000012");
        await TellAsync("offer.confirmed", connection.Id, "8690000000029");
        await Shop.SellAsync(connection.Id, "1001", "8690000000012", await Shop.VariantAsync("v1"), 2);
        await TellAsync("order.new", connection.Id, "1001");
        await TellAsync("order.new", connection.Id, "1002");

        var told = await AllAsync(new() { ShopVariantId = "v1" });
        Assert.Equal(["order.new", "offer.confirmed", "stock.moved", "stock.reported"], told.Select(entry => entry.Kind).OrderBy(Rank, StringComparer.Ordinal));
        Assert.Equal(told.OrderByDescending(entry => entry.Time.ToDateTime()), told);
        var moved = told.Single(entry => entry.Kind == "stock.moved");
        Assert.Equal(("v1", "7", "7"), (moved.Subject, moved.Params["delta"], moved.Params["on_hand"]));
        Assert.StartsWith("shop:", moved.Params["cause"], StringComparison.Ordinal);
        Assert.Equal(["order.new"], (await AllAsync(new() { OrderNumber = "1001" })).Select(entry => entry.Kind));
    }

    [Fact]
    public async Task A_name_that_two_things_share_does_not_mix_their_timelines()
    {
        var connection = await Shop.GoLiveAsync();
        await Shop.Catalog.UpsertProductsAsync(new() { Products = { FaceStore.Product("p1", "Ürün", (Id: "55", Barcode: "77")), FaceStore.Product("p2", "Ürün", (Id: "77", Barcode: "55")) } });
        await Shop.SellAsync(connection.Id, "55", "55", await Shop.VariantAsync("77"), 1);
        await TellAsync("order.new", connection.Id, "55");
        await TellAsync("offer.confirmed", connection.Id, "77");
        await Shop.ReportAsync(1, ("55", 3));

        Assert.Equal(["offer.confirmed", "stock.moved", "stock.reported"], (await AllAsync(new() { ShopVariantId = "55" })).Select(entry => entry.Kind).Order(StringComparer.Ordinal));
        Assert.Equal(["order.new"], (await AllAsync(new() { ShopVariantId = "77" })).Select(entry => entry.Kind));
        Assert.Equal(["order.new"], (await AllAsync(new() { OrderNumber = "55" })).Select(entry => entry.Kind));
    }

    [Fact]
    public async Task A_connection_tells_of_its_mode_its_health_and_its_issues()
    {
        var connection = await Shop.GoLiveAsync();
        var issues = Face.Server.Services.GetRequiredService<IssueStore>();
        await Shop.Db.WriteAsync(tx => issues.OpenAsync(tx, Shop.Id, IssueCatalog.OrdersNotRead, FaceStore.Wire(connection.Id), connection.Id), Stop);
        var told = await AllAsync(new() { ConnectionId = connection.Id });
        Assert.Equal("issue.opened", told[0].Kind);
        Assert.Equal(IssueCatalog.OrdersNotRead, told[0].Params["code"]);
        Assert.All(told.Skip(1), entry => Assert.Equal("connection.changed", entry.Kind));
        Assert.True(told.Count > 2);
    }

    [Fact]
    public async Task Pages_lose_and_repeat_nothing_even_inside_one_millisecond()
    {
        var connection = await Shop.GoLiveAsync();
        await Shop.BringAsync("8690000000012");
        // One transaction has one time: a dozen entries of one millisecond, then a few later ones.
        await Shop.Db.WriteAsync(
            async tx =>
            {
                for (var i = 0; i < 12; i++)
                    await TellAsync(tx, "offer.confirmed", connection.Id, "8690000000012", i);
            },
            Stop);
        Shop.Db.ClockOffset += TimeSpan.FromSeconds(5);
        await TellAsync("offer.failed", connection.Id, "8690000000012");

        var whole = (await Shop.Sync.GetTimelineAsync(new() { ShopVariantId = "v1" })).Entries;
        Assert.Equal(13, whole.Count);
        for (var size = 1; size <= 5; size++)
            Assert.Equal(whole, await AllAsync(new() { ShopVariantId = "v1", PageSize = size }));
    }

    [Fact]
    public async Task A_page_goes_on_behind_at_most_ten_thousand_entries_of_one_millisecond()
    {
        var connection = await Shop.GoLiveAsync();
        var about = new GetTimelineRequest { ConnectionId = connection.Id, PageToken = PageToken.Of("timeline", "1", "10000") };
        Assert.Empty((await Shop.Sync.GetTimelineAsync(about, cancellationToken: Stop)).Entries);
        foreach (var given in (string[])["10001", "-1"])
            Assert.Equal(["page_token"], (await Refusal.OfAsync(Shop.Sync.GetTimelineAsync(new(about) { PageToken = PageToken.Of("timeline", "1", given) }, cancellationToken: Stop))).Fields);
    }

    [Fact]
    public async Task Only_the_asked_time_is_told()
    {
        var connection = await Shop.GoLiveAsync();
        await Shop.BringAsync("8690000000012");
        for (var i = 0; i < 3; i++)
        {
            Shop.Db.ClockOffset += TimeSpan.FromMinutes(10);
            await TellAsync("offer.confirmed", connection.Id, "8690000000012", i);
        }

        var all = await AllAsync(new() { ShopVariantId = "v1" });
        Assert.Equal(["2", "1", "0"], all.Select(entry => entry.Params["n"]));
        Assert.Equal(["1"], (await AllAsync(new() { ShopVariantId = "v1", FromTime = all[1].Time, ToTime = all[0].Time })).Select(entry => entry.Params["n"]));
    }

    [Fact]
    public async Task Who_asks_wrongly_is_told_each_field_and_what_never_was_is_not_found()
    {
        var bad = await Refusal.OfAsync(Shop.Sync.GetTimelineAsync(new() { FromTime = new() { Seconds = 10 }, ToTime = new() { Seconds = 9 }, PageSize = -1, PageToken = "x" }));
        Assert.Equal(["about", "page_size", "page_token", "to_time"], bad.Fields.Order(StringComparer.Ordinal));
        foreach (var unknown in (GetTimelineRequest[])[new() { ShopVariantId = "v9" }, new() { OrderNumber = "9" }, new() { ConnectionId = Ids.New(TimeProvider.System).ToWire() }])
            Assert.Equal(Reasons.UnknownResource, (await Refusal.OfAsync(Shop.Sync.GetTimelineAsync(unknown))).Reason);
    }

    static string Rank(string kind) => kind switch
    {
        "order.new" => "1",
        "offer.confirmed" => "2",
        "stock.moved" => "3",
        _ => "4",
    };

    async Task<List<TimelineEntry>> AllAsync(GetTimelineRequest request)
    {
        var all = new List<TimelineEntry>();
        for (string? token = ""; token is not null;)
        {
            var page = await Shop.Sync.GetTimelineAsync(new(request) { PageToken = token }, cancellationToken: Stop);
            Assert.True(request.PageSize == 0 || page.Entries.Count <= request.PageSize);
            all.AddRange(page.Entries);
            token = page.NextPageToken.Length > 0 ? page.NextPageToken : null;
        }

        return all;
    }

    Task TellAsync(string kind, string connection, string subject, int n = 0) =>
        Shop.Db.WriteAsync(tx => TellAsync(tx, kind, connection, subject, n), Stop);

    Task TellAsync(Tx tx, string kind, string connection, string subject, int n) =>
        Face.Server.Services.GetRequiredService<EventLog>().AppendAsync(
            tx, Shop.Id, kind, FaceStore.Wire(connection), subject, new Dictionary<string, string>(StringComparer.Ordinal) { ["n"] = $"{n}" });
}

[Collection(SqliteFaces.Name)]
public sealed class TimelineOnSqlite(FaceOnSqlite face) : TimelineTests(face);

[Collection(PostgresFaces.Name)]
public sealed class TimelineOnPostgres(FaceOnPostgres face) : TimelineTests(face);
