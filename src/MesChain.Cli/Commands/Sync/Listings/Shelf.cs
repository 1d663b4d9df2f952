using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Listings;

/// <summary>What taking off sale and putting back share: what is named, and what became of it.</summary>
static class Shelf
{
    public static readonly Argument<string[]> Variants = new("variants") { Description = "The variants, by the shop's ids", Arity = ArgumentArity.ZeroOrMore };
    public static readonly Option<string[]> Barcodes = new("--barcode") { Description = "A barcode as the marketplace lists it; repeated for more", AllowMultipleArgumentsPerToken = true };
    public static readonly Option<bool> Preview = new("--preview") { Description = "Only say what is meant; store and send nothing" };

    public static int Show(Session session, IReadOnlyList<ListingResult> results)
    {
        session.Terminal.List(
            results,
            "Nothing was named.",
            ["variant", "barcode", "state", "what keeps it"],
            one => [one.ShopVariantId, one.Barcode, one.State == ListingState.Unspecified ? "–" : Terminal.Word(one.State), one.Reason]);
        return results.All(one => one.Reason.Length == 0) ? ExitCode.Fine : ExitCode.Failed;
    }
}
