using MesChain.Marketplaces;

namespace MesChain.Tests.Marketplaces;

/// <summary>What every marketplace must do whose buyers ask and the seller answers.</summary>
public abstract class QuestionContract : IAsyncLifetime
{
    const string Barcode = "8690000000012";
    const string Answer = "Hayır, bedeni tam kalıptır.";

    MarketplaceRehearsal _stage = null!;

    protected abstract Task<MarketplaceRehearsal> OpenAsync();

    public async ValueTask InitializeAsync()
    {
        _stage = await OpenAsync();
        _stage.List(Barcode, 10, 249_90);
    }

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    IQuestionSource Source => Assert.IsType<IQuestionSource>(_stage.Marketplace, exactMatch: false);

    IQuestionActions Actions => Assert.IsType<IQuestionActions>(_stage.Marketplace, exactMatch: false);

    string Ask(string text = "Bedeni dar mı?") => Assert.IsType<IAfterSalesStage>(_stage, exactMatch: false).Ask(Barcode, text);

    async Task<List<MarketplaceQuestion>> ReadAsync(QuestionState? state = null)
    {
        List<MarketplaceQuestion> all = [];
        string? cursor = null;
        var now = _stage.Clock.GetUtcNow();
        do
        {
            var page = await Source.ReadQuestionsAsync(_stage.Access, now - Source.QuestionWindowMax, now, state, cursor, Cancel);
            all.AddRange(page.Questions);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return all;
    }

    [Fact]
    public async Task A_question_waits_until_it_is_answered()
    {
        var id = Ask();
        var asked = Assert.Single(await ReadAsync(QuestionState.Waiting));
        Assert.Equal((id, "Bedeni dar mı?", "", _stage.Clock.GetUtcNow()), (asked.QuestionId, asked.Text, asked.Answer, asked.AskedAt));

        await Actions.AnswerAsync(_stage.Access, id, Answer, Cancel);

        Assert.Empty(await ReadAsync(QuestionState.Waiting));
        Assert.Equal((QuestionState.Answered, Answer), await Source.ReadQuestionAsync(_stage.Access, id, Cancel) is var answered ? (answered.State, answered.Answer) : default);
    }

    [Fact]
    public async Task An_answer_cannot_be_given_twice()
    {
        var id = Ask();
        await Actions.AnswerAsync(_stage.Access, id, Answer, Cancel);

        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Actions.AnswerAsync(_stage.Access, id, "Başka bir cevap veriyorum.", Cancel));

        Assert.Equal((FaultKind.Rejected, FaultCodes.AnswerGiven), (fault.Kind, fault.Code));
        Assert.Equal(Answer, (await Source.ReadQuestionAsync(_stage.Access, id, Cancel)).Answer);
    }

    [Fact]
    public async Task An_answer_that_says_nothing_is_judged_before_it_is_sent()
    {
        Assert.Equal(FaultCodes.AnswerLength, Actions.JudgeAnswer("")?.Code);
        Assert.Null(Actions.JudgeAnswer(Answer));

        await Assert.ThrowsAsync<MarketplaceFault>(() => Actions.AnswerAsync(_stage.Access, Ask(), " ", Cancel));

        Assert.Equal(0, _stage.Calls);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(101)]
    public async Task Every_question_is_read_across_pages(int count)
    {
        var asked = Enumerable.Range(0, count).Select(i => Ask($"Soru {i}")).ToHashSet(StringComparer.Ordinal);

        var read = await ReadAsync();

        Assert.Equal(count, read.Count);
        Assert.Equal(asked, read.Select(question => question.QuestionId).ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_question_nobody_knows_is_missing()
    {
        var fault = await Assert.ThrowsAsync<MarketplaceFault>(() => Source.ReadQuestionAsync(_stage.Access, "1", Cancel));

        Assert.Equal(FaultKind.Missing, fault.Kind);
    }
}
