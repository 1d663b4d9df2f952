using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MesChain.Server.Platform.Hosting;
using MesChain.Tests.Architecture;

namespace MesChain.Tests.Docs;

/// <summary>What each cause of ill health means stands in docs/operating.md, made from the program. <c>make docs</c> writes it.</summary>
public sealed partial class HealthPage
{
    [Fact]
    public void Every_cause_of_ill_health_is_explained()
    {
        var table = new StringBuilder("| code | component | state | what was found | what to do |\n|---|---|---|---|---|\n");
        foreach (var cause in HealthCauses.All)
            table.Append(CultureInfo.InvariantCulture, $"| `{cause.Code}` | {cause.Component} | {cause.Level.ToString().ToLowerInvariant()} | {cause.Meaning} | {cause.Fix} |\n");
        Pages.CheckPart("docs/operating.md", "health causes", table.ToString());
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
