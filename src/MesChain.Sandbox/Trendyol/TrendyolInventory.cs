using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Stock and price that are wanted for a barcode; null leaves them.</summary>
sealed record OfferRequest
{
    public required string Barcode { get; init; }

    public int? Quantity { get; init; }

    public decimal? SalePrice { get; init; }

    public decimal? ListPrice { get; init; }
}

/// <summary><c>price-and-inventory</c>. Runs inside the sandbox's lock.</summary>
static class TrendyolInventory
{
    public const int QuantityMax = 20_000;
    const int ItemsMax = 1000;
    const string RepeatedBody = "15 dakika boyunca aynı isteği tekrarlı olarak atamazsınız!";
    static readonly TimeSpan RepeatWindow = TimeSpan.FromMinutes(15);

    public static ApiAnswer Accept(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        if (!TryRead(request.Body, out var wanted))
            return ApiAnswer.Error(400, "invalid.request", "İstek gövdesi okunamadı.");
        if (Judge(wanted) is { } refusal)
            return refusal;

        var now = sandbox.Clock.GetUtcNow();
        foreach (var forgotten in seller.Bodies.Where(body => body.Value + RepeatWindow <= now).Select(body => body.Key).ToList())
            seller.Bodies.Remove(forgotten);

        var canonical = Canonical(wanted);
        var repeated = sandbox.Switches.IdenticalBody != "off" && seller.Bodies.ContainsKey(canonical);
        if (repeated && sandbox.Switches.IdenticalBody == "request")
            return ApiAnswer.Error(400, "duplicate.request", RepeatedBody);

        seller.Bodies.TryAdd(canonical, now);
        List<BatchItem> items = [];
        foreach (var offer in wanted)
        {
            items.Add(new(offer.Barcode, Echo(offer, now), batch => sandbox.Switches.ApplyNothing ? null : TrendyolItems.Apply(sandbox, seller, offer, batch))
            {
                Failure = repeated ? RepeatedBody : null,
            });
        }

        return TrendyolBatches.Accept(sandbox, seller, TrendyolBatches.Inventory, items, request.LateBy);
    }

    static JsonObject Echo(OfferRequest offer, DateTimeOffset now)
    {
        var echo = new JsonObject
        {
            ["updateRequestDate"] = now.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture),
            ["barcode"] = offer.Barcode,
        };
        if (offer.Quantity is { } quantity)
            echo["quantity"] = quantity;
        if (offer.SalePrice is { } sale)
            echo["salePrice"] = sale;
        if (offer.ListPrice is { } list)
            echo["listPrice"] = list;
        return echo;
    }

    static ApiAnswer? Judge(List<OfferRequest> items)
    {
        if (items.Count == 0)
            return ApiAnswer.Error(400, "items.empty", "En az bir ürün gönderilmelidir.");
        if (items.Count > ItemsMax)
            return ApiAnswer.Error(400, "items.limit.exceeded", "Tek istekte en fazla 1000 ürün gönderilebilir.");

        foreach (var item in items)
        {
            if (item.Barcode.Length is 0 or > 40)
                return ApiAnswer.Error(400, "invalid.barcode", "Barkod 1-40 karakter olmalıdır.");
            if (item.Quantity is null && item.SalePrice is null && item.ListPrice is null)
                return ApiAnswer.Error(400, "NO_MUTABLE_FIELD", $"{item.Barcode}: güncellenecek alan yok.");
            if (item.Quantity is < 0 or > QuantityMax)
                return ApiAnswer.Error(400, "invalid.quantity", $"{item.Barcode}: stok adedi 0-20000 olmalıdır.");
            if (item.SalePrice is <= 0 || item.ListPrice is <= 0)
                return ApiAnswer.Error(400, "invalid.saleprice", $"{item.Barcode}: fiyat 0'dan büyük olmalıdır.");
            if (item.SalePrice > item.ListPrice)
                return ApiAnswer.Error(400, "invalid.listprice", $"{item.Barcode}: liste fiyatı satış fiyatından düşük olamaz.");
        }

        return null;
    }

    static bool TryRead(ReadOnlyMemory<byte> body, out List<OfferRequest> items)
    {
        items = [];
        try
        {
            using var document = JsonDocument.Parse(body);
            items = [.. document.RootElement.GetProperty("items").EnumerateArray().Select(item => new OfferRequest
            {
                Barcode = TrendyolItems.Squeeze(item.GetProperty("barcode").GetString() ?? ""),
                Quantity = Optional(item, "quantity")?.GetInt32(),
                SalePrice = Optional(item, "salePrice")?.GetDecimal(),
                ListPrice = Optional(item, "listPrice")?.GetDecimal(),
            })];
            return true;
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    static JsonElement? Optional(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    // By value, not by bytes: another spelling of the same request is the same request.
    static string Canonical(IEnumerable<OfferRequest> items)
    {
        var text = new StringBuilder();
        foreach (var item in items)
        {
            text.Append(item.Barcode).Append('|')
                .Append(CultureInfo.InvariantCulture, $"{item.Quantity}|{item.SalePrice:0.####}|{item.ListPrice:0.####}\n");
        }

        return text.ToString();
    }
}
