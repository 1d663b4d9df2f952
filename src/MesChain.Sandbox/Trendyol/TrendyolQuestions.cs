using System.Text.Json.Nodes;

namespace MesChain.Sandbox.Trendyol;

/// <summary>Questions of buyers, answers, moderators and the end of patience. Runs inside the sandbox's lock.</summary>
static class TrendyolQuestions
{
    static readonly TimeSpan WindowMax = TimeSpan.FromDays(14);
    static readonly TimeSpan Usual = TimeSpan.FromDays(7);
    static readonly TimeSpan Moderation = TimeSpan.FromMinutes(1);
    static readonly TimeSpan Istanbul = TimeSpan.FromHours(3);

    static readonly string[] BannedWords = ["whatsapp", "instagram"];

    sealed record Wanted(string Text);

    public static AskedQuestion Ask(TrendyolSandbox sandbox, Seller seller, QuestionRequest request)
    {
        var item = seller.ByBarcode.GetValueOrDefault(request.Barcode) ?? throw new SandboxRefusal(404, "There is no such barcode.");
        if (request.Text.Trim().Length == 0)
            throw new SandboxRefusal(400, "A question has a text.");

        var now = sandbox.Clock.GetUtcNow();
        var question = new Question
        {
            Id = sandbox.Numbers.Question(),
            Text = request.Text,
            Item = item,
            AskedAt = now,
            ModifiedAt = now,
            ExpiresAt = AfterBusinessDays(now, 3),
        };
        seller.Questions.Add(question);
        return new(TrendyolSales.Text(question.Id));
    }

    public static void ApplyDue(Seller seller, DateTimeOffset now)
    {
        foreach (var question in seller.Questions)
        {
            if (question.BouncesAt is { } at && at <= now)
            {
                (question.RejectedAnswer, question.RejectedAt, question.ModifiedAt) = (question.Answer, at, at);
                (question.Status, question.Answer, question.BouncesAt) = ("WAITING_FOR_ANSWER", "", null);
            }

            if (question.Status == "WAITING_FOR_ANSWER" && question.ExpiresAt <= now)
                (question.Status, question.ModifiedAt) = ("UNANSWERED", question.ExpiresAt);
        }
    }

    public static ApiAnswer Filter(TrendyolSandbox sandbox, Seller seller, ApiRequest request)
    {
        if (!request.TryNumber("page", 0, out var page) || !request.TryNumber("size", 50, out var size) || page is < 0 or > 10_000 || size < 1 || size > sandbox.Switches.QuestionPageMax)
            return ApiAnswer.Error(400, "invalid.page", "page ya da size geçersiz.");

        var now = sandbox.Clock.GetUtcNow();
        if (!request.TryNumber("endDate", now.ToUnixTimeMilliseconds(), out var end)
            || !request.TryNumber("startDate", end - (long)Usual.TotalMilliseconds, out var start))
            return ApiAnswer.Error(400, "invalid.date", "Tarih geçersiz.");

        // Without a word: whoever asks for more gets the oldest two weeks of it.
        end = Math.Min(end, start + (long)WindowMax.TotalMilliseconds);
        var byChange = request.Text("orderByField") == "LastModifiedDate";
        DateTimeOffset Stamp(Question question) => byChange ? question.ModifiedAt : question.AskedAt;
        var fitting = seller.Questions
            .Where(question => question.AskedAt.ToUnixTimeMilliseconds() >= start && question.AskedAt.ToUnixTimeMilliseconds() <= end
                && (request.Text("status") is not { } status || status == question.Status)
                && (request.Text("barcode") is not { } barcode || barcode == question.Item.Barcode))
            .ToList();
        var sorted = request.Text("orderByDirection") == "ASC" ? fitting.OrderBy(Stamp).ThenBy(question => question.Id) : fitting.OrderByDescending(Stamp).ThenByDescending(question => question.Id);
        return ApiAnswer.Ok(new JsonObject
        {
            ["content"] = new JsonArray([.. sorted.Skip((int)(page * size)).Take((int)size).Select(Json)]),
            ["page"] = page,
            ["size"] = size,
            ["totalElements"] = fitting.Count,
            ["totalPages"] = (fitting.Count + size - 1) / size,
        });
    }

