using System.CommandLine;
using System.Globalization;
using MesChain.Contracts.Sync.V1;
using Package = MesChain.Contracts.Sync.V1.Package;

namespace MesChain.Cli.Commands.Sync.Order;

/// <summary>What all commands on one package have in common: how it is named, how its lines are, and what is said when it is done.</summary>
static class Packages
{
    public static readonly Argument<string> Number = new("number") { Description = "The order's number at the marketplace" };
    public static readonly Option<string> Id = new("--package") { Description = "Which package; needed only when the order has several that are not shipped" };

    /// <summary>The order with this number.</summary>
    public static async Task<Contracts.Sync.V1.Order> OrderAsync(Session session, ParseResult parsed)
    {
        var number = parsed.GetRequiredValue(Number);
        var found = await session.Channel.Orders.ListOrdersAsync(new() { StoreId = await session.StoreIdAsync(), OrderNumber = number }, cancellationToken: session.Stop);
        return found.Orders.Count switch
        {
            1 => found.Orders[0],
            0 => throw new UsageException($"There is no order {number}."),
            _ => throw new UsageException($"Several connections have an order {number}."),
        };
    }

    /// <summary>The package that is meant: the one named, or the only one that is still in the seller's hands.</summary>
    public static Package Meant(Contracts.Sync.V1.Order order, ParseResult parsed)
    {
        if (parsed.GetValue(Id) is { } id)
            return order.Packages.SingleOrDefault(package => package.PackageId == id) ?? throw new UsageException($"The order has no package {id}.");
        var open = order.Packages.Where(package => package.Status is PackageStatus.New or PackageStatus.Picking or PackageStatus.Invoiced).ToList();
        return open is [var only]
            ? only
            : throw new UsageException(open.Count == 0 ? "The order has no package that is not shipped; --package names another." : $"Which package? --package {string.Join(" or ", open.Select(package => package.PackageId))}");
    }

    /// <summary>Lines as they are typed: <c>4765=2</c>, or <c>4765</c> for all units that are not cancelled.</summary>
    public static IEnumerable<PackageUnits> Lines(Contracts.Sync.V1.Order order, IEnumerable<string> typed)
    {
        foreach (var text in typed)
        {
            var parts = text.Split('=', 2);
            var line = order.Lines.SingleOrDefault(one => one.LineId == parts[0]) ?? throw new UsageException($"The order has no line {parts[0]}; it has {string.Join(", ", order.Lines.Select(one => one.LineId))}.");
            var quantity = line.Quantity - line.Cancelled;
            if (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out quantity))
                throw new UsageException($"{text}: say a line and how many units, such as {line.LineId}=1.");
            yield return new() { LineId = line.LineId, Quantity = quantity };
        }
    }

    /// <summary>Hands the wish in and says so.</summary>
    public static async Task<int> AskAsync(Session session, UpdateOrderRequest request, string packageId, string what)
    {
        request.StoreId = await session.StoreIdAsync();
        var answer = await session.Channel.Orders.UpdateOrderAsync(request, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(OrdersCommand.WithoutBuyer(answer.Order));
        else
            session.Terminal.Line($"Package {packageId}: {what}. It is done when the marketplace says so: meschain sync order show {answer.Order.OrderNumber}");
        return ExitCode.Fine;
    }
}
