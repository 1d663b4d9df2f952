using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync.Catalog;

/// <summary>What commands about a marketplace's lists share: the connection that is meant, and how fresh a list is.</summary>
static class Place
{
    public static readonly Option<string> Connection = new("--connection") { Description = "The connection whose marketplace is meant, by name or id; needed where there are several" };
    public static readonly Option<string> Query = new("--query") { Description = "Only names that contain this; letter case and the Turkish i do not count" };
    public static readonly Option<int> Max = new("--max") { Description = "At most this many", DefaultValueFactory = _ => 200 };
    public static readonly Argument<string> Category = new("category") { Description = "The category's id, as 'sync catalog categories' shows it" };

    public static async Task<(string Store, string Connection)> OfAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var all = await session.ConnectionsAsync(store, parsed.GetValue(Connection));
        return all.Count switch
        {
            1 => (store, all[0].Id),
            0 => throw new UsageException("There is no connection yet."),
            _ => throw new UsageException($"There are {all.Count} connections; name one with --connection: {string.Join(", ", all.Take(10).Select(one => one.Name))}"),
        };
    }

    /// <summary>What is said of an empty answer: of a list that nobody has read yet it proves nothing.</summary>
    public static string Nothing(Timestamp? readTime, string empty) => readTime is null ? "The marketplace's list is being read; repeat in a few seconds." : empty;

    /// <summary>Fails for a list that is not there yet, and says so when an old one is answered; then the command has to be repeated for better.</summary>
    public static int Fresh(Session session, Timestamp? readTime, bool reading)
    {
        if (readTime is null)
            return ExitCode.Failed;
        if (reading && !session.Terminal.Json)
            session.Terminal.Line($"As read at {Terminal.Time(readTime)}; it is being read again.");
        return ExitCode.Fine;
    }

    /// <summary>What became of each item of a call.</summary>
    public static int Results(Session session, IReadOnlyList<ItemResult> results)
    {
        session.Terminal.List(results, "Nothing was named.", ["what", "stored", "reason", "detail"], one => [one.Id, one.Ok ? "yes" : "no", one.Reason, one.Detail]);
        return results.All(one => one.Ok) ? ExitCode.Fine : ExitCode.Failed;
    }
}
