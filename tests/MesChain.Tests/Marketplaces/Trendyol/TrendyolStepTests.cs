using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>A seller's steps that are Trendyol's own, against the sandbox over real HTTP.</summary>
public sealed class TrendyolStepTests : IAsyncLifetime
{
    TrendyolRehearsal _stage = null!;

    public async ValueTask InitializeAsync()
    {
        _stage = await TrendyolRehearsal.OpenAsync();
        foreach (var barcode in new[] { "A", "B", "C" })
            _stage.List(barcode, 1000, 100_00);
    }

    public async ValueTask DisposeAsync() => await _stage.DisposeAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    T Can<T>() => _stage.Can<T>();

    PlacedOrder Place(string carrier = "TEXMP", params (string Barcode, int Quantity)[] lines) =>
        _stage.Sandbox.PlaceOrder(new()
        {
            Carrier = carrier,
            Lines = [.. lines.DefaultIfEmpty(("A", 2)).Select(line => new OrderLineRequest { Barcode = line.Item1, Quantity = line.Item2 })],
        });

    Task<MarketplacePackage> ReadAsync(string packageId) => _stage.ReadAsync(packageId);

    Task PickAsync(PlacedOrder order) =>
        Can<IOrderActions>().PickAsync(_stage.Access, order.PackageId, [.. order.Lines.Select(line => new PackageUnits(line.LineId, line.Quantity))], Cancel);

    static Task<(FaultKind Kind, string Code)> FaultOfAsync(Task call) => TrendyolRehearsal.FaultOfAsync(call);

    async Task<List<string>> SplitAsync(PlacedOrder order, params PackagePart[] parts)
    {
        await Can<IPackageSplit>().SplitAsync(_stage.Access, order.PackageId, parts, Cancel);
        _stage.LetPackagesAppear();
        var packages = await Can<IPackageSource>().ReadOrderAsync(_stage.Access, order.OrderNumber, Cancel);
        Assert.Equal(PackageState.Superseded, packages.Single(package => package.PackageId == order.PackageId).State);
        return [.. packages
            .Where(package => package.Replaces.Contains(order.PackageId, StringComparer.Ordinal))
            .Select(package => string.Join(' ', package.Lines.Select(line => $"{line.Barcode}{line.Quantity}")))
            .Order(StringComparer.Ordinal)];
    }

    string LastEndpoint(string name) => Assert.Single(_stage.Sandbox.Calls(), call => call.Endpoint == name).Body;

    [Fact] // 10
    public async Task Checklist_10_each_wish_to_divide_takes_the_service_that_can_say_it()
    {
        var order = Place(lines: [("A", 2), ("B", 4), ("C", 1)]);
        var (a, b) = (order.Lines[0].LineId, order.Lines[1].LineId);
        Assert.Equal(["A2", "B4 C1"], await SplitAsync(order, new PackagePart([new(a, null)])));
        Assert.Equal($$"""{"orderLineIds":[{{a}}]}""", LastEndpoint("split"));

        order = Place(lines: [("A", 2), ("B", 4), ("C", 1)]);
        (a, b) = (order.Lines[0].LineId, order.Lines[1].LineId);
        Assert.Equal(["A2", "B4", "C1"], await SplitAsync(order, new PackagePart([new(a, null)]), new PackagePart([new(b, null)])));
        Assert.Equal($$$"""{"splitGroups":[{"orderLineIds":[{{{a}}}]},{"orderLineIds":[{{{b}}}]}]}""", LastEndpoint("multi-split"));

        order = Place(lines: [("A", 2), ("B", 4)]);
        b = order.Lines[1].LineId;
        Assert.Equal(["A2", "B1", "B3"], await SplitAsync(order, new PackagePart([new(b, 3)]), new PackagePart([new(b, 1)])));
        Assert.Equal($$$"""{"quantitySplit":[{"orderLineId":{{{b}}},"quantities":[3,1]}]}""", LastEndpoint("quantity-split"));

        order = Place(lines: [("A", 2), ("B", 4)]);
        (a, b) = (order.Lines[0].LineId, order.Lines[1].LineId);
        Assert.Equal(["A1 B1", "A1 B3"], await SplitAsync(order, new PackagePart([new(a, 1), new(b, 3)])));
        Assert.Equal($$$"""{"splitPackages":[{"packageDetails":[{"orderLineId":{{{a}}},"quantities":1},{"orderLineId":{{{b}}},"quantities":3}]}]}""", LastEndpoint("split-packages"));
    }

