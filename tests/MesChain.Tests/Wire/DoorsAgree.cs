using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Wire;

/// <summary>gRPC, gRPC-Web and JSON refuse alike: same code, reason, message, fields and details, for every RPC and every bad field.</summary>
public sealed class DoorsAgree
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_rpc_is_refused_alike_through_all_doors()
    {
        await using var world = await WireWorld.OpenAsync(Engine.Sqlite);
        var narrow = await world.Server.KeyAsync(world.Mine.Id, "queue:none");
        var callers = new Dictionary<string, Caller>(StringComparer.Ordinal)
        {
            ["no key"] = new(world.Server, ""),
            ["a key without the scope"] = new(world.Server, narrow),
            ["a key of one store"] = new(world.Server, world.Mine.Key),
            ["the admin key"] = new(world.Server, world.Server.AdminKey),
        };
        var differ = new List<string>();
        var asked = 0;
        foreach (var method in WireWorld.Methods)
        {
            foreach (var (name, caller, request) in Cases(method, world, callers))
            {
                // What JSON cannot spell, its door never sees.
                if (Spelled(request) is not { } json)
                    continue;
                asked++;
                var (grpc, web, text) = await caller.AskAsync(method, request, json);
                if (grpc.Code == (int)Code.Ok || !grpc.Equals(web) || !grpc.Equals(text))
                    differ.Add($"{method.FullName}, {name}:\n  {grpc}\n  {web}\n  {text}");
            }
        }

        Assert.True(differ.Count == 0, $"{differ.Count} of {asked} refusals differ.\n{string.Join('\n', differ.Take(20))}");
        Assert.True(asked > 400, $"Only {asked} refusals were compared.");
    }

    [Fact]
    public async Task Json_that_does_not_fit_the_request_is_the_callers_mistake()
    {
        await using var world = await WireWorld.OpenAsync(Engine.Sqlite);
        using var http = world.Server.HttpWith(world.Server.AdminKey);
        var wrong = new List<string>();
        foreach (var method in WireWorld.Methods)
        {
            foreach (var body in Misfits(method.InputType))
            {
                var status = await http.JsonAsync(method, body, Cancel);
                if (status.Code != (int)Code.InvalidArgument)
                    wrong.Add($"{method.FullName} {body[..Math.Min(100, body.Length)]}: {status}");
            }
        }

        Assert.Equal("", string.Join('\n', wrong));
    }

    static IEnumerable<(string Name, Caller Caller, IMessage Request)> Cases(MethodDescriptor method, WireWorld world, Dictionary<string, Caller> callers)
    {
        var samples = new RequestSamples(world.Mine);
        foreach (var name in new[] { "no key", "a key without the scope" })
            yield return (name, callers[name], samples.Of(method.InputType));
        if (method.InputType.FindFieldByNumber(1) is { Name: "store_id" })
            yield return ("another store", callers["a key of one store"], new RequestSamples(world.Other).Of(method.InputType));
        foreach (var violation in FieldViolations.Of(method.InputType, samples).Where(violation => FieldRules.Exemption(violation) is null && !violation.PerItem(method)))
        {
            var request = samples.Of(method.InputType);
            violation.Spoil(request);
            yield return ($"{violation.Path} {violation.Kind}", callers["the admin key"], request);
        }
    }

    static IEnumerable<string> Misfits(MessageDescriptor type)
    {
        foreach (var body in new[] { "", "{", "[]", "7", "\"a\"", "{\"a\":}", "{\"\\ud800\":1}", "{} {}", new string('[', 5_000), "\ufeff{" })
            yield return body;
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            yield return $"{{\"{field.JsonName}\":{(field.FieldType == FieldType.Message ? "7" : field.IsRepeated ? "{}" : "{\"a\":[]}")}}}";
            if (field is { FieldType: FieldType.String, IsRepeated: false })
                yield return $"{{\"{field.JsonName}\":\"a\\ud800b\"}}";
        }
    }

    static string? Spelled(IMessage request)
    {
        try
        {
            return JsonFormatter.Default.Format(request);
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>One key before all three doors.</summary>
    sealed class Caller(TestServer server, string key)
    {
        readonly CallInvoker _grpc = server.ChannelWith(key).CreateCallInvoker();
        readonly CallInvoker _web = server.WebChannelWith(key).CreateCallInvoker();
        readonly HttpClient _http = server.HttpWith(key);

        public async Task<(Google.Rpc.Status Grpc, Google.Rpc.Status Web, Google.Rpc.Status Json)> AskAsync(MethodDescriptor method, IMessage request, string json)
        {
            var bytes = request.ToByteArray();
            var patience = TimeSpan.FromSeconds(2);
            return ((await _grpc.AskAsync(method, bytes, patience, Cancel)).Status, (await _web.AskAsync(method, bytes, patience, Cancel)).Status, await _http.JsonAsync(method, json, Cancel));
        }
    }
}
