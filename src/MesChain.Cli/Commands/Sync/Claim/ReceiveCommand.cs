using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Claim;

/// <summary>Goods of a claim have come.</summary>
static class ReceiveCommand
{
    public static Command Make(Runner runner) =>
        Goods.Make(runner, "receive", "Says that goods have come. No stock is added by it.", Custody.Received, Custody.Advised, Custody.InTransit, Custody.NotReturned);
}
