using System.CommandLine;
using System.Globalization;

namespace MesChain.Cli.Commands.Sync.Connection;

/// <summary>Forgets a connection. Says first what goes with it.</summary>
static class DeleteCommand
{
    static readonly Option<bool> Yes = new("--yes") { Description = "Do it; without this the command only says what would be lost" };

    public static Command Make(Runner runner) => runner.Command("delete", "Forgets a paused connection with its links and offers; its orders stay.", RunAsync, Accounts.Name, Yes);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Accounts.MeantAsync(session, parsed);
        var effect = string.Create(
            CultureInfo.InvariantCulture,
            $"{connection.OfferCounts.Values.Sum()} offers of {connection.Name} and their links are forgotten. What the marketplace offers stays there as it is, and nobody lowers its stock any more.");
        if (!parsed.GetValue(Yes))
            throw new UsageException(effect + " Repeat with --yes to do it.");
        await session.Channel.Stores.DeleteConnectionAsync(new() { StoreId = store, ConnectionId = connection.Id }, cancellationToken: session.Stop);
        return Accounts.Show(session, connection, effect);
    }
}
