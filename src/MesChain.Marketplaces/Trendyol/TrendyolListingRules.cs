using System.Globalization;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>What Trendyol has published about products, judged without a call.</summary>
static class TrendyolListingRules
{
    const int BarcodeMax = 40;
    const int GroupMax = 40;
    const int SkuMax = 100;
    const int LotMax = 100;
    const string LotMarks = ",-.:/";

    static readonly int[] VatRates = [0, 100, 1000, 2000];
    static readonly string[] ForbiddenHtml = ["<script", "<style", "<iframe", "javascript:"];

    public static MarketplaceFault? Judge(ListingDraft draft, ListingManners manners, int quantityMax, long priceMinorMax) => draft switch
    {
        _ when JudgeBarcode(draft.Barcode) is { } fault => fault,
        { Title: "" } or { GroupId: "" } or { Sku: "" } or { DescriptionHtml: "" } =>
            Refused(FaultCodes.ListingFieldInvalid, "Title, group, stock code and description are needed."),
        { GroupId.Length: > GroupMax } => Refused(FaultCodes.ListingFieldInvalid, "A group has at most 40 characters."),
        { Sku.Length: > SkuMax } => Refused(FaultCodes.ListingFieldInvalid, "A stock code has at most 100 characters."),
        _ when JudgeTexts(draft.Title, draft.DescriptionHtml, manners) is { } fault => fault,
        _ when !IsId(draft.CategoryId) => Refused(FaultCodes.CategoryUnknown, "A category is a number of Trendyol's."),
        _ when !IsId(draft.BrandId) => Refused(FaultCodes.BrandUnknown, "A brand is a number of Trendyol's."),
        _ when draft.Quantity < 0 || draft.Quantity > quantityMax => Refused(FaultCodes.QuantityOutOfRange, "A quantity is 0 to 20,000."),
        _ when draft.SalePriceMinor <= 0 || draft.ListPriceMinor < draft.SalePriceMinor || draft.ListPriceMinor > priceMinorMax =>
            Refused(FaultCodes.PriceRuleBroken, "A price is above zero, and the list price not below it."),
        _ => JudgeVat(draft.VatBasisPoints) ?? JudgeImages(draft.Images, manners) ?? JudgeAttributes(draft.Attributes)
            ?? JudgeParcel(draft.OriginCountry, draft.Desi, draft.LotNumber) ?? JudgeTerms(draft.Terms),
    };

    public static MarketplaceFault? Judge(ContentChange change, ListingManners manners) => change switch
    {
        _ when !IsId(change.CardId) => Refused(FaultCodes.BarcodeUnknown, "A card is a number of Trendyol's."),
        { Title: null, DescriptionHtml: null, Images: null, Attributes: null } => Refused(FaultCodes.NothingToSet, "A change sets a title, a description, pictures or attributes."),
        { Title: "" } or { DescriptionHtml: "" } => Refused(FaultCodes.ListingFieldInvalid, "Title and description are not emptied."),
        _ => JudgeTexts(change.Title ?? "", change.DescriptionHtml ?? "", manners)
            ?? (change.Images is { } images ? JudgeImages(images, manners) : null)
            ?? (change.Attributes is { } attributes ? JudgeAttributes(attributes) : null),
    };

    public static MarketplaceFault? Judge(VariantChange change) =>
        JudgeBarcode(change.Barcode)
        ?? (change.Sku.Length is 0 or > SkuMax ? Refused(FaultCodes.ListingFieldInvalid, "A stock code has 1 to 100 characters.") : null)
        ?? JudgeVat(change.VatBasisPoints)
        ?? JudgeParcel(change.OriginCountry, change.Desi, change.LotNumber)
        ?? JudgeTerms(change.Terms);

    // Blanks are squeezed out before it is sent.
    public static MarketplaceFault? JudgeBarcode(string barcode) =>
        barcode.Count(letter => letter != ' ') is > 0 and <= BarcodeMax && barcode.All(letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_' or ' ')
            ? null
            : Refused(FaultCodes.BarcodeInvalid, "A barcode has 1 to 40 letters, digits or . - _");

    static MarketplaceFault? JudgeTexts(string title, string description, ListingManners manners)
    {
        if (title.Length > manners.TitleMax)
            return Refused(FaultCodes.ListingFieldInvalid, "A title has at most 100 characters.");
        return description.Length > manners.DescriptionMax || ForbiddenHtml.Any(word => description.Contains(word, StringComparison.OrdinalIgnoreCase))
            ? Refused(FaultCodes.ListingFieldInvalid, "A description has at most 30,000 characters, and no scripts, styles or frames.")
            : null;
    }

    static MarketplaceFault? JudgeVat(int basisPoints) =>
        VatRates.Contains(basisPoints) ? null : Refused(FaultCodes.VatRateInvalid, "A VAT rate is 0, 1, 10 or 20 %.");

    static MarketplaceFault? JudgeImages(IReadOnlyList<Uri> images, ListingManners manners) =>
        images.Count is 0 || images.Count > manners.ImagesMax || images.Any(image => !image.IsAbsoluteUri || image.Scheme != Uri.UriSchemeHttps)
            ? Refused(FaultCodes.ImageRefused, "A product has 1 to 8 pictures at https addresses.")
            : null;

    static MarketplaceFault? JudgeAttributes(IReadOnlyList<ListingAttribute> attributes)
    {
        if (attributes.Any(attribute => !IsId(attribute.Id) || !attribute.OptionIds.All(IsId) || (attribute.OptionIds.Count == 0 && attribute.Text.Length == 0)))
            return Refused(FaultCodes.AttributeInvalid, "An attribute is a number with values that are numbers, or with a text.");
        return attributes.DistinctBy(attribute => attribute.Id, StringComparer.Ordinal).Count() < attributes.Count
            ? Refused(FaultCodes.AttributeInvalid, "An attribute is named once.")
            : null;
    }

    public static MarketplaceFault? JudgeTerms(ListingTerms terms)
    {
        if ((terms.ShippingAddressId.Length > 0 && !IsId(terms.ShippingAddressId)) || (terms.ReturningAddressId.Length > 0 && !IsId(terms.ReturningAddressId)))
            return Refused(FaultCodes.SellerAddressUnknown, "An address is a number of Trendyol's.");
        return terms.LeadDays is < 0 ? Refused(FaultCodes.ListingFieldInvalid, "Days until shipping are not negative.") : null;
    }

    static bool IsId(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    static MarketplaceFault Refused(string code, string message) => new(FaultKind.Rejected, code, message);

    static MarketplaceFault? JudgeParcel(string origin, decimal desi, string lot)
    {
        if (origin.Length is not (0 or 2))
            return Refused(FaultCodes.ListingFieldInvalid, "A country of origin has two letters.");
        if (desi <= 0)
            return Refused(FaultCodes.ListingFieldInvalid, "A volumetric weight is above zero.");
        return lot.Length > LotMax || !lot.All(letter => char.IsAsciiLetterOrDigit(letter) || LotMarks.Contains(letter, StringComparison.Ordinal))
            ? Refused(FaultCodes.ListingFieldInvalid, "A lot number has at most 100 letters, digits or , - . : /")
            : null;
    }
}
