using Google.Protobuf;
using Grpc.Core;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using MesChain.Server.Platform.Keyring;
using KekState = MesChain.Contracts.Secret.V1.KekState;

namespace MesChain.Tests.Secret;

/// <summary>Changes of keys through the real program.</summary>
public sealed class KeyWireTests : IAsyncLifetime
{
    static readonly string Store = Ids.SystemStore.ToWire();
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    TestServer _server = null!;
    SecretService.SecretServiceClient _secrets = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(Engine.Sqlite);
        _secrets = new(_server.Channel);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_key_is_rotated_seen_through_and_retired()
    {
        await _secrets.PutSecretAsync(new() { StoreId = Store, Path = "a", Value = ByteString.CopyFromUtf8("v") }, cancellationToken: Cancel);
        var request = new RotateKekRequest { StoreId = Store, RequestId = Ids.New(TimeProvider.System).ToWire() };
        Assert.Equal(2, (await _secrets.RotateKekAsync(request, cancellationToken: Cancel)).Generation);
        var status = await UntilAsync(answer => answer.Generations.Count == 2 && answer.Generations[1].RewrapTime is not null);
        Assert.Equal([KekState.Active, KekState.DecryptOnly], status.Generations.Select(generation => generation.State));
        Assert.Equal([(2, 1, 0), (1, 0, 1)], status.Generations.Select(generation => (generation.Generation, generation.StoredValues, generation.MovedValues)));
        Assert.Equal(2, (await _secrets.RotateKekAsync(request, cancellationToken: Cancel)).Generation);
        Assert.NotEmpty(status.Root.Fingerprint);
        Assert.Equal([status.Root.Fingerprint], Assert.Single(status.Root.Nodes).RootFingerprints);

        Assert.Equal("KEK_IN_USE", (await Refusal.OfAsync(_secrets.RetireKekAsync(new() { StoreId = Store, Generation = 2 }, cancellationToken: Cancel))).Reason);
        Assert.Empty((await _secrets.RetireKekAsync(new() { StoreId = Store, Generation = 1 }, cancellationToken: Cancel)).Lost);
        Assert.Equal("v", (await _secrets.GetSecretAsync(new() { StoreId = Store, Path = "a" }, cancellationToken: Cancel)).Value.ToStringUtf8());
        await _server.RestartAsync();
        _secrets = new(_server.Channel);
        Assert.Equal("v", (await _secrets.GetSecretAsync(new() { StoreId = Store, Path = "a" }, cancellationToken: Cancel)).Value.ToStringUtf8());
        Assert.Equal(KekState.Retired, (await _secrets.GetRotationStatusAsync(new() { StoreId = Store }, cancellationToken: Cancel)).Generations[1].State);
    }

    [Fact]
    public async Task A_root_key_put_beside_the_one_in_use_takes_its_place_without_a_restart()
    {
        await _secrets.PutSecretAsync(new() { StoreId = Store, Path = "a", Value = ByteString.CopyFromUtf8("v") }, cancellationToken: Cancel);
        var next = new byte[32];
        Random.Shared.NextBytes(next);
        var fingerprint = RootKey.Fingerprint(next);
        Assert.Equal("ROOT_KEY_MISSING", (await Refusal.OfAsync(_secrets.RotateRootAsync(new() { Fingerprint = fingerprint }, cancellationToken: Cancel))).Reason);
        await File.WriteAllTextAsync(Path.Combine(_server.DataFolder, "root-key.next"), Convert.ToBase64String(next), Cancel);
        await UntilAsync(answer => answer.Root.Nodes[0].RootFingerprints.Contains(fingerprint, StringComparer.Ordinal));
        await _secrets.RotateRootAsync(new() { Fingerprint = fingerprint }, cancellationToken: Cancel);
        var status = await UntilAsync(answer => answer.Root.Fingerprint == fingerprint);
        Assert.Equal(("", 0), (status.Root.NextFingerprint, status.Root.KeysLeft));

        File.Move(Path.Combine(_server.DataFolder, "root-key.next"), Path.Combine(_server.DataFolder, "root-key"), overwrite: true);
        await _server.RestartAsync();
        _secrets = new(_server.Channel);
        Assert.Equal("v", (await _secrets.GetSecretAsync(new() { StoreId = Store, Path = "a" }, cancellationToken: Cancel)).Value.ToStringUtf8());
    }

    [Fact]
    public async Task A_damaged_value_is_named_by_an_inspection_and_by_its_reading()
    {
        await _secrets.PutSecretAsync(new() { StoreId = Store, Path = "a", Value = ByteString.CopyFromUtf8("v") }, cancellationToken: Cancel);
        Assert.Equal((0, 1), Told(await _secrets.VerifySecretsAsync(new() { StoreId = Store }, cancellationToken: Cancel)));
        await _server.Db.WriteAsync(tx => tx.ExecuteAsync("update secret_versions set envelope = cast(envelope || x'00' as blob)"), Cancel);
        var answer = await _secrets.VerifySecretsAsync(new() { StoreId = Store }, cancellationToken: Cancel);
        Assert.EndsWith("@1", Assert.Single(answer.Damaged), StringComparison.Ordinal);
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await _secrets.GetSecretAsync(new() { StoreId = Store, Path = "a" }, cancellationToken: Cancel));
        Assert.Contains(answer.Damaged[0], fault.Status.Detail, StringComparison.Ordinal);

        static (int, int) Told(VerifySecretsResponse told) => (told.Damaged.Count, told.CheckedValues);
    }

    [Fact]
    public async Task Every_bad_field_is_named_and_a_bound_key_sees_no_root()
    {
        Assert.Equal(["request_id"], (await Refusal.OfAsync(_secrets.RotateKekAsync(new() { StoreId = Store, RequestId = "x" }, cancellationToken: Cancel))).Fields);
        Assert.Equal(["generation", "lose_values"], (await Refusal.OfAsync(_secrets.RetireKekAsync(new() { StoreId = Store, LoseValues = -1 }, cancellationToken: Cancel))).Fields);
        Assert.Equal(["fingerprint"], (await Refusal.OfAsync(_secrets.RotateRootAsync(new() { Fingerprint = "XYZ" }, cancellationToken: Cancel))).Fields);
        Assert.Equal(["page_size", "page_token"], (await Refusal.OfAsync(_secrets.VerifySecretsAsync(new() { StoreId = Store, PageSize = -1, PageToken = "x" }, cancellationToken: Cancel))).Fields);
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(_secrets.RotateKekAsync(new() { StoreId = Ids.New(TimeProvider.System).ToWire() }, cancellationToken: Cancel))).Status);

        var bound = new SecretService.SecretServiceClient(_server.ChannelWith(await _server.KeyAsync(await _server.StoreAsync("a"), "secret:*")));
        Assert.Null((await bound.GetRotationStatusAsync(new(), cancellationToken: Cancel)).Root);
        Assert.Equal(StatusCode.PermissionDenied, (await Refusal.OfAsync(bound.RotateRootAsync(new() { Fingerprint = new('a', 16) }, cancellationToken: Cancel))).Status);
    }

    /// <summary>Turns the loop by hand until the status is as expected.</summary>
    async Task<GetRotationStatusResponse> UntilAsync(Func<GetRotationStatusResponse, bool> holds)
    {
        for (var turn = 0; ; turn++)
        {
            var answer = await _secrets.GetRotationStatusAsync(new() { StoreId = Store }, cancellationToken: Cancel);
            if (holds(answer))
                return answer;
            Assert.True(turn < 100, answer.ToString());
            await _server.Services.GetRequiredService<KeyringLoop>().RunOnceAsync(Cancel);
        }
    }
}
