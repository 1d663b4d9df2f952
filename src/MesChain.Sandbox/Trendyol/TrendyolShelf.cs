using System.Text.Json;
using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>What Trendyol, or another seller, does to a product.</summary>
public sealed record MarkRequest
{
    public string SellerId { get; init; } = "";

    public required string Barcode { get; init; }

    /// <summary>Locks the product; empty unlocks it, absent leaves it.</summary>
    public string? LockReason { get; init; }

    /// <summary>Stops the product for good, or lets it go; absent leaves it.</summary>
    public bool? Blacklisted { get; init; }

    /// <summary>What another seller asks; 0 sends that seller away, absent leaves it.</summary>
    public decimal? RivalPrice { get; init; }
}

/// <summary>Taking products off sale and back, and away for good; and who sells the same. Runs inside the sandbox's lock.</summary>
static class TrendyolShelf
{
    const int BuyboxMax = 10;
    static readonly TimeSpan ArchivedBeforeDeletion = TimeSpan.FromDays(1);

    public static ApiAnswer Archive(TrendyolSandbox sandbox, Seller seller, ApiRequest request) => Each(
        sandbox, seller, request, TrendyolBatches.Archive,
        product => product.Archived is null ? new Breach("invalid.archived", $"{product.Stored}: archived zorunludur.") : null,
        product => new() { ["archived"] = product.Archived, ["supplierId"] = long.Parse(seller.Id, System.Globalization.CultureInfo.InvariantCulture), ["barcode"] = product.Stored },
        (product, batch) =>
        {
            if (TrendyolEdits.Approved(seller, product.Stored) is { } breach)
                return breach;
            TrendyolItems.SetArchived(seller.ByBarcode[product.Stored], product.Archived!.Value, batch.AppliesAt);
            return null;
        });

    public static ApiAnswer Unlock(TrendyolSandbox sandbox, Seller seller, ApiRequest request) => Each(
        sandbox, seller, request, TrendyolBatches.Unlock, _ => null, product => new() { ["barcode"] = product.Stored },
        (product, _) =>
        {
            if (TrendyolEdits.Approved(seller, product.Stored) is { } breach)
                return breach;
            SetLock(seller.ByBarcode[product.Stored], null, null);
            return null;
        });

    public static ApiAnswer Delete(TrendyolSandbox sandbox, Seller seller, ApiRequest request) => Each(
        sandbox, seller, request, TrendyolBatches.Deletion, _ => null, product => new() { ["barcode"] = product.Stored },
        (product, batch) => Delete(seller, product.Stored, batch.AppliesAt));

    public static ApiAnswer Buybox(Seller seller, ApiRequest request)
    {
        var barcodes = Barcodes(request.Body);
        if (barcodes.Count == 0)
            return ApiAnswer.Error(400, "invalid.request", "İstek gövdesi okunamadı.");
        if (barcodes.Count > BuyboxMax)
            return ApiAnswer.Error(400, "barcodes.limit.exceeded", "En fazla 10 barkod sorgulanabilir.");

        // Barcodes that nobody knows are passed over in silence.
        var found = barcodes.Select(barcode => seller.ByBarcode.GetValueOrDefault(TrendyolItems.Squeeze(barcode))).Where(item => item is { Approved: true }).Distinct();
        return ApiAnswer.Ok(new JsonObject
        {
            ["buyboxInfo"] = new JsonArray([.. found.Select(item => new JsonObject
            {
                ["barcode"] = item!.Barcode,
                ["buyboxOrder"] = item.RivalPrice < item.SalePrice ? 2 : 1,
                ["buyboxPrice"] = item.RivalPrice < item.SalePrice ? item.RivalPrice : item.SalePrice,
                ["hasMultipleSeller"] = item.RivalPrice is not null,
            })]),
        });
    }

    public static bool Mark(TrendyolSandbox sandbox, Seller seller, MarkRequest request)
    {
        var item = seller.ByBarcode.GetValueOrDefault(TrendyolItems.Squeeze(request.Barcode)) ?? throw new SandboxRefusal(404, "There is no such barcode.");
        if (request.RivalPrice is < 0)
            throw new SandboxRefusal(400, "A price is 0 or more.");

        if (request.LockReason is { } reason)
            SetLock(item, reason.Length > 0 ? reason : null, sandbox.Clock.GetUtcNow());
        item.Blacklisted = request.Blacklisted ?? item.Blacklisted;
        if (request.RivalPrice is { } price)
            item.RivalPrice = price > 0 ? price : null;
        return true;
    }

    static ApiAnswer Each(
        TrendyolSandbox sandbox,
        Seller seller,
        ApiRequest request,
        string type,
        Func<ProductRequest, Breach?> shape,
        Func<ProductRequest, JsonObject> echo,
        Func<ProductRequest, Batch, Breach?> apply)
    {
        if (TrendyolProductRead.Items(request.Body, out var refusal) is not { } products)
            return refusal!;
        if (products.Select(product => TrendyolProductRules.OfBarcode(product) ?? shape(product)).FirstOrDefault(breach => breach is not null) is { } breach)
            return breach.ToAnswer();

        return TrendyolBatches.Accept(sandbox, seller, type, [.. products.Select(product =>
            new BatchItem(product.Stored, echo(product), batch => apply(product, batch)?.Message))], request.LateBy);
    }

    static Breach? Delete(Seller seller, string barcode, DateTimeOffset at)
    {
        if (!seller.ByBarcode.TryGetValue(barcode, out var item))
            return new("product.not.found", $"{barcode} barkodlu ürün sistemde bulunamadı.");
        if (item.Blacklisted)
            return new("product.blacklisted", $"{barcode} barkodlu ürünün satışı Trendyol tarafından durduruldu; silinemez.");
        if (item.Approved && (item.ArchivedAt is not { } archivedAt || at - archivedAt <= ArchivedBeforeDeletion))
            return new("product.not.archived", $"{barcode} barkodlu onaylı ürün, 1 günden uzun süre arşivde kalmadan silinemez.");

        seller.Pending.Remove(item);
        seller.Items.Remove(item);
        seller.ByBarcode.Remove(barcode);
        return null;
    }

    static void SetLock(Item item, string? reason, DateTimeOffset? at) => (item.LockReason, item.LockedAt) = (reason, reason is null ? null : at);

    static IReadOnlyList<string> Barcodes(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return [.. document.RootElement.GetProperty("barcodes").EnumerateArray().Select(barcode => barcode.GetString() ?? "")];
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [];
        }
    }
}
