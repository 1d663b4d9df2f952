using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Work;

/// <summary>One package among others that nobody understands.</summary>
public abstract class UnreadableContract(Engine engine) : IAsyncLifetime
{
    static readonly TimeSpan Step = TimeSpan.FromSeconds(20);

    readonly Damage _damage = new();
    SyncRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await SyncRig.OpenAsync(engine, _damage.Over);
        await _rig.AddVariantAsync("a", "869a");
        await _rig.LinkAsync("a");
        await _rig.ReportAsync(1, [new("a", 10)]);
        await _rig.PumpAsync(TimeSpan.FromMinutes(2), Step);
        Assert.Equal(10, _rig.Shown("869a"));
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task It_keeps_no_other_order_away_is_named_and_raises_nothing_until_it_is_understood()
    {
        var broken = Buy(1);
        _damage.Of = package => (string?)package["orderNumber"] == broken.OrderNumber;
        var whole = Buy(2);
        await _rig.PumpAsync(TimeSpan.FromMinutes(2), Step);
        Assert.Equal(whole.OrderNumber, Assert.Single(await _rig.PullAsync()).Order.Order.OrderNumber);
        Assert.Equal(
            ("open", $"{broken.OrderNumber}/{broken.PackageId}"),
            await _rig.Db.ReadAsync(tx => tx.OneAsync<(string, string)>("select state, marketplace_text from issues where code = @code", new { code = IssueCatalog.AnswerMalformed }), default));

        // What is not read may be a sale, so that nothing is put on sale; fewer are always fewer.
        await _rig.ReportAsync(2, [new("a", 40)]);
        await _rig.PumpAsync(TimeSpan.FromMinutes(4), Step);
        Assert.Equal(7, _rig.Shown("869a"));
        await _rig.ReportAsync(3, [new("a", 5)]);
        await _rig.PumpAsync(TimeSpan.FromMinutes(2), Step);
        Assert.Equal(3, _rig.Shown("869a"));

        _damage.Of = null;
        await _rig.ReportAsync(4, [new("a", 40)]);
        await _rig.PumpAsync(TimeSpan.FromMinutes(10), Step);
        Assert.Equal(2, (await _rig.PullAsync()).Count);
        Assert.Equal((37, "resolved"), (_rig.Shown("869a"), await _rig.ScalarAsync<string>("select state from issues where code = @code", new { code = IssueCatalog.AnswerMalformed })));
    }

    [Fact]
    public async Task What_it_may_hold_of_a_closed_package_is_not_let_go()
    {
        var placed = Buy(4);
        await _rig.PumpAsync(TimeSpan.FromMinutes(2), Step);
        _damage.Of = package => (string?)package["createdBy"] == "cancel";
        _rig.Sandbox.CancelUnits(new() { PackageId = placed.PackageId, Barcode = "869a", Quantity = 1 });
        await _rig.PumpAsync(TimeSpan.FromMinutes(40), TimeSpan.FromMinutes(1));
        Assert.Equal(4, await HeldAsync());

        _damage.Of = null;
        await _rig.PumpAsync(TimeSpan.FromMinutes(10), Step);
        Assert.Equal(3, await HeldAsync());
    }

    PlacedOrder Buy(int units) => _rig.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = "869a", Quantity = units }] });

    Task<long> HeldAsync() => _rig.ScalarAsync<long>("select cast(coalesce(sum(qty_open), 0) as bigint) from reservations where store_id = @StoreId", new { _rig.StoreId });

    /// <summary>A road on which the barcodes of some packages are lost.</summary>
    sealed class Damage
    {
        public Func<JsonNode, bool>? Of { get; set; }

        public HttpMessageHandler Over(HttpMessageHandler inner) => new Handler(this) { InnerHandler = inner };

        sealed class Handler(Damage damage) : DelegatingHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                var answer = await base.SendAsync(request, cancellationToken);
                if (damage.Of is not { } damaged || answer.StatusCode != HttpStatusCode.OK || !request.RequestUri!.AbsolutePath.EndsWith("/orders/stream", StringComparison.Ordinal))
                    return answer;
                var page = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!;
                foreach (var package in page["content"]!.AsArray().Where(package => damaged(package!)))
                    package!["lines"]![0]!["barcode"] = null;
                answer.Content = new StringContent(page.ToJsonString(), Encoding.UTF8, "application/json");
                return answer;
            }
        }
    }
}

public sealed class UnreadableOnSqlite() : UnreadableContract(Engine.Sqlite);

public sealed class UnreadableOnPostgres() : UnreadableContract(Engine.Postgres);
