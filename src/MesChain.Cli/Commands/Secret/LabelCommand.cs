using System.CommandLine;
using MesChain.Contracts.Secret.V1;

namespace MesChain.Cli.Commands.Secret;

/// <summary>Moves a label: a pending version becomes current, or an earlier one again.</summary>
static class LabelCommand
{
    static readonly Argument<string> Path = new("path") { Description = "The secret's path" };
    static readonly Argument<SecretLabel> Label = new("label") { Description = "current, previous or pending" };
    static readonly Argument<long> Version = new("version") { Description = "Where it goes; 0 takes it away" };
    static readonly Option<long?> Cas = new("--cas") { Description = "Only if it stands at this version; 0 means \"nowhere\"" };

    public static Command Make(Runner runner) => runner.Command("label", "Moves a label to another version; where current moves, previous follows to where it was.", RunAsync, Path, Label, Version, Cas);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var request = new SetLabelRequest
        {
            StoreId = await session.StoreIdAsync(), Path = parsed.GetRequiredValue(Path), Label = parsed.GetRequiredValue(Label), Version = parsed.GetRequiredValue(Version),
        };
        if (parsed.GetValue(Cas) is { } cas)
            request.Cas = cas;
        var answer = await session.Channel.Secrets.SetLabelAsync(request, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line($"{answer.Secret.Path}: current {VersionsCommand.At(answer.Secret.CurrentVersion)}, previous {VersionsCommand.At(answer.Secret.PreviousVersion)}, pending {VersionsCommand.At(answer.Secret.PendingVersion)}.");
        return ExitCode.Fine;
    }
}
