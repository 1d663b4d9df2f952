using System.CommandLine;

namespace MesChain.Cli.Commands.Queue;

/// <summary>Queues with their depths.</summary>
static class ListCommand
{
    public static Command Make(Runner runner) => runner.Command("list", "Lists the store's queues with their depths.", RunAsync);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var queues = await Session.PagesAsync(
            token => session.Channel.Queue.ListQueuesAsync(new() { StoreId = store, PageToken = token }, cancellationToken: session.Stop).ResponseAsync,
            page => page.Queues,
            page => page.NextPageToken);
        session.Terminal.List(
            queues,
            "There is no queue yet.",
            ["queue", "ready", "scheduled", "leased", "dead", "oldest ready since"],
            queue => [queue.Name, Terminal.Number(queue.Ready), Terminal.Number(queue.Scheduled), Terminal.Number(queue.Leased), Terminal.Number(queue.Dead), Terminal.Time(queue.OldestReadyTime)]);
        return ExitCode.Fine;
    }
}
