using System.CommandLine;
using MesChain.Contracts.Secret.V1;

namespace MesChain.Cli.Commands.Secret;

/// <summary>Deletes a secret. Asks nothing: it can be brought back, and the answer says until when.</summary>
static class DeleteCommand
{
    static readonly Argument<string> Path = new("path") { Description = "The secret's path" };
    static readonly Option<long?> Cas = new("--cas") { Description = "Only if this is the newest version" };

    public static Command Make(Runner runner) => runner.Command("delete", "Deletes a secret with all its versions; undelete brings it back for a while.", RunAsync, Path, Cas);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var request = new DeleteSecretRequest { StoreId = await session.StoreIdAsync(), Path = parsed.GetRequiredValue(Path) };
        if (parsed.GetValue(Cas) is { } cas)
            request.Cas = cas;
        var answer = await session.Channel.Secrets.DeleteSecretAsync(request, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line($"{answer.Secret.Path} is deleted; until {Terminal.Time(answer.Secret.PurgeTime)}: meschain secret undelete {answer.Secret.Path}");
        return ExitCode.Fine;
    }
}
