using System.Text.Json;
using MesChain.Marketplaces.Http;

namespace MesChain.Marketplaces.Trendyol;

/// <summary>Questions lie at a service of their own, which cuts a window of more than two weeks without a word.</summary>
sealed partial class TrendyolMarketplace : IQuestionSource, IQuestionActions
{
    // The guide says 50, the description of the interface 200.
    const int QuestionPageSize = 50;
    const int AnswerMin = 10;
    const int AnswerMax = 2000;
    const int AnswerDays = 3;

    static readonly TimeSpan Istanbul = TimeSpan.FromHours(3);

    static IEnumerable<Limit> QuestionLimits =>
    [
        new(QuestionGroups.Read, 1000, TimeSpan.FromMinutes(1), LimitScope.Seller),
        new(QuestionGroups.Answer, 500, TimeSpan.FromMinutes(1), LimitScope.Seller),
    ];

    public TimeSpan QuestionWindowMax => TimeSpan.FromDays(14) - QuerySkew;

    public async Task<QuestionPage> ReadQuestionsAsync(SellerAccess access, DateTimeOffset from, DateTimeOffset to, QuestionState? state, string? cursor, CancellationToken cancel)
    {
        CheckWindow(from, to, QuestionWindowMax);
        var page = PageOf(cursor);
        var word = TrendyolAfterSales.WordOf(state);
        var status = word.Length > 0 ? $"&status={word}" : "";
        var call = Call(access, HttpMethod.Get, "questions", QuestionGroups.Read, Invariant(
            $"{QuestionRoutes.Questions(access)}/filter?page={page}&size={QuestionPageSize}&startDate={from.ToUnixTimeMilliseconds()}&endDate={(to + QuerySkew).ToUnixTimeMilliseconds()}&orderByField=CreatedDate&orderByDirection=ASC{status}"));
        var answer = await AskAsync(access, call, TrendyolAfterSalesJson.Default.QuestionsPage, cancel);
        var questions = (answer.Content ?? throw MarketplaceHttp.Malformed(call, "Trendyol's list of questions has no content.")).Select(question => ToQuestion(call, question)).ToList();
        return new(questions, questions.Count > 0 && page + 1 < (answer.TotalPages ?? 0) ? Invariant($"{page + 1}") : null);
    }

    public async Task<MarketplaceQuestion> ReadQuestionAsync(SellerAccess access, string questionId, CancellationToken cancel)
    {
        var call = Call(access, HttpMethod.Get, "question", QuestionGroups.Read, QuestionRoutes.Question(access, questionId));
        return ToQuestion(call, await AskAsync(access, call, TrendyolAfterSalesJson.Default.Question, cancel));
    }

    /// <summary>Three business days of Türkiye. Public holidays are not known here, so that one is told too early rather than too late.</summary>
    public DateTimeOffset? AnswerBy(DateTimeOffset askedAt)
    {
        var at = askedAt.ToOffset(Istanbul);
        for (var days = AnswerDays; days > 0;)
        {
            at = at.AddDays(1);
            if (at.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                days--;
        }

        return at.ToUniversalTime();
    }

    public MarketplaceFault? JudgeAnswer(string text) => text.Trim().Length is >= AnswerMin and <= AnswerMax
        ? null
        : Refused(FaultCodes.AnswerLength, "An answer has 10 to 2000 characters.");

    public async Task AnswerAsync(SellerAccess access, string questionId, string text, CancellationToken cancel)
    {
        if (JudgeAnswer(text) is { } fault)
            throw fault;

        var call = Call(access, HttpMethod.Post, "answer", QuestionGroups.Answer, $"{QuestionRoutes.Question(access, questionId)}/answers") with
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(new AnswerWish(text.Trim()), TrendyolAfterSalesJson.Default.AnswerWish),
        };
        await DoAsync(access, call, FaultCodes.AnswerRefused, cancel);
    }

    static void CheckWindow(DateTimeOffset from, DateTimeOffset to, TimeSpan max)
    {
        if (to <= from || to - from > max)
            throw new ArgumentOutOfRangeException(nameof(to), Invariant($"A window ends after it begins, and is at most {max} wide."));
    }

    static MarketplaceQuestion ToQuestion(MarketplaceCall call, Question question) =>
        question.ToQuestion() ?? throw MarketplaceHttp.Malformed(call, "A question of Trendyol lacks its number or its time.");

    static class QuestionGroups
    {
        public const string Read = "question-read";
        public const string Answer = "question-answer";
    }

    static class QuestionRoutes
    {
        public static string Questions(SellerAccess access) => $"qna/sellers/{Routes.Seller(access)}/questions";

        public static string Question(SellerAccess access, string id) => $"{Questions(access)}/{Uri.EscapeDataString(id)}";
    }
}
