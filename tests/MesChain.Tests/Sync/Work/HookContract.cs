using System.Net;
using System.Text;
using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Listeners;
using MesChain.Server.Secret;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Hooks;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Offers;
using MesChain.Tests.Support;
using Microsoft.Extensions.Options;
using Hook = MesChain.Server.Sync.Hooks.Hook;

namespace MesChain.Tests.Sync.Work;

/// <summary>The marketplace tells of orders at once: registered, kept awake, and never more than a reason to read.</summary>
public abstract class HookContract(Engine engine) : WorkContract(engine)
{
    const string Url = "https://backbone.example";

    static readonly TimeSpan Look = TimeSpan.FromHours(6) + TimeSpan.FromSeconds(30);

    IWebhooks Marketplace => (IWebhooks)Rig.Get<FindMarketplace>()("trendyol")!;

    [Fact]
    public async Task A_hook_is_registered_once_and_what_it_tells_is_read_at_once()
    {
        await SellingAsync("1", 10);
        await LookAsync();
        await LookAsync();
        var hook = Assert.Single(await HooksAsync());
        Assert.StartsWith($"{Url}/hooks/{Rig.ConnectionId.ToWire()}/", hook.Address.AbsoluteUri, StringComparison.Ordinal);
        await Rig.PassAsync(TimeSpan.FromSeconds(3));

        Buy("1", 2);
        using var road = new Road();
        using var sender = new TrendyolWebhookSender(Rig.Sandbox, road);
        await sender.SendDueAsync(default);
        var (address, authorization) = Assert.Single(road.Calls);
        var known = (await Rig.Db.ReadAsync(tx => Rig.Get<HookStore>().FindAsync(tx, Rig.ConnectionId), default))!;
        Assert.True(known.IsAt(address.Segments[^1]));
        Assert.True(known.Opens(authorization[(HookSecrets.User.Length + 1)..]));

        await HearAsync(known);
        await Rig.PumpAsync();
        await OnlyEntryAsync();
    }

    [Fact]
    public async Task However_often_it_is_called_orders_are_read_once_in_two_seconds()
    {
        await SellingAsync("1", 10);
        await LookAsync();
        var known = (await Rig.Db.ReadAsync(tx => Rig.Get<HookStore>().FindAsync(tx, Rig.ConnectionId), default))!;
        await Rig.PassAsync(TimeSpan.FromSeconds(3));
        await HearAsync(known);
        await Rig.PumpAsync();
        var read = await ReadAtAsync();
        for (var i = 0; i < 20; i++)
        {
            await HearAsync(known);
            await Rig.PumpAsync();
        }

        Assert.Equal(read, await ReadAtAsync());
        await Rig.PassAsync(TimeSpan.FromSeconds(2));
        await Rig.PumpAsync();
        Assert.True(await ReadAtAsync() > read);
    }

    [Fact]
    public async Task What_the_marketplace_put_to_rest_is_woken_and_told_when_it_rests_again()
    {
        await LookAsync();
        for (var i = 0; i < 2; i++)
        {
            await Marketplace.DisarmWebhookAsync(await AccessAsync(), (await HooksAsync())[0].WebhookId, default);
            await LookAsync();
            Assert.True(Assert.Single(await HooksAsync()).IsArmed);
            Assert.Equal(i == 0 ? null : "open", await IssueAsync(IssueCatalog.WebhookRests));
        }

        await LookAsync();
        Assert.Equal("resolved", await IssueAsync(IssueCatalog.WebhookRests));
    }

    [Fact]
    public async Task One_whose_secret_is_not_known_any_more_makes_place_for_a_new_one()
    {
        await LookAsync();
        var first = Assert.Single(await HooksAsync());
        await Rig.Db.WriteAsync(tx => tx.ExecuteAsync("delete from connection_hooks"), default);
        await LookAsync();
        Assert.NotEqual(first.Address, Assert.Single(await HooksAsync()).Address);
    }

    [Fact]
    public async Task A_seller_with_too_many_is_told_and_tried_again()
    {
        for (var i = 0; i < Marketplace.WebhooksMax; i++)
            await Marketplace.RegisterWebhookAsync(await AccessAsync(), new() { Address = new($"https://other.example/{i}"), Proof = WebhookProof.Key, Secret = "theirs" }, default);
        await LookAsync();
        Assert.Equal("open", await IssueAsync(FaultCodes.WebhookLimit));
        await Marketplace.RemoveWebhookAsync(await AccessAsync(), (await HooksAsync())[0].WebhookId, default);
        await LookAsync();
        Assert.Equal("resolved", await IssueAsync(FaultCodes.WebhookLimit));
        Assert.Contains(await HooksAsync(), hook => hook.Address.Host == "backbone.example");
    }

