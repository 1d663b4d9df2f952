using System.CommandLine;

namespace MesChain.Cli.Commands.Secret;

/// <summary>Keeps a version from being answered, until it is enabled again.</summary>
static class DisableCommand
{
    static readonly Argument<string> Path = new("path") { Description = "The secret's path" };
    static readonly Argument<long> Version = new("version") { Description = "Which version" };

    public static Command Make(Runner runner) => runner.Command("disable", "Keeps a version from being answered until it is enabled again.", RunAsync, Path, Version);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(Path);
        var answer = await session.Channel.Secrets.DisableVersionAsync(
            new() { StoreId = await session.StoreIdAsync(), Path = path, Version = parsed.GetRequiredValue(Version) }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line($"Version {Terminal.Number(answer.Version.Version)} of {path} is not answered any more.");
        return ExitCode.Fine;
    }
}
