using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Order;

/// <summary>Gives the marketplace the invoice of a package.</summary>
static class InvoiceCommand
{
    static readonly Argument<string> Link = new("link") { Description = "An https address that answers for ten years" };
    static readonly Option<string> InvoiceNumber = new("--invoice-number") { Description = "Needed for exports and companies" };
    static readonly Option<DateTimeOffset?> Issued = new("--issued") { Description = "When it was issued, such as 2026-11-24T10:00:00+03:00" };

    public static Command Make(Runner runner) => runner.Command("invoice", "Gives the marketplace the invoice of a package.", RunAsync, Packages.Number, Link, InvoiceNumber, Issued, Packages.Id);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var order = await Packages.OrderAsync(session, parsed);
        var action = new InvoiceAction
        {
            PackageId = Packages.Meant(order, parsed).PackageId,
            Link = parsed.GetRequiredValue(Link),
            Number = parsed.GetValue(InvoiceNumber) ?? "",
            IssueTime = parsed.GetValue(Issued) is { } issued ? Timestamp.FromDateTimeOffset(issued) : null,
        };
        return await Packages.AskAsync(session, new() { OrderId = order.Id, Invoice = action }, action.PackageId, "the invoice is given");
    }
}
