namespace MesChain.Marketplaces;

/// <summary>Reads what a product must be described with. Names are the marketplace's own and change; ids stay. A week is fresh enough.</summary>
public interface ICategorySource
{
    /// <summary>The whole tree, flat: a parent before its children, in the marketplace's order.</summary>
    Task<IReadOnlyList<MarketplaceCategory>> ReadCategoriesAsync(SellerAccess access, CancellationToken cancel);

    /// <summary>What a leaf asks for; empty for a category that takes no products.</summary>
    Task<IReadOnlyList<CategoryAttribute>> ReadAttributesAsync(SellerAccess access, string categoryId, CancellationToken cancel);

    /// <summary>The values an attribute offers in a category, page by page: some have tens of thousands. May end early only by throwing.</summary>
    IAsyncEnumerable<IReadOnlyList<AttributeOption>> ReadOptionsAsync(SellerAccess access, string categoryId, string attributeId, CancellationToken cancel);
}

/// <param name="ParentId">Null at the top.</param>
/// <param name="IsLeaf">Only leaves take products.</param>
public sealed record MarketplaceCategory(string Id, string Name, string? ParentId, bool IsLeaf);

/// <summary>What a category wants to know of a product.</summary>
public sealed record CategoryAttribute
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public bool Required { get; init; }

    /// <summary>A text of one's own is taken beside, or instead of, the options.</summary>
    public bool TakesText { get; init; }

    /// <summary>Several options may be given.</summary>
    public bool TakesMany { get; init; }

    public AttributeRole Role { get; init; }
}

public enum AttributeRole
{
    /// <summary>Describes the product.</summary>
    Plain,

    /// <summary>Tells the variants of one card apart (size). Fixed once the listing is approved.</summary>
    Variant,

    /// <summary>Splits a product into cards of their own (colour). Fixed once the listing is approved.</summary>
    Card,
}

public sealed record AttributeOption(string Id, string Name);

/// <summary>Reads brands. A marketplace that takes the brand as text has none to read.</summary>
public interface IBrandSource
{
    /// <summary>All brands, page by page: hundreds of thousands. May end early only by throwing.</summary>
    IAsyncEnumerable<IReadOnlyList<MarketplaceBrand>> ReadBrandsAsync(SellerAccess access, CancellationToken cancel);

    /// <summary>The brands of exactly this name, letter case included.</summary>
    Task<IReadOnlyList<MarketplaceBrand>> FindBrandsAsync(SellerAccess access, string name, CancellationToken cancel);
}

/// <summary>Asks for a brand that the marketplace does not have yet.</summary>
public interface IBrandCreation
{
    int BrandImagesMax { get; }

    /// <summary>The id of the new brand. Refused when a brand of that name is there.</summary>
    Task<string> CreateBrandAsync(SellerAccess access, string name, IReadOnlyList<BrandImage> images, CancellationToken cancel);
}

/// <param name="ContentType"><c>image/png</c> …</param>
public sealed record BrandImage(string FileName, string ContentType, ReadOnlyMemory<byte> Bytes);

public sealed record MarketplaceBrand(string Id, string Name);

/// <summary>Reads where parcels start and return to, and who carries them.</summary>
public interface IShippingSource
{
    Task<IReadOnlyList<SellerAddress>> ReadAddressesAsync(SellerAccess access, CancellationToken cancel);

    Task<IReadOnlyList<Carrier>> ReadCarriersAsync(SellerAccess access, CancellationToken cancel);
}

/// <summary>An address that the seller keeps at the marketplace.</summary>
public sealed record SellerAddress
{
    public required string Id { get; init; }

    /// <summary>For a choice on a screen: street, district, city.</summary>
    public required string Text { get; init; }

    /// <summary>Parcels leave from here.</summary>
    public bool IsShipping { get; init; }

    /// <summary>Parcels come back to here.</summary>
    public bool IsReturning { get; init; }

    public bool IsInvoice { get; init; }

    public bool IsDefault { get; init; }
}

/// <param name="Code">What the marketplace calls it in requests.</param>
public sealed record Carrier(string Code, string Name);
