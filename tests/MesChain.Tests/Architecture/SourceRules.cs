using System.Text.RegularExpressions;

namespace MesChain.Tests.Architecture;

/// <summary>What the house asks of every file.</summary>
public sealed partial class SourceRules
{
    const int FileLines = 400;
    const int MethodLines = 70;

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Assert.Empty(Repository.Files().Select(path => (path, lines: Repository.Read(path).AsSpan().Count('\n'))).Where(file => file.lines > FileLines).Select(file => $"{file.path}: {file.lines}"));

    [Fact]
    public void No_method_is_longer_than_70_lines() =>
        Assert.Empty(
            from path in Repository.Files("", ".cs")
            from member in SourceText.Members(SourceText.Blank(Repository.Read(path)))
            where member.Lines > MethodLines
            select $"{path}:{member.FirstLine} {member.Header}: {member.Lines} lines");

    [Fact]
    public void Nothing_is_left_for_later() => Assert.Empty(Found(Repository.Files(), Unfinished()));

    [Fact]
    public void Nobody_gets_around_the_banned_symbols() =>
        Assert.Empty(Found(Repository.Files("src", ".cs").Concat(Repository.Files("tests", ".cs")).Where(path => !path.EndsWith("/SourceRules.cs", StringComparison.Ordinal)), WayAround()));

    [Fact]
    public void What_the_documents_name_is_there()
    {
        string[] bases = ["", "src/MesChain.Server"];
        var gone =
            from document in Repository.Files("docs", ".md").Concat(["README.md", "CONTRIBUTING.md"])
            from match in NamedPath().Matches(Repository.Read(document))
            let path = match.Groups[1].Value
            where !bases.Any(root => Path.Exists(Path.Combine(Repository.Root, root, path)))
            select $"{document}: {path}";
        Assert.Empty(gone);
    }

    [Fact]
    public void The_length_of_a_method_is_measured_whatever_its_text_holds()
    {
        const string code = """"
            class C(int x)
            {
                [Fact("}")]
                string A { get; } = "{";
                static readonly int[] Table = [
                    1,
                    2];
                void Long(int a = 1)
                {
                    var s = $"{(a > 1 ? "}" : @"""{")}"; // }
                    var r = """
                        }
                        """;
                    Call(() => { });
                }

                int Short() => '}';
            }
            """";
        var members = SourceText.Members(SourceText.Blank(code));
        Assert.Equal(["string A", "void Long", "int Short"], members.Where(member => member.Header != "").Select(member => NamePart().Match(member.Header).Value));
        Assert.Equal(8, members.Max(member => member.Lines));
    }

    static IEnumerable<string> Found(IEnumerable<string> paths, Regex pattern) =>
        from path in paths
        from match in pattern.Matches(Repository.Read(path))
        select $"{path}: {match.Value}";

    [GeneratedRegex(@"[`(]((?:src|tests|docs|protos|scripts|opencart-ocmod|Sync|Queue|Secret|Ops|Platform)/[\w./-]+)[`)]")]
    private static partial Regex NamedPath();

    [GeneratedRegex(@"^\w+ \w+")]
    private static partial Regex NamePart();

    // The brackets keep the pattern from finding itself.
    [GeneratedRegex(@"\b(?:TO[D]O|FIX[M]E|HA[C]K|NotImplemented[E]xception)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"RS0030|DateTime\.Today|Environment\.TickCount|Stopwatch\.GetTimestamp|new (?:System\.Threading\.)?Timer\(|SpinWait\.SpinUntil")]
    private static partial Regex WayAround();
}
