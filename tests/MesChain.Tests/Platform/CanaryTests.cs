using System.Net;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using MesChain.Contracts.Ops.V1;
using MesChain.Contracts.Secret.V1;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Platform;

/// <summary>Plants recognisable secrets wherever a caller can put one, and looks for them in everything that leaves the program.</summary>
public sealed class CanaryTests
{
    const string Canary = "kanarya7f3c";

    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_is_in_the_log_the_metrics_a_refusal_or_the_database()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite, settings: ["--Logging:LogLevel:Default=Debug", "--Logging:LogLevel:Microsoft=Debug", "--Logging:LogLevel:Grpc=Debug", "--Logging:LogLevel:System=Debug"]);
        var store = (await server.StoreAsync("a")).ToWire();
        var said = new StringBuilder();
        await PlantAsync(server, store, said);

        using var http = server.HttpWith("");
        said.AppendLine(await http.GetStringAsync("/metrics", Cancel));
        foreach (var line in server.Logs)
            said.AppendLine(line.ToString());
        Assert.DoesNotContain(Canary, said.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(server.Logs, line => line.Text.Contains("PutSecret", StringComparison.Ordinal));

        foreach (var file in Directory.GetFiles(server.DataFolder))
        {
            if (Path.GetFileName(file) == "lock")
                continue;
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var content = new byte[stream.Length];
            await stream.ReadExactlyAsync(content, Cancel);
            foreach (var form in new[] { Encoding.UTF8.GetBytes(Canary), Encoding.UTF8.GetBytes(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Canary))), Encoding.UTF8.GetBytes(Convert.ToHexString(Encoding.UTF8.GetBytes(Canary))) })
                Assert.True(content.AsSpan().IndexOf(form) < 0, $"{Path.GetFileName(file)} holds a planted secret");
        }
    }

    static async Task PlantAsync(TestServer server, string store, StringBuilder said)
    {
        var secrets = new SecretService.SecretServiceClient(server.Channel);
        await secrets.PutSecretAsync(new() { StoreId = store, Path = "a/b", Value = ByteString.CopyFromUtf8(Canary) }, cancellationToken: Cancel);
        await secrets.GetSecretAsync(new() { StoreId = store, Path = "a/b" }, cancellationToken: Cancel);
        said.AppendLine((await secrets.ListSecretsAsync(new() { StoreId = store }, cancellationToken: Cancel)).ToString());
        await RefusedAsync(secrets.PutSecretAsync(new() { StoreId = store, Path = " bad ", Value = ByteString.CopyFromUtf8(Canary) }, cancellationToken: Cancel), said);

        var stores = new StoreService.StoreServiceClient(server.Channel);
        var connection = new CreateConnectionRequest
        {
            StoreId = store, Marketplace = "trendyol", Environment = MesChain.Contracts.Sync.V1.Environment.Sandbox, SellerId = "1001", Name = "t",
            Credentials = new() { ApiKey = Canary + "-key", ApiSecret = Canary + "-secret" },
        };
        var made = await stores.CreateConnectionAsync(connection, cancellationToken: Cancel);
        said.AppendLine(made.ToString());
        said.AppendLine((await stores.TestConnectionAsync(new() { StoreId = store, ConnectionId = made.Connection.Id }, cancellationToken: Cancel)).ToString());
        connection.SellerId = "";
        await RefusedAsync(stores.CreateConnectionAsync(connection, cancellationToken: Cancel), said);

        // A key with the right form whose secret part is wrong, a session that was forged, and a form with a wrong key.
        var key = "mck_0000000000000000_" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Canary)).PadRight(64, '0');
        await RefusedAsync(new OpsService.OpsServiceClient(server.ChannelWith(key)).GetVersionAsync(new(), cancellationToken: Cancel), said);
        await RefusedAsync(new OpsService.OpsServiceClient(server.ChannelWith(Canary)).GetVersionAsync(new(), cancellationToken: Cancel), said);
        using var http = server.HttpWith("");
        using var form = new HttpRequestMessage(HttpMethod.Post, "/login") { Content = new FormUrlEncodedContent([new("key", Canary)]), Headers = { { "Origin", server.HttpAddress.GetLeftPart(UriPartial.Authority) }, { "Cookie", "meschain_session=" + Canary } } };
        using var refused = await http.SendAsync(form, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        said.AppendLine(await refused.Content.ReadAsStringAsync(Cancel));
        foreach (var body in new[] { $"{{\"path\":\"{Canary}", $"{{\"value\":[\"{Canary}\"]}}" })
        {
            using var bad = await server.Http.PostAsync("/v1/secret/PutSecret", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
            said.AppendLine(await bad.Content.ReadAsStringAsync(Cancel));
        }
    }

    static async Task RefusedAsync<T>(AsyncUnaryCall<T> call, StringBuilder said) =>
        said.AppendLine((await Assert.ThrowsAsync<RpcException>(async () => await call)).ToString());
}
