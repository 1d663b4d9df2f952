using System.Text.Json;

namespace MesChain.Sandbox.Trendyol;

/// <summary>The seller's steps with a package, and what is the same for all of them. Runs inside the sandbox's lock.</summary>
static class TrendyolSteps
{
    static readonly string[] BeforeShipping = ["Created", "Picking", "Invoiced"];

    // 503 does not exist.
    static readonly int[] UnsuppliedReasons = [500, 501, 502, 504, 505, 506];

    sealed record Wanted(string Status, string InvoiceNumber, List<(long Id, int Quantity)> Lines);

    sealed record Lacking(int Reason, List<(long Id, int Quantity)> Lines);

    /// <summary><c>Picking</c> and <c>Invoiced</c>, the two states a seller may set.</summary>
    public static ApiAnswer Update(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request)
    {
        if (Find(sandbox, seller, packageId) is not { } package)
            return NotFound;
        if (request.Read(static body => new Wanted(body.GetProperty("status").GetString() ?? "", InvoiceNumber(body), Lines(body))) is not { } wanted)
            return Unreadable;
        if (wanted.Status is not ("Picking" or "Invoiced"))
            return ApiAnswer.OrderError(400, "Satıcı yalnızca Picking ve Invoiced bildirebilir.");

        var own = package.Lines.ToDictionary(line => line.Id, line => line.Units.Count);
        if (wanted.Lines.Count != own.Count || wanted.Lines.Exists(line => own.GetValueOrDefault(line.Id) != line.Quantity))
            return ApiAnswer.OrderError(400, "Paketin satırları ve adetleri eksiksiz gönderilmelidir.");
        if (package.Status == wanted.Status)
            return ApiAnswer.Empty;

        var allowed = wanted.Status == "Picking" ? package.Status == "Created" : package.Status is "Created" or "Picking";
        if (!allowed)
            return Illegal(sandbox, package, wanted.Status);

        if (wanted.InvoiceNumber.Length > 0)
            package.InvoiceNumber = wanted.InvoiceNumber;
        TrendyolSales.Move(sandbox, seller, package, wanted.Status, sandbox.Clock.GetUtcNow());
        return ApiAnswer.Empty;
    }

    /// <summary>The package is closed whatever was left in it; the rest comes back as a new one.</summary>
    public static ApiAnswer Unsupplied(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request)
    {
        if (Refuse(sandbox, seller, packageId, "UnSupplied", out var package) is { } refusal)
            return refusal;
        if (request.Read(static body => new Lacking(body.GetProperty("reasonId").GetInt32(), Lines(body))) is not { } lacking)
            return Unreadable;
        if (!UnsuppliedReasons.Contains(lacking.Reason))
            return ApiAnswer.OrderError(400, "reasonId geçersiz.");

        if (!TryTake(package, lacking.Lines, out var rest))
            return ApiAnswer.OrderError(400, "Satır ya da adet pakette yok.");

        var now = sandbox.Clock.GetUtcNow();
        TrendyolSales.Move(sandbox, seller, package, "UnSupplied", now);
        if (rest.Count > 0)
            TrendyolSuccessors.Issue(sandbox, seller, package, rest, "cancel", "Created", now + TimeSpan.FromSeconds(sandbox.Switches.SplitSeconds));
        return ApiAnswer.Empty;
    }

    public static readonly ApiAnswer NotFound = ApiAnswer.OrderError(404, "shipment.package.not.found");

    public static readonly ApiAnswer Unreadable = ApiAnswer.OrderError(400, "İstek gövdesi okunamadı.");

    /// <summary>A package that has not appeared yet does not exist for anybody.</summary>
    public static Package? Find(TrendyolSandbox sandbox, Seller seller, string packageId) =>
        seller.Packages.Find(package => TrendyolSales.Text(package.Id) == packageId && sandbox.Shows(package, sandbox.Clock.GetUtcNow()));

    /// <summary>Null when the package is there and has not been shipped.</summary>
    public static ApiAnswer? Refuse(TrendyolSandbox sandbox, Seller seller, string packageId, string step, out Package package)
    {
        package = Find(sandbox, seller, packageId)!;
        return package is null ? NotFound
            : BeforeShipping.Contains(package.Status, StringComparer.Ordinal) ? null
            : Illegal(sandbox, package, step);
    }

    public static ApiAnswer Illegal(TrendyolSandbox sandbox, Package package, string step) =>
        ApiAnswer.OrderError(sandbox.Switches.IllegalStep, $"{package.Status} durumundaki paket {step} yapılamaz.");

    /// <summary>What is left of a package without some of its units; false when it does not have them.</summary>
    static bool TryTake(Package package, List<(long Id, int Quantity)> taken, out List<Line> rest)
    {
        var wanted = taken.GroupBy(line => line.Id).ToDictionary(line => line.Key, line => line.Sum(part => part.Quantity));
        rest = [.. package.Lines
            .Select(line => line with { Units = [.. line.Units.Skip(wanted.GetValueOrDefault(line.Id))] })
            .Where(line => line.Units.Count > 0)];
        return taken.Count > 0 && taken.All(line => line.Quantity > 0)
            && wanted.All(line => package.Lines.FirstOrDefault(own => own.Id == line.Key) is { } own && own.Units.Count >= line.Value);
    }

    static List<(long Id, int Quantity)> Lines(JsonElement body) =>
        [.. body.GetProperty("lines").EnumerateArray().Select(line => (line.GetProperty("lineId").GetInt64(), line.GetProperty("quantity").GetInt32()))];

    static string InvoiceNumber(JsonElement body) =>
        body.TryGetProperty("params", out var given) && given.TryGetProperty("invoiceNumber", out var number) ? number.GetString() ?? "" : "";
}