    [Theory]
    [InlineData("paused")]
    [InlineData("shadow")]
    public async Task A_connection_that_is_live_no_more_has_its_hook_taken_back_also_when_that_takes_a_while(string mode)
    {
        await LookAsync();
        Assert.Single(await HooksAsync());
        Rig.Sandbox.AddFault(new() { Kind = MesChain.Sandbox.FaultKind.Status, Status = 503, Count = 0 });
        await Rig.Db.WriteAsync(tx => Rig.Get<ConnectionRegister>().SetModeAsync(tx, Rig.StoreId, Rig.ConnectionId, mode), default);
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(20));
        await Rig.RestartAsync();
        Rig.Sandbox.ClearFaults();
        Assert.Single(await HooksAsync());
        await Rig.PumpAsync(TimeSpan.FromMinutes(6), TimeSpan.FromSeconds(20));
        Assert.Empty(await HooksAsync());
        Assert.Equal(0, await Rig.ScalarAsync<long>("select count(*) from connection_hooks"));

        await Rig.Db.WriteAsync(tx => Rig.Get<ConnectionRegister>().SetModeAsync(tx, Rig.StoreId, Rig.ConnectionId, "live"), default);
        await LookAsync();
        Assert.Single(await HooksAsync());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3, true)]
    [InlineData(26, false)]
    public async Task A_connection_that_is_deleted_at_once_has_its_hook_taken_back_and_then_its_key_forgotten(int hoursAway, bool removed)
    {
        await LookAsync();
        var access = await AccessAsync();
        Assert.Single(await Marketplace.ReadWebhooksAsync(access, default));
        if (hoursAway > 0)
            Rig.Sandbox.AddFault(new() { Kind = MesChain.Sandbox.FaultKind.Status, Status = 503, Count = 0 });
        await Rig.Db.WriteAsync(tx => Rig.Get<ConnectionRegister>().SetModeAsync(tx, Rig.StoreId, Rig.ConnectionId, "paused"), default);
        await Rig.Db.WriteAsync(tx => Rig.Get<ConnectionRegister>().DeleteAsync(tx, Rig.StoreId, Rig.ConnectionId, "key:test"), default);
        Assert.Equal(0, await Rig.ScalarAsync<long>("select count(*) from connections"));
        await Rig.PumpAsync(TimeSpan.FromHours(hoursAway), TimeSpan.FromMinutes(20));
        await Rig.RestartAsync();
        Rig.Sandbox.ClearFaults();
        await Rig.PumpAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(20));
        Assert.Equal(removed ? 0 : 1, (await Marketplace.ReadWebhooksAsync(access, default)).Count);
        Assert.Equal(0, await Rig.ScalarAsync<long>("select count(*) from departed_connections"));
        await Assert.ThrowsAsync<UnknownResourceException>(() => Rig.Get<ISecrets>().GetAsync(Rig.StoreId, "credentials-" + TrendyolSandbox.DemoSellerId, "test", default));
    }

    [Fact]
    public async Task Without_a_public_address_none_is_registered()
    {
        await Rig.PumpAsync(Look, Look);
        Assert.Empty(await HooksAsync());
    }

    async Task LookAsync()
    {
        Rig.Get<IOptions<ListenerOptions>>().Value.PublicUrl = Url;
        await Rig.PumpAsync(Look, Look);
    }

    async Task<SellerAccess> AccessAsync() =>
        await Rig.Get<ConnectionAccess>().GetAsync((await Rig.Db.ReadAsync(tx => Rig.Get<ConnectionStore>().FindAsync(tx, Rig.StoreId, Rig.ConnectionId), default))!, "test", default);

    async Task<IReadOnlyList<MarketplaceWebhook>> HooksAsync() => await Marketplace.ReadWebhooksAsync(await AccessAsync(), default);

    Task HearAsync(Hook hook) => Rig.Db.WriteAsync(tx => Rig.Get<HookStore>().HeardAsync(tx, hook), default);

    Task<long> ReadAtAsync() => Rig.ScalarAsync<long>("select orders_read_started_ms from connections where id = @ConnectionId", new { Rig.ConnectionId });

    /// <summary>Takes every call, and remembers where it went and with which user and password.</summary>
    sealed class Road : HttpMessageHandler
    {
        public List<(Uri Address, string User)> Calls { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls.Add((request.RequestUri!, Encoding.UTF8.GetString(Convert.FromBase64String(request.Headers.Authorization!.Parameter!))));
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }
}

public sealed class HooksOnSqlite() : HookContract(Engine.Sqlite);

public sealed class HooksOnPostgres() : HookContract(Engine.Postgres);
