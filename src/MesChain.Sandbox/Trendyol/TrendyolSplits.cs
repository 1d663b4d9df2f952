using System.Text.Json;

namespace MesChain.Sandbox.Trendyol;

/// <summary>
/// The four split services. The package is closed at once, the new ones appear later; what a request leaves out lies in one more.
/// Runs inside the sandbox's lock.
/// </summary>
static class TrendyolSplits
{
    /// <summary>Units of lines that shall lie together; no quantity takes the whole line.</summary>
    sealed record Part(IReadOnlyList<(long Line, int? Quantity)> Lines);

    sealed record Request(IReadOnlyList<Part> Parts, bool KeepStatus);

    public static ApiAnswer Split(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request) =>
        Divide(sandbox, seller, packageId, request, static body => [Whole(body)]);

    public static ApiAnswer MultiSplit(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request) =>
        Divide(sandbox, seller, packageId, request, static body => [.. body.GetProperty("splitGroups").EnumerateArray().Select(Whole)]);

    public static ApiAnswer QuantitySplit(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request) =>
        Divide(sandbox, seller, packageId, request, static body =>
        [
            .. from line in body.GetProperty("quantitySplit").EnumerateArray()
               from quantity in line.GetProperty("quantities").EnumerateArray()
               select new Part([(line.GetProperty("orderLineId").GetInt64(), quantity.GetInt32())]),
        ]);

    public static ApiAnswer SplitPackages(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request) =>
        Divide(sandbox, seller, packageId, request, static body =>
        [
            .. body.GetProperty("splitPackages").EnumerateArray().Select(package => new Part(
            [
                .. package.GetProperty("packageDetails").EnumerateArray()
                    .Select(line => (line.GetProperty("orderLineId").GetInt64(), (int?)line.GetProperty("quantities").GetInt32())),
            ])),
        ]);

    static ApiAnswer Divide(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request, Func<JsonElement, IReadOnlyList<Part>> read)
    {
        if (TrendyolSteps.Refuse(sandbox, seller, packageId, "UnPacked", out var package) is { } refusal)
            return refusal;
        if (request.Read(body => new Request(read(body), body.TryGetProperty("shouldKeepPreviousStatus", out var keep) && keep.GetBoolean())) is not { } wanted)
            return TrendyolSteps.Unreadable;
        if (!TryDeal(package, wanted.Parts, out var dealt))
            return ApiAnswer.OrderError(400, "Satır ya da adet pakette yok.");
        if (dealt.Count < 2)
            return ApiAnswer.OrderError(400, "Bölme sonucunda en az iki paket oluşmalıdır.");

        var now = sandbox.Clock.GetUtcNow();
        var status = wanted.KeepStatus ? package.Status : "Created";
        TrendyolSales.Move(sandbox, seller, package, "UnPacked", now);
        foreach (var lines in dealt)
            TrendyolSuccessors.Issue(sandbox, seller, package, lines, "split", status, now + TimeSpan.FromSeconds(sandbox.Switches.SplitSeconds));
        return ApiAnswer.Empty;
    }

    /// <summary>The lines of each new package; false when one asks for what is not there or not there twice.</summary>
    static bool TryDeal(Package package, IReadOnlyList<Part> parts, out List<List<Line>> dealt)
    {
        var left = package.Lines.ToDictionary(line => line.Id, line => line.Units.ToList());
        dealt = [];
        foreach (var part in parts)
        {
            List<Line> lines = [];
            foreach (var (id, quantity) in part.Lines)
            {
                var units = left.GetValueOrDefault(id) ?? [];
                var count = quantity ?? units.Count;
                if (count < 1 || count > units.Count)
                    return false;
                lines.Add(package.Lines.First(line => line.Id == id) with { Units = units[..count] });
                units.RemoveRange(0, count);
            }

            if (lines.Count == 0)
                return false;
            dealt.Add(lines);
        }

        var rest = package.Lines.Select(line => line with { Units = left[line.Id] }).Where(line => line.Units.Count > 0).ToList();
        if (rest.Count > 0)
            dealt.Add(rest);
        return true;
    }

    static Part Whole(JsonElement group) => new([.. group.GetProperty("orderLineIds").EnumerateArray().Select(line => (line.GetInt64(), (int?)null))]);
}
