using System.CommandLine;

namespace MesChain.Cli.Commands.Secret;

/// <summary>Versions of a secret, never their values.</summary>
static class VersionsCommand
{
    static readonly Argument<string> Path = new("path") { Description = "The secret's path" };

    public static Command Make(Runner runner) => runner.Command("versions", "Lists the versions of a secret with labels and states.", RunAsync, Path);

    /// <summary>A version, or a dash where there is none.</summary>
    public static string At(long version) => version == 0 ? "–" : Terminal.Number(version);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var versions = await Session.PagesAsync(
            token => session.Channel.Secrets.ListVersionsAsync(new() { StoreId = store, PageSize = 200, PageToken = token, Path = parsed.GetRequiredValue(Path) }, cancellationToken: session.Stop).ResponseAsync,
            page => page.Versions,
            page => page.NextPageToken);
        session.Terminal.List(
            versions,
            "There is no version.",
            ["version", "labels", "state", "stored", "expires", "destroyed at"],
            version =>
            [
                Terminal.Number(version.Version), string.Join(", ", version.Labels.Select(label => Terminal.Word(label))), Terminal.Word(version.State), Terminal.Time(version.CreateTime),
                Terminal.Time(version.ExpireTime), Terminal.Time(version.DestroyTime),
            ]);
        return ExitCode.Fine;
    }
}
