using System.CommandLine;

namespace MesChain.Cli.Commands.Sync.Connection;

/// <summary>Asks the marketplace three questions. Exit code 1 when one was answered badly.</summary>
static class TestCommand
{
    static readonly Option<bool> NewKey = new("--new-key") { Description = "With another key and secret, asked for or from standard input, which are kept if all goes well" };

    public static Command Make(Runner runner) => runner.Command(
        "test", "Asks the marketplace whether it is reached, takes the key, and lets orders be read.", RunAsync, Accounts.Name, NewKey, Accounts.KeyFile);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var (store, connection) = await Accounts.MeantAsync(session, parsed);
        var fresh = parsed.GetValue(NewKey) || parsed.GetValue(Accounts.KeyFile) is not null;
        var answer = await session.Channel.Stores.TestConnectionAsync(
            new() { StoreId = store, ConnectionId = connection.Id, Credentials = fresh ? await Accounts.ReadKeyAsync(session, parsed) : null }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
        {
            session.Terminal.WriteJson(answer);
        }
        else
        {
            session.Terminal.Table(
                ["asked", "answer", "after", "what was found"],
                answer.Probes.Select(probe => new[]
                {
                    probe.Name, probe.Passed ? "well" : probe.Code.Length > 0 ? probe.Code : "not asked", probe.LatencyMs > 0 ? Terminal.Number(probe.LatencyMs) + " ms" : "–", probe.Detail,
                }));
            if (answer.Passed && answer.Connection.Mode == Contracts.Sync.V1.ConnectionMode.Shadow)
                session.Terminal.Line($"It only watches so far. To send stock and take orders: meschain sync connection mode '{connection.Name}' live");
        }

        return answer.Passed ? ExitCode.Fine : ExitCode.Failed;
    }
}
