using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using MesChain.Server.Platform.Hosting;
using MesChain.Tests.Architecture;
using Microsoft.Extensions.DependencyInjection;
using ServerProgram = MesChain.Server.Program;

namespace MesChain.Tests.Docs;

/// <summary>The table of settings in docs/operating.md: default and range are the program's, the words are the comments of the options classes.</summary>
public sealed partial class SettingsPage
{
    [Fact]
    public async Task Every_setting_stands_in_the_table_with_its_default_its_range_and_what_it_does()
    {
        await using var app = ServerProgram.Build([]);
        var table = new StringBuilder("| setting | default | from … to | what it does |\n|---|---|---|---|\n");
        var silent = new List<string>();
        foreach (var section in app.Services.GetServices<SettingsSection>().OrderBy(section => section.Name, StringComparer.Ordinal))
        {
            var words = Words(section.Type);
            var defaults = section.Defaults();
            foreach (var property in section.Properties())
            {
                var key = $"{section.Name}:{property.Name}";
                if (!words.TryGetValue(property.Name, out var meaning))
                    silent.Add($"{key} has no comment");
                if (IsAmount(property) && property.GetCustomAttribute<RangeAttribute>() is null)
                    silent.Add($"{key} has no range");
                var masked = property.IsDefined(typeof(MaskedAttribute)) ? " Never printed." : "";
                table.Append(CultureInfo.InvariantCulture, $"| `{key}` | {Shown(property.GetValue(defaults))} | {Range(property)} | {Pages.Cell(meaning ?? "")}{masked} |\n");
            }
        }

        Assert.Equal([], silent);
        Pages.CheckPart("docs/operating.md", "settings", table.ToString());
    }

    /// <summary>The seed of the sandbox is a number, but no amount of anything: all of them are good.</summary>
    static bool IsAmount(PropertyInfo property) => (property.PropertyType == typeof(TimeSpan) || property.PropertyType == typeof(int) || property.PropertyType == typeof(long)) && property.Name != "Seed";

    static string Shown(object? value) => value switch
    {
        null or "" => "empty",
        string text => $"`{text}`",
        bool flag => flag ? "`true`" : "`false`",
        IEnumerable list => list.Cast<object>().Select(item => $"`{item}`").DefaultIfEmpty("empty").Aggregate((all, item) => $"{all}, {item}"),
        _ => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
    };

    static string Range(PropertyInfo property) =>
        property.GetCustomAttribute<RangeAttribute>() is { } range
            ? string.Create(CultureInfo.InvariantCulture, $"`{range.Minimum}` … `{range.Maximum}`")
            : property.IsDefined(typeof(MinLengthAttribute)) ? "at least one" : "";

    /// <summary>The summaries of a class's properties, by name, as Markdown.</summary>
    static Dictionary<string, string> Words(Type type)
    {
        var declared = $"sealed class {type.Name}\n";
        var source = Repository.Files("src/MesChain.Server", ".cs").Select(Repository.Read).Single(text => text.Contains(declared, StringComparison.Ordinal));
        var body = source[source.IndexOf(declared, StringComparison.Ordinal)..];
        body = body[..body.IndexOf("\n}\n", StringComparison.Ordinal)];
        return Documented().Matches(body).ToDictionary(match => match.Groups["name"].Value, match => Markdown(match.Groups["doc"].Value), StringComparer.Ordinal);
    }

    static string Markdown(string doc)
    {
        var text = string.Join(' ', doc.Split('\n').Select(line => line.Trim().TrimStart('/').Trim())).Replace("<summary>", "", StringComparison.Ordinal).Replace("</summary>", "", StringComparison.Ordinal);
        text = Code().Replace(text, "`$1`");
        text = Reference().Replace(text, match => $"`{match.Groups[1].Value.Split('.')[^1]}`");
        return System.Net.WebUtility.HtmlDecode(text).Trim();
    }

    [GeneratedRegex(@"(?<doc>(?:[ ]+///[^\n]*\n)+)(?:[ ]+\[[^\n]*\n)*[ ]+public [\w<>?]+ (?<name>\w+) \{")]
    private static partial Regex Documented();

    [GeneratedRegex("<c>(.*?)</c>")]
    private static partial Regex Code();

    [GeneratedRegex("""<see cref="([^"]*)" ?/>""")]
    private static partial Regex Reference();
}
