using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace MesChain.Sandbox.Trendyol;

/// <summary>What an endpoint needs of a request.</summary>
/// <param name="LateBy">How much later than drawn the receipt of a batch comes.</param>
/// <param name="Form">The parts of a multipart body; null when it is another.</param>
sealed record ApiRequest(IQueryCollection Query, ReadOnlyMemory<byte> Body, TimeSpan LateBy, IFormCollection? Form = null)
{
    public string? Text(string name) => Query.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>False when it is there and not a whole number.</summary>
    public bool TryNumber(string name, long otherwise, out long number)
    {
        number = otherwise;
        return Text(name) is not { } text
            || long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out number);
    }

    /// <summary>What <paramref name="read"/> makes of the JSON body; null when the body is not what it needs.</summary>
    public T? Read<T>(Func<JsonElement, T> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return read(document.RootElement);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    public IReadOnlyList<string> List(string name) =>
        Query.TryGetValue(name, out var values) ? [.. values.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))] : [];
}

/// <summary>What an endpoint says.</summary>
sealed record ApiAnswer(int Status, string Body, string Type = "application/json; charset=utf-8")
{
    // Trendyol sends Turkish letters as they are.
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ApiAnswer Ok(JsonNode body) => new(200, body.ToJsonString(Plain));

    public static readonly ApiAnswer Empty = new(200, "");

    /// <summary>The shape of product and general services: the status as a string, the key with dots.</summary>
    public static ApiAnswer Error(int status, string key, string message) => new(status, new JsonObject
    {
        ["errors"] = new JsonArray(new JsonObject
        {
            ["key"] = key,
            ["message"] = message,
            ["errorCode"] = status.ToString(System.Globalization.CultureInfo.InvariantCulture),
        }),
    }.ToJsonString(Plain));

    /// <summary>The shape of order services, and of 429.</summary>
    public static ApiAnswer OrderError(int status, string error) =>
        new(status, new JsonObject { ["error"] = error, ["message"] = error }.ToJsonString(Plain));

    /// <summary>The shape of a refused key.</summary>
    public static ApiAnswer Unauthorized(DateTimeOffset now) => new(401, new JsonObject
    {
        ["timestamp"] = now.ToUnixTimeMilliseconds(),
        ["status"] = 401,
        ["error"] = "Unauthorized",
        ["exception"] = "ClientApiAuthenticationException",
        ["message"] = "Kimlik doğrulanamadı.",
    }.ToJsonString(Plain));
}
