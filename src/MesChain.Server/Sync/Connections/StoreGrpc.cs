using Google.Protobuf;
using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Sync.Connections;

/// <summary>Stores and connections on the wire: parses, delegates, answers. Decides nothing.</summary>
public sealed class StoreGrpc(
    Db db, Repeats repeats, ShopStores stores, ConnectionStore connections, ConnectionRegister register, ConnectionTest test, MarketplaceCatalog marketplaces, SandboxAddress sandbox)
    : StoreService.StoreServiceBase
{
    public override async Task<CreateStoreResponse> CreateStore(CreateStoreRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var (requestId, wanted) = request.ToDomain();
        var made = await OnceAsync(caller, Ids.SystemStore, requestId, request, tx => stores.CreateAsync(tx, wanted), context);
        return new() { Store = (await db.ReadAsync(tx => stores.GetAsync(tx, made), context.CancellationToken)).ToProto() };
    }

    public override async Task<UpdateStoreResponse> UpdateStore(UpdateStoreRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var change = request.ToDomain();
        var changed = await db.WriteAsync(tx => stores.UpdateAsync(tx, store, change, caller.Actor), context.CancellationToken);
        return new() { Store = changed.ToProto() };
    }

    public override async Task<ListStoresResponse> ListStores(ListStoresRequest request, ServerCallContext context)
    {
        var (after, limit) = request.ToDomain();
        if (Caller.Of(context).BoundStore is { } bound)
            return new() { Stores = { (await db.ReadAsync(tx => stores.GetAsync(tx, bound), context.CancellationToken)).ToProto() } };

        var rows = await db.ReadAsync(tx => stores.ListAsync(tx, after, limit + 1), context.CancellationToken);
        var answer = new ListStoresResponse { Stores = { rows.Take(limit).Select(row => row.ToProto()) } };
        if (rows.Count > limit)
            answer.NextPageToken = PageToken.Of(StoreProto.StoreList, rows[limit - 1].Id.ToWire());
        return answer;
    }

    public override async Task<CreateConnectionResponse> CreateConnection(CreateConnectionRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (requestId, wanted) = request.ToDomain(marketplaces.Codes, sandbox);
        var id = await OnceAsync(caller, store, requestId, request, tx => register.CreateAsync(tx, store, wanted, caller.Actor), context);
        return new() { Connection = await AnswerAsync(store, id, context.CancellationToken) };
    }

    public override async Task<TestConnectionResponse> TestConnection(TestConnectionRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (id, given) = request.ToDomain();
        var report = await test.RunAsync(store, id, given, caller.Actor, context.CancellationToken);
        return new() { Probes = { report.ToProto() }, Passed = report.Passed, Connection = await AnswerAsync(store, id, context.CancellationToken) };
    }

    public override async Task<SetConnectionModeResponse> SetConnectionMode(SetConnectionModeRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (id, mode) = request.ToDomain();
        await db.WriteAsync(tx => register.SetModeAsync(tx, store, id, mode), context.CancellationToken);
        return new() { Connection = await AnswerAsync(store, id, context.CancellationToken) };
    }

    public override async Task<UpdateConnectionResponse> UpdateConnection(UpdateConnectionRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (id, change) = request.ToDomain();
        await db.WriteAsync(tx => register.UpdateAsync(tx, store, id, change, caller.Actor), context.CancellationToken);
        return new() { Connection = await AnswerAsync(store, id, context.CancellationToken) };
    }

    public override async Task<ListConnectionsResponse> ListConnections(ListConnectionsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (after, limit) = request.ToDomain();
        var (rows, counts) = await db.ReadAsync(
            async tx =>
            {
                await stores.GetAsync(tx, store);
                var page = await connections.ListAsync(tx, store, after, limit + 1);
                return (page, await connections.CountOffersAsync(tx, store, page.Select(row => row.Id)));
            },
            context.CancellationToken);
        var answer = new ListConnectionsResponse { Connections = { rows.Take(limit).Select(row => row.ToProto(counts[row.Id])) } };
        if (rows.Count > limit)
            answer.NextPageToken = PageToken.Of(StoreProto.ConnectionList, rows[limit - 1].Id.ToWire());
        return answer;
    }

    public override async Task<DeleteConnectionResponse> DeleteConnection(DeleteConnectionRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var id = request.ToDomain();
        await db.WriteAsync(tx => register.DeleteAsync(tx, store, id, caller.Actor), context.CancellationToken);
        return new();
    }

    /// <summary>Makes something once per request id; a repeat answers the id of what the first call made.</summary>
    Task<Guid> OnceAsync(Caller caller, Guid store, Guid? requestId, IMessage request, Func<Tx, Task<Guid>> make, ServerCallContext context) =>
        db.WriteAsync(
            tx => repeats.OnceAsync(
                tx, caller, store, context.Method, requestId, request,
                async () =>
                {
                    var id = await make(tx);
                    return (id, id.ToWire());
                },
                made => Task.FromResult(Ids.TryParseWire(made, out var id) ? id : throw new FormatException("A remembered id cannot be read."))),
            context.CancellationToken);

    async Task<Connection> AnswerAsync(Guid store, Guid id, CancellationToken cancel)
    {
        var (row, counts) = await db.ReadAsync(
            async tx => (await connections.GetAsync(tx, store, id), await connections.CountOffersAsync(tx, store, [id])),
            cancel);
        return row.ToProto(counts[id]);
    }
}
