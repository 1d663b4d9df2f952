using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Ops.V1;

namespace MesChain.Cli.Commands.Ops.Keys;

/// <summary>Gives a key a new secret and shows it once.</summary>
static class RotateCommand
{
    static readonly Argument<string> Id = new("id") { Description = "The key's public part" };
    static readonly Option<double> Grace = new("--grace-hours") { Description = "How long the secret before still opens, 0 to 168", DefaultValueFactory = _ => 24 };

    public static Command Make(Runner runner) => runner.Command("rotate", "Gives a key a new secret; the one before opens a while longer.", RunAsync, Id, Grace);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var hours = parsed.GetValue(Grace);
        if (hours is not (>= 0 and <= 168))
            throw new UsageException("--grace-hours must be from 0 to 168.");
        var answer = await session.Channel.Ops.RotateApiKeyAsync(
            new RotateApiKeyRequest { Id = parsed.GetRequiredValue(Id), Grace = Duration.FromTimeSpan(TimeSpan.FromHours(hours)) }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            OpsInputs.ShowSecret(session.Terminal, answer.Token, $"Key {answer.Key.Id} has a new secret; the one before opens until {Terminal.Time(answer.Key.PreviousExpireTime)}.");
        return ExitCode.Fine;
    }
}
