using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Questions;

/// <summary>Gives the marketplace the answers of the shop.</summary>
public sealed class AnswerQuestionsJob(QuestionVault vault, Nudges nudges, IssueStore issues, EventLog events) : ISyncJob
{
    const int PerRun = 50;

    public string Kind => JobKinds.AnswerQuestions;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (run.Can<IQuestionActions>() is not { } marketplace)
            return;
        await Telling.AllAsync(run, nudges, tx => WaitingAsync(tx, run), (question, access) => PrepareAsync(run, marketplace, question, access, cancel), JobKinds.ReadQuestions, cancel);
    }

    async Task<Telling> PrepareAsync(JobRun run, IQuestionActions marketplace, QuestionRow question, SellerAccess access, CancellationToken cancel)
    {
        var answer = await run.ReadAsync(tx => vault.OpenAnswerAsync(tx, run.StoreId, question), cancel);
        return new()
        {
            SentMs = question.SentMs,
            HeardCode = FaultCodes.AnswerGiven,
            Mark = (tx, sentMs) => MarkAsync(tx, run, question, sentMs),
            Say = () => marketplace.AnswerAsync(access, question.ExternalId, answer, CancellationToken.None),
            Told = (tx, refusal) => GivenAsync(tx, run, question, refusal),
        };
    }

    static Task<IReadOnlyList<QuestionRow>> WaitingAsync(Tx tx, JobRun run) =>
        tx.QueryAsync<QuestionRow>(
            """
            select q.id, q.external_id, q.wish, q.sent_ms
            from questions q join connections n on n.store_id = q.store_id and n.id = q.connection_id
            where q.store_id = @StoreId and q.connection_id = @ConnectionId and length(q.wish) > 0
              and (q.sent_ms is null or n.questions_started_ms > q.sent_ms + @OnItsWayMs)
            order by q.seq limit @PerRun
            """,
            new { run.StoreId, run.ConnectionId, PerRun, Telling.OnItsWayMs });

    static Task<int> MarkAsync(Tx tx, JobRun run, QuestionRow question, long? sentMs) =>
        tx.ExecuteAsync(
            "update questions set sent_ms = @sentMs where store_id = @StoreId and id = @Id and length(wish) > 0", new { run.StoreId, question.Id, sentMs });

    /// <summary>It stays waiting here until it is read again, so that its end, or its return from the moderators, is seen.</summary>
    async Task GivenAsync(Tx tx, JobRun run, QuestionRow question, MarketplaceFault? refusal)
    {
        if (await tx.ExecuteAsync(
                "update questions set wish = @none, sent_ms = null where store_id = @StoreId and id = @Id and length(wish) > 0",
                new { run.StoreId, question.Id, none = Array.Empty<byte>() }) == 0)
            return;
        if (refusal is not null)
        {
            await issues.OpenAsync(
                tx, run.StoreId, FaultCodes.AnswerRefused, run.ConnectionId, question.ExternalId,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["cause"] = refusal.Code }, refusal.MarketplaceText);
            return;
        }

        await issues.ResolveAsync(tx, run.StoreId, FaultCodes.AnswerRefused, run.ConnectionId, question.ExternalId);
        await events.AppendAsync(
            tx, run.StoreId, "question.changed", run.ConnectionId, question.ExternalId, new Dictionary<string, string>(StringComparer.Ordinal) { ["done"] = "answer" });
    }
}
