using System.Globalization;
using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>The three services that change approved products. Runs inside the sandbox's lock.</summary>
static class TrendyolEdits
{
    public static ApiAnswer Content(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        if (TrendyolProductRead.Items(request.Body, out var refusal) is not { } changes)
            return refusal!;

        static Breach? Shape(ProductRequest change) => change.ContentId is not > 0
            ? new("invalid.contentid", "contentId zorunludur.")
            : TrendyolProductRules.OfFields(change, IdOf(change), whole: false);
        if (TrendyolProducts.Requested(sandbox.Switches, changes, Shape, change => JudgeContent(sandbox.Switches, seller, change)) is { } breach)
            return breach.ToAnswer();

        return TrendyolBatches.Accept(sandbox, seller, TrendyolBatches.Content, [.. changes.Select(change => new BatchItem(
            IdOf(change),
            Echo(seller, "updateRequest", ContentEcho(change)),
            batch => (Shape(change) ?? JudgeContent(sandbox.Switches, seller, change) ?? Begin(sandbox, seller, change, batch))?.Message))], request.LateBy);
    }

    public static ApiAnswer Variants(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        if (TrendyolProductRead.Items(request.Body, out var refusal) is not { } changes)
            return refusal!;

        static Breach? Shape(ProductRequest change) => TrendyolProductRules.OfShape(change, whole: false);
        if (TrendyolProducts.Requested(sandbox.Switches, changes, Shape, change => JudgeVariant(sandbox.Switches, seller, change)) is { } breach)
            return breach.ToAnswer();

        return TrendyolBatches.Accept(sandbox, seller, TrendyolBatches.Variant, [.. changes.Select(change => new BatchItem(
            change.Stored,
            Echo(seller, "updateRequest", VariantEcho(change)),
            batch => (Shape(change) ?? JudgeVariant(sandbox.Switches, seller, change) ?? SetVariant(seller, change, batch))?.Message))], request.LateBy);
    }

    public static ApiAnswer Delivery(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        if (TrendyolProductRead.Items(request.Body, out var refusal) is not { } changes)
            return refusal!;

        static Breach? Shape(ProductRequest change) => TrendyolProductRules.OfBarcode(change)
            ?? (change.DeliveryOptions?.DeliveryDuration is not >= 0 ? new Breach("invalid.deliveryduration", $"{change.Stored}: deliveryDuration 0 veya üstü olmalıdır.") : null);
        if (TrendyolProducts.Requested(sandbox.Switches, changes, Shape, change => Approved(seller, change.Stored)) is { } breach)
            return breach.ToAnswer();

        return TrendyolBatches.Accept(sandbox, seller, TrendyolBatches.Delivery, [.. changes.Select(change => new BatchItem(
            change.Stored,
            DeliveryEcho(seller, change),
            batch => (Shape(change) ?? Approved(seller, change.Stored) ?? SetDelivery(seller, change, batch))?.Message))], request.LateBy);
    }

    /// <summary>Why a barcode cannot be changed as an approved product; null when it can.</summary>
    public static Breach? Approved(Seller seller, string barcode)
    {
        if (!seller.ByBarcode.TryGetValue(barcode, out var item))
            return new("product.not.found", $"{barcode} barkodlu ürün sistemde bulunamadı.");
        return item.Approved ? null : new("product.not.approved", $"{barcode} barkodlu ürün onaylı değil.");
    }

    static Breach? JudgeContent(TrendyolSwitches switches, Seller seller, ProductRequest change)
    {
        var items = ItemsOf(seller, change);
        if (items.Count == 0)
            return new("product.not.found", $"{IdOf(change)} id'li içerik sistemde bulunamadı.");
        if (change is { Title: null, Description: null, Images: null, Attributes: null })
            return new("NO_MUTABLE_FIELD", $"{IdOf(change)}: güncellenecek alan yok. NO_MUTABLE_FIELD");
        if (IsFixed(change, items[0]))
            return new("product.field.immutable", "productMainId, marka ve kategori onaydan sonra değiştirilemez.");
        if ((TrendyolProductRules.OfForm(switches, change, singular: false) ?? TrendyolProductRules.OfHtml(change)) is { } breach)
            return breach;
        if (change.Attributes is null)
            return null;

        var attributes = TrendyolProductRead.Attributes(change.Attributes);
        var fixedOnes = TrendyolCatalogue.Rules(items[0].CategoryId).Where(rule => rule.Slicer || rule.Varianter).Select(rule => rule.AttributeId).ToHashSet();
        return TrendyolProductRules.OfAttributes(attributes, items[0].CategoryId, ofCard: true)
            ?? (attributes.Any(attribute => fixedOnes.Contains(attribute.Id) && !items.Any(item => item.Attributes.Any(attribute.SaysTheSameAs)))
                ? new Breach("product.field.immutable", "Slicer ve varianter özellik değerleri onaydan sonra değiştirilemez.")
                : null);
    }

