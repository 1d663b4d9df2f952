using System.Text.Json;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Listings;
using MesChain.Server.Sync.Mappings;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Sync.Work;

/// <summary>What the shop changes of a product that is listed from here, on its way through the marketplace's services and its review.</summary>
public abstract class ContentContract(Engine engine) : ListedContract(engine)
{
    const string Content = "update-content";
    const string Terms = "update-variants";

    [Fact]
    public async Task A_changed_title_goes_by_itself_through_both_stages_and_is_not_sent_twice()
    {
        await LiveAsync();
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", "Yeni çanta"));
        await Rig.PumpAsync(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(5));
        Assert.Equal((ChangeStates.Told, "Çanta"), (await ChangeAsync(ChangeKinds.Content), await TitleAsync()));
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Equal((null, "Yeni çanta"), (await ChangeAsync(ChangeKinds.Content), await TitleAsync()));
        var sent = JsonDocument.Parse(Assert.Single(Bodies(Content))).RootElement.GetProperty("items")[0];
        Assert.Equal(["contentId", "title"], sent.EnumerateObject().Select(field => field.Name));

        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", "Yeni çanta") with { Category = "Bavul" });
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Single(Bodies(Content));
        Assert.Empty(Bodies(Terms));
    }

    [Fact]
    public async Task Nothing_is_sent_until_the_owner_says_so_and_then_all_that_is_outdated()
    {
        await LiveAsync(enabled: false);
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", "Yeni çanta"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(10), Step);
        Assert.Equal(0, await Rig.ScalarAsync<long>("select count(*) from listing_changes"));
        Assert.Empty(Bodies(Content));

        await EnableAsync(true);
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Equal("Yeni çanta", await TitleAsync());

        await EnableAsync(false);
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", "Başka çanta"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(10), Step);
        Assert.Single(Bodies(Content));
    }

    [Fact]
    public async Task What_was_only_linked_keeps_its_own_content()
    {
        await LiveAsync();
        await SellingAsync("1", 3);
        await UpsertAsync(new("1", "Başka", "Marka", "", "https://shop.example/1.jpg", [new("1", "", "8691", "", 2000)]) { Description = "<p>Başka</p>" });
        await Rig.PumpAsync(TimeSpan.FromMinutes(10), Step);
        Assert.Empty(Bodies(Content));
    }

    [Fact]
    public async Task A_refusal_of_the_review_is_an_issue_and_the_same_is_not_sent_again_but_something_else_is()
    {
        await LiveAsync();
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", "Sahte çanta"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Equal((ChangeStates.Refused, FaultCodes.ListingRejected, 1), (await ChangeAsync(ChangeKinds.Content), await CodeAsync(), await OpenAsync()));
        Assert.Equal(ListingStates.Live, await StateAsync());

        // Looked at again because a mapping changes, and still the same.
        await MapAsync(MappingKey.Brand("Başka"), new(Brand, "", []));
        await Rig.PumpAsync(TimeSpan.FromMinutes(10), Step);
        Assert.Equal((ChangeStates.Refused, 1), (await ChangeAsync(ChangeKinds.Content), Bodies(Content).Count));

        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", "Güzel çanta"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Equal((null, "Güzel çanta", 0), (await ChangeAsync(ChangeKinds.Content), await TitleAsync(), await OpenAsync()));
    }

