using System.Text;
using System.Text.Unicode;

namespace MesChain.Marketplaces.Http;

/// <summary>Turns the bytes of an answer into clean UTF-8, whatever its header claims.</summary>
static class AnswerText
{
    const string Turkish = "windows-1254";

    public static ReadOnlyMemory<byte> ToUtf8(byte[] bytes, string? charset)
    {
        var claimed = Find(charset);
        if (claimed is null or UTF8Encoding)
            claimed = Utf8.IsValid(bytes) ? null : Find(Turkish);

        var utf8 = claimed is null ? bytes : Encoding.UTF8.GetBytes(claimed.GetString(bytes));
        var start = utf8.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        return utf8.AsMemory(start);
    }

    public static bool LooksLikeJson(ReadOnlySpan<byte> utf8)
    {
        var text = utf8.TrimStart(" \t\r\n"u8);
        return text.Length > 0 && text[0] is (byte)'{' or (byte)'[';
    }

    /// <summary>The marketplace's words without what must not be repeated.</summary>
    public static string Without(string text, IReadOnlyList<string> secrets)
    {
        foreach (var secret in secrets)
        {
            if (secret.Length > 0)
                text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return text;
    }

    static Encoding? Find(string? charset)
    {
        if (string.IsNullOrWhiteSpace(charset))
            return null;

        try
        {
            var name = charset.Trim('"', ' ');
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null; // a charset nobody knows: the bytes decide
        }
    }
}
