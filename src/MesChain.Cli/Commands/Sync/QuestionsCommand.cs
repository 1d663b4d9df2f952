using System.CommandLine;
using MesChain.Contracts.Sync.V1;

namespace MesChain.Cli.Commands.Sync;

/// <summary>What buyers asked.</summary>
static class QuestionsCommand
{
    static readonly Option<string> Connection = new("--connection") { Description = "Only this connection, by name or id" };
    static readonly Option<QuestionState> State = new("--state") { Description = "Only questions in this state, such as Waiting" };
    static readonly Option<int> Max = new("--max") { Description = "At most this many", DefaultValueFactory = _ => 50 };

    public static Command Make(Runner runner) => runner.Command("questions", "Lists what buyers asked about products, newest first.", RunAsync, Connection, State, Max);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var store = await session.StoreIdAsync();
        var connection = parsed.GetValue(Connection) is { } wanted ? (await session.ConnectionsAsync(store, wanted))[0].Id : "";
        var max = parsed.GetValue(Max);
        var questions = await Session.PagesAsync(
            token => session.Channel.Orders.ListQuestionsAsync(
                new() { StoreId = store, PageSize = Math.Clamp(max, 1, 200), PageToken = token, ConnectionId = connection, State = parsed.GetValue(State) },
                cancellationToken: session.Stop).ResponseAsync,
            page => page.Questions,
            page => page.NextPageToken,
            max);
        session.Terminal.List(
            questions,
            "There is no question.",
            ["id", "product", "question", "state", "answer by", "answer"],
            question =>
            [
                question.Id, question.ProductTitle, question.Text, Terminal.Word(question.State), Terminal.Time(question.AnswerByTime),
                question.AnswerPending ? "on its way" : question.Answer.Length > 0 ? question.Answer : question.RefusedAnswer.Length > 0 ? "refused: " + question.RefusedFor : "–",
            ]);
        return ExitCode.Fine;
    }
}
