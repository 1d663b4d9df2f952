using System.CommandLine;

namespace MesChain.Cli.Commands.Secret;

/// <summary>Destroys the value of one version. Asks nothing: it names the version, and the answer says until when it can be taken back.</summary>
static class DestroyCommand
{
    static readonly Argument<string> Path = new("path") { Description = "The secret's path" };
    static readonly Argument<long> Version = new("version") { Description = "Which version" };

    public static Command Make(Runner runner) => runner.Command("destroy", "Destroys the value of a version for good, after a while in which enable takes it back.", RunAsync, Path, Version);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(Path);
        var answer = await session.Channel.Secrets.DestroyVersionAsync(
            new() { StoreId = await session.StoreIdAsync(), Path = path, Version = parsed.GetRequiredValue(Version) }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line(answer.Version.DestroyTime is { } at
                ? $"The value of version {Terminal.Number(answer.Version.Version)} of {path} goes at {Terminal.Time(at)}; until then: meschain secret enable {path} {Terminal.Number(answer.Version.Version)}"
                : $"The value of version {Terminal.Number(answer.Version.Version)} of {path} is gone.");
        return ExitCode.Fine;
    }
}