    [Fact]
    public async Task AC13_What_the_schema_refuses_is_found_here_and_nothing_is_sent()
    {
        await LiveAsync();
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", new string('x', 101)));
        await Rig.PumpAsync(TimeSpan.FromMinutes(5), Step);
        Assert.Equal((ChangeStates.Refused, FaultCodes.ListingFieldInvalid), (await ChangeAsync(ChangeKinds.Content), await CodeAsync()));
        await MapAsync(MappingKey.Product("p1"), new("", Backpacks, [Attributes[0]]));
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(5), Step);
        Assert.Equal((ChangeStates.Refused, FaultCodes.AttributeMissing), (await ChangeAsync(ChangeKinds.Content), await CodeAsync()));
        Assert.Empty(Bodies(Content));
        await MapAsync(MappingKey.Product("p1"), new("", Backpacks, Attributes));
        await Rig.PumpAsync(TimeSpan.FromMinutes(5), Step);
        Assert.Equal((null, 0), (await ChangeAsync(ChangeKinds.Content), await OpenAsync()));
        Assert.Empty(Bodies(Content));
    }

    [Fact]
    public async Task What_is_fixed_since_the_approval_is_told_and_the_rest_is_sent()
    {
        await LiveAsync();
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", "Yeni çanta") with { Model = "başka-model" });
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Equal((ChangeStates.Refused, FaultCodes.ListingFieldFixed, "Yeni çanta"), (await ChangeAsync(ChangeKinds.Content), await CodeAsync(), await TitleAsync()));
        Assert.StartsWith("group:", await Rig.ScalarAsync<string>("select detail from listing_changes"), StringComparison.Ordinal);
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", "Yeni çanta"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(5), Step);
        Assert.Equal((null, 0, 1), (await ChangeAsync(ChangeKinds.Content), await OpenAsync(), Bodies(Content).Count));
    }

    [Fact]
    public async Task Stock_code_rate_and_weight_go_by_a_service_of_their_own()
    {
        await LiveAsync();
        await UpsertAsync(new("p1", "Çanta", "Işık", "p1", "https://shop.example/1.jpg", [new("v1", "YENİ-1", Barcode, "", 1000)]) { Description = "<p>Çanta</p>", DesiHundredths = 250 });
        await Rig.PumpAsync(TimeSpan.FromMinutes(5), Step);
        var sent = JsonDocument.Parse(Assert.Single(Bodies(Terms))).RootElement.GetProperty("items")[0];
        Assert.Equal(("YENİ-1", 10, 2.5m), (sent.GetProperty("stockCode").GetString(), sent.GetProperty("vatRate").GetInt32(), sent.GetProperty("dimensionalWeight").GetDecimal()));
        Assert.Empty(Bodies(Content));
        Assert.Equal(0, await Rig.ScalarAsync<long>("select count(*) from listing_changes"));
    }

    [Fact]
    public async Task A_stock_code_whose_answer_is_lost_is_said_again_only_when_the_first_can_no_longer_arrive()
    {
        await LiveAsync();
        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Drop, Endpoint = Terms, AfterApplying = true });
        await UpsertAsync(new("p1", "Çanta", "Işık", "p1", "https://shop.example/1.jpg", [new("v1", "YENİ-1", Barcode, "", 2000)]) { Description = "<p>Çanta</p>" });
        await Rig.PumpAsync(TimeSpan.FromMinutes(30), Step);
        Assert.Equal((ChangeStates.Doubt, 1), (await ChangeAsync(ChangeKinds.Terms), Bodies(Terms).Count));
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Equal((null, 2), (await ChangeAsync(ChangeKinds.Terms), Bodies(Terms).Count));
    }

    [Fact]
    public async Task A_change_whose_answer_is_lost_is_looked_for_in_the_review_and_not_sent_twice()
    {
        await LiveAsync();
        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Drop, Endpoint = Content, AfterApplying = true });
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", "Yeni çanta"));
        await Rig.PumpAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5));
        Assert.Equal(ChangeStates.Doubt, await ChangeAsync(ChangeKinds.Content));
        await Rig.PumpAsync(TimeSpan.FromMinutes(40), Step);
        Assert.Equal((null, "Yeni çanta", 1), (await ChangeAsync(ChangeKinds.Content), await TitleAsync(), Bodies(Content).Count));
    }

    [Fact]
    public async Task A_change_that_never_arrived_is_sent_again_when_it_can_no_longer_arrive()
    {
        await LiveAsync();
        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Status, Status = 502, Endpoint = Content });
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", "Yeni çanta"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(30), Step);
        Assert.Equal((ChangeStates.Doubt, 1), (await ChangeAsync(ChangeKinds.Content), Bodies(Content).Count));
        await Rig.PumpAsync(TimeSpan.FromMinutes(40), Step);
        Assert.Equal((null, "Yeni çanta", 2), (await ChangeAsync(ChangeKinds.Content), await TitleAsync(), Bodies(Content).Count));
    }

    [Fact]
    public async Task A_change_during_the_review_of_another_waits_for_its_end()
    {
        await LiveAsync();
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", "Bir"));
        await Rig.PumpAsync(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(5));
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", "İki"));
        await Rig.PumpAsync(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(5));
        Assert.Single(Bodies(Content));
        await Rig.PumpAsync(TimeSpan.FromMinutes(40), Step);
        Assert.Equal((null, "İki", 2), (await ChangeAsync(ChangeKinds.Content), await TitleAsync(), Bodies(Content).Count));
    }

    [Fact]
    public async Task Variants_of_one_card_are_said_once()
    {
        await ReadyAsync();
        await UpsertAsync(Two("Çanta"));
        await PriceAsync(2, "v2");
        await EnableAsync(true);
        foreach (var variant in new[] { "v1", "v2" })
            await CreateAsync(variant);
        await Rig.PumpAsync(TimeSpan.FromMinutes(12), Step);
        Assert.Equal((2, 1), (await Rig.ScalarAsync<long>("select count(*) from listings where state = 'live'"), await Rig.ScalarAsync<long>("select count(distinct card_id) from listings")));
        await UpsertAsync(Two("Yeni çanta"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Equal((null, "Yeni çanta", 1), (await ChangeAsync(ChangeKinds.Content), await TitleAsync(), Bodies(Content).Count));
        Assert.Equal(1, JsonDocument.Parse(Bodies(Content)[0]).RootElement.GetProperty("items").GetArrayLength());
    }

    static ProductInput Two(string title) =>
        new("p1", title, "Işık", "p1", "https://shop.example/1.jpg", [new("v1", "", Barcode, "", 2000), new("v2", "", Barcode + "2", "", 2000)]) { Description = "<p>Çanta</p>" };

    async Task LiveAsync(bool enabled = true)
    {
        await ReadyAsync();
        await EnableAsync(enabled);
        await CreateAsync("v1");
        await Rig.PumpAsync(TimeSpan.FromMinutes(12), Step);
        Assert.Equal((ListingStates.Live, "Çanta"), (await StateAsync(), await TitleAsync()));
        Assert.Empty(Bodies(Content));
    }

    async Task EnableAsync(bool content) =>
        await Rig.Db.WriteAsync(tx => Rig.Get<ConnectionRegister>().UpdateAsync(tx, Rig.StoreId, Rig.ConnectionId, new(null, null, null, null, content, 0), "key:test"), default);

    Task<string?> ChangeAsync(string kind) => Rig.ScalarAsync<string>("select state from listing_changes where kind = @kind", new { kind });

    Task<string?> CodeAsync() => Rig.ScalarAsync<string>("select code from listing_changes where kind = 'content'");

    Task<long> OpenAsync() => Rig.ScalarAsync<long>("select count(*) from issues where state = 'open' and fingerprint like '%|listing/%'");

    IReadOnlyList<string> Bodies(string endpoint) => [.. Rig.Sandbox.Calls().Where(call => call.Endpoint == endpoint).Select(call => call.Body)];

    /// <summary>As buyers read it.</summary>
    async Task<string> TitleAsync()
    {
        var connection = (await Rig.Db.ReadAsync(tx => Rig.Get<ConnectionStore>().FindAsync(tx, Rig.StoreId, Rig.ConnectionId), default))!;
        var source = (IItemSource)Rig.Get<Server.Sync.Offers.FindMarketplace>()("trendyol")!;
        return Assert.Single(await source.ReadItemsAsync(await Rig.Get<ConnectionAccess>().GetAsync(connection, "test", default), [Barcode], default)).Title;
    }
}

public sealed class ContentOnSqlite() : ContentContract(Engine.Sqlite);

public sealed class ContentOnPostgres() : ContentContract(Engine.Postgres);
