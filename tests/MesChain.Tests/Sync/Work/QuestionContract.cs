using System.Text;
using MesChain.Marketplaces;
using MesChain.Sandbox.Trendyol;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Questions;
using MesChain.Tests.Support;

namespace MesChain.Tests.Sync.Work;

/// <summary>What buyers ask: from the marketplace to the shop, the shop's answer, and what the marketplace and its moderators make of it.</summary>
public abstract class QuestionContract(Engine engine) : IAsyncLifetime
{
    const string Barcode = "8690000000012";
    const string Answer = "Evet, kalıbı dardır; bir beden büyük alın.";

    readonly LostAnswer _road = new();

    SyncRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await SyncRig.OpenAsync(engine, _road.Over);
        await _rig.AddVariantAsync("v1", Barcode);
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_question_is_read_once_and_its_answer_reaches_the_marketplace()
    {
        var asked = await AskAsync("Bedeni dar mı?");
        var view = await OnlyAsync();
        Assert.Equal((asked, QuestionRow.Waiting, "Bedeni dar mı?", ""), (view.Question.ExternalId, view.Question.State, view.Texts.Text, view.Texts.Answer));
        Assert.InRange(view.Question.DueMs!.Value - view.Question.AskedMs, (long)TimeSpan.FromDays(3).TotalMilliseconds, (long)TimeSpan.FromDays(5).TotalMilliseconds);
        await SettleAsync();
        Assert.Equal((1, 0), (await EventsAsync("question.new"), await EventsAsync("question.changed")));

        await AnswerAsync(Answer);
        Assert.NotEmpty((await OnlyAsync()).Question.Wish);
        await SettleAsync();
        view = await OnlyAsync();
        Assert.Equal((QuestionRow.Answered, Answer, 0, null), (view.Question.State, view.Texts.Answer, view.Question.Wish.Length, view.Question.DueMs));
        Assert.Equal(1, await _rig.ScalarAsync<long>("select count(*) from ledger where kind = 'question.answer'"));
    }

    [Fact]
    public async Task An_answer_that_moderators_refuse_makes_the_question_wait_again_and_is_not_taken_twice()
    {
        _rig.Sandbox.Set(_rig.Sandbox.Switches with { AnswerFault = "Uygun olmayan ifade" });
        await AskAsync("Bedeni dar mı?");
        await AnswerAsync(Answer);
        await SettleAsync();
        var view = await OnlyAsync();
        Assert.Equal((QuestionRow.Waiting, Answer, "Uygun olmayan ifade"), (view.Question.State, view.Texts.RefusedAnswer, view.Texts.RefusedFor));
        Assert.Equal("Uygun olmayan ifade", await _rig.ScalarAsync<string>("select marketplace_text from issues where state = 'open' and code = @code", new { code = FaultCodes.AnswerRefused }));
        Assert.Equal("text", Assert.Single((await Assert.ThrowsAsync<InvalidInputException>(() => AnswerAsync(Answer))).Violations).Field);

        _rig.Sandbox.Set(_rig.Sandbox.Switches with { AnswerFault = "" });
        await AnswerAsync("Bir beden büyük almanızı öneririz.");
        await SettleAsync();
        Assert.Equal(QuestionRow.Answered, (await OnlyAsync()).Question.State);
        Assert.Equal("resolved", await IssueAsync(FaultCodes.AnswerRefused));
    }

    [Fact]
    public async Task What_the_marketplace_refuses_at_once_becomes_an_issue_with_its_cause()
    {
        await AskAsync("Bedeni dar mı?");
        await AnswerAsync("WhatsApp hattımızdan yazabilirsiniz.");
        await SettleAsync();
        Assert.Contains(FaultCodes.AnswerWords, await _rig.ScalarAsync<string>("select params from issues where state = 'open' and code = @code", new { code = FaultCodes.AnswerRefused }), StringComparison.Ordinal);
        Assert.Equal((QuestionRow.Waiting, 0), ((await OnlyAsync()).Question.State, (await OnlyAsync()).Question.Wish.Length));
    }

    [Fact]
    public async Task An_answer_whose_receipt_is_lost_is_not_given_twice_where_it_was_heard()
    {
        await AskAsync("Bedeni dar mı?");
        _road.LoseNext("/answers");
        await AnswerAsync(Answer);
        await SettleAsync();
        Assert.Equal(1, _road.Passed("/answers"));
        Assert.Equal((QuestionRow.Answered, 0), ((await OnlyAsync()).Question.State, (await OnlyAsync()).Question.Wish.Length));
        Assert.Null(await IssueAsync(FaultCodes.AnswerRefused));
    }