    static Breach? JudgeVariant(TrendyolSwitches switches, Seller seller, ProductRequest change)
    {
        if (Approved(seller, change.Stored) is { } unknown)
            return unknown;
        if (IsFixed(change, seller.ByBarcode[change.Stored]))
            return new("product.field.immutable", "productMainId, marka ve kategori onaydan sonra değiştirilemez.");
        if (change.Channels is { } channels && (channels.Count == 0 || channels.Any(channel => channel is not ("CORE" or "LUXE"))))
            return new("invalid.channels", "channels boş olamaz; CORE veya LUXE olmalıdır.");
        if (change.LocationBasedDelivery is not (null or "ENABLED" or "DISABLED"))
            return new("invalid.locationbaseddelivery", "locationBasedDelivery ENABLED veya DISABLED olmalıdır.");
        if (switches.WholeVariantUpdates && (change.StockCode is null || change.VatRate is null || change.DimensionalWeight is null || change.ShipmentAddressId is null || change.ReturningAddressId is null))
            return new("invalid.request", "Tüm alanlar gönderilmelidir.");
        return TrendyolProductRules.OfTerms(change);
    }

    static bool IsFixed(ProductRequest change, Item item) =>
        (change.ProductMainId is { } main && main != item.ProductMainId) || (change.BrandId is { } brand && brand != item.BrandId) || (change.CategoryId is { } category && category != item.CategoryId);

    static Breach? Begin(TrendyolSandbox sandbox, Seller seller, ProductRequest change, Batch batch)
    {
        TrendyolAudits.Begin(seller, change, ItemsOf(seller, change), batch, batch.AppliesAt + TimeSpan.FromSeconds(sandbox.Switches.ReviewSeconds));
        return null;
    }

    static Breach? SetVariant(Seller seller, ProductRequest change, Batch batch)
    {
        var item = seller.ByBarcode[change.Stored];
        TrendyolProducts.SetTerms(item, change);
        item.LocationBasedDelivery = change.LocationBasedDelivery ?? item.LocationBasedDelivery;
        item.Channels = change.Channels ?? item.Channels;
        item.ModifiedAt = batch.AppliesAt;
        return null;
    }

    static Breach? SetDelivery(Seller seller, ProductRequest change, Batch batch)
    {
        var item = seller.ByBarcode[change.Stored];
        item.DeliveryDuration = change.DeliveryOptions!.DeliveryDuration!.Value;
        item.ModifiedAt = batch.AppliesAt;
        return null;
    }

    static List<Item> ItemsOf(Seller seller, ProductRequest change) => [.. seller.Items.Where(item => item.Approved && item.ContentId == change.ContentId)];

    static string IdOf(ProductRequest change) => (change.ContentId ?? 0).ToString(CultureInfo.InvariantCulture);

    static long SupplierId(Seller seller) => long.Parse(seller.Id, CultureInfo.InvariantCulture);

    static JsonObject Echo(Seller seller, string name, JsonObject change) => new() { ["supplierId"] = SupplierId(seller), [name] = change };

    static JsonObject ContentEcho(ProductRequest change) => new()
    {
        ["contentId"] = change.ContentId,
        ["title"] = change.Title,
        ["description"] = change.Description,
        ["images"] = change.Images is { } images ? new JsonArray([.. images.Select(image => new JsonObject { ["url"] = image.Url })]) : null,
        ["attributes"] = change.Attributes is { } attributes ? TrendyolProducts.AttributesEcho(attributes) : null,
    };

    static JsonObject VariantEcho(ProductRequest change) => new()
    {
        ["barcode"] = change.Stored,
        ["stockCode"] = change.StockCode,
        ["origin"] = change.Origin,
        ["vatRate"] = change.VatRate,
        ["shipmentAddressId"] = change.ShipmentAddressId,
        ["returningAddressId"] = change.ReturningAddressId,
        ["dimensionalWeight"] = change.DimensionalWeight,
        ["lotNumber"] = change.LotNumber,
        ["locationBasedDelivery"] = change.LocationBasedDelivery,
    };

    // Asked for in the plural, echoed in the singular.
    static JsonObject DeliveryEcho(Seller seller, ProductRequest change) => new()
    {
        ["supplierId"] = SupplierId(seller),
        ["barcode"] = change.Stored,
        ["storeFrontCode"] = "TR",
        ["storeFrontId"] = 1,
        ["request"] = new JsonObject
        {
            ["barcode"] = change.Stored,
            ["deliveryOption"] = new JsonObject { ["deliveryDuration"] = change.DeliveryOptions?.DeliveryDuration, ["fastDeliveryType"] = null },
        },
    };
}
