using System.CommandLine;

namespace MesChain.Cli.Commands.Sync.Catalog;

/// <summary>Goes back to an older version of a mapping.</summary>
static class RevertCommand
{
    static readonly Option<long> Version = new("--to-version") { Description = "The version that shall stand again; without it the one before the newest" };

    public static Command Make(Runner runner) => runner.Command("revert", "Goes back to an older version of a mapping.", RunAsync, Keys.What, Version, Place.Connection);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var key = Keys.Of(parsed);
        var (store, connection) = await Place.OfAsync(session, parsed);
        var answer = await session.Channel.Catalog.RevertMappingsAsync(
            new() { StoreId = store, ConnectionId = connection, Reversions = { new Contracts.Sync.V1.Reversion { Key = key, Version = parsed.GetValue(Version) } } }, cancellationToken: session.Stop);
        return Place.Results(session, answer.Results);
    }
}
