using System.Net;
using System.Text;
using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;
using MesChain.Tests.Support;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>Webhooks both ways over real HTTP: registered by the adapter, sent by the sandbox, read by the adapter.</summary>
public sealed class TrendyolWebhookTests : IAsyncLifetime
{
    const string Barcode = "8690000000012";

    TrendyolRehearsal _stage = null!;
    HookReceiver _door = null!;
    TrendyolWebhookSender _sender = null!;

    public async ValueTask InitializeAsync()
    {
        _stage = await TrendyolRehearsal.OpenAsync();
        _stage.List(Barcode, 1000, 249_90);
        _door = await HookReceiver.OpenAsync();
        _sender = new(_stage.Sandbox);
    }

    public async ValueTask DisposeAsync()
    {
        _sender.Dispose();
        await _door.DisposeAsync();
        await _stage.DisposeAsync();
    }

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    IWebhooks Hooks => _stage.Can<IWebhooks>();

    WebhookWish Wish(params PackageState[] states) => new() { Address = _door.Address, Proof = WebhookProof.Password, User = "meschain", Secret = "hook-secret", States = states };

    Task<string> RegisterAsync(params PackageState[] states) => Hooks.RegisterWebhookAsync(_stage.Access, Wish(states), Cancel);

    async Task<List<PackageState>> SendAsync()
    {
        var before = _door.Received.Count;
        await _sender.SendDueAsync(Cancel);
        return [.. _door.Received.Skip(before).Select(call => Read(call.Body).State)];
    }

    MarketplacePackage Read(string body) => Assert.Single(Hooks.ReadHint(Encoding.UTF8.GetBytes(body)));

    static Task<(FaultKind Kind, string Code)> FaultOfAsync(Task call) => TrendyolRehearsal.FaultOfAsync(call);

    [Fact] // 15
    public async Task Checklist_15_what_a_webhook_tells_is_what_is_read()
    {
        await RegisterAsync();
        var id = _stage.Sell(Barcode, 2, discountMinor: 10_00);

        Assert.Equal([PackageState.New], await SendAsync());

        var (body, authorization, key) = Assert.Single(_door.Received);
        Assert.Equal(($"Basic {Convert.ToBase64String("meschain:hook-secret"u8)}", ""), (authorization, key));
        var (told, read) = (Read(body), await _stage.ReadAsync(id));
        Assert.Equal((read.PackageId, read.OrderNumber, read.OrderedAt, read.ChangedAt), (told.PackageId, told.OrderNumber, told.OrderedAt, told.ChangedAt));
        Assert.Equal(read.Lines.Single().UnitTotalsMinor, told.Lines.Single().UnitTotalsMinor);
        Assert.Equal((read.Person.LastName, read.Person.Shipping), (told.Person.LastName, told.Person.Shipping));
    }

    [Fact] // 15
    public async Task Checklist_15_a_key_comes_in_its_own_header()
    {
        await Hooks.RegisterWebhookAsync(_stage.Access, Wish() with { Proof = WebhookProof.Key, Secret = "hook-key" }, Cancel);
        _stage.Sell(Barcode, 1);

        await SendAsync();

        Assert.Equal(("", "hook-key"), _door.Received.Single() is var call ? (call.Authorization, call.Key) : default);
    }

    [Fact] // 15
    public async Task Checklist_15_only_the_states_that_were_wished_for_are_told()
    {
        await RegisterAsync(PackageState.Shipped, PackageState.Superseded, PackageState.Cancelled);
        var id = _stage.Sell(Barcode, 1);
        foreach (var status in new[] { "Picking", "Shipped", "AtCollectionPoint", "Delivered" })
            _stage.Sandbox.AdvancePackage(new() { PackageId = id, Status = status });
        _stage.Cancel(_stage.Sell(Barcode, 1), 1);

        Assert.Equal([PackageState.Shipped, PackageState.Shipped, PackageState.Cancelled], await SendAsync());
    }

    [Fact] // 15
    public async Task Checklist_15_a_failed_call_is_repeated_every_five_minutes_until_it_succeeds()
    {
        await RegisterAsync();
        _stage.Sell(Barcode, 1);
        _door.Answer = HttpStatusCode.InternalServerError;
        Assert.Single(await SendAsync());
        _stage.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Empty(await SendAsync());
        _stage.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await SendAsync());

