using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Sync.Questions;

/// <summary>Questions, between wire and domain. Judges every field of a request; how long an answer may be is the marketplace's to say.</summary>
static class QuestionProto
{
    const string ListName = "questions";

    /// <summary>Longer than any marketplace takes.</summary>
    const int TextMax = 4_000;

    extension(ListQuestionsRequest request)
    {
        public QuestionQuery ToDomain()
        {
            var check = new Check();
            var limit = check.PageSize(request.PageSize);
            Guid? connection = request.ConnectionId.Length == 0 ? null : check.Id(request.ConnectionId, "connection_id");
            check.That(System.Enum.IsDefined(request.State), "state", "must be one of the states");
            var after = PageToken.ReadText(check, request.PageToken, ListName);
            long? before = after is null ? null : PageToken.Number(check, after);
            check.ThrowIfAny();
            return new(limit, before, connection, request.State == QuestionState.Unspecified ? "" : request.State.ToString().ToLowerInvariant());
        }
    }

    extension(AnswerQuestionRequest request)
    {
        public GivenAnswer ToDomain()
        {
            var check = new Check();
            var requestId = check.RequestId(request.RequestId);
            var question = check.Id(request.QuestionId, "question_id");
            var text = request.Text.Trim();
            check.That(text.Length is >= 1 and <= TextMax, "text", $"must have 1 to {TextMax} characters");
            check.That(!text.Any(sign => char.IsControl(sign) && sign != '\n'), "text", "must not hold control characters");
            check.ThrowIfAny();
            return new(requestId, question, text);
        }
    }

    extension(QuestionView view)
    {
        public string ToPageToken() => PageToken.Of(ListName, view.Question.Seq.ToString(CultureInfo.InvariantCulture));

        public Question ToProto()
        {
            var (question, texts) = (view.Question, view.Texts);
            return new()
            {
                Id = question.Id.ToWire(),
                ConnectionId = question.ConnectionId.ToWire(),
                Marketplace = view.Marketplace,
                QuestionNumber = question.ExternalId,
                Trial = question.Trial,
                AskTime = Instant(question.AskedMs),
                AnswerByTime = question.DueMs is { } due ? Instant(due) : null,
                Text = texts.Text,
                State = System.Enum.Parse<QuestionState>(question.State, ignoreCase: true),
                MarketplaceState = question.MarketplaceState,
                Answer = texts.Answer,
                RefusedAnswer = texts.RefusedAnswer,
                RefusedFor = texts.RefusedFor,
                ProductMainId = question.ProductMainId,
                ProductTitle = question.ProductTitle,
                Link = question.Link,
                IsPublic = question.IsPublic,
                AnswerPending = question.Wish.Length > 0,
            };
        }
    }

    static Timestamp Instant(long ms) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(ms));
}

sealed record GivenAnswer(Guid? RequestId, Guid QuestionId, string Text);
