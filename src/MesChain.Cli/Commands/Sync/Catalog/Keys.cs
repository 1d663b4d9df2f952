using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Catalog;

/// <summary>How a command names what of the shop is mapped: <c>brand:Işık</c>, <c>category:Giyim</c>, <c>product:41</c>, <c>variant:41:7</c>.</summary>
static class Keys
{
    public static readonly Argument<string> What = new("what") { Description = "What of the shop: brand:<name>, category:<name>, product:<id> or variant:<id>" };

    public static MappingKey Of(ParseResult parsed)
    {
        var text = parsed.GetRequiredValue(What);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = text[(colon + 1)..];
        return (colon < 0 ? "" : text[..colon]) switch
        {
            "brand" => new() { ShopBrand = name },
            "category" => new() { ShopCategory = name },
            "product" => new() { ShopProductId = name },
            "variant" => new() { ShopVariantId = name },
            _ => throw new UsageException($"'{text}' names nothing: it looks like brand:Işık, category:Giyim, product:41 or variant:41:7"),
        };
    }

    public static string Text(MappingKey key) => key.OfCase switch
    {
        MappingKey.OfOneofCase.ShopBrand => "brand:" + key.ShopBrand,
        MappingKey.OfOneofCase.ShopCategory => "category:" + key.ShopCategory,
        MappingKey.OfOneofCase.ShopProductId => "product:" + key.ShopProductId,
        _ => "variant:" + key.ShopVariantId,
    };
}
