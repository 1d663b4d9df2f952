using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary><c>price-and-inventory</c> and <c>batch-requests</c>. Runs inside the sandbox's lock.</summary>
static class TrendyolInventory
{
    public const int QuantityMax = 20_000;
    const int ItemsMax = 1000;
    const string RepeatedBody = "15 dakika boyunca aynı isteği tekrarlı olarak atamazsınız!";
    static readonly TimeSpan RepeatWindow = TimeSpan.FromMinutes(15);
    static readonly TimeSpan BatchLife = TimeSpan.FromHours(4);

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
        var batch = Batch(sandbox, seller, wanted, repeated, request.LateBy, now);
        seller.Batches.Add(batch.Id, batch);
        return ApiAnswer.Ok(new JsonObject { ["batchRequestId"] = batch.Id });
    }

    /// <summary>Batches of price and stock carry no status of their own: only their items have one.</summary>
    public static ApiAnswer Result(TrendyolSandbox sandbox, Seller seller, string id)
    {
        if (!seller.Batches.TryGetValue(id, out var batch))
            return ApiAnswer.Error(404, "batch.request.not.found", "Toplu işlem bulunamadı.");

        var ready = batch.ReadyAt <= sandbox.Clock.GetUtcNow();
        var items = new JsonArray();
        foreach (var item in batch.Items)
        {
            var echo = new JsonObject
            {
                ["updateRequestDate"] = batch.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture),
                ["barcode"] = item.Barcode,
            };
            if (item.Quantity is { } quantity)
                echo["quantity"] = quantity;
            if (item.SalePrice is { } sale)
                echo["salePrice"] = sale;
            if (item.ListPrice is { } list)
                echo["listPrice"] = list;
            var failure = ready ? item.Failure : null;
            items.Add(new JsonObject
            {
                ["requestItem"] = echo,
                ["status"] = !ready ? "IN_PROGRESS" : failure is null ? "SUCCESS" : "FAILED",
                ["failureReasons"] = failure is null ? new JsonArray() : new JsonArray(failure),
            });
        }

        return ApiAnswer.Ok(new JsonObject
        {
            ["batchRequestId"] = batch.Id,
            ["items"] = items,
            ["creationDate"] = batch.CreatedAt.ToUnixTimeMilliseconds(),
            ["lastModification"] = (ready ? batch.ReadyAt : batch.CreatedAt).ToUnixTimeMilliseconds(),
            ["sourceType"] = "API",
            ["itemCount"] = batch.Items.Count,
            ["failedItemCount"] = ready ? batch.Items.Count(item => item.Failure is not null) : 0,
            ["batchRequestType"] = "ProductInventoryUpdate",
        });
    }

    static Batch Batch(TrendyolSandbox sandbox, Seller seller, List<BatchItem> wanted, bool repeated, TimeSpan lateBy, DateTimeOffset now)
    {
        var switches = sandbox.Switches;
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var item in wanted)
        {
            if (repeated)
                item.Failure = RepeatedBody;
            else if (!seen.Add(item.Barcode))
                item.Failure = $"{item.Barcode} barkodu istekte birden fazla kez yer alıyor.";
        }

        // Drawn in this order whatever happens, so that one switch does not shift every later draw.
        var work = TimeSpan.FromMilliseconds(1000 * switches.ApplySecondsMax * sandbox.Chance.NextDouble());
        var seconds = switches.ReceiptSecondsMin + Math.Max(0, switches.ReceiptSecondsMax - switches.ReceiptSecondsMin) * sandbox.Chance.NextDouble();
        var uuid = new byte[16];
        sandbox.Chance.NextBytes(uuid);

        var applies = now + work;
        if (!switches.ReorderBatches)
        {
            var before = seller.Batches.Values.Where(batch => !batch.Applied).Select(batch => batch.AppliesAt).DefaultIfEmpty(now).Max();
            applies = applies < before ? before : applies;
        }

        var ready = now + TimeSpan.FromSeconds(seconds) + lateBy;
        var expires = now + BatchLife;
        return new()
        {
            Id = FormattableString.Invariant($"{new Guid(uuid)}-{expires.ToUnixTimeSeconds()}"),
            CreatedAt = now,
            AppliesAt = applies,
            ReadyAt = ready < applies ? applies : ready,
            ExpiresAt = expires,
            Items = wanted,
        };
    }

    static ApiAnswer? Judge(List<BatchItem> items)
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

    static bool TryRead(ReadOnlyMemory<byte> body, out List<BatchItem> items)
    {
        items = [];
        try
        {
            using var document = JsonDocument.Parse(body);
            items = [.. document.RootElement.GetProperty("items").EnumerateArray().Select(item => new BatchItem
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
    static string Canonical(IEnumerable<BatchItem> items)
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
