using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>From Trendyol's words about products to faults. The first that fits wins, so what says more stands above what says less.</summary>
static class TrendyolListingErrors
{
    // Parts without the letters whose case only Turkish rules can fold.
    static readonly (string Part, string Code)[] Words =
    [
        ("WRONG_ATTRIBUTE_FORMAT", FaultCodes.RequestRefused),
        ("storefrontcode", FaultCodes.RequestRefused),
        ("NO_MUTABLE_FIELD", FaultCodes.NothingToSet),
        ("digital.good.business.unit", FaultCodes.CategoryNotAllowed),
        ("product.field.immutable", FaultCodes.ListingFieldFixed),
        ("onaydan sonra", FaultCodes.ListingFieldFixed),
        ("product.approved", FaultCodes.ListingFieldFixed),
        ("onaysız ürün servis", FaultCodes.ListingFieldFixed),
        ("product.not.approved", FaultCodes.ListingNotApproved),
        ("onaylı değil", FaultCodes.ListingNotApproved),
        ("product.not.archived", FaultCodes.DeleteTooEarly),
        ("arşivde kalmadan", FaultCodes.DeleteTooEarly),
        ("product.blacklisted", FaultCodes.ListingStopped),
        ("durduruldu", FaultCodes.ListingStopped),
        ("birden fazla", FaultCodes.BarcodeTwice),
        ("duplicate.barcode", FaultCodes.BarcodeTwice),
        ("barcode.exists", FaultCodes.BarcodeExists),
        ("zaten mevcut", FaultCodes.BarcodeExists),
        ("invalid.barcode", FaultCodes.BarcodeInvalid),
        ("barkod 1-40", FaultCodes.BarcodeInvalid),
        ("product.not.found", FaultCodes.BarcodeUnknown),
        ("sistemde bulunamad", FaultCodes.BarcodeUnknown),
        ("attribute.required", FaultCodes.AttributeMissing),
        ("Zorunlu kategori", FaultCodes.AttributeMissing),
        ("attribute.", FaultCodes.AttributeInvalid),
        ("zellik", FaultCodes.AttributeInvalid),
        ("Renk en fazla", FaultCodes.AttributeInvalid),
        ("category.not.leaf", FaultCodes.CategoryNotLeaf),
        ("en alt seviye", FaultCodes.CategoryNotLeaf),
        ("category.not.found", FaultCodes.CategoryUnknown),
        ("kategori bulunamad", FaultCodes.CategoryUnknown),
        ("brand.not.found", FaultCodes.BrandUnknown),
        ("marka bulunamad", FaultCodes.BrandUnknown),
        ("address.not.found", FaultCodes.SellerAddressUnknown),
        ("adres bulunamad", FaultCodes.SellerAddressUnknown),
        ("cargo.provider", FaultCodes.CarrierUnknown),
        ("kargo firmas", FaultCodes.CarrierUnknown),
        ("invalid.images", FaultCodes.ImageRefused),
        ("rsel", FaultCodes.ImageRefused),
        ("invalid.vatrate", FaultCodes.VatRateInvalid),
        ("KDV", FaultCodes.VatRateInvalid),
        ("vatRate", FaultCodes.VatRateInvalid),
        ("invalid.", FaultCodes.ListingFieldInvalid),
    ];

    /// <summary>Throws what an answer about products means when it is a refusal.</summary>
    public static void ThrowIfFailed(MarketplaceHttp http, MarketplaceCall call, MarketplaceAnswer answer)
    {
        try
        {
            TrendyolErrors.ThrowIfFailed(http, call, answer, FaultCodes.ListingRefused);
        }
        catch (MarketplaceFault fault) when (fault is { Kind: FaultKind.Rejected, Code: FaultCodes.ListingRefused })
        {
            throw new MarketplaceFault(fault.Kind, CodeOf(fault.MarketplaceText), fault.Message, fault.MarketplaceText, fault.RetryAfter);
        }
    }

    /// <summary>The fault of one item of a batch.</summary>
    public static MarketplaceFault OfItem(IReadOnlyList<string>? reasons)
    {
        var text = string.Join("; ", reasons ?? []);
        return new(FaultKind.Rejected, CodeOf(text), "Trendyol refused the product.", text);
    }

    /// <summary>The fault of a change that quality control refused.</summary>
    public static MarketplaceFault OfReview(IReadOnlyList<string> reasons)
    {
        var text = string.Join("; ", reasons);
        var code = text.Contains("CHANGES_NOT_FOUND", StringComparison.Ordinal) ? FaultCodes.NothingChanged : FaultCodes.ListingRejected;
        return new(FaultKind.Rejected, code, "Trendyol's review refused the change.", text);
    }

    static string CodeOf(string text)
    {
        foreach (var (part, code) in Words)
        {
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase))
                return code;
        }

        // Stock and price are part of a product, and so are their rules.
        return TrendyolErrors.CodeOf(text) ?? FaultCodes.ListingRefused;
    }
}
