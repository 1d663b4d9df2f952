using System.CommandLine;
using MesChain.Contracts.Queue.V1;

namespace MesChain.Cli.Commands.Queue;

/// <summary>Messages without leasing them; of bodies it shows the size, since they may hold anything.</summary>
static class PeekCommand
{
    static readonly Argument<string> Queue = new("queue") { Description = "The queue's name" };
    static readonly Option<MessageState?> State = new("--state") { Description = "Only messages that are ready, leased, dead or done" };
    static readonly Option<string> Lane = new("--lane") { Description = "Only messages of this lane" };
    static readonly Option<int> Max = new("--max") { Description = "At most this many", DefaultValueFactory = _ => 50 };

    public static Command Make(Runner runner) => runner.Command("peek", "Shows messages without taking them.", RunAsync, Queue, State, Lane, Max);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var max = parsed.GetValue(Max);
        var messages = await Session.PagesAsync(
            token => session.Channel.Queue.BrowseAsync(
                new()
                {
                    StoreId = store,
                    Queue = parsed.GetRequiredValue(Queue),
                    PageSize = Math.Clamp(max, 1, 200),
                    PageToken = token,
                    State = parsed.GetValue(State) ?? MessageState.Unspecified,
                    Lane = parsed.GetValue(Lane) ?? "",
                },
                cancellationToken: session.Stop).ResponseAsync,
            page => page.Messages,
            page => page.NextPageToken,
            max);
        session.Terminal.List(messages, "There is no such message.", ["message", "kind", "state", "lane", "failures", "due", "bytes", "last error"], Row);
        return ExitCode.Fine;
    }

    static string[] Row(Message message) =>
    [
        message.MessageId,
        message.Kind,
        message.DeadReason.Length > 0 ? $"{Terminal.Word(message.State)} ({message.DeadReason})" : Terminal.Word(message.State),
        message.Lane,
        Terminal.Number(message.Failures),
        Terminal.Time(message.DueTime),
        Terminal.Number(message.Body.Length),
        message.LastError,
    ];
}
