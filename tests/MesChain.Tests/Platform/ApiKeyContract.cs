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

        var rows = await _server.Db.ReadAsync(tx => tx.QueryAsync<string>("select kind || ' ' || subject from ledger where store_id = @system order by seq", new { system = Ids.SystemStore }), Cancel);
        Assert.Equal([.. Enumerable.Repeat("auth.refused key:0000000000000000", 20), "auth.limited key:0000000000000000"], rows);
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

    OpsService.OpsServiceClient With(string token) => new(_server.ChannelWith(token));
}

public sealed class ApiKeysOnSqlite() : ApiKeyContract(Engine.Sqlite);

public sealed class ApiKeysOnPostgres() : ApiKeyContract(Engine.Postgres);
