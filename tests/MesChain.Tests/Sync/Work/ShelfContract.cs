using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Listings;
using MesChain.Server.Sync.Offers;
using MesChain.Tests.Support;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Sync.Work;

/// <summary>What the owner takes off sale offers nothing, is put away, and comes back only with the stock of the day.</summary>
public abstract class ShelfContract(Engine engine) : WorkContract(engine)
{
    const string Archive = "archive-products";
    const string Stock = "price-and-inventory";

    static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task What_is_stopped_offers_nothing_first_then_is_archived_and_comes_back_with_the_stock_of_the_day()
    {
        await SellingAsync("1", 9);
        var before = Rig.Sandbox.Calls()[^1].Sequence;
        Assert.Equal(("", "1", "8691"), Told(await AskAsync(archive: true, "1")));
        await Rig.PumpAsync(TimeSpan.FromMinutes(3), Step);
        Assert.Equal((ListingState.Archived, 0), (await ShownAsync("1"), Rig.Sandbox.QuantityOf("8691")));
        Assert.Equal((ListingStates.Ended, 0), (await StateAsync("1"), await ChangesAsync()));
        Assert.Equal([Stock, Archive], Rig.Sandbox.Calls(before).Select(call => call.Endpoint).Where(endpoint => endpoint is Stock or Archive));

        // What the shop reports meanwhile is kept, and offered to nobody.
        await Rig.ReportAsync(2, [new("1", 4)]);
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), Step);
        Assert.Equal(0, Rig.Sandbox.QuantityOf("8691"));

        await AskAsync(archive: false, "1");
        await Rig.PumpAsync(TimeSpan.FromMinutes(3), Step);
        Assert.Equal((ListingState.Approved, 4), (await ShownAsync("1"), Rig.Sandbox.QuantityOf("8691")));
        Assert.Equal((ListingStates.Live, 0), (await StateAsync("1"), await ChangesAsync()));
        Assert.Equal(2, Rig.Sandbox.Calls(before).Count(call => call.Endpoint == Archive));
    }

    [Fact]
    public async Task Whatever_is_stopped_at_once_by_the_owner_is_no_wave_that_waits_for_him()
    {
        var names = Enumerable.Range(1, 25).Select(i => $"{i:00}").ToArray();
        foreach (var name in names)
        {
            await Rig.AddVariantAsync(name, "869" + name);
            await Rig.LinkAsync(name);
        }

        await Rig.ReportAsync(1, [.. names.Select(name => new StockLevelInput(name, 5))]);
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), Step);
        await AskAsync(archive: true, names);
        await Rig.PumpAsync(TimeSpan.FromMinutes(3), Step);
        Assert.Null(await IssueAsync(IssueCatalog.WaveHeld));
        Assert.All(names, name => Assert.Equal(0, Rig.Sandbox.QuantityOf("869" + name)));
        Assert.Equal(25, await Rig.ScalarAsync<long>("select count(*) from listings where state = 'ended'"));
        Assert.Equal(1, Archivings());
    }

    [Fact]
    public async Task A_stop_whose_answer_is_lost_is_looked_for_and_not_said_twice()
    {
        await SellingAsync("1", 9);
        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Drop, Endpoint = Archive, AfterApplying = true });
        await AskAsync(archive: true, "1");
        await Rig.PumpAsync(TimeSpan.FromSeconds(60), Step);
        Assert.Equal(ChangeStates.Doubt, await Rig.ScalarAsync<string>("select state from listing_changes"));
        await Rig.PumpAsync(TimeSpan.FromMinutes(5), Step);
        Assert.Equal((ListingStates.Ended, 1), (await StateAsync("1"), Archivings()));
    }

    [Fact]
    public async Task A_stop_that_never_arrived_is_said_again_only_when_it_can_no_longer_arrive_and_nothing_is_offered_meanwhile()
    {
        await SellingAsync("1", 9);
        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Status, Status = 502, Endpoint = Archive });
        await AskAsync(archive: true, "1");
        await Rig.PumpAsync(TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(30));
        Assert.Equal((ListingStates.Live, 1, 0), (await StateAsync("1"), Archivings(), Rig.Sandbox.QuantityOf("8691")));
        await Rig.PumpAsync(TimeSpan.FromMinutes(20), TimeSpan.FromSeconds(30));
        Assert.Equal((ListingStates.Ended, 2), (await StateAsync("1"), Archivings()));
    }

    [Fact]
    public async Task A_sender_that_died_between_its_record_and_the_answer_is_in_doubt_and_a_newer_wish_waits_for_that()
    {
        await SellingAsync("1", 9);
        await AskAsync(archive: true, "1");
        for (var i = 0; i < 60 && Archivings() == 0; i++)
            await Rig.PumpAsync(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
        Assert.Equal(1, Archivings());
        var none = new { none = "" };
        await Rig.Db.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("update listing_batches set state = 'in_flight', receipt_id = @none, done_ms = null where kind = 'shelf'", none);
                await tx.ExecuteAsync("update listing_changes set state = 'sent', check_ms = null, batch_id = (select id from listing_batches where kind = 'shelf')");
            },
            default);
        await Rig.RestartAsync();
        // Nine was said a moment ago, and would have to wait for the end of that window.
        await Rig.ReportAsync(2, [new("1", 8)]);
        await AskAsync(archive: false, "1");
        await Rig.PumpAsync(TimeSpan.FromSeconds(50), Step);
        Assert.Equal(1, Archivings());
        await Rig.PumpAsync(TimeSpan.FromMinutes(4), Step);
        Assert.Equal((2, ListingState.Approved, 8), (Archivings(), await ShownAsync("1"), Rig.Sandbox.QuantityOf("8691")));
        Assert.Equal((ListingStates.Live, 0), (await StateAsync("1"), await ChangesAsync()));
    }

    [Fact]
    public async Task A_wish_that_is_taken_back_before_it_was_said_never_leaves()
    {
        await SellingAsync("1", 9);
        Rig.Sandbox.AddFault(new() { Kind = SandboxFaultKind.Status, Status = 503, Endpoint = Stock, Count = 0 });
        await AskAsync(archive: true, "1");
        await Rig.PumpAsync(TimeSpan.FromSeconds(30), Step);
        await AskAsync(archive: false, "1");
        Rig.Sandbox.ClearFaults();
        await Rig.PumpAsync(TimeSpan.FromMinutes(5), Step);
        Assert.Equal((0, 0, 9), (Archivings(), await ChangesAsync(), Rig.Sandbox.QuantityOf("8691")));
    }

    [Fact]
    public async Task A_refusal_says_why_and_the_wish_can_be_repeated()
    {
        await SellingAsync("1", 9);
        Rig.Sandbox.PutItems(new() { Items = [new() { Barcode = "8691", Title = "1", Quantity = 0, Price = 129.90m, Approved = false }] });
        await AskAsync(archive: true, "1");
        // That nothing is offered is refused as well, so the archive does not wait for it for ever.
        await Rig.PumpAsync(TimeSpan.FromMinutes(12), Step);
        Assert.Equal(ChangeStates.Refused, await Rig.ScalarAsync<string>("select state from listing_changes"));
        Assert.Equal(1, await OpenAsync());
        await Rig.PumpAsync(TimeSpan.FromMinutes(10), Step);
        Assert.Equal(1, Archivings());

        Rig.Sandbox.PutItems(new() { Items = [new() { Barcode = "8691", Title = "1", Quantity = 0, Price = 129.90m }] });
        await AskAsync(archive: true, "1");
        await Rig.PumpAsync(TimeSpan.FromMinutes(12), Step);
        Assert.Equal((0, ListingStates.Ended), (await OpenAsync(), await StateAsync("1")));
    }

    [Fact]
    public async Task What_is_taken_and_never_shows_is_refused_after_three_times()
    {
        await SellingAsync("1", 0);
        Rig.Sandbox.PutItems(new() { Items = [new() { Barcode = "8691", Title = "1", Quantity = 0, Price = 129.90m, Archived = true }] });
        await AskAsync(archive: true, "1");
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), Step);
        Assert.Equal(ListingStates.Ended, await StateAsync("1"));
        await AskAsync(archive: false, "1");
        for (var i = 0; i < 4; i++)
        {
            await Rig.PumpAsync(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
            // Somebody puts it away again, each time before it is seen.
            for (var j = 0; j < 80; j++)
            {
                Rig.Sandbox.PutItems(new() { Items = [new() { Barcode = "8691", Title = "1", Quantity = 0, Price = 129.90m, Archived = true }] });
                await Rig.PumpAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));
            }
        }

        Assert.Equal((ChangeStates.Refused, 1), (await Rig.ScalarAsync<string>("select state from listing_changes"), await OpenAsync()));
        Assert.Equal(4, Archivings());
    }

    [Fact]
    public async Task Nothing_is_said_in_shadow_and_a_preview_writes_nothing()
    {
        await SellingAsync("1", 9);
        Assert.Equal(("", "1", "8691"), Told(await AskAsync(archive: true, "1", preview: true)));
        Assert.Equal(0, await Rig.ScalarAsync<long>("select count(*) from listings"));
        Assert.Equal((Reasons.UnknownVariant, "9", ""), Told(await AskAsync(archive: true, "9")));
        Assert.Equal((Reasons.NotListed, "", "555"), Told(await Rig.Db.WriteAsync(tx => Desk.AskAsync(tx, Rig.StoreId, Rig.ConnectionId, new([], ["555"], true), "key:test"), default)));
        await Rig.Db.WriteAsync(tx => Rig.Get<ConnectionRegister>().SetModeAsync(tx, Rig.StoreId, Rig.ConnectionId, "shadow"), default);
        Assert.Equal(("", "1", "8691"), Told(await Rig.Db.WriteAsync(tx => Desk.AskAsync(tx, Rig.StoreId, Rig.ConnectionId, new([], ["8691"], true), "key:test"), default)));
        await Rig.PumpAsync(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(30));
        Assert.Equal((0, ChangeStates.Waiting, 9), (Archivings(), await Rig.ScalarAsync<string>("select state from listing_changes"), Rig.Sandbox.QuantityOf("8691")));
        await Rig.Db.WriteAsync(tx => Rig.Get<ConnectionRegister>().SetModeAsync(tx, Rig.StoreId, Rig.ConnectionId, "live"), default);
        await Rig.PumpAsync(TimeSpan.FromMinutes(3), Step);
        Assert.Equal((ListingStates.Ended, 0), (await StateAsync("1"), Rig.Sandbox.QuantityOf("8691")));
    }

    ShelfDesk Desk => Rig.Get<ShelfDesk>();

    Task<IReadOnlyList<ListingOutcome>> AskAsync(bool archive, params string[] variants) => AskAsync(archive, variants, preview: false);

    Task<IReadOnlyList<ListingOutcome>> AskAsync(bool archive, string variant, bool preview) => AskAsync(archive, [variant], preview);

    Task<IReadOnlyList<ListingOutcome>> AskAsync(bool archive, string[] variants, bool preview) =>
        Rig.Db.WriteAsync(tx => Desk.AskAsync(tx, Rig.StoreId, Rig.ConnectionId, new(variants, [], archive), preview ? null : "key:test"), default);

    static (string Reason, string Variant, string Barcode) Told(IReadOnlyList<ListingOutcome> outcomes) =>
        Assert.Single(outcomes) is var one ? (one.Reason, one.ShopVariantId, one.Barcode) : default;

    Task<string?> StateAsync(string name) => Rig.ScalarAsync<string>("select state from listings where barcode = @barcode", new { barcode = "869" + name });

    Task<long> ChangesAsync() => Rig.ScalarAsync<long>("select count(*) from listing_changes");

    Task<long> OpenAsync() => Rig.ScalarAsync<long>("select count(*) from issues where state = 'open' and fingerprint like '%|listing/shelf'");

    int Archivings() => Rig.Sandbox.Calls().Count(call => call.Endpoint == Archive);

    /// <summary>As the marketplace shows it.</summary>
    async Task<ListingState> ShownAsync(string name)
    {
        var connection = (await Rig.Db.ReadAsync(tx => Rig.Get<ConnectionStore>().FindAsync(tx, Rig.StoreId, Rig.ConnectionId), default))!;
        var source = (IListingSource)Rig.Get<FindMarketplace>()("trendyol")!;
        return Assert.Single(await source.ReadListingsAsync(await Rig.Get<ConnectionAccess>().GetAsync(connection, "test", default), ["869" + name], default)).State;
    }
}

public sealed class ShelfOnSqlite() : ShelfContract(Engine.Sqlite);

public sealed class ShelfOnPostgres() : ShelfContract(Engine.Postgres);
