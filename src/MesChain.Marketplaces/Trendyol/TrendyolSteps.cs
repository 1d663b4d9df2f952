using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>
/// What the seller does with a package. Trendyol answers most steps with an empty 200 and does the rest later: new packages after a split
/// or a refusal of units are found by reading, never in the answer.
/// </summary>
sealed partial class TrendyolMarketplace : IOrderActions, IInvoicedNotice, IUnsupply, IPackageSplit, IShipmentTerms, IOwnDelivery
{
    public async Task PickAsync(SellerAccess access, string packageId, IReadOnlyList<PackageUnits> lines, CancellationToken cancel) =>
        await UpdateAsync(access, packageId, new(Units(lines), "Picking"), cancel);

    public async Task MarkInvoicedAsync(SellerAccess access, string packageId, IReadOnlyList<PackageUnits> lines, string invoiceNumber, CancellationToken cancel) =>
        await UpdateAsync(access, packageId, new(Units(lines), "Invoiced") { Params = new() { InvoiceNumber = invoiceNumber.Length > 0 ? invoiceNumber : null } }, cancel);

    public async Task UnsupplyAsync(SellerAccess access, string packageId, IReadOnlyList<PackageUnits> lines, UnsupplyReason reason, CancellationToken cancel) =>
        await ChangeAsync(access, HttpMethod.Put, packageId, "items/unsupplied", "unsupplied", new(Units(lines), ReasonId(reason)), TrendyolOrderJson.Default.Unsupplied, cancel);

    /// <summary>Four services for one wish: the narrowest that can say it is used, because the widest knows no "whole line".</summary>
    public async Task SplitAsync(SellerAccess access, string packageId, IReadOnlyList<PackagePart> parts, CancellationToken cancel)
    {
        Check(parts);
        var lines = parts.SelectMany(part => part.Lines).ToList();
        if (lines.TrueForAll(line => line.Quantity is null))
        {
            var groups = parts.Select(part => new SplitLines([.. part.Lines.Select(line => Number(line.LineId))])).ToList();
            await (groups is [var only]
                ? ChangeAsync(access, HttpMethod.Post, packageId, "split", "split", only, TrendyolOrderJson.Default.SplitLines, cancel)
                : ChangeAsync(access, HttpMethod.Post, packageId, "multi-split", "multi-split", new(groups), TrendyolOrderJson.Default.MultiSplit, cancel));
            return;
        }

        if (parts.All(part => part.Lines.Count == 1))
        {
            var quantities = lines.GroupBy(line => line.LineId, StringComparer.Ordinal)
                .Select(line => new LineQuantities(Number(line.Key), [.. line.Select(part => part.Quantity!.Value)]));
            await ChangeAsync(access, HttpMethod.Post, packageId, "quantity-split", "quantity-split", new([.. quantities]), TrendyolOrderJson.Default.QuantitySplit, cancel);
            return;
        }

        var packages = parts.Select(part => new SplitPackage([.. part.Lines.Select(line => new SplitPackageLine(Number(line.LineId), line.Quantity!.Value))]));
        await ChangeAsync(access, HttpMethod.Post, packageId, "split-packages", "split-packages", new([.. packages]), TrendyolOrderJson.Default.SplitPackages, cancel);
    }

    static void Check(IReadOnlyList<PackagePart> parts)
    {
        var lines = parts.SelectMany(part => part.Lines).ToList();
        if (parts.Count == 0 || parts.Any(part => part.Lines.Count == 0) || lines.Exists(line => line.Quantity is < 1))
            throw new ArgumentOutOfRangeException(nameof(parts), "Every part names a line, and 1 unit or more of it.");
        if (lines.Exists(line => line.Quantity is null) && lines.Exists(line => line.Quantity is not null))
            throw new ArgumentException("All lines say how many units, or none does.", nameof(parts));
    }

    public Task SetTrackingNumberAsync(SellerAccess access, string packageId, string trackingNumber, CancellationToken cancel) =>
        StepAsync(access, "tracking-number", OrderGroups.Write, $"{OrderRoutes.Package(access, packageId)}/update-tracking-number", new(trackingNumber), TrendyolOrderJson.Default.TrackingUpdate, cancel);

    public Task SetBoxesAsync(SellerAccess access, string packageId, int boxes, decimal deci, CancellationToken cancel) =>
        ChangeAsync(access, HttpMethod.Put, packageId, "box-info", "box-info", new(boxes, deci), TrendyolOrderJson.Default.BoxInfo, cancel);

    public Task ChangeCarrierAsync(SellerAccess access, string packageId, string carrier, CancellationToken cancel) =>
        ChangeAsync(access, HttpMethod.Put, packageId, "cargo-providers", "carrier-change", new(carrier), TrendyolOrderJson.Default.CarrierChange, cancel);

    public Task ExtendAsync(SellerAccess access, string packageId, int days, CancellationToken cancel) =>
        ChangeAsync(access, HttpMethod.Put, packageId, "extended-agreed-delivery-date", "extra-days", new(days), TrendyolOrderJson.Default.DeliveryExtension, cancel);

