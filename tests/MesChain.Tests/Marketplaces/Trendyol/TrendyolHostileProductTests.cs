using MesChain.Marketplaces;
using SandboxFaultKind = MesChain.Sandbox.FaultKind;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>Whatever comes over the wire about products ends in a <see cref="MarketplaceFault"/>, and none of them tells the key.</summary>
public sealed class TrendyolHostileProductTests : IAsyncLifetime
{
    TrendyolRehearsal _stage = null!;

    public async ValueTask InitializeAsync()
    {
        _stage = await TrendyolRehearsal.OpenAsync();
        _stage.List("8690000000012", 10, 249_90);
    }

    public async ValueTask DisposeAsync() => await _stage.DisposeAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    T As<T>() => (T)_stage.Marketplace;

    static async Task AllAsync<T>(IAsyncEnumerable<T> pages)
    {
        await foreach (var page in pages)
            Assert.NotNull(page);
    }

    Dictionary<string, Func<Task>> Reads => new(StringComparer.Ordinal)
    {
        ["categories"] = () => As<ICategorySource>().ReadCategoriesAsync(_stage.Access, Cancel),
        ["category-attributes"] = () => As<ICategorySource>().ReadAttributesAsync(_stage.Access, "604", Cancel),
        ["attribute-values"] = () => AllAsync(As<ICategorySource>().ReadOptionsAsync(_stage.Access, "604", "47", Cancel)),
        ["brands"] = () => AllAsync(As<IBrandSource>().ReadBrandsAsync(_stage.Access, Cancel)),
        ["brands-by-name"] = () => As<IBrandSource>().FindBrandsAsync(_stage.Access, "Örnek", Cancel),
        ["addresses"] = () => As<IShippingSource>().ReadAddressesAsync(_stage.Access, Cancel),
        ["cargo-providers"] = () => As<IShippingSource>().ReadCarriersAsync(_stage.Access, Cancel),
        ["approved-products"] = () => As<IListingSource>().ReadListingsAsync(_stage.Access, ["8690000000012"], Cancel),
        ["unapproved-products"] = () => AllAsync(As<IListingSource>().ReadUnapprovedAsync(_stage.Access, Cancel)),
        ["update-audits"] = () => As<IContentTarget>().ReadContentVerdictsAsync(_stage.Access, _stage.Sandbox.With("", seller => seller.Items[0].ContentId).ToString(System.Globalization.CultureInfo.InvariantCulture), Cancel),
        ["buybox"] = () => As<IBuyboxSource>().ReadBuyboxAsync(_stage.Access, ["8690000000012"], Cancel),
    };

    Dictionary<string, Func<Task>> Writes => new(StringComparer.Ordinal)
    {
        ["create-products"] = () => As<IListingTarget>().CreateListingsAsync(_stage.Access, [TrendyolDrafts.Shirt("A")], Cancel),
        ["create-brand"] = () => As<IBrandCreation>().CreateBrandAsync(_stage.Access, "Yeni", [new("a.png", "image/png", "png"u8.ToArray())], Cancel),
        ["update-unapproved"] = () => As<IListingMending>().MendListingsAsync(_stage.Access, [TrendyolDrafts.Shirt("A")], Cancel),
        ["update-content"] = () => As<IContentTarget>().ChangeContentAsync(_stage.Access, [new() { CardId = "1", Title = "x" }], Cancel),
        ["update-variants"] = () => As<IVariantTarget>().ChangeVariantsAsync(_stage.Access, [new() { Barcode = "A", Sku = "s", VatBasisPoints = 1000, Desi = 1 }], Cancel),
        ["update-delivery"] = () => As<ILeadTimeTarget>().ChangeLeadTimesAsync(_stage.Access, [("A", 1)], Cancel),
        ["archive-products"] = () => As<IListingArchive>().ArchiveAsync(_stage.Access, ["A"], true, Cancel),
        ["unlock-products"] = () => As<IListingUnlock>().UnlockAsync(_stage.Access, ["A"], Cancel),
        ["delete-products"] = () => As<IListingDeletion>().DeleteAsync(_stage.Access, ["A"], Cancel),
    };

    async Task<MarketplaceFault> FaultOfAsync(string endpoint, Func<Task> call)
    {
        var fault = await Assert.ThrowsAsync<MarketplaceFault>(call);
        Assert.All(_stage.Sandbox.Calls(), made => Assert.Equal(endpoint, made.Endpoint));
        foreach (var secret in new[] { _stage.Access.ApiSecret, _stage.Access.ApiKey, "Basic" })
            Assert.DoesNotContain(secret, fault + fault.MarketplaceText, StringComparison.Ordinal);
        return fault;
    }

    [Theory]
    [InlineData(SandboxFaultKind.Html, FaultKind.Malformed, FaultCodes.AnswerMalformed, 1)]
    [InlineData(SandboxFaultKind.Malformed, FaultKind.Malformed, FaultCodes.AnswerMalformed, 1)]
    [InlineData(SandboxFaultKind.Huge, FaultKind.Malformed, FaultCodes.AnswerMalformed, 1)]
    [InlineData(SandboxFaultKind.Redirect, FaultKind.Unavailable, FaultCodes.RedirectRefused, 1)]
    [InlineData(SandboxFaultKind.Drop, FaultKind.Unavailable, FaultCodes.MarketplaceUnreachable, 3)]
    [InlineData(SandboxFaultKind.Status, FaultKind.Unavailable, FaultCodes.MarketplaceFailing, 3)]
    public async Task A_hostile_answer_to_a_read_is_named_and_repeated_where_that_helps(SandboxFaultKind hostility, FaultKind kind, string code, int calls)
    {
        foreach (var (endpoint, read) in Reads)
        {
            // A stage each: ten failures would open the breaker of one.
            await DisposeAsync();
            await InitializeAsync();
            _stage.Break(new() { Kind = hostility, Count = 0 });

            var fault = await FaultOfAsync(endpoint, read);

            Assert.Equal((endpoint, kind, code, calls), (endpoint, fault.Kind, fault.Code, _stage.Calls));
        }
    }

    [Theory]
    [InlineData(SandboxFaultKind.Html, FaultKind.Uncertain)]
    [InlineData(SandboxFaultKind.Malformed, FaultKind.Uncertain)]
    [InlineData(SandboxFaultKind.Huge, FaultKind.Uncertain)]
    [InlineData(SandboxFaultKind.Redirect, FaultKind.Unavailable)]
    [InlineData(SandboxFaultKind.Drop, FaultKind.Uncertain)]
    [InlineData(SandboxFaultKind.Status, FaultKind.Uncertain)]
    public async Task A_hostile_answer_to_a_write_leaves_its_fate_open_and_is_never_repeated(SandboxFaultKind hostility, FaultKind kind)
    {
        foreach (var (endpoint, write) in Writes)
        {
            await DisposeAsync();
            await InitializeAsync();
            _stage.Break(new() { Kind = hostility, Count = 0 });

            var fault = await FaultOfAsync(endpoint, write);

            Assert.Equal((endpoint, kind, 1), (endpoint, fault.Kind, _stage.Calls));
        }
    }
}
