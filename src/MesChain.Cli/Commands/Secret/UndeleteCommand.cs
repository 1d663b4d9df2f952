using System.CommandLine;

namespace MesChain.Cli.Commands.Secret;

/// <summary>Brings a deleted secret back.</summary>
static class UndeleteCommand
{
    static readonly Argument<string> Path = new("path") { Description = "The secret's path" };

    public static Command Make(Runner runner) => runner.Command("undelete", "Brings a deleted secret back as it was.", RunAsync, Path);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var answer = await session.Channel.Secrets.UndeleteSecretAsync(
            new() { StoreId = await session.StoreIdAsync(), Path = parsed.GetRequiredValue(Path) }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line($"{answer.Secret.Path} is back; its current version is {VersionsCommand.At(answer.Secret.CurrentVersion)}.");
        return ExitCode.Fine;
    }
}
