using Grpc.Core;
using MesChain.Contracts.Sync.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;
using MesChain.Server.Sync.Claims;
using MesChain.Server.Sync.Questions;

namespace MesChain.Server.Sync.Orders;

/// <summary>Orders, and what follows them, on the wire: parses, delegates, answers. Decides nothing.</summary>
public sealed class OrderGrpc(Db db, OrderReader reader, Feed feed, Reservations reservations, OrderWishes wishes, Labels labels, ClaimDesk claims, ReturnedGoods goods, QuestionDesk questions, Repeats repeats) : OrderService.OrderServiceBase
{
    public override async Task<PullOrdersResponse> PullOrders(PullOrdersRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var limit = request.ToDomain();
        return await db.ReadAsync(
            async tx =>
            {
                var due = await Feed.DueAsync(tx, store, limit);
                var orders = (await reader.LoadAsync(tx, store, [.. due.Take(limit).Select(entry => entry.OrderId)])).ToDictionary(view => view.Order.Id);
                return new PullOrdersResponse
                {
                    Entries = { due.Take(limit).Select(entry => entry.ToProto(orders[entry.OrderId])) },
                    More = due.Count > limit,
                };
            },
            context.CancellationToken);
    }

    public override async Task<AcknowledgeOrdersResponse> AcknowledgeOrders(AcknowledgeOrdersRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var done = request.ToDomain();
        var reasons = await db.WriteAsync(
            async tx =>
            {
                var reasons = new List<string?>(done.Count);
                foreach (var entry in done)
                    reasons.Add(await feed.AcknowledgeAsync(tx, store, entry, (unit, order) => reservations.SkippedAsync(unit, store, order)));
                return reasons;
            },
            context.CancellationToken);
        return new() { Results = { done.Zip(reasons, (entry, reason) => entry.ToProto(reason)) } };
    }

    public override async Task<ListOrdersResponse> ListOrders(ListOrdersRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var query = request.ToDomain();
        return await db.ReadAsync(
            async tx =>
            {
                var keys = await reader.ListAsync(tx, store, query);
                var orders = await reader.LoadAsync(tx, store, [.. keys.Take(query.Limit).Select(key => key.Id)]);
                return new ListOrdersResponse
                {
                    Orders = { orders.Select(view => view.ToProto()) },
                    NextPageToken = keys.Count > query.Limit ? keys[query.Limit - 1].ToPageToken() : "",
                };
            },
            context.CancellationToken);
    }

    public override async Task<GetOrderResponse> GetOrder(GetOrderRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var id = request.ToDomain();
        return new() { Order = (await db.ReadAsync(tx => GetAsync(tx, store, id), context.CancellationToken)).ToProto() };
    }

    public override async Task<UpdateOrderResponse> UpdateOrder(UpdateOrderRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var asked = request.ToDomain();
        return await db.WriteAsync(
            tx => repeats.OnceAsync(
                tx, caller, store, context.Method, asked.RequestId, request,
                async () =>
                {
                    await wishes.TakeAsync(tx, store, asked.OrderId, asked.PackageId, asked.Wish, caller.Actor);
                    return (new UpdateOrderResponse { Order = (await GetAsync(tx, store, asked.OrderId)).ToProto() }, asked.OrderId.ToWire());
                },
                async _ => new UpdateOrderResponse { Order = (await GetAsync(tx, store, asked.OrderId)).ToProto() }),
            context.CancellationToken);
    }

    public override async Task<GetLabelResponse> GetLabel(GetLabelRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var made = await labels.GetAsync(store, request.ToDomain(), caller.Actor, context.CancellationToken);
        return new() { Labels = { made.Select(label => label.ToProto()) } };
    }

    public override async Task<ListClaimsResponse> ListClaims(ListClaimsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var query = request.ToDomain();
        var found = await db.ReadAsync(tx => claims.ListAsync(tx, store, query), context.CancellationToken);
        return new()
        {
            Claims = { found.Take(query.Limit).Select(view => view.ToProto()) },
            NextPageToken = found.Count > query.Limit ? found[query.Limit - 1].ToPageToken() : "",
        };
    }

    public override async Task<GetClaimResponse> GetClaim(GetClaimRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var id = request.ToDomain();
        return new() { Claim = (await db.ReadAsync(tx => claims.GetAsync(tx, store, id), context.CancellationToken)).ToProto() };
    }

    public override async Task<ListClaimReasonsResponse> ListClaimReasons(ListClaimReasonsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var connection = request.ToDomain();
        var reasons = await db.ReadAsync(tx => claims.ReasonsAsync(tx, store, connection), context.CancellationToken);
        return new() { Reasons = { reasons.Select(reason => new ClaimReason { ReasonId = reason.ReasonId, Text = reason.Text }) } };
    }

    public override async Task<DecideClaimResponse> DecideClaim(DecideClaimRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var asked = request.ToDomain();
        return await db.WriteAsync(
            tx => repeats.OnceAsync(
                tx, caller, store, context.Method, asked.RequestId, request,
                async () =>
                {
                    await claims.DecideAsync(tx, store, asked.ClaimId, asked.Items, asked.Decide, caller.Actor);
                    return (new DecideClaimResponse { Claim = (await claims.GetAsync(tx, store, asked.ClaimId)).ToProto() }, asked.ClaimId.ToWire());
                },
                async _ => new DecideClaimResponse { Claim = (await claims.GetAsync(tx, store, asked.ClaimId)).ToProto() }),
            context.CancellationToken);
    }

    public override async Task<RecordReturnResponse> RecordReturn(RecordReturnRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var said = request.ToDomain();
        return await db.WriteAsync(
            tx => repeats.OnceAsync(
                tx, caller, store, context.Method, said.RequestId, request,
                async () =>
                {
                    await goods.RecordAsync(tx, store, said.ClaimId, said.Steps, caller.Actor);
                    return (new RecordReturnResponse { Claim = (await claims.GetAsync(tx, store, said.ClaimId)).ToProto() }, said.ClaimId.ToWire());
                },
                async _ => new RecordReturnResponse { Claim = (await claims.GetAsync(tx, store, said.ClaimId)).ToProto() }),
            context.CancellationToken);
    }

    public override async Task<ListQuestionsResponse> ListQuestions(ListQuestionsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var query = request.ToDomain();
        var found = await db.ReadAsync(tx => questions.ListAsync(tx, store, query), context.CancellationToken);
        return new()
        {
            Questions = { found.Take(query.Limit).Select(view => view.ToProto()) },
            NextPageToken = found.Count > query.Limit ? found[query.Limit - 1].ToPageToken() : "",
        };
    }

    public override async Task<AnswerQuestionResponse> AnswerQuestion(AnswerQuestionRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var given = request.ToDomain();
        return await db.WriteAsync(
            tx => repeats.OnceAsync(
                tx, caller, store, context.Method, given.RequestId, request,
                async () =>
                {
                    await questions.AnswerAsync(tx, store, given.QuestionId, given.Text, caller.Actor);
                    return (new AnswerQuestionResponse { Question = (await questions.GetAsync(tx, store, given.QuestionId)).ToProto() }, given.QuestionId.ToWire());
                },
                async _ => new AnswerQuestionResponse { Question = (await questions.GetAsync(tx, store, given.QuestionId)).ToProto() }),
            context.CancellationToken);
    }

    async Task<OrderView> GetAsync(Tx tx, Guid store, Guid id) =>
        (await reader.LoadAsync(tx, store, [id])).SingleOrDefault() ?? throw new UnknownResourceException("order", id.ToWire());
}
