using System.Globalization;
using System.Text.Json;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Offers;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Amounts;

/// <summary>
/// What the marketplace has published of prices is judged before anything leaves: Trendyol's fact sheet, §5.4 (above zero, the list price
/// not below the sale price, a point before two decimals at most, no more than thirty changes of a barcode in a minute).
/// </summary>
public abstract class PriceRuleContract(Engine engine) : IAsyncLifetime
{
    readonly List<string> _left = [];

    SyncRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await SyncRig.OpenAsync(engine, inner => new Road(inner, _left));
        foreach (var name in (string[])["a", "b"])
        {
            await _rig.AddVariantAsync(name, "869" + name);
            await _rig.LinkAsync(name);
        }

        await _rig.PumpAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10));
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task AC17_A_price_that_breaks_a_rule_stays_here_and_the_rule_and_the_product_are_named()
    {
        await PriceAsync(1, new("a", 100_000_000_01, 100_000_000_01), new("b", 12_34, 1_234_50));
        await _rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(10));

        Assert.DoesNotContain(Prices(), item => item.GetProperty("barcode").GetString() == "869a");
        var sent = Assert.Single(Prices(), item => item.GetProperty("barcode").GetString() == "869b");
        Assert.Equal(("12.34", "1234.50"), (sent.GetProperty("salePrice").GetRawText(), sent.GetProperty("listPrice").GetRawText()));
        var issue = Assert.Single(await _rig.QueryAsync<(string Code, string Subject, string Params)>("select code, subject, params from issues where state = 'open'"));
        Assert.Equal((FaultCodes.PriceRuleBroken, "869a"), (issue.Code, issue.Subject));
        Assert.Contains("A price is above zero and below 100,000,000.", issue.Params, StringComparison.Ordinal);

        await PriceAsync(2, new PriceLevelInput("a", 99_90, 99_90));
        await _rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(10));
        Assert.Equal(0, await _rig.ScalarAsync<long>("select count(*) from issues where state = 'open'"));
        Assert.Contains(Prices(), item => item.GetProperty("barcode").GetString() == "869a");
    }

    [Fact]
    public async Task AC17_A_price_that_changes_every_second_is_sent_no_more_often_than_the_marketplace_allows()
    {
        _rig.Sandbox.Set(new() { ReceiptSecondsMin = 0, ReceiptSecondsMax = 0, ApplySecondsMax = 0 });
        var sentAt = new List<DateTimeOffset>();
        for (var second = 1; second <= 150; second++)
        {
            var before = Prices().Count;
            await PriceAsync(second, new PriceLevelInput("a", 100_00 + second, 100_00 + second));
            await _rig.PumpAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(250));
            sentAt.AddRange(Enumerable.Repeat(_rig.Clock.GetUtcNow(), Prices().Count - before));
        }

        Assert.True(sentAt.Count > 30, "The prices were not sent at all.");
        Assert.All(sentAt, at => Assert.InRange(sentAt.Count(other => other >= at && other < at + TimeSpan.FromMinutes(1)), 1, 30 - 5));
        Assert.Equal(0, await _rig.ScalarAsync<long>("select count(*) from push_items where outcome = 'refused'"));
        await _rig.PumpAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));
        Assert.Equal("101.50", Prices()[^1].GetProperty("salePrice").GetRawText());
    }

    async Task PriceAsync(long sequence, params PriceLevelInput[] levels) =>
        await _rig.Db.WriteAsync(tx => _rig.Get<PriceReports>().RecordAsync(tx, _rig.StoreId, new(sequence, levels)), default);

    /// <summary>The items with prices that have left so far.</summary>
    List<JsonElement> Prices() =>
        [.. _left.SelectMany(body => JsonDocument.Parse(body).RootElement.GetProperty("items").EnumerateArray()).Where(item => item.TryGetProperty("salePrice", out _))];

    sealed class Road(HttpMessageHandler inner, List<string> left) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("price-and-inventory", StringComparison.Ordinal))
                left.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
            return await base.SendAsync(request, cancellationToken);
        }
    }
}

public sealed class PriceRulesOnSqlite() : PriceRuleContract(Engine.Sqlite);

public sealed class PriceRulesOnPostgres() : PriceRuleContract(Engine.Postgres);

/// <summary>Whatever an adapter is asked to send: it leaves by the rules, or it is named and does not leave. In both cultures.</summary>
[Collection(TurkishCulture.Alone)]
public sealed class PriceBodyTests
{
    [Fact]
    public void AC17_No_body_breaks_a_published_rule_of_prices_in_either_culture()
    {
        var seed = Soak.Replayed ?? Random.Shared.Next();
        Judge(seed);
        using (new TurkishCulture())
            Judge(seed);
    }

    static void Judge(int seed)
    {
        var chance = new Random(seed);
        using var catalog = new MarketplaceCatalog(TimeProvider.System);
        var target = (IOfferTarget)catalog.Get("trendyol");
        var (sound, broken) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var (sale, list) = (Price(chance), Price(chance));
            var offer = new OfferPush("8690000000İ12", chance.Next(4) == 0 ? chance.Next(-2, 20_003) : null, sale, list);
            if (target.Judge(offer) is { } fault)
            {
                broken++;
                // Only what breaks a rule is refused, and the rule is said.
                Assert.True(sale is null != list is null || sale is <= 0 or > 100_000_000_00 || list is <= 0 or > 100_000_000_00 || sale > list || offer.Quantity is < 0 or > 20_000 || sale is null, Say(seed, offer));
                Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
                continue;
            }

            sound++;
            using var body = JsonDocument.Parse(target.Body([offer]));
            var item = body.RootElement.GetProperty("items")[0];
            if (sale is null)
                continue;
            Assert.Matches("^[0-9]+\\.[0-9]{2}$", item.GetProperty("salePrice").GetRawText());
            Assert.Matches("^[0-9]+\\.[0-9]{2}$", item.GetProperty("listPrice").GetRawText());
            Assert.Equal((sale / 100m, list / 100m), (item.GetProperty("salePrice").GetDecimal(), item.GetProperty("listPrice").GetDecimal()));
            Assert.True(item.GetProperty("salePrice").GetDecimal() > 0 && item.GetProperty("listPrice").GetDecimal() >= item.GetProperty("salePrice").GetDecimal(), Say(seed, offer));
        }

        Assert.True(sound > 1000 && broken > 1000, "One of the two sides was not tried.");
    }

    static long? Price(Random chance) => chance.Next(12) switch
    {
        0 => null,
        1 => chance.NextInt64(-5, 2),
        2 => 100_000_000_00 + chance.NextInt64(-3, 3),
        _ => chance.NextInt64(1, 1_000_000_00),
    };

    static string Say(int seed, OfferPush offer) => string.Create(CultureInfo.InvariantCulture, $"Seed {seed} (MESCHAIN_SEED replays it): {offer}");
}
