using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Order;

/// <summary>Divides a package.</summary>
static class SplitCommand
{
    static readonly Option<string[]> Part = new("--part") { Description = "Lines of a package of its own, such as 4765=1,4766; repeated for more. What no part names stays together", Required = true };

    public static Command Make(Runner runner) => runner.Command("split", "Divides a package; the new ones appear when the order is read again.", RunAsync, Packages.Number, Part, Packages.Id);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var order = await Packages.OrderAsync(session, parsed);
        var package = Packages.Meant(order, parsed).PackageId;
        var action = new SplitAction { PackageId = package };
        action.Parts.AddRange(parsed.GetRequiredValue(Part).Select(part => new SplitPart { Lines = { Packages.Lines(order, part.Split(',')) } }));
        return await Packages.AskAsync(session, new() { OrderId = order.Id, Split = action }, package, "dividing is asked for");
    }
}
