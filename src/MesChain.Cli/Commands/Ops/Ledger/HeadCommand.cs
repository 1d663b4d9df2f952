using System.CommandLine;

namespace MesChain.Cli.Commands.Ops.Ledger;

/// <summary>The newest signed head, to be kept elsewhere.</summary>
static class HeadCommand
{
    public static Command Make(Runner runner) => runner.Command("head", "Shows the newest signed head; keep it elsewhere and give it to verify --earlier.", RunAsync, OpsInputs.System);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var answer = await session.Channel.Ops.GetLedgerHeadAsync(new() { StoreId = await OpsInputs.StoreIdAsync(session, parsed) }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer.Head);
        else
            session.Terminal.Line(answer.Head.Note.TrimEnd('\n'));
        return ExitCode.Fine;
    }
}
