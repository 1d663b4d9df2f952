using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MesChain.Contracts.Ops.V1;
using MesChain.Server.Platform.Data;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MesChain.Tests.Platform;

/// <summary>The life of an API key, over the wire, on each engine.</summary>
public abstract class ApiKeyContract(Engine engine) : IAsyncLifetime
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    TestServer _server = null!;

    OpsService.OpsServiceClient Admin => new(_server.Channel);

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(engine);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_new_key_opens_and_a_revoked_one_does_not()
    {
        var made = await Admin.CreateApiKeyAsync(new() { Name = "till", Scopes = { "ops:read" } }, cancellationToken: Cancel);
        Assert.StartsWith($"mck_{made.Key.Id}_", made.Token, StringComparison.Ordinal);
        var client = With(made.Token);
        await client.GetVersionAsync(new(), cancellationToken: Cancel);

        var revoked = await Admin.RevokeApiKeyAsync(new() { Id = made.Key.Id }, cancellationToken: Cancel);
        Assert.NotNull(revoked.Key.RevokeTime);
        Assert.Equal(revoked, await Admin.RevokeApiKeyAsync(new() { Id = made.Key.Id }, cancellationToken: Cancel));
        Assert.Equal(StatusCode.Unauthenticated, (await Refusal.OfAsync(client.GetVersionAsync(new(), cancellationToken: Cancel))).Status);
    }

    [Fact]
    public async Task A_key_ends_at_its_time_by_the_databases_clock()
    {
        var made = await Admin.CreateApiKeyAsync(new() { Name = "guest", Scopes = { "ops:read" }, ExpireTime = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddHours(1)) }, cancellationToken: Cancel);
        await With(made.Token).GetVersionAsync(new(), cancellationToken: Cancel);
        _server.Db.ClockOffset = TimeSpan.FromHours(2);
        // Read anew: what this node believed was read an hour before.
        _server.Services.GetRequiredService<MesChain.Server.Platform.Keys.Authenticator>().Forget(made.Key.Id);
        Assert.Equal(StatusCode.Unauthenticated, (await Refusal.OfAsync(With(made.Token).GetVersionAsync(new(), cancellationToken: Cancel))).Status);
    }

    [Fact]
    public async Task A_repeated_creation_never_shows_the_secret_again()
    {
        var request = new CreateApiKeyRequest { RequestId = Ids.New(TimeProvider.System).ToWire(), Name = "shop", Scopes = { "ops:read" } };
        var made = await Admin.CreateApiKeyAsync(request, cancellationToken: Cancel);
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await Admin.CreateApiKeyAsync(request, cancellationToken: Cancel));
        Assert.Equal("SECRET_SHOWN_ONCE", Refusal.Of(refusal).Reason);
        Assert.Equal(made.Key.Id, refusal.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Metadata["key_id"]);
        Assert.Single((await Admin.ListApiKeysAsync(new(), cancellationToken: Cancel)).Keys, key => key.Name == "shop");
    }

    [Fact]
    public async Task A_rotated_key_opens_by_both_secrets_until_the_grace_is_over_and_then_by_the_new_one()
    {
        var made = await Admin.CreateApiKeyAsync(new() { Name = "till", Scopes = { "ops:read" } }, cancellationToken: Cancel);
        var rotated = await Admin.RotateApiKeyAsync(new() { Id = made.Key.Id }, cancellationToken: Cancel);
        Assert.Equal(made.Key.Id, rotated.Key.Id);
        Assert.NotEqual(made.Token, rotated.Token);
        Assert.InRange((rotated.Key.PreviousExpireTime - rotated.Key.RotateTime).ToTimeSpan(), TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1), TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1));
        await With(made.Token).GetVersionAsync(new(), cancellationToken: Cancel);
        await With(rotated.Token).GetVersionAsync(new(), cancellationToken: Cancel);

        Pass(TimeSpan.FromHours(25), made.Key.Id);
        Assert.Equal(StatusCode.Unauthenticated, (await Refusal.OfAsync(With(made.Token).GetVersionAsync(new(), cancellationToken: Cancel))).Status);
        await With(rotated.Token).GetVersionAsync(new(), cancellationToken: Cancel);
    }

    [Fact]
    public async Task Without_grace_the_secret_before_ends_at_once_and_a_second_rotation_ends_the_one_before_that()
    {
        var made = await Admin.CreateApiKeyAsync(new() { Name = "till", Scopes = { "ops:read" } }, cancellationToken: Cancel);
        var second = await Admin.RotateApiKeyAsync(new() { Id = made.Key.Id, Grace = Duration.FromTimeSpan(TimeSpan.FromDays(7)) }, cancellationToken: Cancel);
        var third = await Admin.RotateApiKeyAsync(new() { Id = made.Key.Id, Grace = Duration.FromTimeSpan(TimeSpan.FromDays(7)) }, cancellationToken: Cancel);
        Assert.Equal(StatusCode.Unauthenticated, (await Refusal.OfAsync(With(made.Token).GetVersionAsync(new(), cancellationToken: Cancel))).Status);
        await With(second.Token).GetVersionAsync(new(), cancellationToken: Cancel);
        var fourth = await Admin.RotateApiKeyAsync(new() { Id = made.Key.Id, Grace = new() }, cancellationToken: Cancel);
        Assert.Equal(StatusCode.Unauthenticated, (await Refusal.OfAsync(With(third.Token).GetVersionAsync(new(), cancellationToken: Cancel))).Status);
        await With(fourth.Token).GetVersionAsync(new(), cancellationToken: Cancel);
    }

    [Fact]
    public async Task A_repeated_rotation_changes_nothing_and_never_shows_the_secret_again()
    {
        var made = await Admin.CreateApiKeyAsync(new() { Name = "till", Scopes = { "ops:read" } }, cancellationToken: Cancel);
        var request = new RotateApiKeyRequest { RequestId = Ids.New(TimeProvider.System).ToWire(), Id = made.Key.Id };
        var rotated = await Admin.RotateApiKeyAsync(request, cancellationToken: Cancel);
        Assert.Equal("SECRET_SHOWN_ONCE", (await Refusal.OfAsync(Admin.RotateApiKeyAsync(request, cancellationToken: Cancel))).Reason);
        await With(rotated.Token).GetVersionAsync(new(), cancellationToken: Cancel);
        await With(made.Token).GetVersionAsync(new(), cancellationToken: Cancel);
    }

    [Fact]
    public async Task A_key_that_ended_or_may_do_more_than_the_callers_own_is_not_rotated()
    {
        var store = await _server.StoreAsync("mine");
        var staff = With(await _server.KeyAsync(null, "ops:manage"));
        var strong = await Admin.CreateApiKeyAsync(new() { Name = "strong", Scopes = { "secret:read" } }, cancellationToken: Cancel);
        Assert.Equal(StatusCode.PermissionDenied, (await Refusal.OfAsync(staff.RotateApiKeyAsync(new() { Id = strong.Key.Id }, cancellationToken: Cancel))).Status);
        var bound = With(await _server.KeyAsync(store, "*"));
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(bound.RotateApiKeyAsync(new() { Id = strong.Key.Id }, cancellationToken: Cancel))).Status);

        await Admin.RevokeApiKeyAsync(new() { Id = strong.Key.Id }, cancellationToken: Cancel);
        var refusal = await Refusal.OfAsync(Admin.RotateApiKeyAsync(new() { Id = strong.Key.Id }, cancellationToken: Cancel));
        Assert.Equal((StatusCode.FailedPrecondition, "KEY_ENDED"), (refusal.Status, refusal.Reason));
        Assert.Equal(["grace", "id"], (await Refusal.OfAsync(Admin.RotateApiKeyAsync(new() { Grace = Duration.FromTimeSpan(TimeSpan.FromHours(169)) }, cancellationToken: Cancel))).Fields);
    }

    [Fact]
    public async Task A_first_key_that_was_rotated_does_not_come_back_with_its_old_secret()
    {
        var id = Assert.Single((await Admin.ListApiKeysAsync(new(), cancellationToken: Cancel)).Keys).Id;
        var rotated = await Admin.RotateApiKeyAsync(new() { Id = id, Grace = new() }, cancellationToken: Cancel);
        // The variable still holds the secret that was replaced.
        await _server.RestartAsync();
        Assert.Equal(StatusCode.Unauthenticated, (await Refusal.OfAsync(Admin.GetVersionAsync(new(), cancellationToken: Cancel))).Status);
        await With(rotated.Token).GetVersionAsync(new(), cancellationToken: Cancel);
    }

    [Fact]
    public async Task When_a_key_was_last_used_is_known_to_the_hour_and_costs_a_write_an_hour()
    {
        var made = await Admin.CreateApiKeyAsync(new() { Name = "till", Scopes = { "ops:read" } }, cancellationToken: Cancel);
        Assert.Null(await UsedAsync());
        for (var i = 0; i < 3; i++)
            await With(made.Token).GetVersionAsync(new(), cancellationToken: Cancel);
        var first = (await UsedAsync())!;
        Assert.Equal(0, first.Seconds % 3600);
        Pass(TimeSpan.FromHours(2), made.Key.Id);
        await With(made.Token).GetVersionAsync(new(), cancellationToken: Cancel);
        Assert.Equal(TimeSpan.FromHours(2), ((await UsedAsync())! - first).ToTimeSpan());

        async Task<Timestamp?> UsedAsync()
        {
            await _server.Services.GetRequiredService<MesChain.Server.Platform.Keys.KeyUse>().RunOnceAsync(Cancel);
            return (await Admin.ListApiKeysAsync(new(), cancellationToken: Cancel)).Keys.Single(key => key.Id == made.Key.Id).LastUseTime;
        }
    }

    [Fact]
    public async Task What_is_done_with_keys_is_on_the_ledger_by_ids_alone()
    {
        var made = await Admin.CreateApiKeyAsync(new() { Name = "Ayşe's till", Scopes = { "ops:read" } }, cancellationToken: Cancel);
        await Admin.RotateApiKeyAsync(new() { Id = made.Key.Id }, cancellationToken: Cancel);
        await Admin.RevokeApiKeyAsync(new() { Id = made.Key.Id }, cancellationToken: Cancel);
        var admin = "key:" + _server.AdminKey.Split('_')[1];
        var rows = (await Admin.ListAuditEventsAsync(new() { StoreId = Ids.SystemStore.ToWire(), Subject = "key:" + made.Key.Id }, cancellationToken: Cancel)).Events;
        Assert.Equal([("key.revoked", admin), ("key.rotated", admin), ("key.made", admin)], rows.Select(row => (row.Kind, row.Actor)));
        Assert.All(rows, row => Assert.DoesNotContain("s till", row.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_are_listed_newest_first_page_by_page()
    {
        for (var i = 0; i < 5; i++)
            await Admin.CreateApiKeyAsync(new() { Name = $"k{i}", Scopes = { "ops:read" } }, cancellationToken: Cancel);

        var names = new List<string>();
        var token = "";
        do
        {
            var page = await Admin.ListApiKeysAsync(new() { PageSize = 2, PageToken = token }, cancellationToken: Cancel);
            Assert.InRange(page.Keys.Count, 1, 2);
            names.AddRange(page.Keys.Select(key => key.Name));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(6, names.Count);
        Assert.Equal(6, names.Distinct().Count());
        Assert.Equal(["page_token"], (await Refusal.OfAsync(Admin.ListApiKeysAsync(new() { PageToken = "2" }, cancellationToken: Cancel))).Fields);
    }

    [Fact]
    public async Task A_key_gives_no_more_than_it_has_and_sees_no_other_stores_keys()
    {
        var (mine, other) = (await _server.StoreAsync("mine"), await _server.StoreAsync("other"));
        var foreign = await Admin.CreateApiKeyAsync(new() { Name = "foreign", StoreId = other.ToWire(), Scopes = { "ops:read" } }, cancellationToken: Cancel);
        var staff = With(await _server.KeyAsync(mine, "ops:manage", "sync:*"));

        Assert.Equal(StatusCode.PermissionDenied, (await Refusal.OfAsync(staff.CreateApiKeyAsync(new() { Name = "x", Scopes = { "sync:read", "secret:read" } }, cancellationToken: Cancel))).Status);
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(staff.CreateApiKeyAsync(new() { Name = "x", StoreId = other.ToWire(), Scopes = { "sync:read" } }, cancellationToken: Cancel))).Status);
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(staff.RevokeApiKeyAsync(new() { Id = foreign.Key.Id }, cancellationToken: Cancel))).Status);

        var made = await staff.CreateApiKeyAsync(new() { Name = "x", Scopes = { "sync:read" } }, cancellationToken: Cancel);
        Assert.Equal(mine.ToWire(), made.Key.StoreId);
        Assert.DoesNotContain((await staff.ListApiKeysAsync(new(), cancellationToken: Cancel)).Keys, key => key.StoreId != mine.ToWire());
    }

    [Fact]
    public async Task A_store_that_is_not_there_gets_no_key() =>
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(Admin.CreateApiKeyAsync(new() { Name = "x", StoreId = Ids.New(TimeProvider.System).ToWire(), Scopes = { "sync:shop" } }, cancellationToken: Cancel))).Status);

    [Fact]
    public async Task Too_many_wrong_keys_are_told_to_wait_while_a_right_one_passes()
    {
        var wrong = With("mck_0000000000000000_" + new string('0', 64));
        var statuses = new List<StatusCode>();
        for (var i = 0; i < 25; i++)
            statuses.Add((await Refusal.OfAsync(wrong.GetVersionAsync(new(), cancellationToken: Cancel))).Status);
        Assert.Equal(20, statuses.TakeWhile(status => status == StatusCode.Unauthenticated).Count());
        Assert.All(statuses.Skip(20), status => Assert.Equal(StatusCode.ResourceExhausted, status));
        await Admin.GetVersionAsync(new(), cancellationToken: Cancel);

        var rows = (await Admin.ListAuditEventsAsync(new() { StoreId = Ids.SystemStore.ToWire(), Kind = "auth." }, cancellationToken: Cancel)).Events;
        Assert.Equal(["auth.limited", "auth.refused.10", "auth.refused"], rows.Select(row => row.Kind));
        Assert.All(rows, row => Assert.Equal("key:0000000000000000", row.Subject));
        Assert.Matches("^address:[0-9a-f]{16}$", Assert.Single(rows.Select(row => row.Actor).Distinct()));
    }

    [Fact]
    public async Task The_first_key_survives_a_restart_and_stays_revoked_when_it_was()
    {
        await _server.RestartAsync();
        var keys = (await Admin.ListApiKeysAsync(new(), cancellationToken: Cancel)).Keys;
        await Admin.RevokeApiKeyAsync(new() { Id = Assert.Single(keys).Id }, cancellationToken: Cancel);
        await _server.RestartAsync();
        Assert.Equal(StatusCode.Unauthenticated, (await Refusal.OfAsync(Admin.GetVersionAsync(new(), cancellationToken: Cancel))).Status);
    }

    void Pass(TimeSpan time, string keyId)
    {
        _server.Db.ClockOffset += time;
        // Read anew: what this node believed was read before the time passed.
        _server.Services.GetRequiredService<MesChain.Server.Platform.Keys.Authenticator>().Forget(keyId);
    }

    OpsService.OpsServiceClient With(string token) => new(_server.ChannelWith(token));
}

public sealed class ApiKeysOnSqlite() : ApiKeyContract(Engine.Sqlite);

public sealed class ApiKeysOnPostgres() : ApiKeyContract(Engine.Postgres);
