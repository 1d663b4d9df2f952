using System.CommandLine;
using System.Globalization;

namespace MesChain.Cli.Commands.Sync.Order;

/// <summary>One order: its lines and packages, without its buyer.</summary>
static class ShowCommand
{
    public static Command Make(Runner runner) => runner.Command("show", "Shows an order's lines and packages, and what waits for the marketplace.", RunAsync, Packages.Number);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var order = OrdersCommand.WithoutBuyer(await Packages.OrderAsync(session, parsed));
        if (session.Terminal.Json)
        {
            session.Terminal.WriteJson(order);
            return ExitCode.Fine;
        }

        session.Terminal.List(
            order.Lines,
            "The order has no line.",
            ["line", "barcode", "title", "units", "cancelled", "restocked", "package", "total", "VAT"],
            line =>
            [
                line.LineId, line.Barcode, line.Title, Terminal.Number(line.Quantity), Terminal.Number(line.Cancelled), Terminal.Number(line.Restocked), line.PackageId, Terminal.Money(line.Total),
                line.HasVatBasisPoints ? string.Create(CultureInfo.InvariantCulture, $"{line.VatBasisPoints / 100m:0.##} %") : "unknown",
            ]);
        session.Terminal.List(
            order.Packages,
            "The order has no package.",
            ["package", "status", "waits", "carrier", "tracking number", "ship by"],
            package =>
            [
                package.PackageId, Terminal.Word(package.Status), package.PendingAction.Length > 0 ? package.PendingAction : "–", package.CargoProvider,
                package.TrackingNumber, Terminal.Time(package.ShipByTime),
            ]);
        return ExitCode.Fine;
    }
}
