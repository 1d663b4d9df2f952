using System.Text.RegularExpressions;

namespace MesChain.Tests.Architecture;

/// <summary>Just enough C# to measure it: blanks comments and literals, and finds the members of types.</summary>
static partial class SourceText
{
    public readonly record struct Member(string Header, int FirstLine, int Lines);

    /// <summary>The same text, same length, same lines, with comments, strings and characters blanked.</summary>
    public static string Blank(string code)
    {
        var text = code.ToCharArray();
        for (var i = 0; i < text.Length;)
        {
            var end = EndOfOpaque(code, i);
            if (end == i)
            {
                i++;
                continue;
            }

            for (; i < end; i++)
            {
                if (text[i] != '\n')
                    text[i] = ' ';
            }
        }

        return new(text);
    }

    /// <summary>Members of all types in a blanked text (and the statements of a program without one), with their length in lines.</summary>
    public static List<Member> Members(string blanked)
    {
        var members = new List<Member>();
        var at = 0;
        Block(blanked, ref at, members);
        return members;
    }

    static void Block(string text, ref int at, List<Member> members)
    {
        var start = at;
        while (at < text.Length)
        {
            switch (text[at])
            {
                case '(' or '[':
                    var attribute = text[at] == '[' && string.IsNullOrWhiteSpace(text[start..at]);
                    Skip(text, ref at);
                    if (attribute)
                        start = at;
                    break;
                case '{' when Container().IsMatch(text[start..at]):
                    at++;
                    Block(text, ref at, members);
                    start = at;
                    break;
                case '{':
                    Skip(text, ref at);
                    if (!Initializer().IsMatch(text[at..Math.Min(at + 200, text.Length)]))
                        End(text, ref start, at, members);
                    break;
                case ';':
                    at++;
                    End(text, ref start, at, members);
                    break;
                case '}':
                    at++;
                    return;
                default:
                    at++;
                    break;
            }
        }
    }

    static void End(string text, ref int start, int end, List<Member> members)
    {
        var first = start;
        while (first < end && char.IsWhiteSpace(text[first]))
            first++;
        var member = text[first..end];
        if (!Field().IsMatch(member))
            members.Add(new(member.Split('\n')[0].Trim(), 1 + text.AsSpan(0, first).Count('\n'), 1 + member.AsSpan().Count('\n')));
        start = end;
    }

    static void Skip(string text, ref int at)
    {
        for (var depth = 0; at < text.Length;)
        {
            depth += text[at] switch { '(' or '[' or '{' => 1, ')' or ']' or '}' => -1, _ => 0 };
            at++;
            if (depth == 0)
                return;
        }
    }

    /// <summary>Where the comment or literal that begins here ends; the same place when none begins.</summary>
    static int EndOfOpaque(string code, int at)
    {
        var rest = code.AsSpan(at);
        if (rest.StartsWith("//"))
            return at + LengthTo(rest, '\n');
        if (rest.StartsWith("/*"))
            return code.IndexOf("*/", at, StringComparison.Ordinal) + 2;
        if (rest[0] == '\'')
            return EndOfPlain(code, at + 1, '\'', interpolated: false);

        var quote = at;
        while (quote < code.Length && code[quote] is '$' or '@')
            quote++;
        if (quote >= code.Length || code[quote] != '"')
            return at;
        var prefix = code.AsSpan(at, quote - at);
        var quotes = 0;
        while (quote + quotes < code.Length && code[quote + quotes] == '"')
            quotes++;
        if (quotes >= 3)
            return code.IndexOf(new string('"', quotes), quote + quotes, StringComparison.Ordinal) + quotes;
        if (quotes == 2)
            return quote + 2;
        return prefix.Contains('@') ? EndOfVerbatim(code, quote + 1) : EndOfPlain(code, quote + 1, '"', prefix.Contains('$'));
    }

    static int EndOfPlain(string code, int at, char close, bool interpolated)
    {
        while (code[at] != close)
        {
            if (code[at] == '\\')
                at += 2;
            else if (interpolated && code[at] == '{' && code[at + 1] == '{')
                at += 2;
            else if (interpolated && code[at] == '{')
                at = EndOfHole(code, at);
            else
                at++;
        }

        return at + 1;
    }

    static int EndOfHole(string code, int at)
    {
        for (var depth = 0; ;)
        {
            var end = EndOfOpaque(code, at);
            if (end != at)
            {
                at = end;
                continue;
            }

            depth += code[at] switch { '{' => 1, '}' => -1, _ => 0 };
            at++;
            if (depth == 0)
                return at;
        }
    }

    static int EndOfVerbatim(string code, int at)
    {
        while (code[at] != '"' || (at + 1 < code.Length && code[at + 1] == '"'))
            at += code[at] == '"' ? 2 : 1;
        return at + 1;
    }

    static int LengthTo(ReadOnlySpan<char> text, char end) => text.IndexOf(end) is var length and >= 0 ? length : text.Length;

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|static|sealed|abstract|partial|readonly|file|ref|unsafe|new)\s+)*(?:class|struct|record|interface|enum|namespace|extension)\b")]
    private static partial Regex Container();

    [GeneratedRegex(@"^\s*(?:=|;)")]
    private static partial Regex Initializer();

    [GeneratedRegex(@"^[^({]*(?<![=!<>])=(?![=>])")]
    private static partial Regex Field();
}