    [Fact]
    public async Task An_answer_that_was_heard_and_refused_by_moderators_while_its_receipt_was_lost_is_over()
    {
        _rig.Sandbox.Set(_rig.Sandbox.Switches with { AnswerFault = "Uygun olmayan ifade" });
        await AskAsync("Bedeni dar mı?");
        _road.LoseNext("/answers");
        await AnswerAsync(Answer);
        await _rig.PumpAsync();
        await _rig.PassAsync(TimeSpan.FromMinutes(2));
        await SettleAsync();
        Assert.Equal(1, _road.Passed("/answers"));
        Assert.Equal((QuestionRow.Waiting, 0), ((await OnlyAsync()).Question.State, (await OnlyAsync()).Question.Wish.Length));
    }

    [Fact]
    public async Task An_answer_that_never_arrived_is_given_again_after_a_reading_of_questions()
    {
        await AskAsync("Bedeni dar mı?");
        _road.DropNext("/answers");
        await AnswerAsync(Answer);
        await _rig.PumpAsync();
        Assert.Equal(0, _road.Passed("/answers"));
        await SettleAsync();
        Assert.Equal(1, _road.Passed("/answers"));
        Assert.Equal(QuestionRow.Answered, (await OnlyAsync()).Question.State);
    }

    [Fact]
    public async Task A_question_that_is_left_is_told_once_before_its_time_is_over_and_then_is_lost()
    {
        await AskAsync("Bedeni dar mı?");
        var life = TimeSpan.FromMilliseconds((await OnlyAsync()).Question.DueMs!.Value - (await OnlyAsync()).Question.AskedMs);
        await _rig.PumpAsync(life - TimeSpan.FromHours(14), TimeSpan.FromHours(1));
        Assert.Null(await IssueAsync(IssueCatalog.QuestionDue));
        await _rig.PumpAsync(TimeSpan.FromHours(4), TimeSpan.FromMinutes(30));
        Assert.Equal("open", await IssueAsync(IssueCatalog.QuestionDue));
        Assert.Equal(1, await _rig.ScalarAsync<long>("select count from issues where code = @code", new { code = IssueCatalog.QuestionDue }));
        await _rig.PumpAsync(TimeSpan.FromHours(12), TimeSpan.FromHours(1));
        Assert.Equal(("expired", "resolved"), ((await OnlyAsync()).Question.State, await IssueAsync(IssueCatalog.QuestionDue)));
    }

    [Fact]
    public async Task An_answer_that_cannot_be_given_is_refused_before_anybody_is_told()
    {
        await AskAsync("Bedeni dar mı?");
        Assert.Equal("text", Assert.Single((await Assert.ThrowsAsync<InvalidInputException>(() => AnswerAsync("Evet."))).Violations).Field);
        await AnswerAsync(Answer);
        await AnswerAsync(Answer);
        Assert.Equal(Reasons.QuestionBusy, (await Assert.ThrowsAsync<PreconditionException>(() => AnswerAsync("Hayır, tam kalıptır."))).Reason);
        await SettleAsync();
        Assert.Equal(Reasons.QuestionStatus, (await Assert.ThrowsAsync<PreconditionException>(() => AnswerAsync(Answer))).Reason);
        Assert.Equal(1, _road.Passed("/answers"));
    }

    [Fact]
    public async Task What_was_asked_and_answered_lies_sealed()
    {
        await AskAsync("Adım Zeynep, bedeni dar mı?");
        await AnswerAsync("Zeynep Hanım, kalıbı dardır.");
        var stored = (await _rig.Db.ReadAsync(tx => tx.OneAsync<QuestionRow>("select texts, wish from questions"), default))!;
        Assert.DoesNotContain("Zeynep", Encoding.UTF8.GetString([.. stored.Texts, .. stored.Wish]), StringComparison.Ordinal);
    }

    async Task<string> AskAsync(string text)
    {
        var asked = _rig.Sandbox.Ask(new() { Barcode = Barcode, Text = text }).QuestionId;
        await SettleAsync();
        return asked;
    }

    async Task AnswerAsync(string text)
    {
        var id = (await OnlyAsync()).Question.Id;
        await _rig.Db.WriteAsync(tx => _rig.Get<QuestionDesk>().AnswerAsync(tx, _rig.StoreId, id, text, "test"), default);
    }

    async Task<QuestionView> OnlyAsync() =>
        Assert.Single(await _rig.Db.ReadAsync(tx => _rig.Get<QuestionDesk>().ListAsync(tx, _rig.StoreId, new(10, null, null, "")), default));

    Task<string?> IssueAsync(string code) => _rig.ScalarAsync<string>("select state from issues where code = @code", new { code });

    Task<long> EventsAsync(string kind) => _rig.ScalarAsync<long>("select count(*) from events where kind = @kind", new { kind });

    /// <summary>Two readings of questions, and what they bring about.</summary>
    Task SettleAsync() => _rig.PumpAsync(TimeSpan.FromMinutes(11), TimeSpan.FromSeconds(30));

    public sealed class OnSqlite() : QuestionContract(Engine.Sqlite);

    public sealed class OnPostgres() : QuestionContract(Engine.Postgres);
}
