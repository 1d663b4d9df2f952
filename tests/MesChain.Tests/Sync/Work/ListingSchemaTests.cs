using System.Globalization;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Listings;
using MesChain.Server.Sync.Mappings;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Reference;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Work;

/// <summary>AC-13 over many products: what the pre-flight says of a schema is what the marketplace says of it.</summary>
public sealed class ListingSchemaTests() : WorkContract(Engine.Sqlite)
{
    static readonly string[] Leaves = ["604", "382", "1155", "1354", "1381"];

    [Fact]
    [Trait(Soak.Trait, "yes")]
    public async Task AC13_Every_refusal_for_the_schema_is_found_before_and_nothing_else_is_blocked()
    {
        var (seed, count) = (Soak.Replayed ?? Random.Shared.Next(), Soak.Count(500));
        var chance = new Random(seed);
        await ReadAsync();
        var products = new List<(string Id, string Category, IReadOnlyList<MappedValue> Attributes)>();
        for (var i = 0; i < count; i++)
            products.Add(await MakeAsync(i, chance));
        await Rig.Db.WriteAsync(
            tx => Rig.Get<MappingRules>().SetAsync(tx, Rig.StoreId, Rig.ConnectionId, [(MappingKey.Brand("Marka"), new("1791", "", []))], "key:test"), default);

        var (free, blocked) = (0, 0);
        foreach (var product in products)
        {
            var outcome = Assert.Single(await Rig.Db.WriteAsync(
                tx => Rig.Get<ListingDesk>().CreateAsync(tx, Rig.StoreId, Rig.ConnectionId, ["v" + product.Id], "key:test"), default));
            var refusal = await RefusalAsync(product.Id, product.Category, product.Attributes);
            var named = string.Join(", ", outcome.Causes.Select(cause => cause.Code).Distinct(StringComparer.Ordinal));
            Assert.True(named == (refusal?.Code ?? ""), $"seed {seed}, product {product.Id}: found '{named}', the marketplace says '{refusal?.MarketplaceText}'");
            if (refusal is null)
                free++;
            else
                blocked++;
        }

        Assert.True(free > 0 && blocked > 0, $"seed {seed}: {free} free, {blocked} blocked");
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(5));
        Assert.Equal(free, await Rig.ScalarAsync<long>("select count(*) from listings where state = 'in_review'"));
        Assert.Equal(blocked, await Rig.ScalarAsync<long>("select count(*) from listings where state = 'blocked'"));
        Soak.Say("listing-schema", seed.ToString(CultureInfo.InvariantCulture), count, 0);
    }

    async Task ReadAsync()
    {
        var asked = Rig.Get<ReferenceLists>();
        foreach (var subject in Leaves.Select(ReferenceStore.OfCategory).Append(ReferenceStore.Categories).Append(ReferenceStore.Brands))
            await Rig.Db.WriteAsync(async tx => await asked.AskAsync(tx, Rig.StoreId, Rig.ConnectionId, await asked.SourceAsync(tx, Rig.StoreId, Rig.ConnectionId), subject), default);
        await Rig.PumpAsync();
    }

    /// <summary>A product of a random category that says some of what it is asked for.</summary>
    async Task<(string Id, string Category, IReadOnlyList<MappedValue> Attributes)> MakeAsync(int number, Random chance)
    {
        var id = number.ToString(CultureInfo.InvariantCulture);
        var category = Leaves[chance.Next(Leaves.Length)];
        var source = await Rig.Db.ReadAsync(tx => Rig.Get<ReferenceLists>().SourceAsync(tx, Rig.StoreId, Rig.ConnectionId), default);
        var schema = await Rig.Db.ReadAsync(tx => Rig.Get<ReferenceStore>().ListAttributesAsync(tx, source, category, -1, 100), default);
        var values = new List<MappedValue>();
        foreach (var attribute in schema.Where(_ => chance.Next(8) > 0))
        {
            var options = await Rig.Db.ReadAsync(tx => Rig.Get<ReferenceStore>().ListOptionsAsync(tx, source, category, attribute.Id, "", 10, ""), default);
            values.Add(attribute.TakesText && chance.Next(2) == 0
                ? new(attribute.Id, [], "Vişne çürüğü")
                : new(attribute.Id, [.. options.OrderBy(_ => chance.Next()).Take(attribute.TakesMany ? 2 : 1).Select(option => option.Id)], ""));
        }

        await Rig.Db.WriteAsync(
            async tx =>
            {
                await Rig.Get<ShopCatalog>().UpsertAsync(tx, Rig.StoreId, [new(id, "Ürün " + id, "MARKA", id, "https://shop.example/1.jpg", [new("v" + id, "", "869" + id, "", 2000)]) { Description = "Ürün" }]);
                await Rig.Get<PriceReports>().RecordAsync(tx, Rig.StoreId, new(1, [new("v" + id, 12_990, 12_990)]));
                var outcome = Assert.Single(await Rig.Get<MappingRules>().SetAsync(tx, Rig.StoreId, Rig.ConnectionId, [(MappingKey.Product(id), new("", category, values))], "key:test"));
                Assert.True(outcome.Ok, outcome.Detail);
            },
            default);
        return (id, category, values);
    }

    /// <summary>What the marketplace itself says of the same attributes.</summary>
    async Task<MarketplaceFault?> RefusalAsync(string id, string category, IReadOnlyList<MappedValue> attributes)
    {
        var target = (IListingTarget)Rig.Get<MarketplaceCatalog>().Get("trendyol");
        var row = await Rig.Db.ReadAsync(tx => Rig.Get<ConnectionStore>().GetAsync(tx, Rig.StoreId, Rig.ConnectionId), default);
        var access = await Rig.Get<ConnectionAccess>().GetAsync(row, "test", default);
        var receipt = await target.CreateListingsAsync(
            access,
            [
                new()
                {
                    Barcode = "OTHER" + id, Title = "Ürün", GroupId = "other" + id, CategoryId = category, BrandId = "1791", Sku = id, DescriptionHtml = "Ürün", Quantity = 0,
                    SalePriceMinor = 100, ListPriceMinor = 100, VatBasisPoints = 2000, Images = [new("https://shop.example/1.jpg")],
                    Attributes = [.. attributes.Select(value => new ListingAttribute(value.AttributeId, value.OptionIds, value.Text))],
                },
            ],
            default);
        await Rig.PassAsync(TimeSpan.FromSeconds(40));
        return Assert.Single((await target.ReadListingReceiptAsync(access, receipt.ReceiptId, default)).Items).Fault;
    }
}
