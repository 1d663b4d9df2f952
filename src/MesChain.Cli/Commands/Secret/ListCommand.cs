using System.CommandLine;

namespace MesChain.Cli.Commands.Secret;

/// <summary>Names, never values.</summary>
static class ListCommand
{
    static readonly Argument<string> Prefix = new("prefix") { Description = "Only paths that begin with this", DefaultValueFactory = _ => "" };
    static readonly Option<bool> Deleted = new("--deleted") { Description = "Those that are deleted and can be brought back" };

    public static Command Make(Runner runner) => runner.Command("list", "Lists secrets without their values.", RunAsync, Prefix, Deleted);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var secrets = await Session.PagesAsync(
            token => session.Channel.Secrets.ListSecretsAsync(
                new() { StoreId = store, PageSize = 200, PageToken = token, Prefix = parsed.GetValue(Prefix) ?? "", Deleted = parsed.GetValue(Deleted) }, cancellationToken: session.Stop).ResponseAsync,
            page => page.Secrets,
            page => page.NextPageToken);
        session.Terminal.List(
            secrets,
            "There is no such secret.",
            ["path", "current", "previous", "pending", "newest", "stored", "expires", "purged"],
            secret =>
            [
                secret.Path, VersionsCommand.At(secret.CurrentVersion), VersionsCommand.At(secret.PreviousVersion), VersionsCommand.At(secret.PendingVersion),
                Terminal.Number(secret.Version), Terminal.Time(secret.UpdateTime), Terminal.Time(secret.ExpireTime), Terminal.Time(secret.PurgeTime),
            ]);
        return ExitCode.Fine;
    }
}
