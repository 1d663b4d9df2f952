using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Sync.Face;

public abstract class IssueTests(FaceServer face) : FaceTest(face)
{
    [Fact]
    public async Task One_cause_is_one_issue_however_often_it_is_met_and_opens_again_after_it_was_closed()
    {
        await OpenAsync("LINK_CONFLICT", "A", new() { ["wanted"] = "v1" });
        await OpenAsync("LINK_CONFLICT", "A", new() { ["wanted"] = "v2" });
        var issue = Assert.Single((await Shop.Sync.ListIssuesAsync(new())).Issues);
        Assert.Equal((2, "v2", IssueState.Open, IssueSeverity.Warning), (issue.Count, issue.Params["wanted"], issue.State, issue.Severity));
        Assert.True(issue.Cause.Length > 0 && issue.Fix.Length > 0);

        var closed = (await Shop.Sync.ResolveIssueAsync(new() { IssueId = issue.Id })).Issue;
        Assert.Equal(IssueState.Resolved, closed.State);
        var events = await Shop.CountAsync("events");
        Assert.Equal(closed, (await Shop.Sync.ResolveIssueAsync(new() { IssueId = issue.Id })).Issue);
        Assert.Equal(events, await Shop.CountAsync("events"));

        await OpenAsync("LINK_CONFLICT", "A", []);
        Assert.Equal((issue.Id, 3, IssueState.Open), Single((await Shop.Sync.ListIssuesAsync(new())).Issues));
    }

    [Fact]
    public async Task Open_issues_come_first_newest_first_page_by_page()
    {
        for (var i = 1; i <= 7; i++)
        {
            Shop.Db.ClockOffset += TimeSpan.FromSeconds(1);
            await OpenAsync("OFFER_REFUSED", $"{i}", []);
        }

        foreach (var issue in (await Shop.Sync.ListIssuesAsync(new())).Issues.Where(issue => issue.Subject is "3" or "6").ToList())
            await Shop.Sync.ResolveIssueAsync(new() { IssueId = issue.Id });
        var seen = new List<string>();
        for (string? token = ""; token is not null;)
        {
            var page = await Shop.Sync.ListIssuesAsync(new() { PageSize = 2, PageToken = token });
            seen.AddRange(page.Issues.Select(issue => issue.Subject));
            token = page.NextPageToken.Length > 0 ? page.NextPageToken : null;
        }

        Assert.Equal(["7", "5", "4", "2", "1"], seen[..5]);
        Assert.Equal(["3", "6"], seen[5..].Order(StringComparer.Ordinal));
        Assert.Equal(2, (await Shop.Sync.ListIssuesAsync(new() { State = IssueState.Resolved })).Issues.Count);
        Assert.Equal(5, (await Shop.Sync.ListIssuesAsync(new() { State = IssueState.Open })).Issues.Count);
    }

