using System.Text;

namespace MesChain.Server.Sync.Catalog;

/// <summary>
/// The one way in which text is made comparable for search. All four letters of the Turkish i (İ, I, ı, i) become the same one,
/// so that "kirmizi" and "KIRMIZI" both find "Kırmızı"; every other letter is lowered by invariant rules. No culture takes part.
/// </summary>
public static class Fold
{
    const char DotAbove = '\u0307';

    public static string Text(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            switch (letter)
            {
                case 'İ' or 'I' or 'ı':
                    folded.Append('i');
                    break;
                // "İ" lowered elsewhere may arrive as i and a combining dot.
                case DotAbove when folded is [.., 'i']:
                    break;
                case var _ when char.IsWhiteSpace(letter):
                    if (folded.Length > 0 && folded[^1] != ' ')
                        folded.Append(' ');
                    break;
                default:
                    folded.Append(char.ToLowerInvariant(letter));
                    break;
            }
        }

        return folded.ToString().TrimEnd(' ');
    }

    /// <summary>Several texts in one column; a query holds no line break, so it never matches across two of them.</summary>
    public static string Texts(params ReadOnlySpan<string> texts)
    {
        var folded = new StringBuilder();
        foreach (var text in texts)
        {
            if (text.Length == 0)
                continue;
            if (folded.Length > 0)
                folded.Append('\n');
            folded.Append(Text(text));
        }

        return folded.ToString();
    }

    /// <summary>A LIKE pattern (escape character '\') that finds the folded query anywhere.</summary>
    public static string Pattern(string query) => Like(Text(query));

    /// <summary>A LIKE pattern (escape character '\') that finds the text as it is, anywhere.</summary>
    public static string Like(string text) => $"%{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";

    /// <summary>A barcode without blanks: what is compared, ordinally.</summary>
    public static string Barcode(string barcode) => string.Concat(barcode.Where(letter => !char.IsWhiteSpace(letter)));
}
