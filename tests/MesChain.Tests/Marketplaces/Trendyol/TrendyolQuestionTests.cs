using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;

namespace MesChain.Tests.Marketplaces.Trendyol;

/// <summary>Questions, against the sandbox over real HTTP.</summary>
public sealed class TrendyolQuestionTests
{
    const string Barcode = "8690000000012";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static async Task<TrendyolRehearsal> OpenAsync(TrendyolSwitches? switches = null)
    {
        var stage = await TrendyolRehearsal.OpenAsync(switches);
        stage.List(Barcode, 10, 249_90);
        return stage;
    }

    static string Ask(TrendyolRehearsal stage, string text = "Bedeni dar mı?") => stage.Sandbox.Ask(new() { Barcode = Barcode, Text = text }).QuestionId;

    static Task AnswerAsync(TrendyolRehearsal stage, string id, string text = "Hayır, bedeni tam kalıptır.") =>
        stage.Can<IQuestionActions>().AnswerAsync(stage.Access, id, text, Cancel);

    static Task<MarketplaceQuestion> ReadAsync(TrendyolRehearsal stage, string id) => stage.Can<IQuestionSource>().ReadQuestionAsync(stage.Access, id, Cancel);

    static Task<(FaultKind Kind, string Code)> FaultOfAsync(Task call) => TrendyolRehearsal.FaultOfAsync(call);

    [Theory] // 14
    [InlineData(false)]
    [InlineData(true)]
    public async Task Checklist_14_a_question_is_answered_once_however_the_answer_is_acknowledged(bool ids)
    {
        await using var stage = await OpenAsync(new() { AnswerIds = ids });
        var id = Ask(stage);
        Assert.Equal(("Bedeni dar mı?", QuestionState.Waiting, stage.Clock.GetUtcNow()), await ReadAsync(stage, id) is var asked ? (asked.Text, asked.State, asked.AskedAt) : default);

        await AnswerAsync(stage, id);

        Assert.Equal((QuestionState.Answered, "Hayır, bedeni tam kalıptır."), await ReadAsync(stage, id) is var answered ? (answered.State, answered.Answer) : default);
        Assert.Equal((FaultKind.Rejected, FaultCodes.AnswerGiven), await FaultOfAsync(AnswerAsync(stage, id)));
    }

    [Fact] // 14
    public async Task Checklist_14_moderators_send_a_question_back_with_the_answer_they_refused()
    {
        await using var stage = await OpenAsync(new() { AnswerFault = "Konu dışı" });
        var id = Ask(stage);
        await AnswerAsync(stage, id);
        Assert.Equal(QuestionState.Answered, (await ReadAsync(stage, id)).State);

        stage.Clock.Advance(TimeSpan.FromMinutes(1));

        var bounced = await ReadAsync(stage, id);
        Assert.Equal((QuestionState.Waiting, "", "Hayır, bedeni tam kalıptır.", "Konu dışı"), (bounced.State, bounced.Answer, bounced.RefusedAnswer, bounced.RefusedFor));
    }

    [Fact] // 14
    public async Task Checklist_14_after_three_business_days_a_question_stays_without_an_answer()
    {
        // The scene begins on a Tuesday at noon in Istanbul: the third business day is the Friday.
        await using var stage = await OpenAsync();
        var tuesday = Ask(stage);
        stage.Clock.Advance(TimeSpan.FromDays(2));
        var thursday = Ask(stage);

        stage.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        Assert.Equal(QuestionState.Waiting, (await ReadAsync(stage, tuesday)).State);
        stage.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(QuestionState.Expired, (await ReadAsync(stage, tuesday)).State);
        Assert.Equal((FaultKind.Rejected, FaultCodes.AnswerTooLate), await FaultOfAsync(AnswerAsync(stage, tuesday)));

        stage.Clock.Advance(TimeSpan.FromDays(4) - TimeSpan.FromSeconds(1));
        Assert.Equal(QuestionState.Waiting, (await ReadAsync(stage, thursday)).State);
        stage.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(QuestionState.Expired, (await ReadAsync(stage, thursday)).State);
    }

    [Theory] // 14
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(2001)]
    public async Task Checklist_14_an_answer_of_the_wrong_length_is_not_sent(int length)
    {
        await using var stage = await OpenAsync();

        Assert.Equal((FaultKind.Rejected, FaultCodes.AnswerLength), await FaultOfAsync(AnswerAsync(stage, "1", new string('a', length) + "   ")));
        Assert.Equal(0, stage.Calls);
        Assert.Null(stage.Can<IQuestionActions>().JudgeAnswer(new string('a', 10)));
        Assert.Null(stage.Can<IQuestionActions>().JudgeAnswer(new string('a', 2000)));
    }

    [Fact]
    public async Task An_answer_with_words_that_are_not_allowed_is_refused_and_the_question_waits()
    {
        await using var stage = await OpenAsync();
        var id = Ask(stage);

        Assert.Equal((FaultKind.Rejected, FaultCodes.AnswerWords), await FaultOfAsync(AnswerAsync(stage, id, "WhatsApp üzerinden yazın lütfen")));
        Assert.Equal(QuestionState.Waiting, (await ReadAsync(stage, id)).State);
        Assert.Equal((FaultKind.Missing, FaultCodes.NotFound), await FaultOfAsync(AnswerAsync(stage, "1")));
    }

    [Fact] // 14
    public async Task Checklist_14_a_window_that_would_be_cut_is_not_asked_for()
    {
        await using var stage = await OpenAsync();
        var source = stage.Can<IQuestionSource>();
        Ask(stage);
        stage.Clock.Advance(source.QuestionWindowMax - TimeSpan.FromMinutes(1));
        Ask(stage);
        var now = stage.Clock.GetUtcNow();

        Assert.Equal(2, (await source.ReadQuestionsAsync(stage.Access, now - source.QuestionWindowMax, now, null, null, Cancel)).Questions.Count);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => source.ReadQuestionsAsync(stage.Access, now - source.QuestionWindowMax - TimeSpan.FromSeconds(1), now, null, null, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => source.ReadQuestionsAsync(stage.Access, now, now, null, null, Cancel));
    }

    [Fact]
    public async Task Questions_are_read_page_by_page_and_by_state()
    {
        await using var stage = await OpenAsync();
        var source = stage.Can<IQuestionSource>();
        var ids = Enumerable.Range(0, 51).Select(i => Ask(stage, $"Soru {i}")).ToList();
        await AnswerAsync(stage, ids[0]);
        var now = stage.Clock.GetUtcNow();

        var first = await source.ReadQuestionsAsync(stage.Access, now - TimeSpan.FromDays(1), now, null, null, Cancel);
        var second = await source.ReadQuestionsAsync(stage.Access, now - TimeSpan.FromDays(1), now, null, first.NextCursor, Cancel);

        Assert.Equal(ids, first.Questions.Concat(second.Questions).Select(question => question.QuestionId));
        Assert.Null(second.NextCursor);
        var waiting = await source.ReadQuestionsAsync(stage.Access, now - TimeSpan.FromDays(1), now, QuestionState.Waiting, null, Cancel);
        Assert.Equal((50, null), (waiting.Questions.Count, waiting.NextCursor));
        Assert.DoesNotContain("Soru", first.Questions[0].ToString(), StringComparison.Ordinal);
    }
}
