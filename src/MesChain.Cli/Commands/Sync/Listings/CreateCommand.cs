using System.CommandLine;
using MesChain.Cli.Commands.Sync.Catalog;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Listings;

/// <summary>Lists variants at a marketplace that does not have them.</summary>
static class CreateCommand
{
    static readonly Argument<string[]> Variants = new("variants") { Description = "The variants, by the shop's ids", Arity = ArgumentArity.OneOrMore };
    static readonly Option<bool> Preview = new("--preview") { Description = "Only say what would keep them; store and send nothing" };

    public static Command Make(Runner runner) => runner.Command("create", "Lists variants at a marketplace that does not have them.", RunAsync, Variants, Preview, Place.Connection);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Place.OfAsync(session, parsed);
        var answer = await session.Channel.Offers.CreateListingsAsync(
            new() { StoreId = store, ConnectionId = connection, ShopVariantIds = { parsed.GetRequiredValue(Variants) }, Preview = parsed.GetValue(Preview) }, cancellationToken: session.Stop);
        session.Terminal.List(
            answer.Results,
            "Nothing was named.",
            ["variant", "state", "what keeps it"],
            one => [one.ShopVariantId, one.State == ListingState.Unspecified ? "–" : Terminal.Word(one.State), one.Reason.Length > 0 ? one.Reason : ListCommand.Text(one.Causes)]);
        return answer.Results.All(one => one.Reason.Length == 0 && one.Causes.Count == 0) ? ExitCode.Fine : ExitCode.Failed;
    }
}
