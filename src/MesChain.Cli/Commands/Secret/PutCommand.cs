using System.CommandLine;
using Google.Protobuf;
using MesChain.Contracts.Secret.V1;

namespace MesChain.Cli.Commands.Secret;

/// <summary>Stores a version. Its value comes from standard input: an argument would stand in the shell's history and in the list of processes.</summary>
static class PutCommand
{
    static readonly Argument<string> Path = new("path") { Description = "The secret's path, such as app/token" };
    static readonly Option<long?> Cas = new("--cas") { Description = "Only if this version stands; 0 means \"must not exist yet\"" };
    static readonly Option<bool> Pending = new("--pending") { Description = "As pending, to be tried before it becomes current" };

    public static Command Make(Runner runner) => runner.Command("put", "Stores a new version; the value is read from standard input, byte by byte.", RunAsync, Path, Cas, Pending);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        await using var input = session.OpenInput();
        var request = new PutSecretRequest
        {
            StoreId = await session.StoreIdAsync(), Path = parsed.GetRequiredValue(Path), Pending = parsed.GetValue(Pending), Value = await ByteString.FromStreamAsync(input, session.Stop),
        };
        if (parsed.GetValue(Cas) is { } cas)
            request.Cas = cas;
        var answer = await session.Channel.Secrets.PutSecretAsync(request, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line($"{answer.Secret.Path} has version {Terminal.Number(answer.Secret.Version)} now.");
        return ExitCode.Fine;
    }
}
