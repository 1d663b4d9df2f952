using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Connections;

namespace MesChain.Server.Sync.Issues;

/// <summary>How things stand, on the wire: parses, delegates, answers. Decides nothing.</summary>
public sealed class SyncGrpc(Db db, ShopStores stores, Overview overview, IssueStore issues, EventReader events, Timeline timeline) : SyncService.SyncServiceBase
{
    public override async Task<GetOverviewResponse> GetOverview(GetOverviewRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        return (await db.ReadAsync(tx => overview.ReadAsync(tx, store), context.CancellationToken)).ToProto();
    }

    public override async Task<ListIssuesResponse> ListIssues(ListIssuesRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var query = request.ToDomain();
        var rows = await db.ReadAsync(
            async tx =>
            {
                await stores.GetAsync(tx, store);
                return await issues.ListAsync(tx, store, query.After, query.Limit, query.State, query.Connection);
            },
            context.CancellationToken);
        return new()
        {
            Issues = { rows.Take(query.Limit).Select(row => row.ToProto()) },
            NextPageToken = rows.Count > query.Limit ? rows[query.Limit - 1].ToPageToken() : "",
        };
    }

    public override async Task<ResolveIssueResponse> ResolveIssue(ResolveIssueRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var id = request.ToDomain();
        return new() { Issue = (await db.WriteAsync(tx => issues.ResolveAsync(tx, store, id), context.CancellationToken)).ToProto() };
    }

    public override async Task WatchEvents(WatchEventsRequest request, IServerStreamWriter<WatchEventsResponse> responseStream, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var cursor = request.ToDomain();
        await db.ReadAsync(tx => stores.GetAsync(tx, store), context.CancellationToken);
        await foreach (var step in events.FollowAsync(store, cursor, context.CancellationToken))
            await responseStream.WriteAsync(step.ToProto(), context.CancellationToken);
    }

    public override async Task<GetTimelineResponse> GetTimeline(GetTimelineRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (query, limit) = request.ToDomain();
        var rows = await db.ReadAsync(
            async tx =>
            {
                await stores.GetAsync(tx, store);
                return await timeline.ReadAsync(tx, store, query, limit + 1);
            },
            context.CancellationToken);
        return rows.ToProto(query, limit);
    }
}