    [Fact]
    public async Task Issues_are_found_by_connection_and_never_in_another_store()
    {
        var connection = await Shop.ConnectAsync();
        await OpenAsync("OFFER_REFUSED", "here", [], FaceStore.Wire(connection.Id));
        await OpenAsync("OFFER_REFUSED", "store", []);
        var mine = Assert.Single((await Shop.Sync.ListIssuesAsync(new() { ConnectionId = connection.Id })).Issues);
        Assert.Equal("here", mine.Subject);
        var other = await Face.OpenStoreAsync();
        Assert.Empty((await other.Sync.ListIssuesAsync(new())).Issues);
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(other.Sync.ResolveIssueAsync(new() { IssueId = mine.Id }))).Status);
    }

    [Fact]
    public async Task Every_bad_field_is_named()
    {
        Assert.Equal(
            ["connection_id", "page_size", "page_token", "state"],
            (await Refusal.OfAsync(Shop.Sync.ListIssuesAsync(new() { PageSize = -1, PageToken = "!", ConnectionId = "!", State = (IssueState)9 }))).Fields);
        Assert.Equal(["issue_id"], (await Refusal.OfAsync(Shop.Sync.ResolveIssueAsync(new()))).Fields);
    }

    [Fact]
    public async Task An_overview_counts_what_waits()
    {
        var live = await Shop.GoLiveAsync();
        await Shop.BringAsync("A", "B", "C");
        await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = live.Id, Links = { new Link { ShopVariantId = "v1" }, new Link { ShopVariantId = "v2" } } });
        await Shop.ReportAsync(1, ("v1", 3));
        await Shop.SellAsync(live.Id, "1", "A", await Shop.VariantAsync("v1"), 1);
        await OpenAsync("OFFER_REFUSED", "A", []);

        var overview = await Shop.Sync.GetOverviewAsync(new());
        Assert.Equal(Shop.Id.ToWire(), overview.Store.Id);
        Assert.Equal(live.Id, Assert.Single(overview.Connections).Id);
        Assert.Equal((1, 1, 1, 3, 1, 0), (overview.OffersWaiting, overview.OrdersUnacknowledged, overview.OrdersToday, overview.Variants, overview.IssuesOpen, overview.ReceiptsOpen));
        Assert.NotNull(overview.OldestWaitingTime);
        Assert.NotNull(overview.OldestUnacknowledgedTime);
        Assert.NotNull(overview.LastOrderTime);
        Assert.Null(overview.OldestReceiptTime);
        Assert.Equal((1, 1), (overview.OfferCounts["dirty"], overview.OfferCounts["clean"]));
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(Shop.Sync.GetOverviewAsync(new() { StoreId = Ids.New(TimeProvider.System).ToWire() }))).Status);
    }

    [Fact]
    public async Task A_price_that_nobody_asked_to_send_does_not_wait()
    {
        var live = await Shop.GoLiveAsync();
        await Shop.BringAsync("A");
        await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = live.Id, Links = { new Link { ShopVariantId = "v1" } } });
        await Shop.Db.WriteAsync(
            tx => tx.ExecuteAsync(
                "update offers set stock_state = 'awaiting', stock_dirty_ms = null, sent_ms = 5000, price_state = 'dirty', price_dirty_ms = 1000 where store_id = @Id", new { Shop.Id }),
            default);
        var overview = await Shop.Sync.GetOverviewAsync(new());
        Assert.Equal((1, 5), (overview.OffersWaiting, overview.OldestWaitingTime?.Seconds));
    }

    [Fact]
    public async Task An_overview_of_a_store_without_anything_is_all_zeros()
    {
        var overview = await Shop.Sync.GetOverviewAsync(new());
        Assert.Equal((0, 0, 0, 0, 0), (overview.OffersWaiting, overview.OrdersUnacknowledged, overview.Variants, overview.PropagationP50Ms, overview.PropagationP95Ms));
        Assert.Null(overview.LastOrderTime);
    }

    [Theory]
    [InlineData("2026-11-24T20:59:59.999Z", "2026-11-23T21:00:00Z")]
    [InlineData("2026-11-24T21:00:00Z", "2026-11-24T21:00:00Z")]
    public void The_day_begins_at_midnight_in_Istanbul(string now, string midnight) =>
        Assert.Equal(Ms(midnight), Overview.MidnightMs(Ms(now)));

    [Theory]
    [InlineData(50, 3)]
    [InlineData(95, 5)]
    [InlineData(20, 1)]
    public void A_percentile_is_a_value_that_was_measured(int percent, long value) => Assert.Equal(value, Overview.Percentile([5, 1, 4, 2, 3], percent));

    Task OpenAsync(string code, string subject, Dictionary<string, string> values, Guid? connection = null)
    {
        var issues = Face.Server.Services.GetRequiredService<IssueStore>();
        return Shop.Db.WriteAsync(tx => issues.OpenAsync(tx, Shop.Id, code, connection, subject, values), Stop);
    }

    static long Ms(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    static (string, long, IssueState) Single(IEnumerable<Issue> issues)
    {
        var issue = Assert.Single(issues);
        return (issue.Id, issue.Count, issue.State);
    }
}

[Collection(SqliteFaces.Name)]
public sealed class IssuesOnSqlite(FaceOnSqlite face) : IssueTests(face);

[Collection(PostgresFaces.Name)]
public sealed class IssuesOnPostgres(FaceOnPostgres face) : IssueTests(face);
