namespace MesChain.Sandbox.Trendyol;

/// <summary>Ends the review of a product at once.</summary>
public sealed record ReviewRequest
{
    public string SellerId { get; init; } = "";

    public required string Barcode { get; init; }

    public bool Approved { get; init; } = true;

    /// <summary>For a rejection.</summary>
    public string Reason { get; init; } = "Eksik Bilgi";

    public string Detail { get; init; } = "Ürün bilgileri eksik ya da hatalı.";
}

/// <summary>The review that every new product passes. Runs inside the sandbox's lock.</summary>
static class TrendyolReview
{
    /// <summary>What no product may call itself: the sandbox's own rule, so that a rejection can be had without a hand on the strings.</summary>
    static readonly string[] Forbidden = ["replika", "sahte", "çakma"];

    public static void Begin(Seller seller, Item item, DateTimeOffset decidesAt)
    {
        item.Approved = false;
        item.Rejections = [];
        item.DecidesAt = decidesAt;
        if (!seller.Pending.Contains(item))
            seller.Pending.Add(item);
    }

    public static void Decide(TrendyolSandbox sandbox, Seller seller, Item item, DateTimeOffset at)
    {
        if (Objection(item.Title, item.Description) is { } objection)
            Reject(seller, item, objection, at);
        else
            Approve(sandbox, seller, item, at);
    }

    public static Rejection? Objection(params IEnumerable<string> texts) =>
        texts.Any(text => Forbidden.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)))
            ? new("Yasaklı İfade", "Ürün bilgilerinde kullanılamayan bir ifade bulunuyor.")
            : null;

    public static void Reject(Seller seller, Item item, Rejection why, DateTimeOffset at)
    {
        End(seller, item, at);
        item.Approved = false;
        item.Rejections = [why];
    }

    public static void Approve(TrendyolSandbox sandbox, Seller seller, Item item, DateTimeOffset at)
    {
        End(seller, item, at);
        item.Approved = true;
        item.ApprovedAt = at;
        item.Rejections = [];
        item.ContentId = seller.Items.Find(other => other != item && other.Approved && SharesCard(other, item))?.ContentId ?? sandbox.Numbers.Content();
    }

    /// <summary>The seller panel, or whoever plays with the sandbox, has decided otherwise.</summary>
    public static void Drop(Seller seller, Item item, bool approved)
    {
        seller.Pending.Remove(item);
        item.DecidesAt = null;
        item.Approved = approved;
        item.Rejections = [];
    }

    public static bool DecideNow(TrendyolSandbox sandbox, Seller seller, ReviewRequest request)
    {
        var item = seller.ByBarcode.GetValueOrDefault(TrendyolItems.Squeeze(request.Barcode)) ?? throw new SandboxRefusal(404, "There is no such barcode.");
        if (item.Approved)
            throw new SandboxRefusal(409, "The product is approved already.");

        var now = sandbox.Clock.GetUtcNow();
        if (request.Approved)
            Approve(sandbox, seller, item, now);
        else
            Reject(seller, item, new(request.Reason, request.Detail), now);
        return true;
    }

    static void End(Seller seller, Item item, DateTimeOffset at)
    {
        seller.Pending.Remove(item);
        item.DecidesAt = null;
        item.ModifiedAt = at;
    }

    // Variants of one model share a card, unless a slicer (colour) splits them.
    static bool SharesCard(Item one, Item other) => one.ProductMainId == other.ProductMainId && Slices(one) == Slices(other);

    static string Slices(Item item)
    {
        var slicers = TrendyolCatalogue.Rules(item.CategoryId).Where(rule => rule.Slicer).Select(rule => rule.AttributeId).ToHashSet();
        return string.Join('|', item.Attributes.Where(attribute => slicers.Contains(attribute.Id)).OrderBy(attribute => attribute.Id)
            .Select(attribute => $"{attribute.Id}:{string.Join(',', attribute.ValueIds)}:{attribute.Text}"));
    }
}
