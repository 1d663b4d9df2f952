using Google.Protobuf;
using Grpc.Core;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Secret;

/// <summary>Secrets through the real program.</summary>
public sealed class SecretWireTests : IAsyncLifetime
{
    static readonly string Store = Ids.SystemStore.ToWire();

    TestServer _server = null!;
    SecretService.SecretServiceClient _secrets = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(Engine.Sqlite);
        _secrets = new(_server.Channel);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task S02_A_write_repeated_after_a_lost_answer_makes_one_version()
    {
        var request = new PutSecretRequest { StoreId = Store, Path = "a/b", Value = ByteString.CopyFromUtf8("canary-31d9"), Cas = 0, RequestId = Ids.New(TimeProvider.System).ToWire() };
        Assert.Equal(1, (await _secrets.PutSecretAsync(request)).Secret.Version);
        Assert.Equal(1, (await _secrets.PutSecretAsync(request)).Secret.Version);
        var other = request.Clone();
        other.Value = ByteString.CopyFromUtf8("another");
        Assert.Equal("REQUEST_ID_REUSED", (await Refusal.OfAsync(_secrets.PutSecretAsync(other))).Reason);

        request.RequestId = "";
        var refusal = await Refusal.OfAsync(_secrets.PutSecretAsync(request));
        Assert.Equal((StatusCode.Aborted, "VERSION_CONFLICT"), (refusal.Status, refusal.Reason));

        var answer = await _secrets.GetSecretAsync(new() { StoreId = Store, Path = "a/b" });
        Assert.Equal(("canary-31d9", 1L, "a/b"), (answer.Value.ToStringUtf8(), answer.Version, answer.Secret.Path));
        Assert.Equal(["a/b"], (await _secrets.ListSecretsAsync(new() { StoreId = Store, Prefix = "a/" })).Secrets.Select(secret => secret.Path));
        Assert.DoesNotContain(_server.Logs, line => line.ToString().Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_bad_field_is_named_at_once()
    {
        var refusal = await Refusal.OfAsync(_secrets.PutSecretAsync(new() { StoreId = Store, RequestId = "x", Path = "A", Cas = -1, ExpireTime = new() { Seconds = -1 } }));
        Assert.Equal(["cas", "expire_time", "path", "request_id", "value"], refusal.Fields);
        refusal = await Refusal.OfAsync(_secrets.PutSecretAsync(new() { StoreId = Store, Path = "a", Value = ByteString.CopyFrom(new byte[65_537]) }));
        Assert.Equal(["value"], refusal.Fields);
        refusal = await Refusal.OfAsync(_secrets.GetSecretAsync(new() { StoreId = Store, Path = "a/", Version = -1 }));
        Assert.Equal(["path", "version"], refusal.Fields);
        refusal = await Refusal.OfAsync(_secrets.ListSecretsAsync(new() { StoreId = Store, PageSize = -1, PageToken = "x", Prefix = "A" }));
        Assert.Equal(["page_size", "page_token", "prefix"], refusal.Fields);
    }

    [Fact]
    public async Task A_store_that_does_not_exist_holds_no_secret()
    {
        var nowhere = Ids.New(TimeProvider.System).ToWire();
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(_secrets.PutSecretAsync(new() { StoreId = nowhere, Path = "a", Value = ByteString.CopyFromUtf8("v") }))).Status);
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(_secrets.GetSecretAsync(new() { StoreId = nowhere, Path = "a" }))).Status);
    }

    [Fact]
    public async Task Secrets_open_after_a_restart()
    {
        await _secrets.PutSecretAsync(new() { StoreId = Store, Path = "a", Value = ByteString.CopyFromUtf8("v") });
        await _server.RestartAsync();
        Assert.Equal("v", (await new SecretService.SecretServiceClient(_server.Channel).GetSecretAsync(new() { StoreId = Store, Path = "a" })).Value.ToStringUtf8());
    }
}
