using Google.Protobuf;
using Grpc.Core;
using MesChain.Contracts.Ops.V1;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Ledger;
using MesChain.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MesChain.Tests.Platform;

/// <summary>The ledger over the wire, on each engine.</summary>
public abstract class LedgerWireContract(Engine engine) : IAsyncLifetime
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    TestServer _server = null!;
    string _store = "";
    TimeSpan _passed;

    OpsService.OpsServiceClient Admin => new(_server.Channel);

    public async ValueTask InitializeAsync()
    {
        // A clock that stands: after its first turn the sealer turns only when a test says so.
        _server = await TestServer.StartAsync(engine, new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        while (_server.Services.GetRequiredService<Sealer>().LastSuccess is null)
            await Task.Yield();
        _store = (await _server.StoreAsync("shop")).ToWire();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_a_caller_did_is_listed_proven_and_exported()
    {
        var key = await _server.KeyAsync(Guid.Parse(_store), "secret:*", "ops:audit");
        var secrets = new SecretService.SecretServiceClient(_server.ChannelWith(key));
        for (var i = 0; i < 3; i++)
            await secrets.PutSecretAsync(new() { Path = "a/b", Value = ByteString.CopyFromUtf8("v") }, cancellationToken: Cancel);
        await secrets.GetSecretAsync(new() { Path = "a/b" }, cancellationToken: Cancel);
        var auditor = new OpsService.OpsServiceClient(_server.ChannelWith(key));

        var events = (await auditor.ListAuditEventsAsync(new() { Kind = "secret." }, cancellationToken: Cancel)).Events;
        Assert.Equal(["secret.read", "secret.write", "secret.write", "secret.write"], events.Select(row => row.Kind));
        Assert.All(events, row => Assert.Equal("key:" + key.Split('_')[1], row.Actor));

        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(auditor.GetLedgerHeadAsync(new(), cancellationToken: Cancel))).Status);
        await SealAsync();
        var head = (await auditor.GetLedgerHeadAsync(new(), cancellationToken: Cancel)).Head;
        Assert.Equal(4, head.Size);
        Assert.Contains(_store, head.Note, StringComparison.Ordinal);

        var inclusion = await auditor.GetInclusionProofAsync(new() { Seq = 4 }, cancellationToken: Cancel);
        Assert.Equal((events[0], head, 2), (inclusion.Event, inclusion.Head, inclusion.Hashes.Count));
        var consistency = await auditor.GetConsistencyProofAsync(new() { FirstSize = 3 }, cancellationToken: Cancel);
        Assert.Equal((3, 4, 3), (consistency.FirstSize, consistency.SecondSize, consistency.Hashes.Count));

        var export = await ExportAsync(auditor, new());
        Assert.Null(LedgerRig.Verify(export.Split('\n', StringSplitOptions.RemoveEmptyEntries), head.Note));
        Assert.Equal(4, export.Split("{\"row\"").Length - 1);
    }

    [Fact]
    public async Task Events_come_newest_first_page_by_page_and_by_filter()
    {
        var secrets = new SecretService.SecretServiceClient(_server.Channel);
        for (var i = 0; i < 5; i++)
            await secrets.PutSecretAsync(new() { StoreId = _store, Path = "a/b", Value = ByteString.CopyFromUtf8("v") }, cancellationToken: Cancel);
        var seen = new List<long>();
        var token = "";
        do
        {
            var page = await Admin.ListAuditEventsAsync(new() { StoreId = _store, PageSize = 2, PageToken = token }, cancellationToken: Cancel);
            seen.AddRange(page.Events.Select(row => row.Seq));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal([5, 4, 3, 2, 1], seen);

        var first = (await Admin.ListAuditEventsAsync(new() { StoreId = _store }, cancellationToken: Cancel)).Events[^1];
        var named = await Admin.ListAuditEventsAsync(new() { StoreId = _store, Subject = first.Subject, Actor = first.Actor, StartTime = first.CreateTime }, cancellationToken: Cancel);
        Assert.Equal(first, Assert.Single(named.Events));
        Assert.Empty((await Admin.ListAuditEventsAsync(new() { StoreId = _store, EndTime = first.CreateTime }, cancellationToken: Cancel)).Events);
        Assert.Empty((await Admin.ListAuditEventsAsync(new() { StoreId = _store, Actor = "key:nobody" }, cancellationToken: Cancel)).Events);
    }

    [Fact]
    public async Task A_bound_key_sees_its_own_ledger_and_only_with_the_right()
    {
        var audit = new OpsService.OpsServiceClient(_server.ChannelWith(await _server.KeyAsync(Guid.Parse(_store), "ops:audit")));
        Assert.Equal(StatusCode.NotFound, (await Refusal.OfAsync(audit.ListAuditEventsAsync(new() { StoreId = Ids.SystemStore.ToWire() }, cancellationToken: Cancel))).Status);
        var shop = new OpsService.OpsServiceClient(_server.ChannelWith(await _server.KeyAsync(Guid.Parse(_store), "sync:shop", "ops:read")));
        Assert.Equal(StatusCode.PermissionDenied, (await Refusal.OfAsync(shop.ListAuditEventsAsync(new(), cancellationToken: Cancel))).Status);
    }

    [Fact]
    public async Task Every_bad_field_is_named()
    {
        Assert.Equal(["seq", "tree_size"], (await Refusal.OfAsync(Admin.GetInclusionProofAsync(new() { StoreId = _store, TreeSize = -1 }, cancellationToken: Cancel))).Fields);
        Assert.Equal(["first_size", "second_size"], (await Refusal.OfAsync(Admin.GetConsistencyProofAsync(new() { StoreId = _store, FirstSize = -1, SecondSize = -2 }, cancellationToken: Cancel))).Fields);
        var export = await Assert.ThrowsAsync<RpcException>(() => ExportAsync(Admin, new() { StoreId = _store, FirstSeq = -1, LastSeq = -1 }));
        Assert.Equal(["first_seq", "last_seq"], Refusal.Of(export).Fields);
        var list = new ListAuditEventsRequest
        {
            StoreId = _store, PageSize = -1, PageToken = "x", Kind = new('k', 65), Subject = "a\n", Actor = new('a', 201), StartTime = new() { Seconds = 2 }, EndTime = new() { Seconds = 1 },
        };
        Assert.Equal(["actor", "end_time", "kind", "page_size", "page_token", "subject"], (await Refusal.OfAsync(Admin.ListAuditEventsAsync(list, cancellationToken: Cancel))).Fields);
    }

    [Fact]
    public async Task Sealing_goes_on_after_a_restart()
    {
        var secrets = new SecretService.SecretServiceClient(_server.Channel);
        await secrets.PutSecretAsync(new() { StoreId = _store, Path = "a/b", Value = ByteString.CopyFromUtf8("v") }, cancellationToken: Cancel);
        await SealAsync();
        var earlier = (await Admin.GetLedgerHeadAsync(new() { StoreId = _store }, cancellationToken: Cancel)).Head;
        await _server.RestartAsync();
        await new SecretService.SecretServiceClient(_server.Channel).PutSecretAsync(new() { StoreId = _store, Path = "a/b", Value = ByteString.CopyFromUtf8("w") }, cancellationToken: Cancel);
        await SealAsync();
        var head = (await Admin.GetLedgerHeadAsync(new() { StoreId = _store }, cancellationToken: Cancel)).Head;
        Assert.Equal((2, earlier.VerifierKey), (head.Size, head.VerifierKey));
        var export = await ExportAsync(Admin, new() { StoreId = _store });
        Assert.Null(LedgerRig.Verify(export.Split('\n', StringSplitOptions.RemoveEmptyEntries), earlier.Note));
    }

    async Task SealAsync()
    {
        // The minute between two heads passes.
        _server.Db.ClockOffset = _passed += TimeSpan.FromMinutes(2);
        await _server.Services.GetRequiredService<Sealer>().RunOnceAsync(Cancel);
    }

    static async Task<string> ExportAsync(OpsService.OpsServiceClient client, ExportProofRequest request)
    {
        using var call = client.ExportProof(request, cancellationToken: Cancel);
        var parts = new List<string>();
        while (await call.ResponseStream.MoveNext(Cancel))
            parts.Add(call.ResponseStream.Current.Text);
        return string.Concat(parts);
    }
}

public sealed class LedgerWireOnSqlite() : LedgerWireContract(Engine.Sqlite);

public sealed class LedgerWireOnPostgres() : LedgerWireContract(Engine.Postgres);
