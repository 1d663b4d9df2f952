using System.Text.RegularExpressions;

namespace MesChain.Sandbox.Trendyol;

/// <summary>A rule that was broken: the key of a refused request, and the words for both kinds of refusal.</summary>
readonly record struct Breach(string Key, string Message)
{
    public ApiAnswer ToAnswer() => ApiAnswer.Error(400, Key, Message);
}

/// <summary>What Trendyol asks of a product: of any product at all, and of this seller's in its category.</summary>
static partial class TrendyolProductRules
{
    const int ImagesMax = 8;
    const int ColourMax = 50;

    [GeneratedRegex(@"^[\p{L}\p{Nd}._ -]+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BarcodeForm();

    [GeneratedRegex("^[A-Za-z0-9,.:/-]+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LotForm();

    [GeneratedRegex("<(?:script|style|iframe)|javascript:|on[a-z]+\\s*=", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ForbiddenHtml();

    /// <summary>What no product may be, whoever sells it. An update says only what it changes.</summary>
    public static Breach? OfShape(ProductRequest product, bool whole)
    {
        return OfBarcode(product) ?? OfFields(product, product.Stored, whole);
    }

    /// <summary>Of a new product, with what only some of the documents ask for.</summary>
    public static Breach? OfNew(TrendyolSwitches switches, ProductRequest product)
    {
        if (OfShape(product, whole: true) is { } breach)
            return breach;
        if (switches.SchemaFieldsRequired && (product.StockCode is null or "" || product.DimensionalWeight is null))
            return new("invalid.stockcode", $"{product.Stored}: stockCode ve dimensionalWeight zorunludur.");
        return switches.OriginRequired && product.Origin is null ? new("invalid.origin", $"{product.Stored}: origin zorunludur.") : null;
    }

    public static Breach? OfBarcode(ProductRequest product) => product.Stored.Length is 0 or > 40 || !BarcodeForm().IsMatch(product.Barcode!)
        ? new("invalid.barcode", $"{product.Stored}: barkod 1-40 karakter olmalı; yalnızca . - _ özel karakterleri kullanılabilir.")
        : null;

    public static Breach? OfFields(ProductRequest product, string name, bool whole)
    {
        if (whole && Missing(product) is { } missing)
            return new($"invalid.{missing.ToLowerInvariant()}", $"{name}: {missing} zorunludur.");
        if (TooLong(product) is { } tooLong)
            return new($"invalid.{tooLong.ToLowerInvariant()}", $"{name}: {tooLong} izin verilen uzunlukta değil.");
        if (product.Quantity is < 0 or > TrendyolInventory.QuantityMax)
            return new("invalid.quantity", $"{name}: stok adedi 0-20000 olmalıdır.");
        if (product.SalePrice is <= 0 || product.ListPrice is <= 0)
            return new("invalid.saleprice", $"{name}: fiyat 0'dan büyük olmalıdır.");
        if (product.SalePrice > product.ListPrice)
            return new("invalid.listprice", $"{name}: liste fiyatı satış fiyatından düşük olamaz.");
        if (product.VatRate is { } rate && rate is not (0 or 1 or 10 or 20))
            return new("invalid.vatrate", $"{name}: KDV oranı 0, 1, 10 veya 20 olmalıdır.");
        if (product.Images is { } images && (images.Count is 0 or > ImagesMax || images.Any(image => !IsSecure(image.Url))))
            return new("invalid.images", $"{name}: 1-8 görsel, https adresiyle gönderilmelidir.");
        if (product.LotNumber is { Length: > 0 } lot && !LotForm().IsMatch(lot))
            return new("invalid.lotnumber", $"{name}: lotNumber geçersiz karakter içeriyor.");
        if ((product.DeliveryOption?.DeliveryDuration ?? product.DeliveryDuration) is < 0)
            return new("invalid.deliveryduration", $"{name}: deliveryDuration negatif olamaz.");
        return null;
    }

    /// <summary>What this product may not be: it names things that are not there, or says too little of itself.</summary>
    public static Breach? OfContent(Seller seller, ProductRequest product, long categoryId)
    {
        if (OfHtml(product) is { } breach)
            return breach;
        if (product.BrandId is { } brand && TrendyolBrands.Find(seller, brand) is null)
            return new("brand.not.found", $"{brand} id'li marka bulunamadı.");
        if (TrendyolCatalogue.Category(categoryId) is null)
            return new("category.not.found", $"{categoryId} id'li kategori bulunamadı.");
        if (!TrendyolCatalogue.IsLeaf(categoryId))
            return new("category.not.leaf", $"{categoryId} id'li kategori en alt seviye kategori değil.");
        return OfTerms(product) ?? (product.Attributes is { } attributes ? OfAttributes(TrendyolProductRead.Attributes(attributes), categoryId) : null);
    }

    public static Breach? OfHtml(ProductRequest product) => product.Description is { } description && ForbiddenHtml().IsMatch(description)
        ? new("invalid.description", "Ürün açıklaması izin verilmeyen HTML etiketi içeriyor.")
        : null;

    /// <summary>Addresses and carriers of the seller.</summary>
    public static Breach? OfTerms(ProductRequest product)
    {
        foreach (var address in new[] { product.ShipmentAddressId, product.ReturningAddressId })
        {
            if (address is { } id && id is not (TrendyolCatalogue.ShipmentAddress or TrendyolCatalogue.ReturningAddress))
                return new("address.not.found", $"{id} id'li adres bulunamadı.");
        }

        return product.CargoProviders?.FirstOrDefault(code => TrendyolCatalogue.Carriers.All(carrier => carrier.Code != code)) is { } unknown
            ? new("cargo.provider.not.found", $"{unknown} kodlu kargo firması bulunamadı.")
            : null;
    }

    /// <param name="ofCard">The attributes of a card: those that tell its variants apart may be missing.</param>
    public static Breach? OfAttributes(IReadOnlyList<ProductAttribute> attributes, long categoryId, bool ofCard = false)
    {
        var rules = TrendyolCatalogue.Rules(categoryId);
        foreach (var attribute in attributes)
        {
            var rule = rules.FirstOrDefault(rule => rule.AttributeId == attribute.Id);
            if (rule is null)
                return new("attribute.not.found", $"{attribute.Id} id'li özellik bu kategoride bulunmuyor.");
            if (attribute.ValueIds.Except(TrendyolCatalogue.ValuesOf(attribute.Id).Select(value => value.Id)).Any())
                return new("attribute.value.not.found", $"{attribute.Name} için gönderilen özellik değeri bulunamadı.");
            if (attribute.ValueIds.Count > 1 && !rule.Multiple)
                return new("attribute.single.value", $"{attribute.Name} için yalnızca bir özellik değeri gönderilebilir.");
            if (attribute.Text is not null && !rule.AllowCustom)
                return new("attribute.custom.not.allowed", $"{attribute.Name} için serbest özellik değeri gönderilemez.");
            if (attribute is { Id: TrendyolCatalogue.Colour, Text.Length: > ColourMax })
                return new("attribute.value.too.long", "Renk en fazla 50 karakter olabilir.");
        }

        var missing = rules.Where(rule => rule.Required && !(ofCard && rule.Varianter) && !attributes.Any(attribute => attribute.Id == rule.AttributeId && (attribute.ValueIds.Count > 0 || attribute.Text is not null)))
            .Select(rule => TrendyolCatalogue.AttributeName(rule.AttributeId)).ToList();
        return missing.Count > 0 ? new("attribute.required", $"Zorunlu kategori özellik bilgisi eksik: {string.Join(", ", missing)}") : null;
    }

    /// <summary>Attributes in the form that the documents do not give for this service; only a strict sandbox minds.</summary>
    public static Breach? OfForm(TrendyolSwitches switches, ProductRequest product, bool singular)
    {
        var wrong = product.Attributes?.Any(attribute => singular ? attribute.IsPlural : attribute.IsSingular) is true;
        var key = singular ? "WRONG_ATTRIBUTE_FORMAT_FOR_CREATE" : "WRONG_ATTRIBUTE_FORMAT_FOR_UPDATE";
        return switches.StrictAttributeForm && wrong ? new(key, key) : null;
    }

    static string? Missing(ProductRequest product) => product switch
    {
        { Title: null or "" } => "title",
        { ProductMainId: null or "" } => "productMainId",
        { BrandId: null } => "brandId",
        { CategoryId: null } => "categoryId",
        { Quantity: null } => "quantity",
        { Description: null or "" } => "description",
        { ListPrice: null } => "listPrice",
        { SalePrice: null } => "salePrice",
        { VatRate: null } => "vatRate",
        { Images: null } => "images",
        { Attributes: null } => "attributes",
        _ => null,
    };

    static string? TooLong(ProductRequest product) => product switch
    {
        { Title.Length: > 100 } => "title",
        { ProductMainId.Length: > 40 } => "productMainId",
        { StockCode.Length: > 100 } => "stockCode",
        { Description.Length: > 30_000 } => "description",
        { Origin: { } origin } when origin.Length != 2 => "origin",
        { LotNumber.Length: > 100 } => "lotNumber",
        _ => null,
    };

    static bool IsSecure(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps;
}
