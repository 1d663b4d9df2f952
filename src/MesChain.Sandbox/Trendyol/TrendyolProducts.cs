using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>New products, and mending those that are not approved. Runs inside the sandbox's lock.</summary>
static class TrendyolProducts
{
    public static ApiAnswer Create(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        if (TrendyolProductRead.Items(request.Body, out var refusal) is not { } products)
            return refusal!;
        if (Requested(sandbox.Switches, products, product => TrendyolProductRules.OfNew(sandbox.Switches, product), product => TrendyolProductRules.OfContent(seller, product, product.CategoryId ?? 0)) is { } breach)
            return breach.ToAnswer();

        return TrendyolBatches.Accept(sandbox, seller, TrendyolBatches.Create, [.. products.Select(product =>
            new BatchItem(product.Stored, Echo(product, product.Stored), batch => Create(sandbox, seller, product, batch)?.Message))], request.LateBy);
    }

    public static ApiAnswer UpdateUnapproved(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        if (TrendyolProductRead.Items(request.Body, out var refusal) is not { } products)
            return refusal!;
        if (Requested(sandbox.Switches, products, product => TrendyolProductRules.OfShape(product, whole: false), product => seller.ByBarcode.TryGetValue(product.Stored, out var known)
                ? TrendyolProductRules.OfContent(seller, product, product.CategoryId ?? known.CategoryId)
                : null) is { } breach)
            return breach.ToAnswer();

        return TrendyolBatches.Accept(sandbox, seller, TrendyolBatches.Unapproved, [.. products.Select(product =>
            new BatchItem(product.Stored, Echo(product, product.Stored), batch => UpdateUnapproved(sandbox, seller, product, batch)?.Message))], request.LateBy);
    }

    /// <summary>The first breach that refuses the whole request, by the switch that says which ones do.</summary>
    public static Breach? Requested(TrendyolSwitches switches, IReadOnlyList<ProductRequest> products, Func<ProductRequest, Breach?> shape, Func<ProductRequest, Breach?> content) =>
        switches.ProductRules switch
        {
            "item" => null,
            "request" => products.Select(product => shape(product) ?? content(product)).FirstOrDefault(breach => breach is not null),
            _ => products.Select(shape).FirstOrDefault(breach => breach is not null),
        };

    static Breach? Create(TrendyolSandbox sandbox, Seller seller, ProductRequest product, Batch batch)
    {
        if ((TrendyolProductRules.OfForm(sandbox.Switches, product, singular: true)
            ?? TrendyolProductRules.OfNew(sandbox.Switches, product)
            ?? TrendyolProductRules.OfContent(seller, product, product.CategoryId!.Value)) is { } breach)
            return breach;

        if (seller.ByBarcode.TryGetValue(product.Stored, out var known) && (known.Approved || sandbox.Switches.KnownBarcode != "overwrite"))
            return new("barcode.exists", $"{product.Stored} barkodlu ürün zaten mevcut.");

        var item = known ?? Add(sandbox, seller, product, batch.AppliesAt);
        Set(item, product);
        sandbox.Change(seller, item, product.Quantity!.Value, "batch", batch.Id, batch.AppliesAt);
        (item.SalePrice, item.ListPrice) = (product.SalePrice!.Value, product.ListPrice!.Value);
        TrendyolReview.Begin(seller, item, batch.AppliesAt + TimeSpan.FromSeconds(sandbox.Switches.ReviewSeconds));
        return null;
    }

    static Breach? UpdateUnapproved(TrendyolSandbox sandbox, Seller seller, ProductRequest product, Batch batch)
    {
        if (!seller.ByBarcode.TryGetValue(product.Stored, out var item))
            return new("product.not.found", $"{product.Stored} barkodlu ürün sistemde bulunamadı.");
        if (item.Approved)
            return new("product.approved", $"{product.Stored} barkodlu ürün onaylı; onaysız ürün servisiyle güncellenemez.");
        if ((TrendyolProductRules.OfForm(sandbox.Switches, product, singular: false)
            ?? TrendyolProductRules.OfShape(product, whole: false)
            ?? TrendyolProductRules.OfContent(seller, product, product.CategoryId ?? item.CategoryId)) is { } breach)
            return breach;

        Set(item, product);
        TrendyolReview.Begin(seller, item, batch.AppliesAt + TimeSpan.FromSeconds(sandbox.Switches.ReviewSeconds));
        return null;
    }

