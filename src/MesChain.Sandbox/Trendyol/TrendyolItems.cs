namespace MesChain.Sandbox.Trendyol;

/// <summary>Items that are simply there, and what is set on them. Runs inside the sandbox's lock.</summary>
static class TrendyolItems
{
    const int PriceUpdatesPerMinute = 30;

    public static bool Put(TrendyolSandbox sandbox, Seller seller, IReadOnlyList<ItemRequest> items)
    {
        foreach (var request in items)
            Check(request);

        var now = sandbox.Clock.GetUtcNow();
        // Looked up once for all of them: a catalogue of a large shop comes in a few requests.
        Dictionary<string, Item> cards = new(StringComparer.Ordinal);
        foreach (var known in seller.Items)
            cards.TryAdd(known.ProductMainId, known);
        foreach (var request in items)
        {
            var item = Find(sandbox, seller, cards, request, now);
            item.Title = request.Title;
            item.StockCode = request.StockCode;
            item.SalePrice = request.Price;
            item.ListPrice = request.ListPrice ?? request.Price;
            item.VatRate = request.VatRate;
            TrendyolReview.Drop(seller, item, request.Approved);
            SetArchived(item, request.Archived, now);
            sandbox.Change(seller, item, request.Quantity, "elsewhere", "seed", now);
        }

        return true;
    }

    public static bool SetElsewhere(TrendyolSandbox sandbox, Seller seller, SetQuantityRequest request)
    {
        var item = seller.ByBarcode.GetValueOrDefault(request.Barcode) ?? throw new SandboxRefusal(404, "There is no such barcode.");
        if (request.Quantity is < 0 || request.SalePrice is <= 0 || request.ListPrice is <= 0)
            throw new SandboxRefusal(400, "Quantity is 0 or more, prices are above 0.");

        item.SalePrice = request.SalePrice ?? item.SalePrice;
        item.ListPrice = Math.Max(request.ListPrice ?? item.ListPrice, item.SalePrice);
        sandbox.Change(seller, item, request.Quantity ?? item.Quantity, "elsewhere", "panel", sandbox.Clock.GetUtcNow());
        return true;
    }

    /// <summary>Sets stock and price, or says why not.</summary>
    public static string? Apply(TrendyolSandbox sandbox, Seller seller, OfferRequest wanted, Batch batch)
    {
        if (!seller.ByBarcode.TryGetValue(wanted.Barcode, out var item))
            return $"{wanted.Barcode} barkodlu ürün sistemde bulunamadı.";
        if (!item.Approved)
            return $"{wanted.Barcode} barkodlu ürün onaylı değil; stok ve fiyat güncellenemez.";

        var sale = wanted.SalePrice ?? item.SalePrice;
        var list = wanted.ListPrice ?? item.ListPrice;
        if (list < sale)
            return "Liste fiyatı satış fiyatından düşük olamaz.";

        if (wanted.SalePrice is not null || wanted.ListPrice is not null)
        {
            var at = batch.CreatedAt;
            while (item.PriceUpdates.TryPeek(out var oldest) && oldest + TimeSpan.FromMinutes(1) <= at)
                item.PriceUpdates.Dequeue();
            if (item.PriceUpdates.Count >= PriceUpdatesPerMinute)
                return "Fiyat güncelleme limitini aştınız: bir barkod için dakikada en fazla 30.";
            item.PriceUpdates.Enqueue(at);
            (item.SalePrice, item.ListPrice) = (sale, list);
            item.ModifiedAt = batch.AppliesAt;
        }

        if (wanted.Quantity is { } quantity)
            sandbox.Change(seller, item, quantity, "batch", batch.Id, batch.AppliesAt);
        return null;
    }

    public static void SetArchived(Item item, bool archived, DateTimeOffset now)
    {
        if (archived != item.Archived)
            item.ArchivedAt = archived ? now : null;
        item.Archived = archived;
    }

    /// <param name="cards">The first item of each card; a new one is added.</param>
    static Item Find(TrendyolSandbox sandbox, Seller seller, Dictionary<string, Item> cards, ItemRequest request, DateTimeOffset now)
    {
        var barcode = Squeeze(request.Barcode);
        if (seller.ByBarcode.TryGetValue(barcode, out var known))
            return known;

        var main = request.ProductMainId.Length > 0 ? request.ProductMainId : barcode;
        var item = new Item
        {
            Barcode = barcode,
            ProductMainId = main,
            ContentId = cards.GetValueOrDefault(main)?.ContentId ?? sandbox.Numbers.Content(),
            VariantId = sandbox.Numbers.Variant(),
            CreatedAt = now,
        };
        seller.Items.Add(item);
        seller.ByBarcode.Add(barcode, item);
        cards.TryAdd(main, item);
        return item;
    }

    static void Check(ItemRequest item)
    {
        if (Squeeze(item.Barcode).Length is 0 or > 40)
            throw new SandboxRefusal(400, "A barcode has 1 to 40 characters.");
        if (item.Quantity is < 0 or > TrendyolInventory.QuantityMax)
            throw new SandboxRefusal(400, "A quantity is 0 to 20,000.");
        if (item.Price <= 0 || (item.ListPrice ?? item.Price) < item.Price)
            throw new SandboxRefusal(400, "A price is above 0, and the list price not below it.");
        if (item.VatRate is not (0 or 1 or 10 or 20))
            throw new SandboxRefusal(400, "vatRate is 0, 1, 10 or 20.");
    }

    /// <summary>Blanks inside a barcode are not stored.</summary>
    public static string Squeeze(string barcode) => barcode.Replace(" ", "", StringComparison.Ordinal);
}