    [Fact]
    public async Task A_wish_that_no_service_can_say_is_not_sent()
    {
        var splitter = Can<IPackageSplit>();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => splitter.SplitAsync(_stage.Access, "1", [], Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => splitter.SplitAsync(_stage.Access, "1", [new([])], Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => splitter.SplitAsync(_stage.Access, "1", [new([new("1", 0)])], Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => splitter.SplitAsync(_stage.Access, "1", [new([new("1", 1), new("2", null)])], Cancel));
        Assert.Equal((FaultKind.Rejected, FaultCodes.OrderActionRefused), await FaultOfAsync(splitter.SplitAsync(_stage.Access, "1", [new([new("a line", null)])], Cancel)));
        Assert.Equal((FaultKind.Rejected, FaultCodes.ReasonRefused), await FaultOfAsync(Can<IUnsupply>().UnsupplyAsync(_stage.Access, "1", [new("1", 1)], (UnsupplyReason)99, Cancel)));
        Assert.Equal(0, _stage.Calls);
    }

    [Fact]
    public async Task An_invoiced_package_keeps_its_number()
    {
        var order = Place();
        await PickAsync(order);

        await Can<IInvoicedNotice>().MarkInvoicedAsync(_stage.Access, order.PackageId, [new(order.Lines[0].LineId, 2)], "ABC2026000000001", Cancel);

        Assert.Equal(PackageState.Invoiced, (await ReadAsync(order.PackageId)).State);
        Assert.Equal("ABC2026000000001", _stage.Sandbox.With("", seller => TrendyolSales.Find(seller, order.PackageId).InvoiceNumber));
    }

    [Fact]
    public async Task Terms_of_shipping_are_changed_one_by_one()
    {
        var order = Place("CEVAMP");
        var terms = Can<IShipmentTerms>();
        var before = await ReadAsync(order.PackageId);

        await terms.SetBoxesAsync(_stage.Access, order.PackageId, 4, 4.4m, Cancel);
        await terms.SetWarehouseAsync(_stage.Access, order.PackageId, 12, Cancel);
        await terms.ExtendAsync(_stage.Access, order.PackageId, 3, Cancel);
        await terms.SetLaborCostsAsync(_stage.Access, order.PackageId, [(order.Lines[0].LineId, 32_10)], Cancel);
        await terms.ChangeCarrierAsync(_stage.Access, order.PackageId, "YKMP", Cancel);

        var after = await ReadAsync(order.PackageId);
        Assert.Equal("Yurtiçi Kargo", after.CargoProvider);
        Assert.NotEqual(before.TrackingNumber, after.TrackingNumber);
        Assert.Equal(before.ShipBy + TimeSpan.FromDays(3), after.ShipBy);
        var stored = _stage.Sandbox.With("", seller => TrendyolSales.Find(seller, order.PackageId));
        Assert.Equal((4, 4.4m, 12L, 32.10m), (stored.Boxes, stored.Deci, stored.WarehouseId, Assert.Single(stored.LaborCosts).Value));

        await terms.SetTrackingNumberAsync(_stage.Access, order.PackageId, "YK-77", Cancel);
        Assert.Equal("YK-77", (await ReadAsync(order.PackageId)).TrackingNumber);
    }

    [Fact]
    public async Task A_service_that_is_gone_is_missing_and_changes_nothing()
    {
        var order = Place();
        _stage.Sandbox.Set(new() { NoTrackingNumbers = true });

        Assert.Equal((FaultKind.Missing, FaultCodes.NotFound), await FaultOfAsync(Can<IShipmentTerms>().SetTrackingNumberAsync(_stage.Access, order.PackageId, "YK-77", Cancel)));
        Assert.NotEqual("YK-77", (await ReadAsync(order.PackageId)).TrackingNumber);
    }

    [Fact]
    public async Task Terms_that_trendyol_does_not_know_are_refused()
    {
        var order = Place();
        var terms = Can<IShipmentTerms>();

        foreach (var refused in new[]
        {
            terms.SetBoxesAsync(_stage.Access, order.PackageId, 4, 4.4m, Cancel),
            terms.ExtendAsync(_stage.Access, order.PackageId, 4, Cancel),
            terms.ChangeCarrierAsync(_stage.Access, order.PackageId, "NOBODY", Cancel),
            terms.SetTrackingNumberAsync(_stage.Access, order.PackageId, " ", Cancel),
        })
            Assert.Equal((FaultKind.Rejected, FaultCodes.OrderActionRefused), await FaultOfAsync(refused));
        Assert.Equal((FaultKind.Missing, FaultCodes.NotFound), await FaultOfAsync(terms.SetWarehouseAsync(_stage.Access, "1", 12, Cancel)));
    }

    [Theory]
    [InlineData(true, PackageState.Delivered)]
    [InlineData(false, PackageState.Returned)]
    public async Task A_package_the_seller_brings_itself_goes_its_way_by_the_sellers_word(bool delivered, PackageState end)
    {
        var order = Place();
        var own = Can<IOwnDelivery>();
        Assert.Equal((FaultKind.Rejected, FaultCodes.PackageStateWrong), await FaultOfAsync(own.ShipAsync(_stage.Access, order.PackageId, new("https://carrier.example/1", false), Cancel)));
        await PickAsync(order);

        await own.MarkDeliveredByServiceAsync(_stage.Access, order.PackageId, Cancel);
        await own.ShipAsync(_stage.Access, order.PackageId, new("https://carrier.example/1", false, 1, 2.0m), Cancel);
        var shipped = await ReadAsync(order.PackageId);
        Assert.Equal((PackageState.Shipped, "https://carrier.example/1"), (shipped.State, shipped.TrackingUrl));
        await (delivered ? own.MarkDeliveredAsync(_stage.Access, shipped.TrackingNumber, Cancel) : own.MarkReturnedAsync(_stage.Access, shipped.TrackingNumber, Cancel));

        Assert.Equal(end, (await ReadAsync(order.PackageId)).State);
    }

    [Fact] // 3
    public async Task Checklist_03_divisions_are_held_back_here_at_a_hundred_a_minute_each()
    {
        var splitter = Can<IPackageSplit>();
        for (var i = 0; i < 100; i++)
        {
            if (i == 50)
                _stage.Clock.Advance(TimeSpan.FromSeconds(11));
            await FaultOfAsync(splitter.SplitAsync(_stage.Access, "1", [new([new("1", null)])], Cancel));
        }

        _stage.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal((FaultKind.Throttled, FaultCodes.TooManyRequests), await FaultOfAsync(splitter.SplitAsync(_stage.Access, "1", [new([new("1", null)])], Cancel)));
        Assert.Equal((FaultKind.Missing, FaultCodes.NotFound), await FaultOfAsync(splitter.SplitAsync(_stage.Access, "1", [new([new("1", 1)])], Cancel)));
        Assert.DoesNotContain(_stage.Sandbox.Calls(), call => call.Status == 429);
    }
}
