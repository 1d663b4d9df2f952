using Google.Protobuf;
using Google.Protobuf.Reflection;
using MesChain.Server.Platform.Hosting;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MesChain.Server.Platform.Rpc;

/// <summary>
/// The JSON face as an OpenAPI document, made of the descriptors and of the comments in protos/, so that it cannot say something
/// else than the wire does.
/// </summary>
static class OpenApi
{
    public const string Route = "/openapi.json";

    static readonly Lazy<byte[]> Document = new(() => JsonSerializer.SerializeToUtf8Bytes(Build()));

    public static void MapOpenApi(this WebApplication app)
    {
        app.MapGet(Route, () => Results.Bytes(Document.Value, "application/json")).ExcludeFromDescription();
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "MesChain-Sync API";
            page.SwaggerEndpoint(Route, "MesChain-Sync");
        });
    }

    public static JsonObject Build()
    {
        var described = Described();
        var schemas = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        var paths = new JsonObject();
        var tags = new JsonArray();
        foreach (var service in WireServices.All.Select(service => described.SelectMany(file => file.Services).Single(candidate => candidate.FullName == service.FullName)))
        {
            tags.Add(new JsonObject { ["name"] = service.Name, ["description"] = Comment(service.Declaration) });
            foreach (var method in service.Methods)
            {
                if (WireServices.JsonRoute(method) is { } route)
                    paths[route] = new JsonObject { ["post"] = Operation(method, schemas) };
            }
        }

        schemas["google.rpc.Status"] = StatusSchema();
        return new()
        {
            ["openapi"] = "3.0.3",
            ["info"] = new JsonObject { ["title"] = "MesChain-Sync", ["version"] = ProductVersion.Text, ["description"] = "Every call is POST /v1/{service}/{Method} with the request as JSON. Reasons of refusals: docs/api/errors.md." },
            ["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray() }),
            ["tags"] = tags,
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["key"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "mck_<id>_<secret>" } },
                ["schemas"] = new JsonObject(schemas),
            },
        };
    }

    static JsonObject Operation(MethodDescriptor method, SortedDictionary<string, JsonNode?> schemas)
    {
        var comment = Comment(method.Declaration);
        var right = Rights.Table[$"/{method.Service.FullName}/{method.Name}"];
        var stream = method.IsServerStreaming ? " The answer is a stream: one JSON object a line." : "";
        return new()
        {
            ["tags"] = new JsonArray(method.Service.Name),
            ["operationId"] = $"{method.Service.Name}_{method.Name}",
            ["summary"] = comment.Split(". ")[0].TrimEnd('.'),
            ["description"] = $"{comment}{stream}\n\nNeeds one of the scopes {string.Join(", ", right.Scopes)}{(right.Unbound ? ", and a key that is bound to no store" : "")}.",
            ["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(Reference(method.InputType, schemas)) },
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject { ["description"] = "The answer.", ["content"] = Content(Reference(method.OutputType, schemas)) },
                ["default"] = new JsonObject { ["description"] = "A refusal: code, message, and details with a reason.", ["content"] = Content(new JsonObject { ["$ref"] = "#/components/schemas/google.rpc.Status" }) },
            },
        };
    }

    static JsonObject Content(JsonNode schema) => new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    static JsonObject Reference(MessageDescriptor message, SortedDictionary<string, JsonNode?> schemas)
    {
        if (!schemas.ContainsKey(message.FullName))
        {
            // Held before it is filled: a message may hold itself.
            schemas[message.FullName] = null;
            var properties = new JsonObject();
            foreach (var field in message.Fields.InDeclarationOrder())
                properties[field.JsonName] = Field(field, schemas);
            schemas[message.FullName] = new JsonObject { ["type"] = "object", ["description"] = Comment(message.Declaration), ["properties"] = properties };
        }

        return new() { ["$ref"] = $"#/components/schemas/{message.FullName}" };
    }

    static JsonObject Field(FieldDescriptor field, SortedDictionary<string, JsonNode?> schemas)
    {
        var comment = Comment(field.Declaration);
        if (field.IsMap)
            return new() { ["type"] = "object", ["description"] = comment, ["additionalProperties"] = Value(field.MessageType.FindFieldByNumber(2), schemas) };
        var value = Value(field, schemas);
        if (field.IsRepeated)
            return new() { ["type"] = "array", ["description"] = comment, ["items"] = value };
        // Beside a $ref nothing else counts in OpenAPI 3.0.
        if (value.ContainsKey("$ref"))
            return new() { ["description"] = comment, ["allOf"] = new JsonArray(value) };
        value["description"] = comment;
        return value;
    }

    static JsonObject Value(FieldDescriptor field, SortedDictionary<string, JsonNode?> schemas) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.FullName switch
        {
            "google.protobuf.Timestamp" => Typed("string", "date-time"),
            "google.protobuf.Duration" => new() { ["type"] = "string", ["example"] = "1.5s" },
            "google.protobuf.FieldMask" => Typed("string"),
            "google.protobuf.Struct" => Typed("object"),
            _ => Reference(field.MessageType, schemas),
        },
        FieldType.Enum => new() { ["type"] = "string", ["enum"] = new JsonArray([.. field.EnumType.Values.Select(value => (JsonNode)value.Name)]) },
        FieldType.Bool => Typed("boolean"),
        FieldType.String => Typed("string"),
        FieldType.Bytes => Typed("string", "byte"),
        FieldType.Double => Typed("number", "double"),
        FieldType.Float => Typed("number", "float"),
        // A browser's number would round them.
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 or FieldType.UInt64 or FieldType.Fixed64 => Typed("string", "int64"),
        _ => Typed("integer", "int32"),
    };

    static JsonObject Typed(string type, string? format = null) =>
        format is null ? new() { ["type"] = type } : new() { ["type"] = type, ["format"] = format };

    static JsonObject StatusSchema() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["code"] = Typed("integer", "int32"),
            ["message"] = Typed("string"),
            ["details"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["@type"] = Typed("string"), ["reason"] = Typed("string") } } },
        },
    };

    /// <summary>The protos as they were written, comments included; the build puts them beside the generated code.</summary>
    static IReadOnlyList<FileDescriptor> Described()
    {
        using var stream = typeof(Contracts.Ops.V1.OpsService).Assembly.GetManifestResourceStream("protos.binpb")!;
        return FileDescriptor.BuildFromByteStrings(FileDescriptorSet.Parser.ParseFrom(stream).File.Select(file => file.ToByteString()));
    }

    static string Comment(DescriptorDeclaration? declaration) =>
        string.Join(' ', (declaration?.LeadingComments ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
