using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Order;

/// <summary>Takes units out of an order that cannot be sent.</summary>
static class UnsupplyCommand
{
    static readonly Argument<UnsupplyReason> Reason = new("reason") { Description = "OutOfStock, Defective, WrongPrice, IntegrationError, BulkPurchase or ForceMajeure" };
    static readonly Option<string[]> Line = new("--line") { Description = "LINE or LINE=UNITS, repeated for more; none takes out all that the package holds", AllowMultipleArgumentsPerToken = true };

    public static Command Make(Runner runner)
    {
        var command = runner.Command("unsupply", "Cancels units that cannot be sent (also: cancel); what is left comes back as another package.", RunAsync, Packages.Number, Reason, Line, Packages.Id);
        command.Aliases.Add("cancel");
        return command;
    }

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var order = await Packages.OrderAsync(session, parsed);
        var package = Packages.Meant(order, parsed).PackageId;
        var named = parsed.GetValue(Line) is { Length: > 0 } lines ? lines : [.. order.Lines.Where(line => line.PackageId == package).Select(line => line.LineId)];
        var action = new UnsupplyAction { PackageId = package, Reason = parsed.GetRequiredValue(Reason), Lines = { Packages.Lines(order, named) } };
        return await Packages.AskAsync(session, new() { OrderId = order.Id, Unsupply = action }, package, "taking out is asked for");
    }
}
