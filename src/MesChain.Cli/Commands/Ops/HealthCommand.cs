using System.CommandLine;

namespace MesChain.Cli.Commands.Ops;

/// <summary>Health component by component. Exit code 1 where something is not well.</summary>
static class HealthCommand
{
    static readonly Option<bool> All = new("--all") { Description = "Also the components that are well" };

    public static Command Make(Runner runner) => runner.Command("health", "Says what is not well, why, and what to do.", RunAsync, All);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var health = await session.Channel.Ops.GetHealthAsync(new(), cancellationToken: session.Stop);
        var shown = health.Components.Where(one => parsed.GetValue(All) || !one.Healthy).ToList();
        if (session.Terminal.Json)
            session.Terminal.WriteJson(health);
        else if (shown.Count == 0)
            session.Terminal.Line($"All {Terminal.Number(health.Components.Count)} components are well.");
        else
            session.Terminal.Table(["component", "state", "code", "cause", "fix"], shown.Select(one => new[] { one.Name, Terminal.Word(one.State), one.Code, one.Cause, one.Fix }));
        return health.Healthy ? ExitCode.Fine : ExitCode.Failed;
    }
}
