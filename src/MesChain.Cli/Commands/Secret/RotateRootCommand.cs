using System.CommandLine;

namespace MesChain.Cli.Commands.Secret;

/// <summary>Another root key in the place of the one in use.</summary>
static class RotateRootCommand
{
    static readonly Argument<string> Fingerprint = new("fingerprint") { Description = "Of the next root key, as status shows it" };

    public static Command Make(Runner runner) => runner.Command("rotate-root", "Takes over the root key that every node holds as its next one.", RunAsync, Fingerprint);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var answer = await session.Channel.Secrets.RotateRootAsync(new() { Fingerprint = parsed.GetRequiredValue(Fingerprint) }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            session.Terminal.Line(answer.Root.NextFingerprint.Length > 0
                ? $"{answer.Root.NextFingerprint} is being taken over; {Terminal.Number(answer.Root.KeysLeft)} keys are left."
                : $"{answer.Root.Fingerprint} is in use.");
        return ExitCode.Fine;
    }
}
