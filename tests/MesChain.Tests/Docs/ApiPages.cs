using System.Globalization;
using System.Text;
using Google.Protobuf.Reflection;
using MesChain.Server.Platform.Rpc;
using MesChain.Tests.Architecture;
using MesChain.Tests.Wire;

namespace MesChain.Tests.Docs;

/// <summary>The reference of the API: a page for each service with every RPC, message, field and value, in the words of the protos.</summary>
public sealed class ApiPages
{
    static readonly List<FileDescriptor> Files = [.. FieldComments.Files.Where(file => file.Package.StartsWith("meschain.", StringComparison.Ordinal))];

    [Fact]
    public void Every_service_has_a_page_that_says_what_its_protos_say()
    {
        foreach (var page in Files.GroupBy(PageOf, StringComparer.Ordinal))
            Pages.Check($"docs/api/{page.Key}.md", Render(page.Key, [.. page]));
    }

    [Fact]
    public void The_list_of_pages_is_whole()
    {
        var list = new StringBuilder();
        foreach (var page in Files.Select(PageOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var services = Files.Where(file => PageOf(file) == page).SelectMany(file => file.Services).ToList();
            list.Append(CultureInfo.InvariantCulture, $"- [{page}]({page}.md): {(services.Count == 0 ? "What several services share." : string.Join(' ', services.Select(service => Comment(service.Declaration))))}\n");
        }

        Pages.CheckPart("docs/api/README.md", "pages", list.ToString());
    }

    [Fact]
    public void No_page_is_left_of_what_is_gone() =>
        Assert.Equal(
            Files.Select(PageOf).Concat(["README", "errors", "rights"]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            Repository.Files("docs/api", ".md").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));

    static string Render(string name, List<FileDescriptor> files)
    {
        var page = new StringBuilder(Pages.Note).Append("\n\n");
        page.Append(CultureInfo.InvariantCulture, $"# {name}\n\nMade from {string.Join(" and ", files.Select(file => $"`protos/{file.Name}`"))}.\n");
        foreach (var service in files.SelectMany(file => file.Services))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {service.Name}\n\n`{service.FullName}`: {Comment(service.Declaration)}\n");
            foreach (var method in service.Methods)
                page.Append(Rpc(method));
        }

        page.Append("\n## Messages\n");
        foreach (var type in files.SelectMany(file => file.MessageTypes))
            page.Append(Message(type));
        if (files.Any(file => file.EnumTypes.Count > 0))
            page.Append("\n## Values\n");
        foreach (var type in files.SelectMany(file => file.EnumTypes))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### {type.Name}\n\n{Comment(type.Declaration)}\n\n| value | number | meaning |\n|---|---|---|\n");
            foreach (var value in type.Values)
                page.Append(CultureInfo.InvariantCulture, $"| `{value.Name}` | {value.Number} | {Pages.Cell(Comment(value.Declaration))} |\n");
        }

        return page.ToString();
    }

    static string Rpc(MethodDescriptor method)
    {
        var right = Rights.Table[$"/{method.Service.FullName}/{method.Name}"];
        var json = WireServices.JsonRoute(method) is { } route ? $"`POST {route}`" : "no JSON";
        var answer = (method.IsServerStreaming ? "a stream of " : "") + Link(method.OutputType.Name, method.OutputType.File, method.File);
        var scopes = string.Join(" or ", right.Scopes.Select(scope => $"`{scope}`")) + (right.Unbound ? " with a key that is bound to no store" : "");
        return $"\n### {method.Name}\n\n{Comment(method.Declaration)}\n\n{Link(method.InputType.Name, method.InputType.File, method.File)} → {answer} · {json} · needs {scopes}\n";
    }

    static string Message(MessageDescriptor type)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"\n### {type.Name}\n\n{Comment(type.Declaration)}\n");
        if (type.Fields.InDeclarationOrder().Count == 0)
            return text.Append("\nIt has no fields.\n").ToString();
        text.Append("\n| field | number | type | meaning |\n|---|---|---|---|\n");
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            var choice = field.RealContainingOneof is { } oneof ? $" One of `{oneof.Name}`." : "";
            text.Append(CultureInfo.InvariantCulture, $"| `{field.Name}` | {field.FieldNumber} | {Kind(field)} | {Pages.Cell(Comment(field.Declaration))}{choice} |\n");
        }

        return text.ToString();
    }

    static string Kind(FieldDescriptor field)
    {
        if (field.IsMap)
            return $"map of {Scalar(field.MessageType.FindFieldByNumber(1), field.File)} to {Scalar(field.MessageType.FindFieldByNumber(2), field.File)}";
        var scalar = Scalar(field, field.File);
        return field.IsRepeated ? "list of " + scalar : field.HasPresence && field.FieldType is not FieldType.Message && field.RealContainingOneof is null ? "optional " + scalar : scalar;
    }

    static string Scalar(FieldDescriptor field, FileDescriptor from) => field.FieldType switch
    {
        FieldType.Message when field.MessageType.File.Package == "google.protobuf" => field.MessageType.Name,
        FieldType.Message => Link(field.MessageType.Name, field.MessageType.File, from),
        FieldType.Enum => Link(field.EnumType.Name, field.EnumType.File, from),
        _ => field.FieldType.ToString().ToLowerInvariant(),
    };

    static string Link(string name, FileDescriptor at, FileDescriptor from) => $"[{name}]({(PageOf(at) == PageOf(from) ? "" : PageOf(at) + ".md")}#{name.ToLowerInvariant()})";

    /// <summary>The service that stands alone in its package has one page; of several in one package each has its own.</summary>
    static string PageOf(FileDescriptor file)
    {
        var services = Files.Where(other => other.Package == file.Package).SelectMany(other => other.Services).ToList();
        var name = Path.GetFileNameWithoutExtension(file.Name);
        return services.Count switch
        {
            0 => file.Package.Split('.')[1],
            1 => services[0].Name[..^"Service".Length].ToLowerInvariant(),
            _ => name.EndsWith("_service", StringComparison.Ordinal) ? name[..^"_service".Length] : name,
        };
    }

    static string Comment(DescriptorDeclaration? declaration) =>
        string.Join(' ', (declaration?.LeadingComments ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
