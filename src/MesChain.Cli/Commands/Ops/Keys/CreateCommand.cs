using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Ops.V1;

namespace MesChain.Cli.Commands.Ops.Keys;

/// <summary>Makes a key and shows its secret once.</summary>
static class CreateCommand
{
    static readonly Argument<string> Name = new("name") { Description = "A name for people" };
    static readonly Option<string[]> Scopes = new("--scope") { Description = "What it may do, such as sync:shop; docs/api/rights.md lists them. Repeat it for several", Required = true, AllowMultipleArgumentsPerToken = true };
    static readonly Option<int?> Days = new("--days") { Description = "It ends by itself after so many days. Default: never" };

    public static Command Make(Runner runner) => runner.Command("create", "Makes a key; with --store bound to that store.", RunAsync, Name, Scopes, Days);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var request = new CreateApiKeyRequest
        {
            Name = parsed.GetRequiredValue(Name),
            StoreId = session.Store.Length > 0 ? await session.StoreIdAsync() : "",
            ExpireTime = parsed.GetValue(Days) is { } days ? Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddDays(days)) : null,
        };
        request.Scopes.AddRange(parsed.GetRequiredValue(Scopes));
        var answer = await session.Channel.Ops.CreateApiKeyAsync(request, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer);
        else
            OpsInputs.ShowSecret(session.Terminal, answer.Token, $"Key {answer.Key.Id} was made.");
        return ExitCode.Fine;
    }
}
