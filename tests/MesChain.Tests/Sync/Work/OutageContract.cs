using System.Data.Common;
using System.Net;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Listeners;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Orders;
using MesChain.Server.Sync.Work;
using MesChain.Tests.Support;
using Microsoft.Extensions.Options;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Sync.Work;

/// <summary>AC-05: a connection that stops working says why within a quarter of an hour, and works again by itself when the cause ends.</summary>
public abstract class OutageContract(Engine engine) : IAsyncLifetime
{
    private protected static readonly TimeSpan Step = TimeSpan.FromSeconds(20);
    static readonly TimeSpan Soon = TimeSpan.FromMinutes(15);

    readonly Road _road = new();
    Guid _variant;

    private protected SyncRig Rig { get; private set; } = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Rig = await SyncRig.OpenAsync(engine, _road.Over);
        _variant = await Rig.AddVariantAsync("a", "869a");
        await Rig.LinkAsync("a");
        await Rig.ReportAsync(1, [new("a", 9)]);
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), Step);
        Assert.Equal(9, Rig.Shown("869a"));
    }

    public async ValueTask DisposeAsync()
    {
        await Rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(401, "CREDENTIAL_REFUSED")]
    [InlineData(403, "ACCESS_FORBIDDEN")]
    [InlineData(503, "MARKETPLACE_FAILING")]
    public async Task AC05_Bad_key_403_and_5xx(int status, string code)
    {
        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Status, Status = status, Count = 0 });
        await NamedAsync(code);
        Rig.Sandbox.ClearFaults();
        // A key that was refused is used no more, until somebody shows that it is good again.
        if (status == 401)
            Assert.True((await Rig.Get<ConnectionTest>().RunAsync(Rig.StoreId, Rig.ConnectionId, null, "test", Cancel)).Passed);
        await WorksAsync(code);
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, "NAME_UNRESOLVED")]
    [InlineData(HttpRequestError.SecureConnectionError, "TLS_REFUSED")]
    public async Task AC05_Dns_and_tls(HttpRequestError error, string code)
    {
        _road.Fault = error;
        await NamedAsync(code);
        _road.Fault = null;
        await WorksAsync(code);
    }

    [Fact]
    public async Task AC05_Empty_pages()
    {
        Buy(2);
        await Rig.PumpAsync(TimeSpan.FromHours(3), TimeSpan.FromMinutes(5));
        await BookAllAsync();
        // A list that is rightly empty for hours is believed.
        Assert.Null(await StateAsync(IssueCatalog.OrdersVanished));

        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Empty, Endpoint = "orders-stream", Count = 0 });
        Buy(1);
        await NamedAsync(IssueCatalog.OrdersVanished);
        Assert.Empty(await Rig.PullAsync());
        Rig.Sandbox.ClearFaults();
        await Rig.PumpAsync(TimeSpan.FromMinutes(1), Step);
        Assert.Single(await Rig.PullAsync());
        await WorksAsync(IssueCatalog.OrdersVanished);
    }

    [Fact]
    public async Task AC05_A_stuck_worker()
    {
        var told = TimeSpan.Zero;
        for (var passed = TimeSpan.Zero; passed < Soon + Step; passed += Step)
        {
            await Rig.PassAsync(Step);
            await Rig.Get<Cadence>().RunOnceAsync(Cancel);
            if (told == TimeSpan.Zero && await StateAsync(IssueCatalog.WorkStalled) == "open")
                told = passed;
        }

        Assert.InRange(told, TimeSpan.FromMinutes(5), Soon);
        Assert.Equal("degraded", await HealthAsync());
        await WorksAsync(IssueCatalog.WorkStalled);
        Assert.Equal("ok", await HealthAsync());
    }

    [Fact]
    public async Task AC05_A_shop_whose_timer_has_stopped()
    {
        Buy(2);
        await NamedAsync(IssueCatalog.OrdersNotFetched);
        await BookAllAsync();
        await WorksAsync(IssueCatalog.OrdersNotFetched);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(-40)]
    public async Task AC05_Clocks_apart(int seconds)
    {
        _road.Told = () => Rig.Clock.GetUtcNow() + TimeSpan.FromSeconds(20);
        await Rig.PumpAsync(TimeSpan.FromMinutes(1), Step);
        Assert.Null(await StateAsync(IssueCatalog.MarketplaceClockApart));
        _road.Told = () => Rig.Clock.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        await NamedAsync(IssueCatalog.MarketplaceClockApart);
        _road.Told = Rig.Clock.GetUtcNow;
        await WorksAsync(IssueCatalog.MarketplaceClockApart);
    }

    [Fact]
    public async Task AC05_A_webhook_that_is_switched_off()
    {
        Rig.Get<IOptions<ListenerOptions>>().Value.PublicUrl = "https://backbone.example";
        await Rig.PumpAsync(TimeSpan.FromMinutes(6), Step);
        var ended = Rig.Clock.GetUtcNow() + Soon;
        while (Rig.Clock.GetUtcNow() < ended)
        {
            foreach (var hook in await HooksAsync())
                await Webhooks.DisarmWebhookAsync(await AccessAsync(), hook.WebhookId, Cancel);
            await Rig.PumpAsync(Step, Step);
        }

        Assert.Equal("open", await StateAsync(IssueCatalog.WebhookRests));
        await WorksAsync(IssueCatalog.WebhookRests);
        Assert.True(Assert.Single(await HooksAsync()).IsArmed);
    }

    [Fact]
    public async Task AC05_A_receipt_that_is_never_ready()
    {
        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Late, Seconds = 25 * 60 });
        await Rig.ReportAsync(2, [new("a", 8)]);
        await NamedAsync(IssueCatalog.ReceiptLate);
        await Rig.PumpAsync(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(1));
        await WorksAsync(IssueCatalog.ReceiptLate);
    }

    [Fact]
    public async Task Who_was_away_for_long_is_not_judged_before_it_has_tried()
    {
        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Status, Status = 503, Count = 0 });
        await Rig.PumpAsync(TimeSpan.FromMinutes(1), Step);
        await Rig.PassAsync(TimeSpan.FromHours(2));
        await Rig.RestartAsync();
        await Rig.PumpAsync();
        Assert.Equal("ok", await HealthAsync());
        await Rig.PumpAsync(TimeSpan.FromMinutes(3), Step);
        Assert.Equal("guarded", await HealthAsync());
    }

    [Fact]
    public async Task A_connection_with_a_new_key_begins_well_however_long_the_old_one_was_refused()
    {
        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Status, Status = 401, Count = 0 });
        await Rig.PumpAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(5));
        Assert.Equal("needs_reauth", await HealthAsync());
        Rig.Sandbox.ClearFaults();
        await Rig.Get<ConnectionTest>().RunAsync(Rig.StoreId, Rig.ConnectionId, null, "test", Cancel);
        await Rig.Get<Cadence>().RunOnceAsync(Cancel);
        Assert.Equal("ok", await HealthAsync());
    }

    void Buy(int units) => Rig.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = "869a", Quantity = units }] });

    /// <summary>Within a quarter of an hour the cause is told, in words that are catalogued.</summary>
    async Task NamedAsync(string code)
    {
        await Rig.PumpAsync(Soon, Step);
        Assert.Equal("open", await StateAsync(code));
        Assert.Equal(code, IssueCatalog.Get(code).Code);
    }

    /// <summary>Without anybody's doing a change of the shop arrives, orders are read, and the issue is over.</summary>
    async Task WorksAsync(string code)
    {
        await Rig.PumpAsync(TimeSpan.FromMinutes(12), Step);
        Assert.Equal("resolved", await StateAsync(code));
        await WorksAsync();
    }

    private protected async Task WorksAsync()
    {
        // More than anything that is held for orders of which this shop does not tell.
        await Rig.ReportAsync(1000, [new("a", 100)]);
        await Rig.PumpAsync(TimeSpan.FromMinutes(3), Step);
        var stock = (await Rig.OfferAsync(_variant)).Stock;
        Assert.Equal((AxisStates.Clean, stock.Desired?.First), (stock.State, Rig.Shown("869a")));
        Assert.True(stock.Desired?.First > 90);
        Buy(1);
        await Rig.PumpAsync(TimeSpan.FromMinutes(1), Step);
        Assert.Contains(await Rig.PullAsync(), entry => entry.Entry.Kind == "new");
    }

    async Task BookAllAsync()
    {
        foreach (var (entry, order) in await Rig.PullAsync())
            Assert.Null(await Rig.AcknowledgeAsync(new(entry.Id, order.Order.Revision, AcknowledgeKind.Applied, "shop-" + order.Order.OrderNumber, "")));
    }

    Task<string?> StateAsync(string code) => Rig.ScalarAsync<string>("select state from issues where code = @code", new { code });

    Task<string?> HealthAsync() => Rig.ScalarAsync<string>("select health from connections where id = @ConnectionId", new { Rig.ConnectionId });

    IWebhooks Webhooks => (IWebhooks)Rig.Get<FindMarketplace>()("trendyol");

    async Task<SellerAccess> AccessAsync() =>
        await Rig.Get<ConnectionAccess>().GetAsync((await Rig.Db.ReadAsync(tx => Rig.Get<ConnectionStore>().FindAsync(tx, Rig.StoreId, Rig.ConnectionId), Cancel))!, "test", Cancel);

    async Task<IReadOnlyList<MarketplaceWebhook>> HooksAsync() => await Webhooks.ReadWebhooksAsync(await AccessAsync(), Cancel);

    /// <summary>The road to the marketplace, where nothing passes while there is a fault, and which can lie about the time.</summary>
    sealed class Road
    {
        public HttpRequestError? Fault { get; set; }

        public Func<DateTimeOffset>? Told { get; set; }

        public HttpMessageHandler Over(HttpMessageHandler inner) => new Handler(this) { InnerHandler = inner };

        sealed class Handler(Road road) : DelegatingHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                if (road.Fault is { } fault)
                    throw new HttpRequestException(fault);
                var answer = await base.SendAsync(request, cancellationToken);
                answer.Headers.Date = road.Told?.Invoke();
                return answer;
            }
        }
    }
}

public sealed class OutagesOnSqlite() : OutageContract(Engine.Sqlite)
{
    [Fact]
    public async Task AC05_A_full_disk()
    {
        Assert.Equal("DISK_FULL", Server.Platform.Hosting.DatabaseHealth.Disk(0).Found?.Code);
        var pages = await Rig.Db.WriteAsync(tx => tx.ScalarAsync<long>("pragma page_count"), default);
        await Rig.Db.WriteAsync(tx => tx.ExecuteAsync($"pragma max_page_count = {pages}"), default);
        await Assert.ThrowsAnyAsync<DbException>(async () =>
        {
            for (var i = 2; i < 500; i++)
            {
                await Rig.ReportAsync(i, [new("a", i % 9)]);
                await Rig.PumpAsync(Step, Step);
            }
        });
        await Rig.Db.WriteAsync(tx => tx.ExecuteAsync("pragma max_page_count = 1073741823"), default);
        await Rig.PumpAsync(TimeSpan.FromMinutes(12), Step);
        await WorksAsync();
    }
}

public sealed class OutagesOnPostgres() : OutageContract(Engine.Postgres);
