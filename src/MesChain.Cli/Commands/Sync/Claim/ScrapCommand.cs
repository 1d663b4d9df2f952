using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Claim;

/// <summary>Goods of a claim have come and cannot be sold again.</summary>
static class ScrapCommand
{
    public static Command Make(Runner runner) => Goods.Make(runner, "scrap", "Says that goods that have come are not sold again.", Custody.Scrapped, Custody.Received);
}
