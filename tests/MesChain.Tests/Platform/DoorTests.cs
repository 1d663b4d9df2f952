using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using MesChain.Contracts.Ops.V1;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>The three ways in answer alike: gRPC, gRPC-Web and JSON.</summary>
public sealed class DoorTests(DoorTests.Running running) : IClassFixture<DoorTests.Running>
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    public static TheoryData<Door> All => [Door.Grpc, Door.GrpcWeb, Door.Json];

    TestServer Server => running.Server;

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_good_call_is_answered(Door door) =>
        Assert.Equal(0, (await Server.CallAsync(door, Method("GetVersion"), new GetVersionRequest(), Server.AdminKey, Cancel)).Code);

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_missing_a_wrong_and_a_malformed_key_are_unauthenticated(Door door)
    {
        var stale = Server.AdminKey[..^8] + "00000000";
        foreach (var key in new[] { "", stale, "mck_x", "mck_" + new string('z', 81), "-" })
        {
            var status = await Server.CallAsync(door, Method("GetVersion"), new GetVersionRequest(), key, Cancel);
            Assert.Equal((int)Code.Unauthenticated, status.Code);
            Assert.Equal("KEY_REFUSED", status.Reason());
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_foreign_store_looks_like_none(Door door)
    {
        var key = await Server.KeyAsync(running.StoreA, "*");
        var status = await Server.CallAsync(door, StoreService.Descriptor.FindMethodByName("ListConnections"), new ListConnectionsRequest { StoreId = running.StoreB.ToWire() }, key, Cancel);
        Assert.Equal((int)Code.NotFound, status.Code);
        Assert.Equal("UNKNOWN_RESOURCE", status.Reason());
        Assert.Equal(running.StoreB.ToWire(), status.GetDetail<ResourceInfo>()!.ResourceName);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_wrong_request_is_told_every_bad_field_at_once(Door door)
    {
        var request = new CreateApiKeyRequest { RequestId = "X", Name = new string('n', 81), StoreId = "q", Scopes = { "ops:read", "all" }, ExpireTime = new Timestamp { Seconds = 1 } };
        var status = await Server.CallAsync(door, Method("CreateApiKey"), request, Server.AdminKey, Cancel);
        Assert.Equal((int)Code.InvalidArgument, status.Code);
        Assert.Equal(["expire_time", "name", "request_id", "scopes[1]", "store_id"], status.Fields());
        Assert.Equal("INVALID_FIELD", status.Reason());
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_refusal_of_a_thousand_fields_fits_into_a_trailer_and_says_how_many_there_are(Door door)
    {
        var request = new ReportStockRequest { StoreId = running.StoreA.ToWire(), ShopSequence = 1, Levels = { Enumerable.Range(0, 500).Select(i => new StockLevel { Quantity = -1 }) } };
        var status = await Server.CallAsync(door, OfferService.Descriptor.FindMethodByName("ReportStock"), request, Server.AdminKey, Cancel);
        Assert.Equal((int)Code.InvalidArgument, status.Code);
        Assert.InRange(status.Fields().Count(), 30, 100);
        Assert.InRange(status.CalculateSize(), 0, 6_000);
        Assert.Equal("1499", status.GetDetail<ErrorInfo>()!.Metadata["violations"]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_key_without_the_scope_is_told_which_would_do(Door door)
    {
        var key = await Server.KeyAsync(null, "queue:read");
        var status = await Server.CallAsync(door, Method("ListApiKeys"), new ListApiKeysRequest(), key, Cancel);
        Assert.Equal((int)Code.PermissionDenied, status.Code);
        Assert.Equal("ops:manage", status.GetDetail<ErrorInfo>()!.Metadata["scopes"]);
    }

    [Fact]
    public async Task Bytes_that_are_no_message_are_the_callers_mistake_and_no_error_of_the_log()
    {
        foreach (var invoker in new[] { Server.Channel.CreateCallInvoker(), Server.WebChannelWith("").CreateCallInvoker() })
        {
            var answer = await invoker.AskAsync(Method("CreateApiKey"), [0x0a, 0x7f, 0x01], TimeSpan.Zero, Cancel);
            Assert.Equal((Code.InvalidArgument, "MALFORMED_REQUEST"), (answer.Code, answer.Status.Reason()));
        }
    }

    [Fact]
    public async Task Json_that_is_none_is_the_callers_mistake()
    {
        using var response = await Server.Http.PostAsync("/v1/ops/GetVersion", new StringContent("{", null, "application/json"), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_host_name_that_is_not_ours_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz") { Headers = { Host = "shop.example" } };
        using var response = await Server.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Health_and_metrics_need_no_key()
    {
        using var http = Server.HttpWith("");
        Assert.Equal("Healthy", await http.GetStringAsync("/healthz", Cancel));
        Assert.Equal("ready", await http.GetStringAsync("/readyz", Cancel));
        await Server.CallAsync(Door.Grpc, Method("GetVersion"), new GetVersionRequest(), Server.AdminKey, Cancel);
        Assert.Contains("meschain_rpc_duration_seconds_count{otel_scope_name=\"MesChain\",code=\"OK\",method=\"/meschain.ops.v1.OpsService/GetVersion\"}", await http.GetStringAsync("/metrics", Cancel), StringComparison.Ordinal);
        var health = new Grpc.Health.V1.Health.HealthClient(Server.ChannelWith(""));
        Assert.Equal(Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new(), cancellationToken: Cancel)).Status);
    }

    [Fact]
    public async Task The_api_document_describes_every_method_and_every_field()
    {
        using var http = Server.HttpWith("");
        using var document = JsonDocument.Parse(await http.GetStringAsync("/openapi.json", Cancel));
        var paths = document.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        Assert.Equal(
            MesChain.Server.Platform.Rpc.WireServices.All.SelectMany(service => service.Methods).Select(MesChain.Server.Platform.Rpc.WireServices.JsonRoute).Order(StringComparer.Ordinal),
            paths.Order(StringComparer.Ordinal));

        var silent = document.RootElement.GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Where(schema => schema.Name.StartsWith("meschain.", StringComparison.Ordinal))
            .SelectMany(schema => schema.Value.GetProperty("properties").EnumerateObject().Select(field => (Path: $"{schema.Name}.{field.Name}", Text: field.Value.GetProperty("description").GetString())))
            .Where(field => string.IsNullOrEmpty(field.Text))
            .Select(field => field.Path);
        Assert.Empty(silent);
        Assert.Contains("swagger-ui", await http.GetStringAsync("/docs/index.html", Cancel), StringComparison.Ordinal);
    }

    static Google.Protobuf.Reflection.MethodDescriptor Method(string name) => OpsService.Descriptor.FindMethodByName(name);

    public sealed class Running : IAsyncLifetime
    {
        public TestServer Server { get; private set; } = null!;

        public Guid StoreA { get; private set; }

        public Guid StoreB { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Server = await TestServer.StartAsync(Engine.Sqlite, settings: "--MesChain:Auth:FailuresPerMinute=10000");
            StoreA = await Server.StoreAsync("a");
            StoreB = await Server.StoreAsync("b");
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