    public static ApiAnswer Get(TrendyolSandbox sandbox, Seller seller, string id, ApiRequest request) =>
        Find(seller, id) is { } question ? ApiAnswer.Ok(Json(question)) : NotFound;

    public static ApiAnswer Answer(TrendyolSandbox sandbox, Seller seller, string id, ApiRequest request)
    {
        if (Find(seller, id) is not { } question)
            return NotFound;
        if (request.Read(static body => new Wanted(body.GetProperty("text").GetString() ?? "")) is not { } wanted)
            return ApiAnswer.Error(400, "invalid.request", "İstek gövdesi okunamadı.");
        if (wanted.Text.Trim().Length is < 10 or > 2000)
            return Refused("Cevap 10-2000 karakter olmalıdır.");
        if (question.Status == "UNANSWERED")
            return Refused("Cevaplama süresi geçmiştir.");
        if (question.Status != "WAITING_FOR_ANSWER")
            return Refused("Bu soru daha önce cevaplanmıştır.");
        if (Array.Exists(BannedWords, word => wanted.Text.Contains(word, StringComparison.OrdinalIgnoreCase)))
            return Refused("Cevap yasaklı kelime içermektedir.");

        var now = sandbox.Clock.GetUtcNow();
        (question.Status, question.Answer, question.AnsweredAt, question.ModifiedAt) = ("ANSWERED", wanted.Text, now, now);
        if (sandbox.Switches.AnswerFault.Length > 0)
            (question.BouncesAt, question.BouncesFor) = (now + Moderation, sandbox.Switches.AnswerFault);
        return sandbox.Switches.AnswerIds
            ? ApiAnswer.Ok(new JsonObject { ["answerId"] = question.Id })
            : new(200, "Cevabınız başarıyla kaydedilmiştir.", "text/plain; charset=utf-8");
    }

    static JsonObject Json(Question question) => new()
    {
        ["id"] = question.Id,
        ["text"] = question.Text,
        ["customerId"] = TrendyolPackageJson.CustomerId,
        ["userName"] = "Z** Ö**",
        ["showUserName"] = true,
        ["status"] = question.Status,
        ["public"] = true,
        ["productMainId"] = question.Item.ProductMainId,
        ["productName"] = question.Item.Title,
        ["imageUrl"] = "https://cdn.example/1.jpg",
        ["webUrl"] = "https://shop.example/1",
        ["creationDate"] = question.AskedAt.ToUnixTimeMilliseconds(),
        ["answeredDateMessage"] = "",
        ["answer"] = question.Answer.Length > 0 ? new JsonObject { ["text"] = question.Answer, ["creationDate"] = question.AnsweredAt.ToUnixTimeMilliseconds() } : null,
        ["rejectedAnswer"] = question.RejectedAnswer.Length > 0 ? new JsonObject { ["text"] = question.RejectedAnswer, ["reason"] = question.BouncesFor } : null,
        ["rejectedDate"] = question.RejectedAnswer.Length > 0 ? question.RejectedAt.ToUnixTimeMilliseconds() : null,
        ["reason"] = null,
        ["reportReason"] = null,
        ["reportedDate"] = null,
    };

    static DateTimeOffset AfterBusinessDays(DateTimeOffset from, int days)
    {
        var at = from.ToOffset(Istanbul);
        while (days > 0)
        {
            at = at.AddDays(1);
            if (at.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                days--;
        }

        return at.ToUniversalTime();
    }

    static Question? Find(Seller seller, string id) => seller.Questions.Find(question => TrendyolSales.Text(question.Id) == id);

    static readonly ApiAnswer NotFound = ApiAnswer.Error(404, "question.not.found", "Soru bulunamadı.");

    static ApiAnswer Refused(string message) => ApiAnswer.Error(400, "answer.refused", message);
}
