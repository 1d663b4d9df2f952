using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>What was accepted and is done later.</summary>
sealed class Batch
{
    public required string Id { get; init; }

    /// <summary><c>batchRequestType</c>, which also decides the shape of the result.</summary>
    public required string Type { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset AppliesAt { get; init; }

    public required DateTimeOffset ReadyAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required IReadOnlyList<BatchItem> Items { get; init; }

    public bool Applied { get; set; }
}

/// <param name="barcode">What may stand only once in a batch: a barcode, or the id of a content.</param>
/// <param name="echo">How the result repeats the request.</param>
/// <param name="apply">Carries it out, or says why not.</param>
sealed class BatchItem(string barcode, JsonObject echo, Func<Batch, string?> apply)
{
    public string Barcode => barcode;

    public JsonObject Echo => echo;

    public Func<Batch, string?> Apply => apply;

    /// <summary>Null while it has not failed.</summary>
    public string? Failure { get; set; }
}

/// <summary>Batches: taking them in, letting them take effect, and telling what became of them. Runs inside the sandbox's lock.</summary>
static class TrendyolBatches
{
    public const string Inventory = "ProductInventoryUpdate";
    public const string Create = "ProductV2OnBoarding";
    public const string Unapproved = "ProductV2Update";
    public const string Content = "ApprovedProductContentUpdate";
    public const string Variant = "ApprovedProductVariantUpdate";
    public const string Delivery = "ProductDeliveryOptionUpdate";
    public const string Archive = "ProductArchiveUpdate";
    public const string Deletion = "ProductDeletion";
    public const string Unlock = "ProductUnlockUpdate";

    static readonly TimeSpan Life = TimeSpan.FromHours(4);

    public static ApiAnswer Accept(TrendyolSandbox sandbox, Seller seller, string type, IReadOnlyList<BatchItem> items, TimeSpan lateBy)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (!seen.Add(item.Barcode))
                item.Failure ??= $"{item.Barcode} barkodu istekte birden fazla kez yer alıyor.";
        }

        var batch = New(sandbox, seller, type, items, lateBy);
        seller.Batches.Add(batch.Id, batch);
        return ApiAnswer.Ok(new JsonObject { ["batchRequestId"] = batch.Id });
    }

    public static ApiAnswer Result(TrendyolSandbox sandbox, Seller seller, string id)
    {
        if (!seller.Batches.TryGetValue(id, out var batch))
            return ApiAnswer.Error(404, "batch.request.not.found", "Toplu işlem bulunamadı.");

        var ready = batch.ReadyAt <= sandbox.Clock.GetUtcNow();
        var result = new JsonObject { ["batchRequestId"] = batch.Id };
        // Batches of price and stock carry no status of their own: only their items have one.
        if (batch.Type != Inventory)
            result["status"] = ready ? "COMPLETED" : "IN_PROGRESS";
        result["creationDate"] = batch.CreatedAt.ToUnixTimeMilliseconds();
        result["lastModification"] = (ready ? batch.ReadyAt : batch.CreatedAt).ToUnixTimeMilliseconds();
        result["sourceType"] = "API";
        result["itemCount"] = batch.Items.Count;
        result["failedItemCount"] = ready ? batch.Items.Count(item => item.Failure is not null) : 0;
        result["batchRequestType"] = batch.Type;
        if (batch.Type == Archive)
            result["notes"] = null;
        result["items"] = new JsonArray([.. batch.Items.Select((item, i) => ToJson(batch, item, i, ready))]);
        return ApiAnswer.Ok(result);
    }

    /// <summary>Carries out one batch: what has failed already stays failed.</summary>
    public static void Apply(Batch batch)
    {
        foreach (var item in batch.Items)
            item.Failure ??= item.Apply(batch);
        batch.Applied = true;
    }

    static JsonObject ToJson(Batch batch, BatchItem item, int index, bool ready)
    {
        var failure = ready ? item.Failure : null;
        var told = new JsonObject
        {
            ["requestItem"] = item.Echo.DeepClone(),
            ["status"] = !ready ? "IN_PROGRESS" : failure is null ? "SUCCESS" : "FAILED",
            ["failureReasons"] = failure is null ? new JsonArray() : new JsonArray(failure),
        };
        if (batch.Type == Archive)
            told["batchRequestLogId"] = FormattableString.Invariant($"{batch.Id[..8]}-{index}");
        return told;
    }

    static Batch New(TrendyolSandbox sandbox, Seller seller, string type, IReadOnlyList<BatchItem> items, TimeSpan lateBy)
    {
        var switches = sandbox.Switches;
        var now = sandbox.Clock.GetUtcNow();

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
        var expires = now + (type == Archive ? TimeSpan.FromHours(switches.ArchiveReceiptHours) : Life);
        return new()
        {
            Id = FormattableString.Invariant($"{new Guid(uuid)}-{expires.ToUnixTimeSeconds()}"),
            Type = type,
            CreatedAt = now,
            AppliesAt = applies,
            ReadyAt = ready < applies ? applies : ready,
            ExpiresAt = expires,
            Items = items,
        };
    }
}
