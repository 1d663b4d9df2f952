using System.CommandLine;
using MesChain.Contracts.Secret.V1;

namespace MesChain.Cli.Commands.Secret;

/// <summary>Prints a value as it is, for a pipe.</summary>
static class GetCommand
{
    static readonly Argument<string> Path = new("path") { Description = "The secret's path" };
    static readonly Option<long> Version = new("--version-number") { Description = "This version instead of the current one" };
    static readonly Option<SecretLabel> Label = new("--label") { Description = "The version with this label: current, previous or pending" };

    public static Command Make(Runner runner) => runner.Command("get", "Prints a secret's value as text and nothing else; the reading is on the ledger.", RunAsync, Path, Version, Label);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var answer = await session.Channel.Secrets.GetSecretAsync(
            new() { StoreId = await session.StoreIdAsync(), Path = parsed.GetRequiredValue(Path), Version = parsed.GetValue(Version), Label = parsed.GetValue(Label) }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line(answer.Value.ToStringUtf8());
        return ExitCode.Fine;
    }
}
