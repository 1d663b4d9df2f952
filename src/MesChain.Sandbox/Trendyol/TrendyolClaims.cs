using System.Text.Json;
using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Claims: the buyer's, the seller's and the marketplace's part in them. Runs inside the sandbox's lock.</summary>
static class TrendyolClaims
{
    const int SizeMax = 200;
    static readonly TimeSpan ActionTime = TimeSpan.FromHours(48);
    static readonly TimeSpan LateReasonAfter = TimeSpan.FromHours(24);

    // Six others were taken out of service in October 2026.
    static readonly int[] IssueReasons = [51, 151, 201, 401, 451, 1651, 1951, 2051, 2077, 2078, 2079];
    const int LateReason = 1651;

    // Steps that are not the seller's.
    static readonly Dictionary<string, string[]> Steps = new(StringComparer.Ordinal)
    {
        ["Created"] = ["WaitingFraudCheck", "WaitingInAction", "Cancelled"],
        ["WaitingFraudCheck"] = ["WaitingInAction", "Cancelled"],
        ["WaitingInAction"] = ["Cancelled"],
        ["InAnalysis"] = ["Accepted", "Rejected", "Unresolved"],
        ["Unresolved"] = ["Accepted", "Rejected"],
    };

    sealed record Chosen(List<string> Items);

    public static PlacedClaim Place(TrendyolSandbox sandbox, Seller seller, ClaimRequest request)
    {
        var package = TrendyolSales.Find(seller, request.PackageId);
        if (package.Status != "Delivered")
            throw new SandboxRefusal(409, $"A package that is {package.Status} cannot be given back.");
        if (request.Status is not ("Created" or "WaitingInAction" or "WaitingFraudCheck"))
            throw new SandboxRefusal(400, "A new claim is Created, WaitingFraudCheck or WaitingInAction.");

        var claimed = seller.Claims.SelectMany(claim => claim.Items).Where(item => item.Status != "Cancelled").Select(item => item.UnitId).ToHashSet();
        var line = package.Lines.FirstOrDefault(line => request.LineId.Length > 0 ? TrendyolSales.Text(line.Id) == request.LineId : line.Item.Barcode == request.Barcode)
            ?? throw new SandboxRefusal(404, "The package has no such line.");
        var free = line.Units.Where(unit => !claimed.Contains(unit.Id)).ToList();
        var quantity = request.Quantity ?? free.Count;
        if (quantity < 1 || quantity > free.Count)
            throw new SandboxRefusal(400, $"{free.Count} units can be given back.");

        var now = sandbox.Clock.GetUtcNow();
        var claim = new Claim
        {
            Id = Uuid(sandbox),
            Package = package,
            CreatedAt = now,
            ModifiedAt = now,
            TrackingNumber = TrendyolSales.Text(sandbox.Numbers.Tracking()),
            Items = [.. free.Take(quantity).Select(unit => new ClaimItem { Id = Uuid(sandbox), Line = line, UnitId = unit.Id, CustomerNote = request.Note })],
        };
        foreach (var item in claim.Items)
            Move(claim, item, request.Status, now, "Customer");
        seller.Claims.Add(claim);
        return new(claim.Id, [.. claim.Items.Select(item => item.Id)]);
    }

    public static bool Advance(TrendyolSandbox sandbox, Seller seller, AdvanceClaimRequest request)
    {
        var (claim, item) = Find(seller, request.ClaimItemId) ?? throw new SandboxRefusal(404, "There is no such claim item.");
        var steps = Steps.GetValueOrDefault(item.Status, []);
        if (!steps.Contains(request.Status, StringComparer.Ordinal))
            throw new SandboxRefusal(409, $"From {item.Status} a claim item goes to {string.Join(", ", steps.DefaultIfEmpty("nowhere"))}.");

        Move(claim, item, request.Status, sandbox.Clock.GetUtcNow(), "Trendyol");
        return true;
    }

    /// <summary>Whoever lets two days pass has accepted.</summary>
    public static void ApplyDue(Seller seller, DateTimeOffset now)
    {
        foreach (var claim in seller.Claims)
        {
            foreach (var item in claim.Items.Where(item => item.Status == "WaitingInAction" && item.StatusAt + ActionTime <= now))
            {
                item.AutoAccepted = true;
                Move(claim, item, "Accepted", item.StatusAt + ActionTime, "System");
            }
        }
    }

    public static ApiAnswer List(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        if (!request.TryNumber("page", 0, out var page) || !request.TryNumber("size", 50, out var size) || page is < 0 or > 10_000 || size is < 1 or > SizeMax)
            return ApiAnswer.OrderError(400, "size 1-200 olmalıdır.");
        if (!request.TryNumber("startDate", 0, out var start) || !request.TryNumber("endDate", long.MaxValue, out var end))
            return ApiAnswer.OrderError(400, "Tarih geçersiz.");

        var status = request.Text("claimItemStatus");
        var ids = request.List("claimIds");
        long Stamp(Claim claim) => (sandbox.Switches.ClaimsByChange ? claim.ModifiedAt : claim.CreatedAt).ToUnixTimeMilliseconds();
        var fitting = seller.Claims
            .Where(claim => Stamp(claim) >= start && Stamp(claim) <= end
                && (status is null || claim.Items.Any(item => item.Status == status))
                && (ids.Count == 0 || ids.Contains(claim.Id, StringComparer.Ordinal))
                && (request.Text("orderNumber") is not { } number || number == claim.Package.OrderNumber))
            .OrderByDescending(Stamp).ThenBy(claim => claim.Id, StringComparer.Ordinal)
            .ToList();
        return ApiAnswer.Ok(new JsonObject
        {
            ["totalElements"] = fitting.Count,
            ["totalPages"] = (fitting.Count + size - 1) / size,
            ["page"] = page,
            ["size"] = size,
            ["content"] = new JsonArray([.. fitting.Skip((int)(page * size)).Take((int)size).Select(TrendyolClaimJson.Of)]),
        });
    }

