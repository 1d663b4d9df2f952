using MesChain.Marketplaces;
using MesChain.Sandbox;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Marketplaces;

/// <summary>An adapter with the sandbox it was made for: what the contracts of the ports need to play their scenes.</summary>
public abstract class MarketplaceRehearsal : IAsyncDisposable
{
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));

    public abstract IMarketplace Marketplace { get; }

    public abstract SellerAccess Access { get; }

    /// <summary>The same seller with a key that is not its own.</summary>
    public abstract SellerAccess WrongKey { get; }

    /// <summary>Lists an item, or sets it anew.</summary>
    public abstract void List(string barcode, int quantity, long priceMinor);

    /// <summary>What a buyer sees.</summary>
    public abstract int? QuantityOf(string barcode);

    /// <summary>A buyer orders; returns the package's id.</summary>
    public abstract string Sell(string barcode, int units, long discountMinor = 0);

    /// <summary>The buyer cancels some units.</summary>
    public abstract void Cancel(string packageId, int units);

    /// <summary>The next call of an adapter's method fails that way.</summary>
    public abstract void Break(SandboxFault fault);

    /// <summary>Calls the marketplace has received.</summary>
    public abstract int Calls { get; }

    /// <summary>Long enough for every batch to be decided.</summary>
    public void LetBatchesFinish() => Clock.Advance(TimeSpan.FromMinutes(2));

    /// <summary>Long enough for every package that takes the place of another to be listed.</summary>
    public void LetPackagesAppear() => Clock.Advance(TimeSpan.FromMinutes(1));

    /// <summary>All packages that changed in the last hours, in the order in which they are told.</summary>
    public async Task<List<MarketplacePackage>> ReadPackagesAsync(CancellationToken cancel)
    {
        List<MarketplacePackage> all = [];
        string? cursor = null;
        var to = Clock.GetUtcNow() + TimeSpan.FromSeconds(1);
        do
        {
            var page = await ((IOrderSource)Marketplace).ReadOrdersAsync(Access, to - TimeSpan.FromHours(12), to, cursor, cancel);
            all.AddRange(page.Packages);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return all;
    }

    public abstract ValueTask DisposeAsync();
}
