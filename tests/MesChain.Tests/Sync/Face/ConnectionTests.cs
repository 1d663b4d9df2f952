using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Server.Secret;
using MesChain.Server.Sync.Connections;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Environment = MesChain.Contracts.Sync.V1.Environment;

namespace MesChain.Tests.Sync.Face;

public abstract class ConnectionTests(FaceServer face) : FaceTest(face)
{
    [Fact]
    public async Task A_new_connection_is_a_draft_in_shadow_and_is_read_at_once()
    {
        var made = await Shop.ConnectAsync();
        Assert.Equal((ConnectionMode.Shadow, ConnectionHealth.Draft, Environment.Sandbox), (made.Mode, made.Health, made.Environment));
        Assert.False(made.StockEnabled || made.PriceEnabled);
        Assert.Null(made.CutoverTime);
        Assert.Equal("", made.Endpoint);
        Assert.Equal(["pull-orders", "read-items"], await Shop.NudgesAsync());
        Assert.Equal(made, Assert.Single((await Shop.Stores.ListConnectionsAsync(new())).Connections));
        var secret = await Secrets.GetAsync(Shop.Id, $"connections/{made.Id}/credentials", "system:test", Stop);
        Assert.Equal("""{"api_key":"sandbox-key","api_secret":"sandbox-secret"}""", System.Text.Encoding.UTF8.GetString(secret.Bytes.Span));
    }

    [Fact]
    public async Task A_seller_is_connected_once_in_each_environment()
    {
        await Shop.ConnectAsync();
        var refusal = await Refusal.OfAsync(Shop.Stores.CreateConnectionAsync(FaceStore.Wanted()));
        Assert.Equal((StatusCode.AlreadyExists, "CONNECTION_EXISTS"), (refusal.Status, refusal.Reason));
        var real = FaceStore.Wanted();
        real.Environment = Environment.Production;
        Assert.Equal(Environment.Production, (await Shop.Stores.CreateConnectionAsync(real)).Connection.Environment);
    }

    [Fact]
    public async Task A_repeated_creation_answers_the_same_connection()
    {
        var request = FaceStore.Wanted();
        request.RequestId = Ids.New(TimeProvider.System).ToWire();
        var first = await Shop.Stores.CreateConnectionAsync(request);
        Assert.Equal(first, await Shop.Stores.CreateConnectionAsync(request));
        request.Credentials.ApiSecret = "another";
        Assert.Equal("REQUEST_ID_REUSED", (await Refusal.OfAsync(Shop.Stores.CreateConnectionAsync(request))).Reason);
    }

    [Fact]
    public async Task Every_bad_field_of_a_connection_is_named()
    {
        var refusal = await Refusal.OfAsync(Shop.Stores.CreateConnectionAsync(new()
        {
            RequestId = "?", Marketplace = "gittigidiyor", Name = new('n', 81), SellerId = "12a", Credentials = new() { ApiSecret = new('s', 401) },
        }));
        Assert.Equal(StatusCode.InvalidArgument, refusal.Status);
        Assert.Equal(["credentials.api_key", "credentials.api_secret", "environment", "marketplace", "name", "request_id", "seller_id"], refusal.Fields);

        var bare = FaceStore.Wanted();
        bare.Credentials = null;
        Assert.Equal(["credentials"], (await Refusal.OfAsync(Shop.Stores.CreateConnectionAsync(bare))).Fields);
        Assert.Equal(["connection_id", "mode"], (await Refusal.OfAsync(Shop.Stores.SetConnectionModeAsync(new() { ConnectionId = "x" }))).Fields);
        Assert.Equal(["connection_id", "name", "revision"], (await Refusal.OfAsync(Shop.Stores.UpdateConnectionAsync(new() { Name = "", Revision = -1 }))).Fields);
        Assert.Equal(["connection_id", "credentials.api_key", "credentials.api_secret"], (await Refusal.OfAsync(Shop.Stores.TestConnectionAsync(new() { Credentials = new() }))).Fields);
        Assert.Equal(["connection_id"], (await Refusal.OfAsync(Shop.Stores.DeleteConnectionAsync(new()))).Fields);
    }

