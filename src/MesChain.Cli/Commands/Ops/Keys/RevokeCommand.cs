using System.CommandLine;

namespace MesChain.Cli.Commands.Ops.Keys;

/// <summary>Ends a key.</summary>
static class RevokeCommand
{
    static readonly Argument<string> Id = new("id") { Description = "The key's public part" };

    public static Command Make(Runner runner) => runner.Command("revoke", "Ends a key at once.", RunAsync, Id);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var answer = await session.Channel.Ops.RevokeApiKeyAsync(new() { Id = parsed.GetRequiredValue(Id) }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer.Key);
        else
            session.Terminal.Line($"Key {answer.Key.Id} ({answer.Key.Name}) opens nothing any more.");
        return ExitCode.Fine;
    }
}
