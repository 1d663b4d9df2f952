using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Offers;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Questions;

/// <summary>What the shop sees of questions, and what it answers; an answer is on record before anybody is told.</summary>
public sealed class QuestionDesk(QuestionVault vault, ConnectionStore connections, FindMarketplace find, Nudges nudges, LedgerRows ledger)
{
    /// <summary>Newest first, one more than asked says that there are more.</summary>
    public async Task<IReadOnlyList<QuestionView>> ListAsync(Tx tx, Guid storeId, QuestionQuery query) =>
        await ViewAsync(tx, storeId, await tx.QueryAsync<QuestionRow>(
            $"""
            select * from questions
            where store_id = @storeId and seq < @before
              {(query.ConnectionId is null ? "" : "and connection_id = @ConnectionId")}
              {(query.State.Length == 0 ? "" : "and state = @State")}
            order by seq desc limit @limit
            """,
            new { storeId, before = query.BeforeSeq ?? long.MaxValue, ConnectionId = query.ConnectionId ?? Guid.Empty, query.State, limit = query.Limit + 1 }));

    /// <exception cref="UnknownResourceException">There is none.</exception>
    public async Task<QuestionView> GetAsync(Tx tx, Guid storeId, Guid id) =>
        (await ViewAsync(tx, storeId, await tx.QueryAsync<QuestionRow>("select * from questions where store_id = @storeId and id = @id", new { storeId, id }))).SingleOrDefault()
        ?? throw new UnknownResourceException("question", id.ToWire());

    /// <exception cref="UnknownResourceException">There is no such question.</exception>
    /// <exception cref="InvalidInputException">The marketplace's published rules, or its moderators, refuse the text.</exception>
    /// <exception cref="PreconditionException">It cannot be answered, or not now.</exception>
    public async Task AnswerAsync(Tx tx, Guid storeId, Guid id, string text, string actor)
    {
        var question = await tx.OneAsync<QuestionRow>($"select * from questions where store_id = @storeId and id = @id {tx.Db.ForUpdate}", new { storeId, id })
            ?? throw new UnknownResourceException("question", id.ToWire());
        var connection = await connections.GetAsync(tx, storeId, question.ConnectionId);
        if (find(connection.Marketplace) is not IQuestionActions marketplace)
            throw new PreconditionException(Reasons.ActionNotOffered, "marketplace/" + connection.Marketplace, $"{connection.Marketplace} has no way to answer a question.");
        if (marketplace.JudgeAnswer(text) is { } fault)
            throw new InvalidInputException([new("text", fault.Message)]);

        var subject = "question/" + id.ToWire();
        if (question.Wish.Length > 0)
        {
            if (await vault.OpenAnswerAsync(tx, storeId, question) == text)
                return;
            throw new PreconditionException(Reasons.QuestionBusy, subject, "The marketplace has not confirmed another answer.");
        }

        if (question.State != QuestionRow.Waiting)
            throw new PreconditionException(Reasons.QuestionStatus, subject, $"The question is {question.State}.");
        if ((await vault.OpenAsync(tx, storeId, question)).RefusedAnswer.Trim() == text)
            throw new InvalidInputException([new("text", "is the answer that the marketplace's moderators refused; more refusals close the question")]);

        await tx.ExecuteAsync(
            "update questions set wish = @wish, sent_ms = null where store_id = @storeId and id = @id", new { storeId, id, wish = await vault.SealAnswerAsync(tx, storeId, id, text) });
        await ledger.AppendAsync(tx, storeId, "question.answer", $"question:{id.ToWire()}", actor, question.ExternalId + " " + text);
        await nudges.SendAsync(tx, storeId, question.ConnectionId, JobKinds.AnswerQuestions);
    }

    async Task<IReadOnlyList<QuestionView>> ViewAsync(Tx tx, Guid storeId, IReadOnlyList<QuestionRow> questions)
    {
        var places = (await tx.QueryAsync<Place>("select id, marketplace from connections where store_id = @storeId", new { storeId })).ToDictionary(row => row.Id, row => row.Marketplace);
        List<QuestionView> views = [];
        foreach (var question in questions)
            views.Add(new(question, places.GetValueOrDefault(question.ConnectionId, ""), await vault.OpenAsync(tx, storeId, question)));
        return views;
    }

    sealed class Place
    {
        public Guid Id { get; init; }

        public string Marketplace { get; init; } = "";
    }
}

/// <summary>A question with its texts: may hold personal data, so its text form is fixed.</summary>
public sealed record QuestionView(QuestionRow Question, string Marketplace, QuestionTexts Texts)
{
    public override string ToString() => "(question)";
}

/// <param name="State">As it stands in the table; empty means all.</param>
public sealed record QuestionQuery(int Limit, long? BeforeSeq, Guid? ConnectionId, string State);
