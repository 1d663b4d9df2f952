using System.CommandLine;

namespace MesChain.Cli.Commands.Sync.Order;

/// <summary>Tells the marketplace that a package is being packed.</summary>
static class PickCommand
{
    public static Command Make(Runner runner) => runner.Command("pick", "Says that a package is being packed.", RunAsync, Packages.Number, Packages.Id);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var order = await Packages.OrderAsync(session, parsed);
        var package = Packages.Meant(order, parsed).PackageId;
        return await Packages.AskAsync(session, new() { OrderId = order.Id, Pick = new() { PackageId = package } }, package, "picking is asked for");
    }
}
