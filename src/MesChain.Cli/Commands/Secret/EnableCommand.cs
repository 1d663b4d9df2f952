using System.CommandLine;

namespace MesChain.Cli.Commands.Secret;

/// <summary>Lets a version be answered again.</summary>
static class EnableCommand
{
    static readonly Argument<string> Path = new("path") { Description = "The secret's path" };
    static readonly Argument<long> Version = new("version") { Description = "Which version" };

    public static Command Make(Runner runner) => runner.Command("enable", "Lets a disabled version be answered again, and takes back a destroy whose time has not come.", RunAsync, Path, Version);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(Path);
        var answer = await session.Channel.Secrets.EnableVersionAsync(
            new() { StoreId = await session.StoreIdAsync(), Path = path, Version = parsed.GetRequiredValue(Version) }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line($"Version {Terminal.Number(answer.Version.Version)} of {path} is answered again.");
        return ExitCode.Fine;
    }
}
