using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keyring;

namespace MesChain.Server.Sync.Questions;

/// <summary>What buyers asked and the shop answers, at rest: one encrypted document each, which opens for that question only.</summary>
public sealed class QuestionVault(StoreKeys keyring)
{
    /// <summary>The kinds are bound into every document and stay as they are for ever.</summary>
    public static readonly SealedColumn TextsColumn = SealedColumn.Documents("questions", "texts", "question-texts");

    public static readonly SealedColumn WishColumn = SealedColumn.Documents("questions", "wish", "question-wish");

    public Task<byte[]> SealAsync(Tx tx, Guid storeId, Guid questionId, QuestionTexts texts) =>
        keyring.SealAsync(tx, storeId, TextsColumn.At(questionId), Bytes(texts));

    public async Task<QuestionTexts> OpenAsync(Tx tx, Guid storeId, QuestionRow question) =>
        JsonSerializer.Deserialize(await keyring.OpenAsync(tx, storeId, TextsColumn.At(question.Id), question.Texts), QuestionJson.Default.QuestionTexts)!;

    public Task<byte[]> SealAnswerAsync(Tx tx, Guid storeId, Guid questionId, string answer) =>
        keyring.SealAsync(tx, storeId, WishColumn.At(questionId), Encoding.UTF8.GetBytes(answer));

    public async Task<string> OpenAnswerAsync(Tx tx, Guid storeId, QuestionRow question) =>
        Encoding.UTF8.GetString(await keyring.OpenAsync(tx, storeId, WishColumn.At(question.Id), question.Wish));

    /// <summary>Whether two readings say the same, without keeping what they say in the clear.</summary>
    public byte[] Mac(QuestionTexts texts) => keyring.Mac("question", Bytes(texts));

    static byte[] Bytes(QuestionTexts texts) => JsonSerializer.SerializeToUtf8Bytes(texts, QuestionJson.Default.QuestionTexts);
}

/// <summary>May hold personal data: its text form is fixed.</summary>
public sealed record QuestionTexts(string Text, string Answer, string RefusedAnswer, string RefusedFor)
{
    public override string ToString() => "(texts)";
}

[JsonSerializable(typeof(QuestionTexts))]
sealed partial class QuestionJson : JsonSerializerContext;
