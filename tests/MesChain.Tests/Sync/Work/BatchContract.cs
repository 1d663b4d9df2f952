using MesChain.Sandbox;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Offers;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Work;

/// <summary>Many offers that change at once. Nothing here looks at a watch: what takes too long is too many statements, rows or requests.</summary>
public abstract class BatchContract(Engine engine)
{
    private protected static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("price")]
    [InlineData("stock")]
    [InlineData("price, refused by the receipt")]
    [InlineData("stock, refused by the receipt")]
    [InlineData("price, answer lost")]
    [InlineData("price, refused here")]
    public async Task The_statements_of_a_batch_do_not_grow_with_its_offers(string wave)
    {
        var few = await StatementsAsync(wave, 3);
        var many = await StatementsAsync(wave, 90);
        Assert.InRange(many, 1, few + 60);
    }

    [Fact]
    public async Task After_an_outage_the_last_order_is_in_before_the_last_change_is_out()
    {
        await using var rig = await SyncRig.OpenAsync(engine);
        string[] names = ["up", "down", "sold"];
        foreach (var name in names)
        {
            await rig.AddVariantAsync(name, "869" + name, listed: 20);
            await rig.LinkAsync(name);
        }

        await ReportAsync(rig, 1, price: false, names, 20);
        await rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(10));
        rig.Sandbox.AddFault(new() { Kind = FaultKind.Status, Status = 503, Count = 0 });
        await ReportAsync(rig, 2, price: false, ["up"], 30);
        await ReportAsync(rig, 3, price: false, ["down"], 10);
        for (var i = 0; i < 4; i++)
        {
            await rig.PumpAsync(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(1));
            rig.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = "869sold", Quantity = 1 }] });
        }

        rig.Sandbox.ClearFaults();
        var last = rig.Sandbox.Calls()[^1].Sequence;
        await rig.PumpAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(15));
        Assert.Equal((30, 10), (rig.Shown("869up"), rig.Shown("869down")));
        Assert.Equal(4, await rig.ScalarAsync<long>("select count(*) from orders where store_id = @StoreId", new { rig.StoreId }));
        var after = rig.Sandbox.Calls(last).Where(call => call.Status == 200).ToList();
        Assert.True(after.FindIndex(call => call.Endpoint == "orders-stream") < after.FindLastIndex(call => call.Endpoint == "price-and-inventory"));
    }

    /// <summary>Sends a change of so many offers. Answers the statements from the first claim until all of them are decided.</summary>
    async Task<int> StatementsAsync(string wave, int offers)
    {
        await using var rig = await SyncRig.OpenAsync(engine);
        rig.Sandbox.Set(new() { ReceiptSecondsMin = 1, ReceiptSecondsMax = 1, ApplySecondsMax = 0 });
        var price = wave.StartsWith("price", StringComparison.Ordinal);
        var names = Enumerable.Range(0, offers).Select(i => $"v{i}").ToList();
        foreach (var name in names)
            await rig.AddVariantAsync(name, "869" + name, listed: 20);
        foreach (var name in names)
            await rig.LinkAsync(name);
        await ReportAsync(rig, 1, price, names, 20);
        await rig.PumpAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));
        Assert.Equal(0, await UndecidedAsync(rig, price));

        if (wave.EndsWith("refused by the receipt", StringComparison.Ordinal))
            rig.Sandbox.PutItems(new() { Items = [.. names.Select(name => new ItemRequest { Barcode = "869" + name, Title = name, Quantity = 20, Price = 129.90m, Approved = false })] });
        if (wave.EndsWith("answer lost", StringComparison.Ordinal))
            rig.Sandbox.AddFault(new() { Kind = FaultKind.Drop, Endpoint = "price-and-inventory", AfterApplying = true });
        await ReportAsync(rig, 2, price, names, wave.EndsWith("refused here", StringComparison.Ordinal) ? 2_000_000_000_00 : 21);
        var statements = 0;
        rig.Db.Heard = _ => statements++;
        for (var i = 0; i < 6; i++)
        {
            await rig.PumpAsync();
            await rig.PassAsync(Second);
        }

        rig.Db.Heard = null;
        Assert.Equal(0, await UndecidedAsync(rig, price));
        return statements;
    }

    private protected static Task ReportAsync(SyncRig rig, long sequence, bool price, IEnumerable<string> names, long value) =>
        price
            ? rig.Db.WriteAsync(tx => rig.Get<PriceReports>().RecordAsync(tx, rig.StoreId, new(sequence, [.. names.Select(name => new PriceLevelInput(name, value * 100, value * 100))])), default)
            : rig.ReportAsync(sequence, [.. names.Select(name => new StockLevelInput(name, (int)value))]);

    private protected static Task<long> UndecidedAsync(SyncRig rig, bool price) =>
        rig.ScalarAsync<long>($"select count(*) from offers where store_id = @StoreId and {(price ? "price" : "stock")}_state in ('dirty', 'in_flight', 'awaiting')", new { rig.StoreId });
}

public sealed class BatchesOnSqlite() : BatchContract(Engine.Sqlite)
{
    [Fact]
    public async Task Offers_that_are_written_back_are_looked_up_one_by_one_however_many_there_are_beside_them()
    {
        await using var rig = await SyncRig.OpenAsync(Engine.Sqlite);
        var variant = await rig.AddVariantAsync("a", "869a");
        await rig.LinkAsync("a");
        var offer = await rig.OfferAsync(variant);
        List<string> heard = [];
        rig.Db.Heard = heard.Add;
        await rig.Db.WriteAsync(tx => rig.Get<OfferStore>().SaveAsync(tx, [offer]), default);
        rig.Db.Heard = null;
        var plan = await rig.QueryAsync<Step>("explain query plan " + Assert.Single(heard), new { given = "[]" });
        Assert.Single(plan, step => step.Detail.Contains("offers", StringComparison.Ordinal));
        Assert.Contains(plan, step => step.Detail.EndsWith("(store_id=? AND connection_id=? AND variant_id=?)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_result_that_takes_its_time_is_asked_for_less_often_once_that_is_known()
    {
        await using var rig = await SyncRig.OpenAsync(Engine.Sqlite);
        rig.Sandbox.Set(new() { ReceiptSecondsMin = 12, ReceiptSecondsMax = 12 });
        await rig.AddVariantAsync("a", "869a", listed: 20);
        await rig.LinkAsync("a");
        List<int> asked = [];
        for (var i = 0; i < 20; i++)
        {
            await ReportAsync(rig, i + 1, price: true, ["a"], 100 + i);
            await rig.PumpAsync();
            var before = rig.Sandbox.Calls().Count(call => call.Endpoint == "batch-requests");
            for (var passed = 0; passed < 30 && await UndecidedAsync(rig, price: true) > 0; passed++)
                await rig.PumpAsync(Second, Second);
            Assert.Equal(0, await UndecidedAsync(rig, price: true));
            asked.Add(rig.Sandbox.Calls().Count(call => call.Endpoint == "batch-requests") - before);
        }

        Assert.True(asked[0] >= 4, string.Join(' ', asked));
        Assert.All(asked[^5..], questions => Assert.InRange(questions, 1, 2));
    }

    sealed class Step
    {
        public string Detail { get; init; } = "";
    }
}

public sealed class BatchesOnPostgres() : BatchContract(Engine.Postgres);
