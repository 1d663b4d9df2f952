using System.Text.Json;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Who carries a package, in what, until when, and packages that no watched carrier takes. Runs inside the sandbox's lock.</summary>
static class TrendyolShipping
{
    sealed record Word(string Text);

    sealed record Count(long Number);

    sealed record Boxes(int Quantity, decimal Deci);

    sealed record Otherwise(string Tracking, int? Boxes, decimal? Deci);

    sealed record Costs(List<(long Line, decimal Amount)> Lines);

    public static ApiAnswer SetTrackingNumber(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request) =>
        sandbox.Switches.NoTrackingNumbers ? ApiAnswer.Error(404, "not.found", "Kaynak bulunamadı.") : Change(sandbox, seller, packageId, request, static body => new Word(body.GetProperty("trackingNumber").GetString() ?? ""), (package, wanted) =>
        {
            if (wanted.Text.Trim().Length == 0)
                return "trackingNumber boş olamaz.";
            package.TrackingNumber = wanted.Text;
            return null;
        });

    public static ApiAnswer SetBoxes(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request) =>
        Change(sandbox, seller, packageId, request, static body => new Boxes(body.GetProperty("boxQuantity").GetInt32(), body.GetProperty("deci").GetDecimal()), (package, wanted) =>
        {
            if (!sandbox.Switches.BoxesForAll && !TrendyolCarriers.TakesBoxes(package.Carrier))
                return "Koli bilgisi bu kargo firması için bildirilemez.";
            if (wanted.Quantity < 1 || wanted.Deci <= 0)
                return "boxQuantity ve deci 0'dan büyük olmalıdır.";
            (package.Boxes, package.Deci) = (wanted.Quantity, wanted.Deci);
            return null;
        });

    /// <summary>Another carrier, another tracking number.</summary>
    public static ApiAnswer ChangeCarrier(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request) =>
        Change(sandbox, seller, packageId, request, static body => new Word(body.GetProperty("cargoProvider").GetString() ?? ""), (package, wanted) =>
        {
            if (!TrendyolCarriers.Names.ContainsKey(wanted.Text))
                return "cargoProvider geçersiz.";
            if (package.Carrier != wanted.Text)
                (package.Carrier, package.TrackingNumber) = (wanted.Text, TrendyolSales.Text(sandbox.Numbers.Tracking()));
            return null;
        });

    public static ApiAnswer SetWarehouse(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request) =>
        Change(sandbox, seller, packageId, request, static body => new Count(body.GetProperty("warehouseId").GetInt64()), (package, wanted) =>
        {
            if (wanted.Number < 1)
                return "warehouseId geçersiz.";
            package.WarehouseId = wanted.Number;
            return null;
        });

    public static ApiAnswer Extend(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request) =>
        Change(sandbox, seller, packageId, request, static body => new Count(body.GetProperty("extendedDayCount").GetInt32()), (package, wanted) =>
        {
            if (wanted.Number is < 1 or > 3)
                return "extendedDayCount 1-3 olmalıdır.";
            package.ShipBy += TimeSpan.FromDays(wanted.Number);
            return null;
        });

    public static ApiAnswer SetLaborCosts(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request) =>
        Change(sandbox, seller, packageId, request, CostsOf, (package, wanted) =>
        {
            if (wanted.Lines.Exists(line => line.Amount < 0 || package.Lines.All(own => own.Id != line.Line)))
                return "Satır pakette yok ya da tutar geçersiz.";
            foreach (var (line, amount) in wanted.Lines)
                package.LaborCosts[line] = amount;
            return null;
        });

    public static ApiAnswer ByService(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request)
    {
        if (TrendyolSteps.Refuse(sandbox, seller, packageId, "DeliveredByService", out var package) is { } refusal)
            return refusal;
        package.DeliveredByService = true;
        package.ModifiedAt = sandbox.Clock.GetUtcNow();
        return ApiAnswer.Empty;
    }

    /// <summary>No carrier's scan comes: the package is shipped because the seller says so.</summary>
    public static ApiAnswer ShipOtherwise(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request)
    {
        if (TrendyolSteps.Refuse(sandbox, seller, packageId, "Shipped", out var package) is { } refusal)
            return refusal;
        if (package.Status == "Created")
            return TrendyolSteps.Illegal(sandbox, package, "Shipped");
        if (request.Read(OtherwiseOf) is not { } wanted)
            return TrendyolSteps.Unreadable;
        if (wanted.Tracking.Trim().Length == 0)
            return ApiAnswer.OrderError(400, "trackingInfo boş olamaz.");

        package.OwnTracking = wanted.Tracking;
        (package.Boxes, package.Deci) = (wanted.Boxes ?? package.Boxes, wanted.Deci ?? package.Deci);
        TrendyolSales.Move(sandbox, seller, package, "Shipped", sandbox.Clock.GetUtcNow());
        return ApiAnswer.Empty;
    }

    /// <summary>Only for what was shipped otherwise: for all else the carrier speaks.</summary>
    public static ApiAnswer HandOver(TrendyolSandbox sandbox, Seller seller, string trackingNumber, string status)
    {
        var now = sandbox.Clock.GetUtcNow();
        if (seller.Packages.FindLast(package => package.TrackingNumber == trackingNumber && sandbox.Shows(package, now)) is not { } package)
            return TrendyolSteps.NotFound;
        if (package.Status == status)
            return ApiAnswer.Empty;
        if (package.OwnTracking.Length == 0 || package.Status is not ("Shipped" or "UnDelivered"))
            return TrendyolSteps.Illegal(sandbox, package, status);

        TrendyolSales.Move(sandbox, seller, package, status, now);
        return ApiAnswer.Empty;
    }

    static ApiAnswer Change<T>(TrendyolSandbox sandbox, Seller seller, string packageId, ApiRequest request, Func<JsonElement, T> read, Func<Package, T, string?> apply)
        where T : class
    {
        if (TrendyolSteps.Refuse(sandbox, seller, packageId, "güncelleme", out var package) is { } refusal)
            return refusal;
        if (request.Read(read) is not { } wanted)
            return TrendyolSteps.Unreadable;
        if (apply(package, wanted) is { } fault)
            return ApiAnswer.OrderError(400, fault);

        package.ModifiedAt = sandbox.Clock.GetUtcNow();
        return ApiAnswer.Empty;
    }

    static Costs CostsOf(JsonElement body) =>
        new([.. body.EnumerateArray().Select(line => (line.GetProperty("orderLineId").GetInt64(), line.GetProperty("laborCostPerItem").GetDecimal()))]);

    static Otherwise OtherwiseOf(JsonElement body) => new(
        body.GetProperty("trackingInfo").GetString() ?? "",
        body.TryGetProperty("boxQuantity", out var boxes) && boxes.ValueKind == JsonValueKind.Number ? boxes.GetInt32() : null,
        body.TryGetProperty("deci", out var deci) && deci.ValueKind == JsonValueKind.Number ? deci.GetDecimal() : null);
}
