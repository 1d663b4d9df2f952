using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Claim;

/// <summary>Goods of a claim can be sold again.</summary>
static class RestockCommand
{
    public static Command Make(Runner runner) =>
        Goods.Make(runner, "restock", "Puts goods that have come back on the shelf: the shop adds them to its stock, once.", Custody.Restocked, Custody.Received);
}
