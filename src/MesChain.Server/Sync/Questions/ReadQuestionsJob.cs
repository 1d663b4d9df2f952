using System.Globalization;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Questions;

/// <summary>
/// Reads the questions that wait, in the widest window that is not cut: none waits longer. Those that waited here and are no longer in that
/// list are read one by one, to learn their end; once a day all of the window are.
/// </summary>
public sealed class ReadQuestionsJob(QuestionIntake intake, IssueStore issues, Nudges nudges) : ISyncJob
{
    /// <summary>Read one by one in one run; the rest is read in the next.</summary>
    const int ByIdMax = 100;

    static readonly TimeSpan DeepEvery = TimeSpan.FromDays(1);

    /// <summary>Left to answer when somebody is told.</summary>
    static readonly TimeSpan WarnBefore = TimeSpan.FromHours(12);

    public string Kind => JobKinds.ReadQuestions;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (run.Can<IQuestionSource>() is not { } source)
            return;
        var access = await run.AccessAsync(cancel);
        var startedMs = await run.ReadAsync(tx => tx.NowMsAsync(), cancel);
        var deep = await run.ReadAsync(
            tx => tx.ScalarAsync<long>("select questions_deep_ms from connections where store_id = @StoreId and id = @ConnectionId", new { run.StoreId, run.ConnectionId }), cancel) <= startedMs;

        var started = DateTimeOffset.FromUnixTimeMilliseconds(startedMs);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            cancel.ThrowIfCancellationRequested();
            var page = await source.ReadQuestionsAsync(access, started - source.QuestionWindowMax, started, deep ? null : QuestionState.Waiting, cursor, cancel);
            await intake.TakeAsync(run, page.Questions, cancel);
            seen.UnionWith(page.Questions.Select(question => question.QuestionId));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        var gone = (await run.ReadAsync(tx => WaitingAsync(tx, run), cancel)).Where(id => !seen.Contains(id)).ToList();
        foreach (var id in gone.Take(ByIdMax))
            await intake.TakeAsync(run, [await source.ReadQuestionAsync(access, id, cancel)], cancel);
        // What was not looked at is not known: then this reading says nothing about an answer in doubt.
        if (gone.Count <= ByIdMax)
            await run.WriteAsync(tx => FinishAsync(tx, run, startedMs, deep), cancel);
    }

    static Task<IReadOnlyList<string>> WaitingAsync(Tx tx, JobRun run) =>
        tx.QueryAsync<string>(
            $"select external_id from questions where store_id = @StoreId and connection_id = @ConnectionId and state = '{QuestionRow.Waiting}' order by seq", new { run.StoreId, run.ConnectionId });

    async Task FinishAsync(Tx tx, JobRun run, long startedMs, bool deep)
    {
        await tx.ExecuteAsync(
            """
            update connections set questions_started_ms = @startedMs, questions_deep_ms = case when @deep then @startedMs + @everyMs else questions_deep_ms end
            where store_id = @StoreId and id = @ConnectionId
            """,
            new { run.StoreId, run.ConnectionId, startedMs, deep, everyMs = (long)DeepEvery.TotalMilliseconds });
        var due = await tx.QueryAsync<QuestionRow>(
            $"""
            select id, external_id, due_ms from questions
            where store_id = @StoreId and connection_id = @ConnectionId and state = '{QuestionRow.Waiting}' and warned_ms is null and length(wish) = 0 and due_ms <= {tx.Db.Now} + @beforeMs
            order by seq
            """,
            new { run.StoreId, run.ConnectionId, beforeMs = (long)WarnBefore.TotalMilliseconds });
        foreach (var question in due)
        {
            await tx.ExecuteAsync($"update questions set warned_ms = {tx.Db.Now} where store_id = @StoreId and id = @Id", new { run.StoreId, question.Id });
            await issues.OpenAsync(
                tx, run.StoreId, IssueCatalog.QuestionDue, run.ConnectionId, question.ExternalId,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["due"] = DateTimeOffset.FromUnixTimeMilliseconds(question.DueMs!.Value).UtcDateTime.ToString("O", CultureInfo.InvariantCulture) });
        }

        if (await tx.ScalarAsync<long>("select count(*) from questions where store_id = @StoreId and connection_id = @ConnectionId and length(wish) > 0", new { run.StoreId, run.ConnectionId }) > 0)
            await nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.AnswerQuestions);
    }
}
