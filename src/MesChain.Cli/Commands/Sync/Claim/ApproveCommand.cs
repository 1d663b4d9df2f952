using System.CommandLine;

namespace MesChain.Cli.Commands.Sync.Claim;

/// <summary>Takes goods back.</summary>
static class ApproveCommand
{
    public static Command Make(Runner runner) => runner.Command("approve", "Takes the goods back: the buyer gets the money. No stock is added by it.", RunAsync, Decisions.Id, Decisions.Item);

    static Task<int> RunAsync(Session session, ParseResult parsed) => Decisions.DecideAsync(session, parsed, new() { Approve = new() }, "the approval is handed in");
}