    static Item Add(TrendyolSandbox sandbox, Seller seller, ProductRequest product, DateTimeOffset at)
    {
        var item = new Item
        {
            Barcode = product.Stored,
            ProductMainId = product.ProductMainId!,
            VariantId = sandbox.Numbers.Variant(),
            CreatedAt = at,
            Approved = false,
            ModifiedAt = at,
        };
        seller.Items.Add(item);
        seller.ByBarcode.Add(item.Barcode, item);
        return item;
    }

    /// <summary>Everything but barcode, price and stock; what is absent stays.</summary>
    static void Set(Item item, ProductRequest product)
    {
        item.Title = product.Title ?? item.Title;
        item.ProductMainId = product.ProductMainId ?? item.ProductMainId;
        item.BrandId = product.BrandId ?? item.BrandId;
        item.CategoryId = product.CategoryId ?? item.CategoryId;
        item.Description = product.Description ?? item.Description;
        item.Images = product.Images is { } images ? [.. images.Select(image => image.Url!)] : item.Images;
        item.Attributes = product.Attributes is { } attributes ? TrendyolProductRead.Attributes(attributes) : item.Attributes;
        SetTerms(item, product);
        item.DeliveryDuration = product.DeliveryOption?.DeliveryDuration ?? product.DeliveryDuration ?? item.DeliveryDuration;
    }

    /// <summary>What may change without another review.</summary>
    public static void SetTerms(Item item, ProductRequest product)
    {
        item.StockCode = product.StockCode ?? item.StockCode;
        item.Origin = product.Origin ?? item.Origin;
        item.VatRate = product.VatRate ?? item.VatRate;
        item.DimensionalWeight = product.DimensionalWeight ?? item.DimensionalWeight;
        item.LotNumber = product.LotNumber ?? item.LotNumber;
        item.ShipmentAddressId = product.ShipmentAddressId ?? item.ShipmentAddressId;
        item.ReturningAddressId = product.ReturningAddressId ?? item.ReturningAddressId;
        item.CargoProviders = product.CargoProviders ?? item.CargoProviders;
    }

    /// <summary>The echo always has the singular form, whichever was sent.</summary>
    public static JsonArray AttributesEcho(IEnumerable<AttributeRequest> attributes) => new([.. attributes.Select(attribute => new JsonObject
    {
        ["attributeId"] = attribute.AttributeId,
        ["attributeValueId"] = attribute.Values is [var first, ..] ? first : null,
        ["customAttributeValue"] = attribute.Text,
    })]);

    static JsonObject Echo(ProductRequest product, string barcode) => new()
    {
        ["barcode"] = barcode,
        ["product"] = new JsonObject
        {
            ["barcode"] = barcode,
            ["title"] = product.Title,
            ["productMainId"] = product.ProductMainId,
            ["brandId"] = product.BrandId,
            ["categoryId"] = product.CategoryId,
            ["quantity"] = product.Quantity,
            ["stockCode"] = product.StockCode,
            ["origin"] = product.Origin,
            ["dimensionalWeight"] = product.DimensionalWeight,
            ["specialConsumptionTax"] = 0.0m,
            ["description"] = product.Description,
            ["currencyType"] = "TRY",
            ["listPrice"] = product.ListPrice,
            ["salePrice"] = product.SalePrice,
            ["vatRate"] = product.VatRate,
            ["images"] = new JsonArray([.. (product.Images ?? []).Select(image => new JsonObject { ["url"] = image.Url })]),
            ["attributes"] = AttributesEcho(product.Attributes ?? []),
            ["cargoCompanyId"] = 0,
            ["shipmentAddressId"] = product.ShipmentAddressId,
            ["returningAddressId"] = product.ReturningAddressId,
            ["lotNumber"] = product.LotNumber,
        },
    };
}
