using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Ops.V1;

namespace MesChain.Cli.Commands.Ops.Keys;

/// <summary>Keys without their secrets.</summary>
static class ListCommand
{
    public static Command Make(Runner runner) => runner.Command("list", "Lists keys, newest first.", RunAsync);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var keys = await Session.PagesAsync(
            token => session.Channel.Ops.ListApiKeysAsync(new() { PageSize = 200, PageToken = token }, cancellationToken: session.Stop).ResponseAsync,
            page => page.Keys,
            page => page.NextPageToken);
        var now = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
        session.Terminal.List(
            keys,
            "There is no key.",
            ["key", "name", "store", "scopes", "state", "made", "ends", "last used"],
            key => [key.Id, key.Name, key.StoreId.Length == 0 ? "any" : key.StoreId, string.Join(' ', key.Scopes), State(key, now), Terminal.Time(key.CreateTime), Terminal.Time(key.ExpireTime), Terminal.Time(key.LastUseTime)]);
        return ExitCode.Fine;
    }

    static string State(ApiKey key, Timestamp now) =>
        key.RevokeTime is not null ? "revoked"
        : key.ExpireTime?.CompareTo(now) <= 0 ? "expired"
        : key.PreviousExpireTime?.CompareTo(now) > 0 ? $"two secrets until {Terminal.Time(key.PreviousExpireTime)}"
        : "opens";
}
