using Google.Protobuf;
using Grpc.Core;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;

namespace MesChain.Tests.Secret;

/// <summary>Versions, labels and records through the real program.</summary>
public sealed class VersionWireTests : IAsyncLifetime
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    TestServer _server = null!;
    SecretService.SecretServiceClient _secrets = null!;
    string _store = "";

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(Engine.Sqlite, settings: ["--MesChain:Secret:DestroyDelay=00:00:00"]);
        _secrets = new(_server.Channel);
        _store = (await _server.StoreAsync("a")).ToWire();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_pending_version_is_tried_promoted_and_its_forerunner_destroyed()
    {
        await PutAsync("one");
        await PutAsync("two", pending: true);
        Assert.Equal("one", (await GetAsync()).Value.ToStringUtf8());
        Assert.Equal("two", (await GetAsync(label: SecretLabel.Pending)).Value.ToStringUtf8());
        var promote = new SetLabelRequest { StoreId = _store, Path = "a/b", Label = SecretLabel.Current, Version = 2, Cas = 1, RequestId = Ids.New(TimeProvider.System).ToWire() };
        Assert.Equal((2, 1, 0), Labels((await _secrets.SetLabelAsync(promote, cancellationToken: Cancel)).Secret));
        // Its answer was lost: the same again is the same, and another one finds the label gone on.
        Assert.Equal((2, 1, 0), Labels((await _secrets.SetLabelAsync(promote, cancellationToken: Cancel)).Secret));
        promote.RequestId = "";
        Assert.Equal("VERSION_CONFLICT", (await Refusal.OfAsync(_secrets.SetLabelAsync(promote, cancellationToken: Cancel))).Reason);

        Assert.Equal(VersionState.Disabled, (await _secrets.DisableVersionAsync(new() { StoreId = _store, Path = "a/b", Version = 1 }, cancellationToken: Cancel)).Version.State);
        Assert.Equal("VERSION_DISABLED", (await Refusal.OfAsync(_secrets.GetSecretAsync(new() { StoreId = _store, Path = "a/b", Version = 1 }, cancellationToken: Cancel))).Reason);
        Assert.Equal(VersionState.Enabled, (await _secrets.EnableVersionAsync(new() { StoreId = _store, Path = "a/b", Version = 1 }, cancellationToken: Cancel)).Version.State);
        Assert.Equal(VersionState.Destroyed, (await _secrets.DestroyVersionAsync(new() { StoreId = _store, Path = "a/b", Version = 1 }, cancellationToken: Cancel)).Version.State);
        Assert.Equal("VERSION_DESTROYED", (await Refusal.OfAsync(_secrets.GetSecretAsync(new() { StoreId = _store, Path = "a/b", Version = 1 }, cancellationToken: Cancel))).Reason);

        var page = await _secrets.ListVersionsAsync(new() { StoreId = _store, Path = "a/b", PageSize = 1 }, cancellationToken: Cancel);
        Assert.Equal([SecretLabel.Current], Assert.Single(page.Versions).Labels);
        page = await _secrets.ListVersionsAsync(new() { StoreId = _store, Path = "a/b", PageToken = page.NextPageToken }, cancellationToken: Cancel);
        Assert.Equal((1, VersionState.Destroyed, ""), (Assert.Single(page.Versions).Version, page.Versions[0].State, page.NextPageToken));

        static (long, long, long) Labels(SecretInfo secret) => (secret.CurrentVersion, secret.PreviousVersion, secret.PendingVersion);
    }

    [Fact]
    public async Task S03_A_deleted_secret_comes_back_and_only_who_may_delete_writes_over_it_unseen()
    {
        await PutAsync("one");
        var deleted = (await _secrets.DeleteSecretAsync(new() { StoreId = _store, Path = "a/b", Cas = 1 }, cancellationToken: Cancel)).Secret;
        Assert.Equal(30, (deleted.PurgeTime - deleted.DeleteTime).ToTimeSpan().TotalDays);
        Assert.Equal("SECRET_DELETED", (await Refusal.OfAsync(_secrets.GetSecretAsync(new() { StoreId = _store, Path = "a/b" }, cancellationToken: Cancel))).Reason);
        Assert.Null((await _secrets.UndeleteSecretAsync(new() { StoreId = _store, Path = "a/b" }, cancellationToken: Cancel)).Secret.DeleteTime);
        Assert.Equal("one", (await GetAsync()).Value.ToStringUtf8());

        await _secrets.DeleteSecretAsync(new() { StoreId = _store, Path = "a/b" }, cancellationToken: Cancel);
        var writer = new SecretService.SecretServiceClient(_server.ChannelWith(await _server.KeyAsync(Guid.Parse(_store), "secret:write")));
        var put = new PutSecretRequest { Path = "a/b", Value = ByteString.CopyFromUtf8("two") };
        Assert.Equal("VERSION_CONFLICT", (await Refusal.OfAsync(writer.PutSecretAsync(put, cancellationToken: Cancel))).Reason);
        put.Cas = 1;
        Assert.Equal(2, (await writer.PutSecretAsync(put, cancellationToken: Cancel)).Secret.Version);
    }

    [Fact]
    public async Task S07_Who_may_not_read_cannot_tell_what_is_there_from_what_is_not()
    {
        await PutAsync("one");
        foreach (var scope in (string[])["secret:write", "secret:delete", "ops:read"])
        {
            var stranger = new SecretService.SecretServiceClient(_server.ChannelWith(await _server.KeyAsync(Guid.Parse(_store), scope)));
            var there = await Assert.ThrowsAsync<RpcException>(async () => await stranger.GetSecretAsync(new() { Path = "a/b" }, cancellationToken: Cancel));
            var missing = await Assert.ThrowsAsync<RpcException>(async () => await stranger.GetSecretAsync(new() { Path = "c/d" }, cancellationToken: Cancel));
            Assert.Equal(StatusCode.PermissionDenied, there.StatusCode);
            Assert.Equal(there.Status.Detail, missing.Status.Detail);
            Assert.Equal(there.Trailers.GetValueBytes("grpc-status-details-bin"), missing.Trailers.GetValueBytes("grpc-status-details-bin"));
        }

        // The right does not reach beyond the store either.
        var other = new SecretService.SecretServiceClient(_server.ChannelWith(await _server.KeyAsync(await _server.StoreAsync("b"), "*")));
        foreach (var path in (string[])["a/b", "c/d"])
            Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(other.GetSecretAsync(new() { Path = path }, cancellationToken: Cancel))).Status);
        // No reading was answered, so none is on the ledger.
        Assert.DoesNotContain(await RecordsAsync(), record => record.Kind == "secret.read");
    }

    [Fact]
    public async Task Records_say_who_did_what_and_never_the_value()
    {
        await PutAsync("canary-77ab");
        await PutAsync("v", path: "c/d");
        var answer = await _secrets.GetSecretsAsync(new() { StoreId = _store, Paths = { "a/b", "e/f" } }, cancellationToken: Cancel);
        Assert.Equal([("canary-77ab", ""), ("", "UNKNOWN_RESOURCE")], answer.Results.Select(result => (result.Value.ToStringUtf8(), result.Reason)));
        await _secrets.RotateKekAsync(new() { StoreId = _store }, cancellationToken: Cancel);
        var records = await RecordsAsync();
        Assert.Contains(records, record => record.Kind == "keyring.stage");
        Assert.All(records.Where(record => record.Kind.StartsWith("secret.", StringComparison.Ordinal)), record => Assert.StartsWith("key:", record.Actor, StringComparison.Ordinal));
        Assert.DoesNotContain("canary", string.Join('\n', records), StringComparison.Ordinal);
        Assert.Equal(["secret.read", "secret.write"], (await _secrets.ListAuditRecordsAsync(new() { StoreId = _store, Path = "a/b" }, cancellationToken: Cancel)).Records.Select(record => record.Kind));
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(_secrets.ListAuditRecordsAsync(new() { StoreId = _store, Path = "e/f" }, cancellationToken: Cancel))).Status);
    }

    async Task<List<AuditRecord>> RecordsAsync()
    {
        var all = new List<AuditRecord>();
        var page = new ListAuditRecordsResponse();
        do
        {
            page = await _secrets.ListAuditRecordsAsync(new() { StoreId = _store, PageSize = 2, PageToken = page.NextPageToken }, cancellationToken: Cancel);
            all.AddRange(page.Records);
        }
        while (page.NextPageToken.Length > 0);
        return all;
    }

    Task<PutSecretResponse> PutAsync(string value, bool pending = false, string path = "a/b") =>
        _secrets.PutSecretAsync(new() { StoreId = _store, Path = path, Value = ByteString.CopyFromUtf8(value), Pending = pending }, cancellationToken: Cancel).ResponseAsync;

    Task<GetSecretResponse> GetAsync(SecretLabel label = SecretLabel.Unspecified) => _secrets.GetSecretAsync(new() { StoreId = _store, Path = "a/b", Label = label }, cancellationToken: Cancel).ResponseAsync;
}
