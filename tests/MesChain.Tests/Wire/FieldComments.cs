using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MesChain.Tests.Wire;

/// <summary>What the protos say about a field: their comments are a promise, and tests hold the program to it.</summary>
static partial class FieldComments
{
    /// <summary>The protos as they were written, comments included; the build puts them beside the generated code.</summary>
    public static readonly IReadOnlyList<FileDescriptor> Files = Read();

    static readonly Dictionary<string, string> All = Files
        .SelectMany(file => file.MessageTypes)
        .SelectMany(type => type.NestedTypes.Append(type))
        .SelectMany(type => type.Fields.InDeclarationOrder())
        .ToDictionary(field => field.FullName, field => string.Join(' ', (field.Declaration?.LeadingComments ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)), StringComparer.Ordinal);

    public static string Of(FieldDescriptor field) => All.GetValueOrDefault(field.FullName) ?? "";

    /// <summary>A field of a message that goes both ways, which is ignored in requests.</summary>
    public static bool AnsweredOnly(FieldDescriptor field) => Of(field).StartsWith("Answered only", StringComparison.Ordinal);

    /// <summary>Whether the comment says what it means when the field is not there. One that does not makes the field a required one.</summary>
    public static bool MayBeAbsent(FieldDescriptor field) => AbsenceWord().IsMatch(Of(field));

    static IReadOnlyList<FileDescriptor> Read()
    {
        using var stream = typeof(Contracts.Ops.V1.OpsService).Assembly.GetManifestResourceStream("protos.binpb")!;
        return FileDescriptor.BuildFromByteStrings(FileDescriptorSet.Parser.ParseFrom(stream).File.Select(file => file.ToByteString()));
    }

    [GeneratedRegex(@"\b(absent|empty|zero|unspecified|at most|up to|from 0|0 to|whether|only for|instead of|all or none)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex AbsenceWord();
}
