using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Work;

/// <summary>A change goes out, an order comes in.</summary>
public abstract class OrderRpcTests(Engine engine) : LiveShopTests(engine)
{
    [Fact]
    public async Task An_order_comes_to_theShop_and_its_acknowledgement_goes_back()
    {
        var placed = await Shop.SellAsync(2);
        var entry = Assert.Single((await Orders.PullOrdersAsync(new(), cancellationToken: Stop)).Entries);
        var order = entry.Order;
        Assert.Equal((EntryKind.New, placed.OrderNumber, true, 2, 25980L), (entry.Kind, order.OrderNumber, order.Trial, order.Lines[0].Quantity, order.Total.Minor));
        Assert.Equal("v1", order.Lines[0].ShopVariantId);
        Assert.NotEmpty(order.ShippingAddress.City);
        Assert.Equal(order.Total.Minor, order.GrossTotal.Minor - order.DiscountTotal.Minor);

        var said = new AcknowledgeOrdersRequest { Acknowledgements = { new Acknowledgement { EntryId = entry.EntryId, Revision = order.Revision, Outcome = AcknowledgeOutcome.Applied, ShopOrderId = "17" } } };
        Assert.True((await Orders.AcknowledgeOrdersAsync(said, cancellationToken: Stop)).Results[0].Ok);
        Assert.True((await Orders.AcknowledgeOrdersAsync(said, cancellationToken: Stop)).Results[0].Ok);
        Assert.Empty((await Orders.PullOrdersAsync(new(), cancellationToken: Stop)).Entries);
        Assert.Equal("17", (await Orders.GetOrderAsync(new() { OrderId = order.Id }, cancellationToken: Stop)).Order.ShopOrderId);
        Assert.Equal(order.Id, Assert.Single((await Orders.ListOrdersAsync(new() { OrderNumber = placed.OrderNumber }, cancellationToken: Stop)).Orders).Id);
        Assert.Empty((await Orders.ListOrdersAsync(new() { OrderNumber = "0" }, cancellationToken: Stop)).Orders);

        var pick = new UpdateOrderRequest { RequestId = Ids.New(TimeProvider.System).ToWire(), OrderId = order.Id, Pick = new() { PackageId = placed.PackageId } };
        await Orders.UpdateOrderAsync(pick, cancellationToken: Stop);
        await Orders.UpdateOrderAsync(pick, cancellationToken: Stop);
        await Shop.SeenAsync("order.changed");
        Assert.Equal(PackageStatus.Picking, (await Orders.GetOrderAsync(new() { OrderId = order.Id }, cancellationToken: Stop)).Order.Packages[0].Status);
    }

    [Fact]
    public async Task Labels_are_made_once_the_marketplace_has_the_invoice_and_each_answer_is_on_the_ledger()
    {
        var placed = await Shop.SellAsync(2);
        var order = Assert.Single((await Orders.ListOrdersAsync(new(), cancellationToken: Stop)).Orders);
        var wish = new GetLabelRequest { OrderId = order.Id, PackageId = placed.PackageId };
        var early = await Refusal.OfAsync(Orders.GetLabelAsync(wish));
        Assert.Equal((Reasons.LabelRefused, Grpc.Core.StatusCode.FailedPrecondition), (early.Reason, early.Status));

        await Orders.UpdateOrderAsync(new() { OrderId = order.Id, Invoice = new() { PackageId = placed.PackageId, Link = "https://shop.example/1.pdf" } }, cancellationToken: Stop);
        await Shop.SeenAsync("order.changed");
        var label = Assert.Single((await Orders.GetLabelAsync(wish, cancellationToken: Stop)).Labels);
        Assert.Equal("ZPL", label.Format);
        Assert.StartsWith("^XA", label.Content.ToStringUtf8(), StringComparison.Ordinal);
        Assert.Contains(order.Packages[0].TrackingNumber, label.Content.ToStringUtf8(), StringComparison.Ordinal);

        wish.Boxes = 3;
        Assert.Equal(3, (await Orders.GetLabelAsync(wish, cancellationToken: Stop)).Labels.Select(box => box.Content).Distinct().Count());
        wish.Boxes = 0;
        Assert.Equal(3, (await Orders.GetLabelAsync(wish, cancellationToken: Stop)).Labels.Count);
        Assert.Equal(3, await Shop.Server.Db.ReadAsync(tx => tx.ScalarAsync<long>("select count(*) from ledger where kind = 'order.label'"), Stop));
    }

    [Fact]
    public async Task Bad_fields_and_foreign_orders_are_told_apart()
    {
        var bad = await Refusal.OfAsync(Orders.AcknowledgeOrdersAsync(new()
        {
            Acknowledgements = { new Acknowledgement { EntryId = "1" }, new Acknowledgement { EntryId = Ids.New(TimeProvider.System).ToWire(), Outcome = AcknowledgeOutcome.Applied, Revision = -1 } },
        }));
        Assert.Equal(
            ["acknowledgements[0].entry_id", "acknowledgements[0].outcome", "acknowledgements[1].revision", "acknowledgements[1].shop_order_id"],
            bad.Fields);
        var unknown = Ids.New(TimeProvider.System).ToWire();
        Assert.Equal(Reasons.UnknownResource, (await Refusal.OfAsync(Orders.GetOrderAsync(new() { OrderId = unknown }))).Reason);
        Assert.Equal(Reasons.UnknownResource, (await Refusal.OfAsync(Orders.UpdateOrderAsync(new() { OrderId = unknown, Pick = new() { PackageId = "1" } }))).Reason);
        Assert.Equal(Reasons.UnknownResource, (await Refusal.OfAsync(Orders.GetLabelAsync(new() { OrderId = unknown, PackageId = "1" }))).Reason);
        Assert.Equal(["boxes", "order_id", "package_id"], (await Refusal.OfAsync(Orders.GetLabelAsync(new() { OrderId = "1", Boxes = 101 }))).Fields);
        Assert.Equal(Reasons.InvalidField, (await Refusal.OfAsync(Orders.ListOrdersAsync(new() { PageToken = "x" }))).Reason);
        Assert.Equal("UNKNOWN_ENTRY", (await Orders.AcknowledgeOrdersAsync(new()
        {
            Acknowledgements = { new Acknowledgement { EntryId = unknown, Outcome = AcknowledgeOutcome.Skipped } },
        }, cancellationToken: Stop)).Results[0].Reason);
    }
}

public sealed class OrderRpcsOnSqlite() : OrderRpcTests(Engine.Sqlite);

public sealed class OrderRpcsOnPostgres() : OrderRpcTests(Engine.Postgres);
