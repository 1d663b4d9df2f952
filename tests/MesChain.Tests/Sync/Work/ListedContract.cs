using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Listings;
using MesChain.Server.Sync.Mappings;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Reference;

namespace MesChain.Tests.Sync.Work;

/// <summary>A shop with a product that can be listed.</summary>
public abstract class ListedContract(Engine engine) : WorkContract(engine)
{
    private protected const string Barcode = "8690000000555";
    private protected const string Backpacks = "1155";
    private protected const string Brand = "1791";

    private protected static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private protected static IReadOnlyList<MappedValue> Attributes => [new("47", [], "Siyah"), new("295", ["2890"], "")];

    private protected static ProductInput Product(string id, string variant, string barcode, string brand, string title = "Çanta") =>
        new(id, title, brand, id, "https://shop.example/1.jpg", [new(variant, "", barcode, "", 2000)]) { Description = "<p>Çanta</p>" };

    /// <summary>v1 of p1 can be listed, but for what a test leaves out.</summary>
    private protected async Task ReadyAsync(string brand = Brand, string title = "Çanta", IReadOnlyList<MappedValue>? attributes = null)
    {
        await ReadAsync(ReferenceStore.Categories, ReferenceStore.Brands, ReferenceStore.OfCategory(Backpacks));
        await UpsertAsync(Product("p1", "v1", Barcode, "Işık", title));
        await PriceAsync(1, "v1");
        if (brand.Length > 0)
            await MapAsync(MappingKey.Brand("Işık"), new(brand, "", []));
        await MapAsync(MappingKey.Product("p1"), new("", Backpacks, attributes ?? Attributes));
    }

    private protected async Task ReadAsync(params string[] subjects)
    {
        var asked = Rig.Get<ReferenceLists>();
        foreach (var subject in subjects)
            await Rig.Db.WriteAsync(async tx => await asked.AskAsync(tx, Rig.StoreId, Rig.ConnectionId, await asked.SourceAsync(tx, Rig.StoreId, Rig.ConnectionId), subject), default);
        await Rig.PumpAsync();
    }

    private protected async Task UpsertAsync(ProductInput product) =>
        Assert.True(Assert.Single(await Rig.Db.WriteAsync(tx => Rig.Get<ShopCatalog>().UpsertAsync(tx, Rig.StoreId, [product]), default)).Ok);

    private protected async Task PriceAsync(long sequence, params string[] variants) =>
        Assert.All(
            await Rig.Db.WriteAsync(
                tx => Rig.Get<PriceReports>().RecordAsync(tx, Rig.StoreId, new(sequence, [.. variants.Select(variant => new PriceLevelInput(variant, 12_990, 14_990))])), default),
            outcome => Assert.True(outcome.Ok, outcome.Detail));

    private protected async Task MapAsync(MappingKey key, MappingBody body)
    {
        var outcome = Assert.Single(await Rig.Db.WriteAsync(tx => Rig.Get<MappingRules>().SetAsync(tx, Rig.StoreId, Rig.ConnectionId, [(key, body)], "key:test"), default));
        Assert.True(outcome.Ok, outcome.Detail);
    }

    private protected async Task<ListingOutcome> CreateAsync(string variant, bool preview = false) =>
        Assert.Single(await Rig.Db.WriteAsync(
            tx => Rig.Get<ListingDesk>().CreateAsync(tx, Rig.StoreId, Rig.ConnectionId, [variant], preview ? null : "key:test"), default));

    private protected Task<string?> StateAsync() => Rig.ScalarAsync<string>("select state from listings where barcode = @Barcode", new { Barcode });
}
