using System.CommandLine;

namespace MesChain.Cli.Commands.Sync.Issue;

/// <summary>Takes an issue off the list by hand.</summary>
static class ResolveCommand
{
    public static Command Make(Runner runner) => runner.Command("resolve", "Takes an issue off the list; while its cause is there it comes back by itself.", RunAsync, ShowCommand.Id);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var answer = await session.Channel.Sync.ResolveIssueAsync(
            new() { StoreId = await session.StoreIdAsync(), IssueId = parsed.GetRequiredValue(ShowCommand.Id) }, cancellationToken: session.Stop);
        ShowCommand.Say(session, answer.Issue);
        return ExitCode.Fine;
    }
}
