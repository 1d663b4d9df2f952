using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Claim;

/// <summary>Goods of a claim never came.</summary>
static class LoseCommand
{
    public static Command Make(Runner runner) =>
        Goods.Make(runner, "lose", "Gives up goods that did not come; they can still be received.", Custody.NotReturned, Custody.Advised, Custody.InTransit);
}