    [Theory]
    [InlineData("http://127.0.0.1:3009/_sandbox/trendyol", Environment.Sandbox, true)]
    [InlineData("http://localhost:3009/", Environment.Sandbox, true)]
    [InlineData("https://apigw.trendyol.com/", Environment.Sandbox, false)]
    [InlineData("http://10.0.0.7/", Environment.Sandbox, false)]
    [InlineData("http://user@127.0.0.1/", Environment.Sandbox, false)]
    [InlineData("http://127.0.0.1/?next=http://10.0.0.7", Environment.Sandbox, false)]
    [InlineData("file:///etc/passwd", Environment.Sandbox, false)]
    [InlineData("http://127.0.0.1:3009/", Environment.Production, false)]
    public async Task Only_a_sandbox_names_an_address_and_only_of_an_accepted_host(string endpoint, Environment environment, bool accepted)
    {
        var request = FaceStore.Wanted();
        request.Endpoint = endpoint;
        request.Environment = environment;
        if (accepted)
            Assert.Equal(endpoint, (await Shop.Stores.CreateConnectionAsync(request)).Connection.Endpoint);
        else
            Assert.Equal(["endpoint"], (await Refusal.OfAsync(Shop.Stores.CreateConnectionAsync(request))).Fields);
    }

    [Fact]
    public async Task A_store_has_no_more_connections_than_it_may()
    {
        for (var i = 1; i <= FaceServer.ConnectionsMax; i++)
            await Shop.ConnectAsync(i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var refusal = await Refusal.OfAsync(Shop.Stores.CreateConnectionAsync(FaceStore.Wanted("99")));
        Assert.Equal((StatusCode.FailedPrecondition, "TOO_MANY_CONNECTIONS"), (refusal.Status, refusal.Reason));
        var pages = new List<string>();
        for (var token = "-"; token.Length > 0;)
        {
            var page = await Shop.Stores.ListConnectionsAsync(new() { PageSize = 4, PageToken = token == "-" ? "" : token });
            pages.AddRange(page.Connections.Select(connection => connection.Id));
            token = page.NextPageToken;
        }

        Assert.Equal(FaceServer.ConnectionsMax, pages.Distinct().Count());
        Assert.Equal(FaceServer.ConnectionsMax, pages.Count);
    }

    [Fact]
    public async Task A_passed_test_opens_the_way_to_live_and_the_first_live_draws_the_line()
    {
        var made = await Shop.ConnectAsync();
        var early = await Refusal.OfAsync(Shop.Stores.SetConnectionModeAsync(new() { ConnectionId = made.Id, Mode = ConnectionMode.Live }));
        Assert.Equal((StatusCode.FailedPrecondition, "CONNECTION_NOT_TESTED"), (early.Status, early.Reason));

        var tested = await Shop.Stores.TestConnectionAsync(new() { ConnectionId = made.Id });
        Assert.True(tested.Passed);
        Assert.Equal(["reach", "credential", "orders"], tested.Probes.Select(probe => probe.Name));
        Assert.All(tested.Probes, probe => Assert.True(probe.Passed && probe.Code.Length == 0));
        Assert.Equal(ConnectionHealth.Ok, tested.Connection.Health);

        var live = (await Shop.Stores.SetConnectionModeAsync(new() { ConnectionId = made.Id, Mode = ConnectionMode.Live })).Connection;
        Assert.True(live.StockEnabled);
        Assert.False(live.PriceEnabled);
        Assert.NotNull(live.CutoverTime);
        Assert.Equal(["listings", "pull-orders", "push-prices", "push-stock", "read-items"], await Shop.NudgesAsync());

        await Shop.Stores.UpdateConnectionAsync(new() { ConnectionId = made.Id, StockEnabled = false });
        await Shop.Stores.SetConnectionModeAsync(new() { ConnectionId = made.Id, Mode = ConnectionMode.Paused });
        var again = (await Shop.Stores.SetConnectionModeAsync(new() { ConnectionId = made.Id, Mode = ConnectionMode.Live })).Connection;
        Assert.Equal(live.CutoverTime, again.CutoverTime);
        Assert.False(again.StockEnabled);
    }

    [Fact]
    public async Task A_mode_that_stands_already_changes_nothing()
    {
        var live = await Shop.GoLiveAsync();
        var events = await Shop.CountAsync("events");
        Assert.Equal(live, (await Shop.Stores.SetConnectionModeAsync(new() { ConnectionId = live.Id, Mode = ConnectionMode.Live })).Connection);
        Assert.Equal(events, await Shop.CountAsync("events"));
    }

    [Fact]
    public async Task A_failed_probe_is_an_answer_and_given_credentials_are_kept_only_when_all_pass()
    {
        var request = FaceStore.Wanted();
        request.Credentials.ApiSecret = "wrong";
        var made = (await Shop.Stores.CreateConnectionAsync(request)).Connection;

        var failed = await Shop.Stores.TestConnectionAsync(new() { ConnectionId = made.Id });
        Assert.False(failed.Passed);
        Assert.Equal([true, false, false], failed.Probes.Select(probe => probe.Passed));
        Assert.Equal(["", "CREDENTIAL_REFUSED", ""], failed.Probes.Select(probe => probe.Code));
        Assert.Equal(ConnectionHealth.Draft, failed.Connection.Health);
        Assert.NotEqual("", failed.Connection.HealthDetail);

        var worse = await Shop.Stores.TestConnectionAsync(new() { ConnectionId = made.Id, Credentials = new() { ApiKey = "k", ApiSecret = "s" } });
        Assert.False(worse.Passed);
        Assert.Equal(1, (await StoredAsync(made.Id)).Version);

        var good = await Shop.Stores.TestConnectionAsync(new() { ConnectionId = made.Id, Credentials = FaceStore.Wanted().Credentials });
        Assert.True(good.Passed);
        Assert.Equal((ConnectionHealth.Ok, ""), (good.Connection.Health, good.Connection.HealthDetail));
        Assert.Equal(2, (await StoredAsync(made.Id)).Version);
        Assert.True((await Shop.Stores.TestConnectionAsync(new() { ConnectionId = made.Id })).Passed);
    }

    [Fact]
    public async Task An_address_without_a_marketplace_fails_the_first_probe_only()
    {
        var request = FaceStore.Wanted();
        request.Endpoint = $"http://127.0.0.1:{PrivatePostgres.FreePort()}/";
        var made = (await Shop.Stores.CreateConnectionAsync(request)).Connection;
        var answer = await Shop.Stores.TestConnectionAsync(new() { ConnectionId = made.Id });
        Assert.Equal([false, false, false], answer.Probes.Select(probe => probe.Passed));
        Assert.Equal(["MARKETPLACE_UNREACHABLE", "", ""], answer.Probes.Select(probe => probe.Code));
    }

    [Fact]
    public async Task The_second_refusal_a_minute_later_stops_a_connection_and_a_passed_test_mends_it()
    {
        var live = await Shop.GoLiveAsync();
        await Shop.Stores.UpdateConnectionAsync(new() { ConnectionId = live.Id, Credentials = new() { ApiKey = "old", ApiSecret = "old" } });
        Assert.Equal(ConnectionHealth.Ok, (await Shop.Stores.TestConnectionAsync(new() { ConnectionId = live.Id })).Connection.Health);
        Assert.Equal(ConnectionHealth.Ok, (await Shop.Stores.TestConnectionAsync(new() { ConnectionId = live.Id })).Connection.Health);
        Shop.Db.ClockOffset += TimeSpan.FromSeconds(61);
        Assert.Equal(ConnectionHealth.NeedsReauth, (await Shop.Stores.TestConnectionAsync(new() { ConnectionId = live.Id })).Connection.Health);
        var issue = Assert.Single((await Shop.Sync.ListIssuesAsync(new() { State = IssueState.Open })).Issues);
        Assert.Equal(("CREDENTIAL_REFUSED", live.Id), (issue.Code, issue.ConnectionId));

        Assert.True((await Shop.Stores.TestConnectionAsync(new() { ConnectionId = live.Id, Credentials = FaceStore.Wanted().Credentials })).Passed);
        Assert.Empty((await Shop.Sync.ListIssuesAsync(new() { State = IssueState.Open })).Issues);
        Assert.Equal(ConnectionHealth.Ok, (await Shop.Stores.ListConnectionsAsync(new())).Connections[0].Health);
    }

    [Fact]
    public async Task New_untested_credentials_close_the_way_to_live()
    {
        var live = await Shop.GoLiveAsync();
        await Shop.Stores.UpdateConnectionAsync(new() { ConnectionId = live.Id, Credentials = new() { ApiKey = "k", ApiSecret = "s" } });
        await Shop.Stores.SetConnectionModeAsync(new() { ConnectionId = live.Id, Mode = ConnectionMode.Shadow });
        Assert.Equal("CONNECTION_NOT_TESTED", (await Refusal.OfAsync(Shop.Stores.SetConnectionModeAsync(new() { ConnectionId = live.Id, Mode = ConnectionMode.Live }))).Reason);
    }

    [Fact]
    public async Task A_change_on_an_old_revision_is_refused()
    {
        var made = await Shop.ConnectAsync();
        var renamed = (await Shop.Stores.UpdateConnectionAsync(new() { ConnectionId = made.Id, Name = "Ana mağaza", Revision = made.Revision })).Connection;
        Assert.Equal(("Ana mağaza", made.Revision + 1), (renamed.Name, renamed.Revision));
        var refusal = await Refusal.OfAsync(Shop.Stores.UpdateConnectionAsync(new() { ConnectionId = made.Id, Name = "b", Revision = made.Revision }));
        Assert.Equal((StatusCode.Aborted, "REVISION_CONFLICT"), (refusal.Status, refusal.Reason));
        var switched = (await Shop.Stores.UpdateConnectionAsync(new() { ConnectionId = made.Id, PriceEnabled = true })).Connection;
        Assert.Equal(("Ana mağaza", true, false), (switched.Name, switched.PriceEnabled, switched.ContentEnabled));
        Assert.True((await Shop.Stores.UpdateConnectionAsync(new() { ConnectionId = made.Id, ContentEnabled = true })).Connection.ContentEnabled);
    }

    [Fact]
    public async Task Only_a_paused_connection_is_forgotten_and_orders_stay()
    {
        var live = await Shop.GoLiveAsync();
        await Shop.BringAsync("869001", "869002");
        await Shop.ReportAsync(1, ("v1", 10), ("v2", 5));
        await Shop.ListItemsAsync(live.Id, ("869001", 3));
        await Shop.Offers.LinkVariantsAsync(new() { ConnectionId = live.Id, Links = { new Link { ShopVariantId = "v1" }, new Link { ShopVariantId = "v2" } } });
        var variant = await Shop.VariantAsync("v1");
        await Shop.SellAsync(live.Id, "1001", "869001", variant, 2);
        await Shop.SellAsync(live.Id, "1002", "869001", variant, 3, fed: false);

        Assert.Equal("CONNECTION_NOT_PAUSED", (await Refusal.OfAsync(Shop.Stores.DeleteConnectionAsync(new() { ConnectionId = live.Id }))).Reason);
        await Shop.Stores.SetConnectionModeAsync(new() { ConnectionId = live.Id, Mode = ConnectionMode.Paused });
        await Shop.Stores.DeleteConnectionAsync(new() { ConnectionId = live.Id });

        foreach (var table in (string[])["connections", "links", "offers", "marketplace_items", "push_batches", "push_items"])
            Assert.Equal(0, await Shop.CountAsync(table));
        Assert.Equal(2, await Shop.CountAsync("orders"));
        // The shop was given 1001 and will book it; nobody will ever say what became of 1002.
        Assert.Equal(["1001"], await Shop.Db.ReadAsync(tx => tx.QueryAsync<string>("select order_number from reservations where store_id = @Id and state = 'open'", new { Shop.Id }), Stop));
        await Assert.ThrowsAsync<Server.Platform.Errors.UnknownResourceException>(() => StoredAsync(live.Id));
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(Shop.Stores.DeleteConnectionAsync(new() { ConnectionId = live.Id }))).Status);
        Assert.Equal(ConnectionHealth.Draft, (await Shop.ConnectAsync()).Health);
    }

    [Fact]
    public async Task A_connection_of_another_store_is_unknown()
    {
        var made = await (await Face.OpenStoreAsync()).ConnectAsync();
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(Shop.Stores.TestConnectionAsync(new() { ConnectionId = made.Id }))).Status);
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(Shop.Stores.SetConnectionModeAsync(new() { ConnectionId = made.Id, Mode = ConnectionMode.Paused }))).Status);
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(Shop.Stores.UpdateConnectionAsync(new() { ConnectionId = made.Id, Name = "a" }))).Status);
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(Shop.Stores.DeleteConnectionAsync(new() { ConnectionId = made.Id }))).Status);
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(Shop.Offers.ListOffersAsync(new() { ConnectionId = made.Id }))).Status);
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(Shop.Offers.ProposeLinksAsync(new() { ConnectionId = made.Id }))).Status);
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(Shop.Offers.LinkVariantsAsync(new() { ConnectionId = made.Id, AllSure = true }))).Status);
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(Shop.Offers.UnlinkVariantsAsync(new() { ConnectionId = made.Id, ShopVariantIds = { "v1" } }))).Status);
    }

    [Fact]
    public void Credentials_have_no_text_form()
    {
        Assert.Equal("(seller keys)", $"{new SellerKeys("canary-key", "canary-secret")}");
        Assert.DoesNotContain("canary", new NewConnection("trendyol", "sandbox", "n", "1", new("canary-key", "canary-secret"), "").ToString(), StringComparison.Ordinal);
    }

    ISecrets Secrets => Face.Server.Services.GetRequiredService<ISecrets>();

    Task<SecretValue> StoredAsync(string connection) => Secrets.GetAsync(Shop.Id, $"connections/{connection}/credentials", "system:test", Stop);
}

[Collection(SqliteFaces.Name)]
public sealed class ConnectionsOnSqlite(FaceOnSqlite face) : ConnectionTests(face);

[Collection(PostgresFaces.Name)]
public sealed class ConnectionsOnPostgres(FaceOnPostgres face) : ConnectionTests(face);
