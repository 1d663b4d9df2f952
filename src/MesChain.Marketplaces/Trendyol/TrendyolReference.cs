using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>What products are described with. Trees and lists come bare or inside an object, depending on which of Trendyol's documents one believes.</summary>
sealed partial class TrendyolMarketplace : ICategorySource, IBrandSource, IBrandCreation, IShippingSource
{
    const int ReferencePageSize = 1000;

    public async Task<IReadOnlyList<MarketplaceCategory>> ReadCategoriesAsync(SellerAccess access, CancellationToken cancel)
    {
        var call = ReferenceCall(access, "categories", Routes.Categories);
        var tree = await AskListAsync(access, call, TrendyolReferenceJson.Default.IReadOnlyListCategoryNode, TrendyolReferenceJson.Default.CategoryTree, wrapped => wrapped.Categories, cancel);

        List<MarketplaceCategory> flat = [];
        Flatten(tree, null, flat);
        return flat;
    }

    public async Task<IReadOnlyList<CategoryAttribute>> ReadAttributesAsync(SellerAccess access, string categoryId, CancellationToken cancel)
    {
        var call = ReferenceCall(access, "category-attributes", Routes.Attributes(categoryId));
        var answer = await AskAsync(access, call, TrendyolReferenceJson.Default.CategoryAttributes, cancel);
        return [.. (answer.Attributes ?? throw MarketplaceHttp.Malformed(call, "Trendyol's category has no list of attributes."))
            .Where(rule => rule.Attribute is { Id.Length: > 0 })
            .Select(ToAttribute)];
    }

