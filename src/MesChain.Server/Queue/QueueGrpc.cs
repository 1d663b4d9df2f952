using Grpc.Core;
using MesChain.Contracts.Queue.V1;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Queue;

/// <summary>The queue on the wire: parses, delegates, answers. Decides nothing.</summary>
sealed class QueueGrpc(Queues queues, TimeProvider clock) : QueueService.QueueServiceBase
{
    public override async Task<CreateQueueResponse> CreateQueue(CreateQueueRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var policy = request.ToDomain();
        return new() { Queue = (await queues.CreateAsync(store, policy, context.CancellationToken)).ToProto() };
    }

    public override async Task<GetQueueResponse> GetQueue(GetQueueRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var queue = request.ToDomain();
        return new() { Queue = (await queues.GetAsync(store, queue, context.CancellationToken)).ToProto() };
    }

    public override async Task<ListQueuesResponse> ListQueues(ListQueuesRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (after, limit) = request.ToDomain();
        return (await queues.ListAsync(store, after, limit + 1, context.CancellationToken)).ToProto(limit);
    }

    public override async Task<SendResponse> Send(SendRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var drafts = request.ToDomain(clock.GetUtcNow());
        return (await queues.SendAsync(store, request.Queue, drafts, context.CancellationToken)).ToProto();
    }

    public override async Task<ReceiveResponse> Receive(ReceiveRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var asked = request.ToDomain();
        return (await queues.ReceiveAsync(store, asked, context.CancellationToken)).ToProto();
    }

    public override async Task<SettleResponse> Settle(SettleRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var verdicts = request.ToDomain();
        return (await queues.SettleAsync(store, request.Queue, verdicts, request.Atomic, context.CancellationToken)).ToProto(verdicts);
    }

    public override async Task<RenewLeasesResponse> RenewLeases(RenewLeasesRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var renewal = request.ToDomain();
        return (await queues.RenewAsync(store, renewal, context.CancellationToken)).ToProto(renewal);
    }

    public override async Task<BrowseResponse> Browse(BrowseRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (asked, limit) = request.ToDomain();
        return (await queues.BrowseAsync(store, asked, context.CancellationToken)).ToProto(limit);
    }

    public override async Task<RedriveResponse> Redrive(RedriveRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (requestId, redrive) = request.ToDomain();
        return new() { Redriven = await queues.RedriveAsync(caller, store, requestId, redrive, request, context.CancellationToken) };
    }
}
