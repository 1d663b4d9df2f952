using MesChain.Marketplaces;
using MesChain.Marketplaces.Http;
using MesChain.Sandbox;
using MesChain.Sandbox.Trendyol;
using MesChain.Tests.Support;
using FaultKind = MesChain.Marketplaces.FaultKind;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>Adapter and sandbox, over real HTTP; one clock for both.</summary>
sealed class TrendyolRehearsal : MarketplaceRehearsal, IAfterSalesStage
{
    MarketplaceCatalog _catalog = null!;

    public TrendyolHost Host { get; private set; } = null!;

    public TrendyolSandbox Sandbox => Host.Sandbox;

    public override IMarketplace Marketplace => _catalog.Get("trendyol");

    public override SellerAccess Access => With(TrendyolSandbox.DemoSellerId, TrendyolSandbox.DemoApiKey, TrendyolSandbox.DemoApiSecret);

    public override SellerAccess WrongKey => With(TrendyolSandbox.DemoSellerId, "not-the-key", "not-the-secret");

    public override int Calls => Sandbox.Calls().Count;

    public static async Task<TrendyolRehearsal> OpenAsync(TrendyolSwitches? switches = null, MarketplaceHttpOptions? options = null)
    {
        var stage = new TrendyolRehearsal();
        stage.Host = await TrendyolHost.OverLoopbackAsync(stage.Clock, switches: switches);
        stage._catalog = new(stage.Clock, stage.Host.NewHandler, options ?? new() { RetryDelay = TimeSpan.Zero });
        return stage;
    }

    public SellerAccess With(string sellerId, string key, string secret) => new(Host.Address, sellerId, key, secret, $"connection of {key}");

    public override void List(string barcode, int quantity, long priceMinor) =>
        Sandbox.PutItems(new() { Items = [new() { Barcode = barcode, Title = $"Ürün {barcode}", Quantity = quantity, Price = priceMinor / 100m }] });

    public override int? QuantityOf(string barcode) => Sandbox.QuantityOf(barcode);

    public override string Sell(string barcode, int units, long discountMinor = 0) =>
        Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = barcode, Quantity = units, SellerDiscount = discountMinor / 100m }] }).PackageId;

    public override void Cancel(string packageId, int units)
    {
        var line = Sandbox.With("", seller => TrendyolSales.Find(seller, packageId).Lines[0].Item.Barcode);
        Sandbox.CancelUnits(new() { PackageId = packageId, Barcode = line, Quantity = units });
    }

    public T Can<T>() => Assert.IsType<T>(Marketplace, exactMatch: false);

    public async Task<MarketplacePackage> ReadAsync(string packageId) =>
        Assert.Single(await Can<IPackageSource>().ReadPackagesAsync(Access, [packageId], TestContext.Current.CancellationToken));

    public static async Task<(FaultKind Kind, string Code)> FaultOfAsync(Task call)
    {
        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => call);
        return (fault.Kind, fault.Code);
    }

    public (string ClaimId, IReadOnlyList<string> ItemIds) GiveBack(string packageId, string barcode, int units) =>
        Sandbox.PlaceClaim(new() { PackageId = packageId, Barcode = barcode, Quantity = units }) is var placed ? (placed.ClaimId, placed.ItemIds) : default;

    public string Ask(string barcode, string text) => Sandbox.Ask(new() { Barcode = barcode, Text = text }).QuestionId;

    public string Deliver(string barcode, int units)
    {
        var id = Sell(barcode, units);
        foreach (var status in new[] { "Picking", "Invoiced", "Shipped", "Delivered" })
            Sandbox.AdvancePackage(new() { PackageId = id, Status = status });
        return id;
    }

    public override void Break(SandboxFault fault) => Sandbox.AddFault(fault);

    public override async ValueTask DisposeAsync()
    {
        _catalog.Dispose();
        await Host.DisposeAsync();
    }
}

public sealed class OfferTargetOnTrendyol : OfferTargetContract
{
    protected override async Task<MarketplaceRehearsal> OpenAsync() => await TrendyolRehearsal.OpenAsync();
}

public sealed class ItemSourceOnTrendyol : ItemSourceContract
{
    protected override async Task<MarketplaceRehearsal> OpenAsync() => await TrendyolRehearsal.OpenAsync();
}

public sealed class OrderSourceOnTrendyol : OrderSourceContract
{
    protected override async Task<MarketplaceRehearsal> OpenAsync() => await TrendyolRehearsal.OpenAsync();
}

public sealed class PackageStepsOnTrendyol : PackageStepsContract
{
    protected override async Task<MarketplaceRehearsal> OpenAsync() => await TrendyolRehearsal.OpenAsync();
}

public sealed class PackageSourceOnTrendyol : PackageSourceContract
{
    protected override async Task<MarketplaceRehearsal> OpenAsync() => await TrendyolRehearsal.OpenAsync();
}

public sealed class ClaimOnTrendyol : ClaimContract
{
    protected override async Task<MarketplaceRehearsal> OpenAsync() => await TrendyolRehearsal.OpenAsync();
}

public sealed class QuestionOnTrendyol : QuestionContract
{
    protected override async Task<MarketplaceRehearsal> OpenAsync() => await TrendyolRehearsal.OpenAsync();
}