    public Task SetWarehouseAsync(SellerAccess access, string packageId, long warehouseId, CancellationToken cancel) =>
        StepAsync(access, "warehouse", OrderGroups.Write, $"{OrderRoutes.Package(access, packageId)}/warehouse", new(warehouseId), TrendyolOrderJson.Default.WarehouseChange, cancel);

    public async Task SetLaborCostsAsync(SellerAccess access, string packageId, IReadOnlyList<(string LineId, long PerUnitMinor)> costs, CancellationToken cancel) =>
        await ChangeAsync(access, HttpMethod.Put, packageId, "labor-costs", "labor-costs",
            [.. costs.Select(cost => new LaborCost(Number(cost.LineId), Minor.ToDecimal(cost.PerUnitMinor)))], TrendyolOrderJson.Default.IReadOnlyListLaborCost, cancel);

    public Task ShipAsync(SellerAccess access, string packageId, OwnShipment shipment, CancellationToken cancel) =>
        StepAsync(access, "alternative-delivery", OrderGroups.Write, $"{OrderRoutes.Package(access, packageId)}/alternative-delivery",
            new(shipment.IsPhoneNumber, shipment.Tracking) { BoxQuantity = shipment.Boxes, Deci = shipment.Deci }, TrendyolOrderJson.Default.AlternativeDelivery, cancel);

    public Task MarkDeliveredAsync(SellerAccess access, string trackingNumber, CancellationToken cancel) =>
        DoAsync(access, Call(access, HttpMethod.Put, "manual-deliver", OrderGroups.HandOver, OrderRoutes.Manual(access, "manual-deliver", trackingNumber)), FaultCodes.OrderActionRefused, cancel);

    public Task MarkReturnedAsync(SellerAccess access, string trackingNumber, CancellationToken cancel) =>
        DoAsync(access, Call(access, HttpMethod.Put, "manual-return", OrderGroups.HandOver, OrderRoutes.Manual(access, "manual-return", trackingNumber)), FaultCodes.OrderActionRefused, cancel);

    public Task MarkDeliveredByServiceAsync(SellerAccess access, string packageId, CancellationToken cancel) =>
        DoAsync(access, Call(access, HttpMethod.Put, "delivered-by-service", OrderGroups.Change, $"{OrderRoutes.Package(access, packageId)}/delivered-by-service"), FaultCodes.OrderActionRefused, cancel);

    Task UpdateAsync(SellerAccess access, string packageId, PackageUpdate update, CancellationToken cancel) =>
        StepAsync(access, "package-status", OrderGroups.Write, OrderRoutes.Package(access, packageId), update, TrendyolOrderJson.Default.PackageUpdate, cancel);

    Task StepAsync<T>(SellerAccess access, string endpoint, string group, string route, T body, JsonTypeInfo<T> type, CancellationToken cancel) =>
        DoAsync(access, Call(access, HttpMethod.Put, endpoint, group, route) with { Body = JsonSerializer.SerializeToUtf8Bytes(body, type) }, FaultCodes.OrderActionRefused, cancel);

    Task ChangeAsync<T>(SellerAccess access, HttpMethod method, string packageId, string path, string endpoint, T body, JsonTypeInfo<T> type, CancellationToken cancel) =>
        DoAsync(
            access,
            Call(access, method, endpoint, OrderGroups.Change, $"{OrderRoutes.Package(access, packageId)}/{path}") with { Body = JsonSerializer.SerializeToUtf8Bytes(body, type) },
            FaultCodes.OrderActionRefused,
            cancel);

    /// <summary>Carries out a call whose answer says nothing but that it was taken.</summary>
    async Task DoAsync(SellerAccess access, MarketplaceCall call, string otherwise, CancellationToken cancel)
    {
        var answer = await http.SendAsync(access.Connection, call, cancel);
        TrendyolErrors.ThrowIfFailed(http, call, answer, otherwise);

        // Empty, JSON or a word are all fine; a page for people comes from something in between, and nobody knows what it did.
        if (answer.Json.Span.TrimStart(" \r\n\t"u8).StartsWith("<"u8))
            throw MarketplaceHttp.Malformed(call, "The answer to a step is a page for people.");
    }

    static List<LineUnits> Units(IReadOnlyList<PackageUnits> lines) => [.. lines.Select(line => new LineUnits(Number(line.LineId), line.Quantity))];

    // 503 does not exist.
    static int ReasonId(UnsupplyReason reason) => reason switch
    {
        UnsupplyReason.OutOfStock => 500,
        UnsupplyReason.Defective => 501,
        UnsupplyReason.WrongPrice => 502,
        UnsupplyReason.IntegrationError => 504,
        UnsupplyReason.BulkPurchase => 505,
        UnsupplyReason.ForceMajeure => 506,
        _ => throw Refused(FaultCodes.ReasonRefused, "Trendyol has no such reason."),
    };
}
