using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using MesChain.Contracts.Queue.V1;
using MesChain.Server.Platform.Rpc;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace MesChain.Tests.Architecture;

/// <summary>What every RPC of the protos needs besides an implementation.</summary>
public sealed class RpcRules
{
    static readonly List<MethodDescriptor> Methods = typeof(QueueService).Assembly.GetTypes()
        .Select(type => type.GetProperty("Descriptor")?.GetValue(null))
        .OfType<ServiceDescriptor>()
        .SelectMany(service => service.Methods)
        .ToList();

    [Fact]
    public void Every_rpc_has_a_right_and_no_right_is_left_over() =>
        Assert.Equal(
            Methods.Select(method => $"/{method.Service.FullName}/{method.Name}").Order(StringComparer.Ordinal),
            Rights.Table.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_rpc_is_called_by_a_test()
    {
        var tests = string.Join('\n', Repository.Files("tests", ".cs", ".php", ".mjs").Select(Repository.Read));
        var missing = Methods
            .Where(method => !Regex.IsMatch(tests, $@"\b{method.Name}(?:Async)?\(|/{method.Name}\b|['""]{method.Name}['""]|>{char.ToLowerInvariant(method.Name[0])}{method.Name[1..]}\("))
            .Select(method => method.FullName)
            .ToList();
        Assert.True(missing.Count == 0, "No test calls " + string.Join(", ", missing));
    }
}