        _door.Answer = HttpStatusCode.Accepted;
        _stage.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Single(await SendAsync());
        _stage.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(await SendAsync());
        Assert.Single(_door.Received.Select(call => call.Body).Distinct(StringComparer.Ordinal));
    }

    [Fact] // 15
    public async Task Checklist_15_a_webhook_that_fails_for_long_rests_until_it_is_armed_again()
    {
        var id = await RegisterAsync();
        _stage.Sell(Barcode, 1);
        _door.Answer = HttpStatusCode.BadGateway;
        for (var i = 0; i < 12; i++)
        {
            Assert.Single(await SendAsync());
            _stage.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.True(Assert.Single(await Hooks.ReadWebhooksAsync(_stage.Access, Cancel)).IsArmed);
        await SendAsync();
        Assert.Equal(new MarketplaceWebhook(id, _door.Address, false), Assert.Single(await Hooks.ReadWebhooksAsync(_stage.Access, Cancel)));
        _door.Answer = HttpStatusCode.OK;
        _stage.Clock.Advance(TimeSpan.FromMinutes(5));
        _stage.Sell(Barcode, 1);
        Assert.Empty(await SendAsync());

        await Hooks.ArmWebhookAsync(_stage.Access, id, Cancel);
        _stage.Sell(Barcode, 1);
        Assert.Single(await SendAsync());
    }

    [Fact] // 15
    public async Task Checklist_15_calls_come_twice_and_in_the_wrong_order()
    {
        _stage.Sandbox.Set(new() { DuplicateWebhooks = true, ReverseWebhooks = true });
        await RegisterAsync();
        var id = _stage.Sell(Barcode, 1);
        _stage.Clock.Advance(TimeSpan.FromSeconds(1));
        _stage.Sandbox.AdvancePackage(new() { PackageId = id, Status = "Picking" });

        Assert.Equal([PackageState.Picking, PackageState.Picking, PackageState.New, PackageState.New], await SendAsync());

        var told = _door.Received.Select(call => Read(call.Body)).MaxBy(package => package.ChangedAt);
        Assert.Equal(PackageState.Picking, told!.State);
    }

    [Fact] // 15
    public async Task Checklist_15_what_is_lost_is_found_by_reading()
    {
        await RegisterAsync();
        _stage.Sandbox.Set(new() { LoseWebhooks = true });
        var id = _stage.Sell(Barcode, 1);
        _stage.Sandbox.Set(new());

        Assert.Empty(await SendAsync());
        Assert.Equal(id, Assert.Single(await _stage.ReadPackagesAsync(Cancel)).PackageId);
    }

    [Fact] // 15
    public async Task Checklist_15_a_word_that_only_webhooks_say_does_not_hide_the_package()
    {
        await RegisterAsync();
        var id = _stage.Sell(Barcode, 1);
        await SendAsync();

        _stage.Sandbox.Verify(new() { PackageId = id });

        Assert.Equal([PackageState.Unknown], await SendAsync());
        Assert.Equal((id, "VERIFIED"), Read(_door.Received[^1].Body) is var told ? (told.PackageId, told.StateText) : default);
    }

    [Fact] // 15
    public async Task Checklist_15_the_sixteenth_webhook_is_refused_also_when_others_rest()
    {
        var first = await RegisterAsync();
        for (var i = 1; i < Hooks.WebhooksMax; i++)
            await RegisterAsync();
        await Hooks.DisarmWebhookAsync(_stage.Access, first, Cancel);

        Assert.Equal((FaultKind.Rejected, FaultCodes.WebhookLimit), await FaultOfAsync(RegisterAsync()));
        await Hooks.RemoveWebhookAsync(_stage.Access, first, Cancel);
        await RegisterAsync();
        Assert.Equal(15, (await Hooks.ReadWebhooksAsync(_stage.Access, Cancel)).Count);
    }

    [Fact]
    public async Task A_webhook_can_be_replaced_whole_and_one_that_is_gone_is_missing()
    {
        var id = await RegisterAsync(PackageState.Returned);
        _stage.Sell(Barcode, 1);
        Assert.Empty(await SendAsync());

        await Hooks.ReplaceWebhookAsync(_stage.Access, id, Wish(), Cancel);
        _stage.Sell(Barcode, 1);
        Assert.Single(await SendAsync());

        await Hooks.RemoveWebhookAsync(_stage.Access, id, Cancel);
        Assert.Equal((FaultKind.Missing, FaultCodes.NotFound), await FaultOfAsync(Hooks.ArmWebhookAsync(_stage.Access, id, Cancel)));
        Assert.Equal((FaultKind.Missing, FaultCodes.NotFound), await FaultOfAsync(Hooks.ReplaceWebhookAsync(_stage.Access, id, Wish(), Cancel)));
    }

    [Theory] // 15
    [InlineData("https://trendyol.shop.example/hooks", FaultCodes.WebhookAddressRefused)]
    [InlineData("https://shop.example/DOLAP", FaultCodes.WebhookAddressRefused)]
    [InlineData("https://localhost/hooks", FaultCodes.WebhookAddressRefused)]
    [InlineData("ftp://shop.example/hooks", FaultCodes.WebhookAddressRefused)]
    public async Task Checklist_15_an_address_with_a_forbidden_word_is_not_sent(string address, string code)
    {
        Assert.Equal((FaultKind.Rejected, code), await FaultOfAsync(Hooks.RegisterWebhookAsync(_stage.Access, Wish() with { Address = new(address) }, Cancel)));
        Assert.Equal((FaultKind.Rejected, FaultCodes.WebhookRefused), await FaultOfAsync(Hooks.RegisterWebhookAsync(_stage.Access, Wish() with { User = "" }, Cancel)));
        Assert.Equal(0, _stage.Calls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"content\":null}")]
    [InlineData("{\"content\":[{\"orderNumber\":\"1\"}]}")]
    [InlineData("<html>")]
    public void What_is_no_list_of_packages_is_malformed(string body)
    {
        var fault = Assert.Throws<MarketplaceFault>(() => Hooks.ReadHint(Encoding.UTF8.GetBytes(body)));

        Assert.Equal((FaultKind.Malformed, FaultCodes.AnswerMalformed), (fault.Kind, fault.Code));
    }

    [Fact]
    public async Task A_webhooks_secret_is_in_no_text_and_no_log()
    {
        await RegisterAsync();

        Assert.DoesNotContain("hook-secret", Wish().ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_stage.Sandbox.Calls(), call => call.Body.Contains("hook-secret", StringComparison.Ordinal));
    }
}
