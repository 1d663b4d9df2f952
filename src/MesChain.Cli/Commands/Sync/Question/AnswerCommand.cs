using System.CommandLine;

namespace MesChain.Cli.Commands.Sync.Question;

/// <summary>Answers a question.</summary>
static class AnswerCommand
{
    static readonly Argument<string> Id = new("id") { Description = "The question, as the list shows it" };
    static readonly Argument<string> Text = new("text") { Description = "The answer; at Trendyol 10 to 2000 characters" };

    public static Command Make(Runner runner) => runner.Command("answer", "Answers a question; there is one answer, and moderators read it.", RunAsync, Id, Text);

    static async Task<int> RunAsync(Session session, ParseResult parsed)
    {
        var answer = await session.Channel.Orders.AnswerQuestionAsync(
            new() { StoreId = await session.StoreIdAsync(), QuestionId = parsed.GetRequiredValue(Id), Text = parsed.GetRequiredValue(Text) }, cancellationToken: session.Stop);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(answer.Question);
        else
            session.Terminal.Line("The answer is handed in. It stands when the marketplace says so: meschain sync questions");
        return ExitCode.Fine;
    }
}
