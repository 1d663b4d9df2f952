using System.Globalization;
using System.Text.Json;

namespace MesChain.Sandbox.Trendyol;

/// <summary>One item of the create service or of an update service; what is absent is null.</summary>
sealed record ProductRequest
{
    public long? ContentId { get; init; }

    public string? Barcode { get; init; }

    public string? Title { get; init; }

    public string? ProductMainId { get; init; }

    public long? BrandId { get; init; }

    public long? CategoryId { get; init; }

    public int? Quantity { get; init; }

    public string? StockCode { get; init; }

    public decimal? DimensionalWeight { get; init; }

    public string? Description { get; init; }

    public string? Origin { get; init; }

    public decimal? ListPrice { get; init; }

    public decimal? SalePrice { get; init; }

    public int? VatRate { get; init; }

    public IReadOnlyList<ImageRequest>? Images { get; init; }

    public string? LotNumber { get; init; }

    public long? ShipmentAddressId { get; init; }

    public long? ReturningAddressId { get; init; }

    public int? DeliveryDuration { get; init; }

    public DeliveryRequest? DeliveryOption { get; init; }

    public DeliveryRequest? DeliveryOptions { get; init; }

    public IReadOnlyList<AttributeRequest>? Attributes { get; init; }

    public IReadOnlyList<string>? CargoProviders { get; init; }

    public string? LocationBasedDelivery { get; init; }

    public IReadOnlyList<string>? Channels { get; init; }

    public bool? Archived { get; init; }

    /// <summary>The barcode as it is stored: without the blanks inside it.</summary>
    public string Stored => TrendyolItems.Squeeze(Barcode ?? "");
}

sealed record ImageRequest(string? Url);

sealed record DeliveryRequest(int? DeliveryDuration, string? FastDeliveryType);

/// <summary>Both forms in which an attribute is documented: one value, or a list of them.</summary>
sealed record AttributeRequest
{
    public long? AttributeId { get; init; }

    public long? AttributeValueId { get; init; }

    public string? CustomAttributeValue { get; init; }

    public IReadOnlyList<long>? AttributeValueIds { get; init; }

    public string? AttributeValue { get; init; }

    public bool IsSingular => AttributeValueId is not null || CustomAttributeValue is not null;

    public bool IsPlural => AttributeValueIds is not null || AttributeValue is not null;

    public IReadOnlyList<long> Values => AttributeValueIds ?? (AttributeValueId is { } id ? [id] : []);

    public string? Text => CustomAttributeValue ?? AttributeValue;
}

sealed record ProductsRequest(IReadOnlyList<ProductRequest?>? Items);

/// <summary>Reads what is sent about products.</summary>
static class TrendyolProductRead
{
    public const int ItemsMax = 1000;

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static bool TryId(string text, out long id) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    /// <summary>The items of a body; null with the refusal when it has none, too many, or cannot be read.</summary>
    public static IReadOnlyList<ProductRequest>? Items(ReadOnlyMemory<byte> body, out ApiAnswer? refusal)
    {
        IReadOnlyList<ProductRequest>? items = null;
        try
        {
            items = JsonSerializer.Deserialize<ProductsRequest>(body.Span, Json)?.Items?.Select(item => item ?? throw new JsonException()).ToList();
        }
        catch (JsonException)
        {
            // Answered below, like a body without items.
        }

        refusal = items switch
        {
            null => ApiAnswer.Error(400, "invalid.request", "İstek gövdesi okunamadı."),
            [] => ApiAnswer.Error(400, "items.empty", "En az bir ürün gönderilmelidir."),
            { Count: > ItemsMax } => ApiAnswer.Error(400, "items.limit.exceeded", "Tek istekte en fazla 1000 ürün gönderilebilir."),
            _ => null,
        };
        return refusal is null ? items : null;
    }

    /// <summary>Attributes as a product keeps them: entries of the same attribute are one.</summary>
    public static IReadOnlyList<ProductAttribute> Attributes(IEnumerable<AttributeRequest> attributes) =>
        [.. attributes.Where(attribute => attribute.AttributeId is not null)
            .GroupBy(attribute => attribute.AttributeId!.Value)
            .Select(group => new ProductAttribute(
                group.Key,
                [.. group.SelectMany(attribute => attribute.Values).Distinct()],
                group.Select(attribute => attribute.Text).FirstOrDefault(text => text is { Length: > 0 })))];
}
