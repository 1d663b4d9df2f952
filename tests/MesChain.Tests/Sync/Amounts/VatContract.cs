using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Orders;
using MesChain.Tests.Sync.Work;

namespace MesChain.Tests.Sync.Amounts;

/// <summary>A rate that nobody has said is unknown, and not 0 %.</summary>
public abstract class VatContract(Engine engine) : WorkContract(engine)
{
    static readonly PackageWish.Invoice Invoice = new(new("https://shop.example/1.pdf"), "", null);

    [Fact]
    public async Task AC16_A_line_without_a_rate_is_unknown_and_one_of_no_tax_is_not()
    {
        await SellingAsync("a", 10);
        await SellingAsync("b", 10, sequence: 2);
        Rig.Sandbox.PutItems(new() { Items = [new() { Barcode = "869b", Title = "b", Quantity = 10, Price = 129.90m, VatRate = 0 }] });
        Rig.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = "869a", Quantity = 1, OmitVatRate = true }, new() { Barcode = "869b", Quantity = 1 }] });
        await ReadOrdersAsync();

        var (entry, view) = await OnlyEntryAsync();
        var order = OrderEntry.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(entry.ToProto(view))).Order;
        Assert.Equal([(false, 0), (true, 0)], order.Lines.Select(line => (line.HasVatBasisPoints, line.VatBasisPoints)));
        Assert.Equal(1, await Rig.ScalarAsync<long>("select count(*) from order_lines where barcode = '869a' and vat_basis_points is null"));
    }

    [Fact]
    public async Task AC16_A_package_with_an_unknown_rate_takes_no_invoice_until_the_shop_says_the_rate()
    {
        var variant = await SellingAsync("a", 10);
        var placed = Rig.Sandbox.PlaceOrder(new() { Lines = [new() { Barcode = "869a", Quantity = 2, OmitVatRate = true }] });
        await ReadOrdersAsync();
        var (_, view) = await OnlyEntryAsync();

        var refused = await Assert.ThrowsAsync<PreconditionException>(AskAsync);
        Assert.Equal(Reasons.VatUnknown, refused.Reason);
        Assert.Contains("869a", refused.Message, StringComparison.Ordinal);
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(20));
        Assert.Equal("", Rig.Sandbox.With("", seller => MesChain.Sandbox.Trendyol.TrendyolSales.Find(seller, placed.PackageId).InvoiceLink));

        await Rig.Db.WriteAsync(tx => tx.ExecuteAsync("update variants set vat_basis_points = 1000 where store_id = @StoreId and id = @variant", new { Rig.StoreId, variant }), default);
        await AskAsync();
        await Rig.PumpAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(20));
        Assert.Equal("https://shop.example/1.pdf", Rig.Sandbox.With("", seller => MesChain.Sandbox.Trendyol.TrendyolSales.Find(seller, placed.PackageId).InvoiceLink));
        // What the marketplace did not say stays unsaid.
        Assert.Null(Assert.Single((await OnlyEntryAsync()).Order.Lines).VatBasisPoints);

        Task AskAsync() => Rig.Db.WriteAsync(tx => Rig.Get<OrderWishes>().TakeAsync(tx, Rig.StoreId, view.Order.Id, placed.PackageId, Invoice, "test"), default);
    }
}

public sealed class VatOnSqlite() : VatContract(Engine.Sqlite);

public sealed class VatOnPostgres() : VatContract(Engine.Postgres);