    public async IAsyncEnumerable<IReadOnlyList<AttributeOption>> ReadOptionsAsync(SellerAccess access, string categoryId, string attributeId, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (var page = 0; ; page++)
        {
            var call = ReferenceCall(access, "attribute-values", Invariant($"{Routes.AttributeValues(categoryId, attributeId)}?page={page}&size={ReferencePageSize}"));
            var answer = await AskAsync(access, call, TrendyolReferenceJson.Default.AttributeValuePage, cancel);
            var content = answer.Content ?? throw MarketplaceHttp.Malformed(call, "Trendyol's list of attribute values has no content.");
            if (content.Count > 0)
                yield return [.. content.Where(value => value.AttributeValueId.Length > 0).Select(ToOption)];
            if (content.Count == 0 || page + 1 >= (answer.TotalPages ?? int.MaxValue))
                yield break;
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<MarketplaceBrand>> ReadBrandsAsync(SellerAccess access, [EnumeratorCancellation] CancellationToken cancel)
    {
        // There are no totals: only an empty page is the end.
        var before = "";
        for (var page = 0; ; page++)
        {
            var call = ReferenceCall(access, "brands", Invariant($"{Routes.Brands}?page={page}&size={ReferencePageSize}"));
            var answer = await AskAsync(access, call, TrendyolReferenceJson.Default.BrandPage, cancel);
            var brands = answer.Brands ?? throw MarketplaceHttp.Malformed(call, "Trendyol's list of brands has no brands.");
            if (brands.Count == 0)
                yield break;
            if (brands[0].Id == before)
                throw MarketplaceHttp.Malformed(call, "Trendyol's list of brands leads in a circle.");

            before = brands[0].Id;
            yield return ToBrands(brands);
        }
    }

    public async Task<IReadOnlyList<MarketplaceBrand>> FindBrandsAsync(SellerAccess access, string name, CancellationToken cancel)
    {
        var call = ReferenceCall(access, "brands-by-name", $"{Routes.BrandsByName}?name={Uri.EscapeDataString(name)}");
        return ToBrands(await AskListAsync(access, call, TrendyolReferenceJson.Default.IReadOnlyListNamedId, TrendyolReferenceJson.Default.BrandPage, wrapped => wrapped.Brands, cancel));
    }

    public int BrandImagesMax => 3;

    public async Task<string> CreateBrandAsync(SellerAccess access, string name, IReadOnlyList<BrandImage> images, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new MarketplaceFault(FaultKind.Rejected, FaultCodes.BrandRefused, "A brand needs a name.");
        if (images.Count is 0 || images.Count > BrandImagesMax)
            throw new MarketplaceFault(FaultKind.Rejected, FaultCodes.BrandRefused, "A brand has 1 to 3 pictures.");

        using var form = new Multipart();
        form.Add("name", name);
        foreach (var image in images)
            form.Add("images", image.FileName, image.ContentType, image.Bytes);
        var plain = Call(access, HttpMethod.Post, "create-brand", Groups.ProductWrite, Routes.OwnBrands(access));
        var call = await form.OnAsync(plain with { Headers = [.. plain.Headers, ("storeFrontCode", "TR")] }, cancel);

        var answer = await http.SendAsync(access.Connection, call, cancel);
        TrendyolErrors.ThrowIfFailed(http, call, answer, FaultCodes.BrandRefused);
        return Parse(call, answer, TrendyolReferenceJson.Default.BrandMade).BrandId is { Length: > 0 } id
            ? id
            : throw MarketplaceHttp.Malformed(call, "Trendyol made a brand without naming it.");
    }

    public async Task<IReadOnlyList<SellerAddress>> ReadAddressesAsync(SellerAccess access, CancellationToken cancel)
    {
        var call = ReferenceCall(access, "addresses", Routes.Addresses(access));
        var book = await AskAsync(access, call, TrendyolReferenceJson.Default.AddressBook, cancel);
        return [.. (book.SupplierAddresses ?? throw MarketplaceHttp.Malformed(call, "Trendyol's list of addresses has no addresses."))
            .Where(address => address.Id.Length > 0)
            .Select(ToAddress)];
    }

    public async Task<IReadOnlyList<Carrier>> ReadCarriersAsync(SellerAccess access, CancellationToken cancel)
    {
        var call = ReferenceCall(access, "cargo-providers", Routes.CargoProviders);
        var carriers = await AskAsync(access, call, TrendyolReferenceJson.Default.IReadOnlyListCarrierEntry, cancel);
        return [.. carriers.Where(carrier => carrier.Code.Length > 0).Select(carrier => new Carrier(carrier.Code, carrier.Name))];
    }

    /// <summary>Reads a list that comes bare or inside an object.</summary>
    async Task<IReadOnlyList<TItem>> AskListAsync<TItem, TWrapped>(
        SellerAccess access,
        MarketplaceCall call,
        JsonTypeInfo<IReadOnlyList<TItem>> bare,
        JsonTypeInfo<TWrapped> wrapped,
        Func<TWrapped, IReadOnlyList<TItem>?> open,
        CancellationToken cancel)
    {
        var answer = await http.SendAsync(access.Connection, call, cancel);
        TrendyolErrors.ThrowIfFailed(http, call, answer);
        return answer.Json.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..]
            ? Parse(call, answer, bare)
            : open(Parse(call, answer, wrapped)) ?? throw MarketplaceHttp.Malformed(call, "Trendyol's answer holds no list.");
    }

    static void Flatten(IReadOnlyList<CategoryNode> nodes, string? parentId, List<MarketplaceCategory> flat)
    {
        foreach (var node in nodes.Where(node => node.Id.Length > 0))
        {
            var children = node.SubCategories ?? [];
            flat.Add(new(node.Id, node.Name, parentId, children.Count == 0));
            Flatten(children, node.Id, flat);
        }
    }

    static CategoryAttribute ToAttribute(CategoryAttributeRule rule) => new()
    {
        Id = rule.Attribute!.Id,
        Name = rule.Attribute.Name,
        Required = rule.Required is true,
        TakesText = rule.AllowCustom is true,
        TakesMany = rule.AllowMultipleAttributeValues is true,
        Role = rule switch
        {
            { Varianter: true } => AttributeRole.Variant,
            { Slicer: true } => AttributeRole.Card,
            _ => AttributeRole.Plain,
        },
    };

    static AttributeOption ToOption(AttributeValueEntry value) =>
        new(value.AttributeValueId, value.AttributeValueName.Length > 0 ? value.AttributeValueName : value.AttributeValue);

    static IReadOnlyList<MarketplaceBrand> ToBrands(IReadOnlyList<NamedId> brands) =>
        [.. brands.Where(brand => brand.Id.Length > 0).Select(brand => new MarketplaceBrand(brand.Id, brand.Name))];

    static SellerAddress ToAddress(AddressEntry address) => new()
    {
        Id = address.Id,
        Text = address.FullAddress.Length > 0 ? address.FullAddress : $"{address.Address} {address.District} {address.City}".Trim(),
        IsShipping = (address.ShipmentAddress ?? address.IsShipmentAddress) is true,
        IsReturning = (address.ReturningAddress ?? address.IsReturningAddress) is true,
        IsInvoice = (address.InvoiceAddress ?? address.IsInvoiceAddress) is true,
        IsDefault = (address.Default ?? address.IsDefault) is true,
    };

    static MarketplaceCall ReferenceCall(SellerAccess access, string endpoint, string route) =>
        Call(access, HttpMethod.Get, endpoint, Groups.ProductRead, route) with { WaitsItsTurn = true };

    static partial class Routes
    {
        public const string Categories = "product/product-categories";
        public const string Brands = "product/brands";
        public const string BrandsByName = "product/brands/by-name";
        public const string CargoProviders = "product/lookup/cargo-providers";

        public static string Attributes(string categoryId) => $"product/categories/{Uri.EscapeDataString(categoryId)}/attributes";

        public static string AttributeValues(string categoryId, string attributeId) => $"{Attributes(categoryId)}/{Uri.EscapeDataString(attributeId)}/values";

        public static string OwnBrands(SellerAccess access) => $"product/sellers/{Seller(access)}/brands";

        public static string Addresses(SellerAccess access) => $"sellers/{Seller(access)}/addresses";
    }
}
