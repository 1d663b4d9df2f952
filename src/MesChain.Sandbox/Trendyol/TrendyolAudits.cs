using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>A change of an approved product on its way through quality control, or what became of it.</summary>
sealed class ContentAudit
{
    public required long ContentId { get; init; }

    public required string Barcode { get; init; }

    public required string BatchId { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required DateTimeOffset DecidesAt { get; init; }

    public required IReadOnlyList<ContentUpdate> Updates { get; init; }

    public bool IsRunning => Updates.Any(update => update.Status == ContentUpdate.Running);

    public void Decide()
    {
        foreach (var update in Updates)
            update.Decide(DecidesAt);
    }
}

/// <summary>One part of a change: each has a fate of its own.</summary>
sealed class ContentUpdate(string type, JsonNode? changed, JsonNode? existing, Rejection? objection, Action<DateTimeOffset> apply)
{
    public const string Running = "RUNNING";

    public string Type => type;

    public string Status { get; private set; } = Running;

    public void Decide(DateTimeOffset at)
    {
        CompletedAt = at;
        Status = Objection is null ? "SUCCESS" : "FAIL";
        if (Objection is null)
            apply(at);
    }

    DateTimeOffset? CompletedAt { get; set; }

    Rejection? Objection => JsonNode.DeepEquals(changed, existing) ? new("CHANGES_NOT_FOUND", "No Changes Detected") : objection;

    public JsonObject ToJson()
    {
        var word = $"{type[0]}{type[1..].ToLowerInvariant()}";
        return new()
        {
            ["type"] = type,
            ["status"] = Status,
            ["completedDate"] = CompletedAt?.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["rejectReasons"] = Status == "FAIL" && Objection is { } why
                ? new JsonArray(new JsonObject { ["type"] = why.Reason, ["reason"] = why.Detail, ["detail"] = why.Detail, ["parameters"] = new JsonObject() })
                : new JsonArray(),
            [$"changed{word}"] = changed?.DeepClone(),
            [$"existing{word}"] = existing?.DeepClone(),
        };
    }
}

/// <summary>Quality control of changed content. Runs inside the sandbox's lock.</summary>
static class TrendyolAudits
{
    const int SizeMax = 100;

    public static void Begin(Seller seller, ProductRequest change, IReadOnlyList<Item> items, Batch batch, DateTimeOffset decidesAt)
    {
        var first = items[0];
        List<ContentUpdate> updates = [];
        if (change.Title is { } title)
            updates.Add(new("TITLE", title, first.Title, TrendyolReview.Objection(title), at => Set(items, at, item => item.Title = title)));
        if (change.Description is { } description)
            updates.Add(new("DESCRIPTION", description, first.Description, TrendyolReview.Objection(description), at => Set(items, at, item => item.Description = description)));
        if (change.Images is { } images)
        {
            string[] urls = [.. images.Select(image => image.Url!)];
            updates.Add(new("MEDIA", Urls(urls), Urls(first.Images), null, at => Set(items, at, item => item.Images = urls)));
        }

        if (change.Attributes is { } sent)
        {
            // What tells variants apart stays each variant's own.
            ProductAttribute[] attributes = [.. TrendyolProductRead.Attributes(sent).Where(attribute => !TrendyolProductJson.IsOfVariant(first, attribute.Id))];
            updates.Add(new("ATTRIBUTE", Texts(attributes), Texts(first.Attributes.Where(own => !TrendyolProductJson.IsOfVariant(first, own.Id))), null,
                at => Set(items, at, item => item.Attributes = [.. item.Attributes.Where(own => TrendyolProductJson.IsOfVariant(item, own.Id)), .. attributes])));
        }

        seller.Audits.Add(new()
        {
            ContentId = first.ContentId,
            Barcode = first.Barcode,
            BatchId = batch.Id,
            RequestedAt = batch.CreatedAt,
            DecidesAt = decidesAt,
            Updates = updates,
        });
    }

    public static ApiAnswer Query(TrendyolSandbox sandbox, Seller seller, string content, ApiRequest request)
    {
        var first = sandbox.Switches.AuditFirstPage;
        if (!request.TryNumber("page", first, out var page) || !request.TryNumber("size", SizeMax, out var size) || page < first || size is < 1 or > SizeMax)
            return ApiAnswer.Error(400, "invalid.page", "page veya size geçersiz.");
        if (request.Text("status") is not (null or "SUCCESS" or "FAIL" or ContentUpdate.Running))
            return ApiAnswer.Error(400, "invalid.status", "status SUCCESS, FAIL veya RUNNING olmalıdır.");
        if (!TrendyolProductRead.TryId(content, out var contentId) || seller.Items.All(item => item.ContentId != contentId))
            return ApiAnswer.Error(404, "product.not.found", "Ürün sistemde bulunamadı");

        var status = request.Text("status");
        var fitting = seller.Audits.AsEnumerable().Reverse()
            .Where(audit => audit.ContentId == contentId && (status is null || audit.Updates.Any(update => update.Status == status)))
            .ToList();
        return ApiAnswer.Ok(new JsonObject
        {
            ["page"] = page,
            ["size"] = size,
            ["totalPage"] = (fitting.Count + size - 1) / size,
            ["content"] = new JsonArray([.. fitting.Skip((int)Math.Min(int.MaxValue, (page - first) * size)).Take((int)size).Select(ToJson)]),
        });
    }

    // Text for times here, numbers everywhere else.
    static JsonObject ToJson(ContentAudit audit) => new()
    {
        ["barcode"] = audit.Barcode,
        ["contentId"] = audit.ContentId,
        ["batchRequestId"] = audit.BatchId,
        ["requestDate"] = audit.RequestedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture),
        ["updates"] = new JsonArray([.. audit.Updates.Select(update => update.ToJson())]),
    };

    static void Set(IReadOnlyList<Item> items, DateTimeOffset at, Action<Item> set)
    {
        foreach (var item in items)
        {
            set(item);
            item.ModifiedAt = at;
        }
    }

    static JsonArray Urls(IEnumerable<string> urls) => new([.. urls.Select(url => JsonValue.Create(url))]);

    static JsonArray Texts(IEnumerable<ProductAttribute> attributes) => new([.. attributes.OrderBy(attribute => attribute.Id).Select(attribute =>
        JsonValue.Create(FormattableString.Invariant($"{attribute.Id}:{string.Join(',', attribute.ValueIds.Order())}:{attribute.Text}")))]);
}
