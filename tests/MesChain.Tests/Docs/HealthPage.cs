using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MesChain.Server.Platform.Hosting;
using MesChain.Tests.Architecture;

namespace MesChain.Tests.Docs;

/// <summary>What each cause of ill health means stands in docs/operating.md, made from the program. <c>MESCHAIN_WRITE_DOCS=1</c> writes it.</summary>
public sealed partial class HealthPage
{
    const string Page = "docs/operating.md";
    const string Begin = "<!-- health causes: generated, MESCHAIN_WRITE_DOCS=1 with the test of this page -->\n";
    const string End = "<!-- end of health causes -->\n";

    [Fact]
    public void Every_cause_of_ill_health_is_explained()
    {
        var table = new StringBuilder("| code | component | state | what was found | what to do |\n|---|---|---|---|---|\n");
        foreach (var cause in HealthCauses.All)
            table.Append(CultureInfo.InvariantCulture, $"| `{cause.Code}` | {cause.Component} | {cause.Level.ToString().ToLowerInvariant()} | {cause.Meaning} | {cause.Fix} |\n");
        var path = Path.Combine(Repository.Root, Page);
        var page = File.ReadAllText(path);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        Assert.InRange(begin, Begin.Length, end);
        var wanted = page[..begin] + table + page[end..];
        if (Environment.GetEnvironmentVariable("MESCHAIN_WRITE_DOCS") == "1")
            File.WriteAllText(path, wanted);
        Assert.Equal(wanted, File.ReadAllText(path));
    }

    [Fact]
    public void Codes_are_stable_words_and_every_one_is_given_somewhere()
    {
        Assert.Equal(HealthCauses.All.Count, HealthCauses.All.Select(cause => cause.Code).Distinct(StringComparer.Ordinal).Count());
        Assert.All(HealthCauses.All, cause => Assert.Matches(Word(), cause.Code));
        var program = string.Join('\n', Repository.Files("src/MesChain.Server", ".cs").Where(path => !path.EndsWith("/HealthCauses.cs", StringComparison.Ordinal)).Select(Repository.Read));
        Assert.Equal([], typeof(HealthCauses).GetFields().Select(field => field.Name).Where(name => !program.Contains("HealthCauses." + name, StringComparison.Ordinal)));
    }

    [GeneratedRegex("^[A-Z]+(_[A-Z]+)*$")]
    private static partial Regex Word();
}
