using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Questions;

/// <summary>A page of questions becomes rows, once by (connection, question). What says nothing new changes nothing.</summary>
public sealed class QuestionIntake(QuestionVault vault, IssueStore issues, EventLog events, TimeProvider clock)
{
    public async Task TakeAsync(JobRun run, IReadOnlyList<MarketplaceQuestion> questions, CancellationToken cancel)
    {
        var known = await run.ReadAsync(tx => KnownAsync(tx, run, questions), cancel);
        var news = questions.DistinctBy(question => question.QuestionId, StringComparer.Ordinal)
            .Select(question => new Arrival(Ids.New(clock), question, Texts(question)))
            .Where(arrival => !known.TryGetValue(arrival.Question.QuestionId, out var row) || row.MarketplaceState != arrival.Question.StateText || row.State != StateOf(arrival.Question)
                || !row.TextsMac.AsSpan().SequenceEqual(vault.Mac(arrival.Texts)))
            .ToList();
        if (news.Count > 0)
            await run.WriteAsync(
                async tx =>
                {
                    foreach (var arrival in news)
                        await StoreAsync(tx, run, arrival);
                },
                cancel);
    }

    static async Task<Dictionary<string, QuestionRow>> KnownAsync(Tx tx, JobRun run, IReadOnlyList<MarketplaceQuestion> questions) =>
        (await tx.QueryAsync<QuestionRow>(
            $"""
            select external_id, state, marketplace_state, texts_mac from questions
            where store_id = @StoreId and connection_id = @ConnectionId and {tx.Db.AnyText("external_id", "ids")}
            """,
            new { run.StoreId, run.ConnectionId, ids = tx.Db.TextList(questions.Select(question => question.QuestionId)) })).ToDictionary(row => row.ExternalId, StringComparer.Ordinal);

    async Task StoreAsync(Tx tx, JobRun run, Arrival arrival)
    {
        var question = arrival.Question;
        var before = await tx.OneAsync<QuestionRow>(
            $"select * from questions where store_id = @StoreId and connection_id = @ConnectionId and external_id = @QuestionId {tx.Db.ForUpdate}",
            new { run.StoreId, run.ConnectionId, question.QuestionId });
        var id = before?.Id ?? arrival.Id;
        var due = question.State == QuestionState.Waiting ? run.Can<IQuestionActions>()?.AnswerBy(question.AskedAt) : null;
        await tx.ExecuteAsync(
            """
            insert into questions (store_id, id, connection_id, external_id, seq, trial, asked_ms, due_ms, product_main_id, product_title, link, is_public, state, marketplace_state, texts, texts_mac)
            values (@StoreId, @id, @ConnectionId, @QuestionId, @seq, @Trial, @askedMs, @dueMs, @ProductMainId, @ProductTitle, @Link, @IsPublic, @state, @StateText, @texts, @mac)
            on conflict (store_id, id) do update
            set due_ms = excluded.due_ms, product_main_id = excluded.product_main_id, product_title = excluded.product_title, link = excluded.link, is_public = excluded.is_public,
                state = excluded.state, marketplace_state = excluded.marketplace_state, texts = excluded.texts, texts_mac = excluded.texts_mac
            """,
            new
            {
                run.StoreId, id, run.ConnectionId, question.QuestionId, run.Connection.Trial, question.ProductMainId, question.ProductTitle, question.Link, question.IsPublic,
                question.StateText, seq = before?.Seq ?? await tx.NextAsync(run.StoreId, "questions"), askedMs = question.AskedAt.ToUnixTimeMilliseconds(),
                dueMs = due?.ToUnixTimeMilliseconds(), state = StateOf(question), texts = await vault.SealAsync(tx, run.StoreId, id, arrival.Texts), mac = vault.Mac(arrival.Texts),
            });
        await FollowAsync(tx, run, before, id, question);
        await events.AppendAsync(tx, run.StoreId, before is null ? "question.new" : "question.changed", run.ConnectionId, question.QuestionId);
    }

    /// <summary>What follows from the new state: an answer that was heard is over, whether the moderators let it stand or not.</summary>
    async Task FollowAsync(Tx tx, JobRun run, QuestionRow? before, Guid id, MarketplaceQuestion question)
    {
        var waits = question.State == QuestionState.Waiting;
        if (before is { Wish.Length: > 0 } && (!waits || question.RefusedAnswer == await vault.OpenAnswerAsync(tx, run.StoreId, before)))
            await tx.ExecuteAsync("update questions set wish = @none, sent_ms = null where store_id = @StoreId and id = @id", new { run.StoreId, id, none = Array.Empty<byte>() });
        if (!waits)
        {
            await tx.ExecuteAsync("update questions set warned_ms = null where store_id = @StoreId and id = @id", new { run.StoreId, id });
            await issues.ResolveAsync(tx, run.StoreId, IssueCatalog.QuestionDue, run.ConnectionId, question.QuestionId);
            await issues.ResolveAsync(tx, run.StoreId, FaultCodes.AnswerRefused, run.ConnectionId, question.QuestionId);
        }
        else if (question.RefusedAnswer.Length > 0 && (before is null || (await vault.OpenAsync(tx, run.StoreId, before)).RefusedAnswer != question.RefusedAnswer))
        {
            await issues.OpenAsync(
                tx, run.StoreId, FaultCodes.AnswerRefused, run.ConnectionId, question.QuestionId,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["cause"] = FaultCodes.AnswerWords }, question.RefusedFor);
        }
    }

    static QuestionTexts Texts(MarketplaceQuestion question) => new(question.Text, question.Answer, question.RefusedAnswer, question.RefusedFor);

    static string StateOf(MarketplaceQuestion question) => question.State.ToString().ToLowerInvariant();

    /// <param name="Id">For a question that is not known yet.</param>
    sealed record Arrival(Guid Id, MarketplaceQuestion Question, QuestionTexts Texts);
}
