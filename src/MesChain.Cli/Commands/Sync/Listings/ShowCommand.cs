using System.CommandLine;
using MesChain.Cli.Commands.Sync.Catalog;

namespace MesChain.Cli.Commands.Sync.Listings;

/// <summary>One listing, and everything that keeps it.</summary>
static class ShowCommand
{
    static readonly Argument<string> Variant = new("variant") { Description = "The variant, by the shop's id" };

    public static Command Make(Runner runner) => runner.Command("show", "Shows one listing: how far it has come, and everything that keeps it.", RunAsync, Variant, Place.Connection);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Place.OfAsync(session, parsed);
        var listing = (await session.Channel.Offers.GetListingAsync(
            new() { StoreId = store, ConnectionId = connection, ShopVariantId = parsed.GetRequiredValue(Variant) }, cancellationToken: session.Stop)).Listing;
        if (session.Terminal.Json)
        {
            session.Terminal.WriteJson(listing);
            return ExitCode.Fine;
        }

        session.Terminal.Line($"{listing.Title} ({listing.Barcode}): {Terminal.Word(listing.State)} since {Terminal.Time(listing.ChangeTime)}, last sent {Terminal.Time(listing.SentTime)}.");
        if (listing.StopTime is not null)
            session.Terminal.Line($"Kept off sale since {Terminal.Time(listing.StopTime)}: it offers nothing.");
        foreach (var change in listing.Changes)
            session.Terminal.Line($"{Terminal.Word(change.Kind)}, asked for {Terminal.Time(change.AskTime)}: {Terminal.Word(change.State)}{(change.Cause is null ? "." : ", " + ListCommand.Text([change.Cause]))}");
        foreach (var cause in listing.Causes)
            session.Terminal.Line("  " + ListCommand.Text([cause]));
        if (listing.Refusals > 0)
            session.Terminal.Line($"The same content was refused {Terminal.Number(listing.Refusals)} times.");
        return ExitCode.Fine;
    }
}
