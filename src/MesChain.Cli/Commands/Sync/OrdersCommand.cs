using System.CommandLine;

namespace MesChain.Cli.Commands.Sync;

/// <summary>Orders without their buyers: names and addresses belong to the shop's own pages.</summary>
static class OrdersCommand
{
    static readonly Option<string> Connection = new("--connection") { Description = "Only this connection, by name or id" };
    static readonly Option<string> Number = new("--number") { Description = "Only the order with this number at the marketplace" };
    static readonly Option<int> Max = new("--max") { Description = "At most this many", DefaultValueFactory = _ => 50 };

    public static Command Make(Runner runner) => runner.Command("orders", "Lists orders, newest first.", RunAsync, Connection, Number, Max);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var connection = parsed.GetValue(Connection) is { } wanted ? (await session.ConnectionsAsync(store, wanted))[0].Id : "";
        var max = parsed.GetValue(Max);
        var orders = await Session.PagesAsync(
            token => session.Channel.Orders.ListOrdersAsync(
                new() { StoreId = store, PageSize = Math.Clamp(max, 1, 200), PageToken = token, ConnectionId = connection, OrderNumber = parsed.GetValue(Number) ?? "" },
                cancellationToken: session.Stop).ResponseAsync,
            page => page.Orders,
            page => page.NextPageToken,
            max);
        foreach (var order in orders)
            WithoutBuyer(order);

        session.Terminal.List(
            orders,
            "There is no order yet.",
            ["number", "marketplace", "placed", "total", "units", "packages", "shop order"],
            order =>
            [
                order.Trial ? order.OrderNumber + " (trial)" : order.OrderNumber, order.Marketplace, Terminal.Time(order.OrderTime), Terminal.Money(order.Total),
                Terminal.Number(order.Lines.Sum(line => line.Quantity - line.Cancelled)), string.Join(", ", order.Packages.Select(package => Terminal.Word(package.Status))),
                order.ShopOrderId.Length > 0 ? order.ShopOrderId : "–",
            ]);
        return ExitCode.Fine;
    }

    /// <summary>The same order, with nothing of the person in it.</summary>
    public static Contracts.Sync.V1.Order WithoutBuyer(Contracts.Sync.V1.Order order)
    {
        order.Buyer = null;
        order.ShippingAddress = null;
        order.InvoiceAddress = null;
        return order;
    }
}
