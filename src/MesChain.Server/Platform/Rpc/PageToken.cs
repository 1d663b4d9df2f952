using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;

namespace MesChain.Server.Platform.Rpc;

/// <summary>
/// Where a list goes on: a version byte, the list's name and the keyset values of the last row, in base64url. It holds values and
/// no offset, so rows that come or go between two pages shift nothing; it holds the list's name, so a token of another list is
/// refused instead of misread.
/// </summary>
public static class PageToken
{
    const byte Version = 1;
    const int LengthMax = 2_000;

    public static string Of(string list, params string[] keys)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes<string[]>([list, .. keys]);
        return Base64Url.EncodeToString([Version, .. body]);
    }

    /// <summary>The keyset values; none for the first page. Anything that this list did not hand out is a bad <c>page_token</c>.</summary>
    public static string[] Read(Check check, string token, string list, int keys)
    {
        if (token.Length == 0)
            return [];
        if (Parse(token) is [var name, .. var values] && name == list && values.Length == keys)
            return values;

        Refuse(check);
        return [];
    }

    /// <summary>For a list whose keyset is one id.</summary>
    public static Guid? ReadId(Check check, string token, string list)
    {
        if (Read(check, token, list, 1) is not [var text])
            return null;
        if (Ids.TryParseWire(text, out var id))
            return id;

        Refuse(check);
        return null;
    }

    /// <summary>For a list whose keyset is one text.</summary>
    public static string? ReadText(Check check, string token, string list) => Read(check, token, list, 1) is [var text] ? text : null;

    /// <summary>A number among the keyset values.</summary>
    public static long Number(Check check, string text)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            Refuse(check);
        return number;
    }

    /// <summary>Complains about the token.</summary>
    public static void Refuse(Check check) => check.That(false, "page_token", "must come from the previous answer of the same list");

    static string[] Parse(string token)
    {
        if (token.Length > LengthMax || !Base64Url.IsValid(token))
            return [];
        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes is not [Version, ..])
            return [];

        try
        {
            var values = JsonSerializer.Deserialize<string[]>(bytes.AsSpan(1));
            // No key of ours holds a zero character, and PostgreSQL takes none.
            return values is null || Array.Exists(values, value => value is null || value.Contains('\0')) ? [] : values;
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
