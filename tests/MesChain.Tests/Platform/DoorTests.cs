using System.Net;
using System.Net.Http.Json;
using Grpc.Core;
using MesChain.Contracts.Ops.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>The three ways in answer alike.</summary>
public sealed class DoorTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_version_is_the_same_over_grpc_grpc_web_and_json(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine);
        var grpc = await new OpsService.OpsServiceClient(server.Channel).GetVersionAsync(new(), cancellationToken: TestContext.Current.CancellationToken);
        var web = await new OpsService.OpsServiceClient(server.WebChannelWith(server.AdminKey)).GetVersionAsync(new(), cancellationToken: TestContext.Current.CancellationToken);
        using var response = await server.Http.PostAsJsonAsync("/v1/ops/GetVersion", new { }, TestContext.Current.CancellationToken);

        Assert.Equal(engine == Engine.Sqlite ? "sqlite" : "postgres", grpc.Engine);
        Assert.Equal(grpc, web);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(grpc, GetVersionResponse.Parser.ParseJson(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }
}
