using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Rpc;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>Every RPC × every right × a foreign store, made from the descriptors: a new RPC is in it by being there.</summary>
public sealed class RightsMatrix
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    static IEnumerable<MethodDescriptor> Methods => WireServices.All.SelectMany(service => service.Methods);

    [Fact]
    public async Task A_scope_opens_exactly_the_rpcs_that_the_table_gives_it()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        var store = await server.StoreAsync("a");
        var wrong = new List<string>();
        foreach (var scope in Rights.Scopes)
        {
            foreach (var bound in new[] { true, false })
            {
                var key = await server.KeyAsync(bound ? store : null, scope);
                var caller = new Caller("", new HashSet<string>(StringComparer.Ordinal) { scope }, bound ? store : null);
                foreach (var method in Methods)
                {
                    var right = Rights.Table[$"/{method.Service.FullName}/{method.Name}"];
                    var opens = right.Scopes.Any(caller.Has) && !(right.Unbound && bound);
                    var code = (Code)(await server.CallAsync(Door.Grpc, method, Empty(method), key, Cancel)).Code;
                    if (opens == (code == Code.PermissionDenied) || code is Code.Internal or Code.Unknown or Code.Unauthenticated)
                        wrong.Add($"{method.FullName} with {scope}{(bound ? " (bound)" : "")}: {code}");
                }
            }
        }

        Assert.Equal("", string.Join("\n", wrong));
    }

    [Fact]
    public async Task No_rpc_lets_a_bound_key_see_another_store()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        var key = await server.KeyAsync(await server.StoreAsync("a"), "*");
        var foreign = (await server.StoreAsync("b")).ToWire();
        var wrong = new List<string>();
        foreach (var method in Methods)
        {
            if (method.InputType.FindFieldByNumber(1) is not { Name: "store_id" } field)
                continue;
            var request = Empty(method);
            field.Accessor.SetValue(request, foreign);
            foreach (var store in new[] { foreign, Ids.New(TimeProvider.System).ToWire() })
            {
                field.Accessor.SetValue(request, store);
                var status = await server.CallAsync(Door.Grpc, method, request, key, Cancel);
                if ((Code)status.Code != Code.NotFound)
                    wrong.Add($"{method.FullName}: {(Code)status.Code}");
            }
        }

        Assert.Equal("", string.Join("\n", wrong));
    }

    [Fact]
    public async Task An_unbound_key_must_name_the_store_of_a_request_that_is_about_one()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite);
        var wrong = new List<string>();
        foreach (var method in Methods.Where(method => method.InputType.FindFieldByNumber(1) is { Name: "store_id" }))
        {
            var status = await server.CallAsync(Door.Grpc, method, Empty(method), server.AdminKey, Cancel);
            var lists = method.Name == "ListStores";
            if (!lists && ((Code)status.Code != Code.InvalidArgument || !status.Fields().Contains("store_id", StringComparer.Ordinal)))
                wrong.Add($"{method.FullName}: {(Code)status.Code} {string.Join(' ', status.Fields())}");
        }

        Assert.Equal("", string.Join("\n", wrong));
    }

    static IMessage Empty(MethodDescriptor method) => method.InputType.Parser.ParseFrom(ByteString.Empty);
}
