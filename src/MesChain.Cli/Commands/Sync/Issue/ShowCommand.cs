using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Issue;

/// <summary>One issue with everything that is known of it.</summary>
static class ShowCommand
{
    public static readonly Argument<string> Id = new("id") { Description = "The issue's id, as 'sync issues' shows it" };

    public static Command Make(Runner runner) => runner.Command("show", "Shows one issue: why, what to do, and the marketplace's own words.", RunAsync, Id);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var id = parsed.GetRequiredValue(Id);
        var issue = (await IssuesCommand.FindAsync(session, await session.StoreIdAsync(), "", IssueState.Unspecified, int.MaxValue)).Find(one => one.Id == id)
                    ?? throw new UsageException($"There is no issue {id}.");
        Say(session, issue);
        return ExitCode.Fine;
    }

    public static void Say(Session session, Contracts.Sync.V1.Issue issue)
    {
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(issue);
            return;
        }

        terminal.Line($"{issue.Code} {issue.Subject} ({Terminal.Word(issue.Severity)}, {Terminal.Word(issue.State)})");
        terminal.Line(issue.Cause);
        terminal.Line("What to do: " + issue.Fix);
        if (issue.MarketplaceText.Length > 0)
            terminal.Line($"The marketplace says: {issue.MarketplaceText}");
        foreach (var (name, value) in issue.Params.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            terminal.Line($"  {name}: {value}");
        terminal.Line($"Met {Terminal.Number(issue.Count)} times, first {Terminal.Time(issue.FirstTime)}, last {Terminal.Time(issue.LastTime)}.");
    }
}
