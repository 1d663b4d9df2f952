using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Google.Rpc;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using MesChain.Tests.Architecture;

namespace MesChain.Tests.Docs;

/// <summary>Pages that are made from the program. <c>make docs</c> writes them; otherwise a stale page fails.</summary>
public sealed partial class GeneratedPages
{
    static readonly List<(string Reason, string Name, ReasonAttribute About)> All =
        [.. typeof(Reasons).GetFields().Select(field => ((string)field.GetValue(null)!, field.Name, field.GetCustomAttribute<ReasonAttribute>()!))];

    [Fact]
    public void The_page_of_error_reasons_is_what_the_program_says()
    {
        var page = new StringBuilder(Pages.Note).AppendLine().AppendLine().AppendLine("# Reasons of refusals").AppendLine()
            .AppendLine("A refusal carries `google.rpc.Status` with an `ErrorInfo` whose domain is `meschain` and whose `reason` stands here; branch on it, never on")
            .AppendLine("the message. Made from `src/MesChain.Server/Platform/Errors/Reasons.cs`. A code that is not on this page (`INTERNAL`) is a mistake of ours.").AppendLine()
            .AppendLine("| reason | code | repeat the call | meaning |").AppendLine("|---|---|---|---|");
        foreach (var (reason, _, about) in All.OrderBy(entry => entry.Reason, StringComparer.Ordinal))
            page.AppendLine(CultureInfo.InvariantCulture, $"| `{reason}` | {CodeName(about.Code)} | {Advice(about.Repeat)} | {about.Meaning} |");
        page.AppendLine().AppendLine("Without a reason of ours: `CANCELLED` (the caller went away), `DEADLINE_EXCEEDED` (repeat with the same `request_id`), `UNIMPLEMENTED`,")
            .AppendLine("`RESOURCE_EXHAUSTED` of a message above `MesChain:Rpc:MessageMax`, and `INVALID_ARGUMENT` of a body that is no JSON.");
        Pages.Check("docs/api/errors.md", page.ToString());
    }

    [Fact]
    public void The_page_of_rights_is_what_the_program_says()
    {
        var page = new StringBuilder(Pages.Note).AppendLine().AppendLine().AppendLine("# What a key may call").AppendLine()
            .AppendLine("Any one of the scopes suffices; `<service>:*` holds all of a service and `*` holds everything. Made from `src/MesChain.Server/Platform/Rpc/Rights.cs`.").AppendLine()
            .AppendLine("| RPC | JSON | scopes |").AppendLine("|---|---|---|");
        foreach (var method in WireServices.All.SelectMany(service => service.Methods))
        {
            var right = Rights.Table[$"/{method.Service.FullName}/{method.Name}"];
            page.AppendLine(CultureInfo.InvariantCulture, $"| `{method.FullName}` | `{WireServices.JsonRoute(method)}` | {string.Join(", ", right.Scopes.Select(scope => $"`{scope}`"))}{(right.Unbound ? "; a key bound to no store" : "")} |");
        }

        Pages.Check("docs/api/rights.md", page.ToString());
    }

    [Fact]
    public void Every_reason_is_thrown_somewhere_and_every_thrown_reason_is_listed()
    {
        var sources = Repository.Files("src/MesChain.Server", ".cs").Where(path => !path.EndsWith("/Reasons.cs", StringComparison.Ordinal)).Select(Repository.Read).ToList();
        var text = string.Join('\n', sources);
        Assert.Equal([], All.Where(entry => !text.Contains($"Reasons.{entry.Name}", StringComparison.Ordinal)).Select(entry => entry.Reason));
        Assert.Equal([], ThrownLiteral().Matches(text).Select(match => match.Value));
    }

    static string CodeName(Code code) => code == Code.Ok ? "of one item" : $"`{CamelHump().Replace(code.ToString(), "_").ToUpperInvariant()}`";

    static string Advice(Repeat repeat) => repeat switch
    {
        Repeat.AfterDelay => "after `RetryInfo`",
        Repeat.AfterReading => "after reading again",
        Repeat.AfterMending => "after mending",
        _ => "no",
    };

    [GeneratedRegex("""(?:Exception|Refused)\(\s*"[A-Z_]{4,}"\s*,""")]
    private static partial Regex ThrownLiteral();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex CamelHump();
}