    public static ApiAnswer Approve(TrendyolSandbox sandbox, Seller seller, string claimId, ApiRequest request)
    {
        if (request.Read(static body => new Chosen([.. body.GetProperty("claimLineItemIdList").EnumerateArray().Select(id => id.GetString() ?? "")])) is not { } chosen)
            return TrendyolSteps.Unreadable;
        if (!TryChoose(sandbox, seller, claimId, chosen.Items, out var claim, out var items, out var refusal))
            return refusal;

        foreach (var item in items)
        {
            item.AcceptedBySeller = true;
            Move(claim, item, "Accepted", sandbox.Clock.GetUtcNow(), "Seller");
        }

        return ApiAnswer.Empty;
    }

    /// <summary>The seller says no; what comes of it the marketplace decides.</summary>
    public static ApiAnswer Reject(TrendyolSandbox sandbox, Seller seller, string claimId, ApiRequest request)
    {
        if (!TryChoose(sandbox, seller, claimId, request.List("claimItemIdList"), out var claim, out var items, out var refusal))
            return refusal;
        if (!request.TryNumber("claimIssueReasonId", 0, out var reason) || !IssueReasons.Contains((int)reason))
            return ApiAnswer.OrderError(400, "claimIssueReasonId geçersiz.");
        if (request.Text("description") is not { Length: <= 500 } description)
            return ApiAnswer.OrderError(400, "description 1-500 karakter olmalıdır.");

        var now = sandbox.Clock.GetUtcNow();
        if (reason == LateReason && items.Any(item => now < item.StatusAt + LateReasonAfter))
            return ApiAnswer.OrderError(400, "Bu red nedeni ilk 24 saat içinde kullanılamaz.");
        if (sandbox.Switches.ClaimFileReasons.Contains((int)reason) && request.Form?.Files.GetFile("file") is not { Length: > 0 })
            return ApiAnswer.OrderError(400, "Bu red nedeni için dosya yüklenmelidir.");

        foreach (var item in items)
        {
            item.Note = description;
            Move(claim, item, "InAnalysis", now, "Seller");
        }

        return ApiAnswer.Empty;
    }

    public static ApiAnswer Reasons() => ApiAnswer.Ok(new JsonArray([.. IssueReasons.Select(id => (JsonNode)new JsonObject
    {
        ["id"] = id,
        ["name"] = id == LateReason ? "İade paketi ulaşmadı" : FormattableString.Invariant($"Red nedeni {id}"),
    })]));

    public static ApiAnswer Audit(TrendyolSandbox sandbox, Seller seller, string itemId, ApiRequest request) => Find(seller, itemId) is not var (claim, item)
        ? ApiAnswer.OrderError(404, "claim.item.not.found")
        : ApiAnswer.Ok(new JsonArray([.. item.Steps.Select(step => (JsonNode)new JsonObject
        {
            ["claimId"] = claim.Id,
            ["claimItemId"] = item.Id,
            ["previousStatus"] = step.From,
            ["newStatus"] = step.To,
            ["userInfoDocument"] = new JsonObject { ["executorApp"] = step.By },
            ["date"] = step.At.ToUnixTimeMilliseconds(),
        })]));

    /// <summary>All chosen items can be decided, or none is.</summary>
    static bool TryChoose(TrendyolSandbox sandbox, Seller seller, string claimId, IReadOnlyList<string> ids, out Claim claim, out List<ClaimItem> items, out ApiAnswer refusal)
    {
        claim = seller.Claims.Find(claim => claim.Id == claimId)!;
        items = claim is null ? [] : [.. claim.Items.Where(item => ids.Contains(item.Id, StringComparer.Ordinal))];
        refusal = claim is null ? ApiAnswer.OrderError(404, "claim.not.found")
            : items.Count == 0 || items.Count != ids.Distinct(StringComparer.Ordinal).Count() ? ApiAnswer.OrderError(400, "claim.item.not.found")
            : items.Find(item => item.Status != "WaitingInAction") is { } other
                ? ApiAnswer.OrderError(sandbox.Switches.IllegalStep, $"{other.Status} durumundaki iade için işlem yapılamaz.")
            : ApiAnswer.Empty;
        return refusal == ApiAnswer.Empty;
    }

    static (Claim Claim, ClaimItem Item)? Find(Seller seller, string itemId)
    {
        var claim = seller.Claims.Find(claim => claim.Items.Any(item => item.Id == itemId));
        return claim is null ? null : (claim, claim.Items.First(item => item.Id == itemId));
    }

    static void Move(Claim claim, ClaimItem item, string status, DateTimeOffset at, string by)
    {
        item.Steps.Add((item.Status, status, at, by));
        (item.Status, item.StatusAt, claim.ModifiedAt) = (status, at, at);
    }

    static string Uuid(TrendyolSandbox sandbox)
    {
        var bytes = new byte[16];
        sandbox.Chance.NextBytes(bytes);
        return new Guid(bytes).ToString();
    }
}
