using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Order;

/// <summary>Says how a package travels that no carrier of the marketplace takes.</summary>
static class ShipCommand
{
    static readonly Option<string> Tracking = new("--tracking-number") { Description = "Of a carrier that you have a contract of your own with" };
    static readonly Option<string> Link = new("--link") { Description = "An https address where it can be followed" };
    static readonly Option<string> Phone = new("--phone") { Description = "A telephone number to ask at, digits only" };

    public static Command Make(Runner runner) => runner.Command("ship", "Says how a package travels; say one of the three ways to follow it.", RunAsync, Packages.Number, Tracking, Link, Phone, Packages.Id);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (tracking, link, phone) = (parsed.GetValue(Tracking), parsed.GetValue(Link), parsed.GetValue(Phone));
        if (new[] { tracking, link, phone }.Count(one => one is not null) != 1)
            throw new UsageException("Say one of --tracking-number, --link and --phone.");
        var order = await Packages.OrderAsync(session, parsed);
        var action = new ShipAction { PackageId = Packages.Meant(order, parsed).PackageId };
        if (tracking is not null)
            action.TrackingNumber = tracking;
        else if (link is not null)
            action.TrackingLink = link;
        else
            action.PhoneNumber = phone;
        return await Packages.AskAsync(session, new() { OrderId = order.Id, Ship = action }, action.PackageId, "shipping is told");
    }
}
