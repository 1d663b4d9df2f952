using Grpc.Core;
using MesChain.Contracts.Ops.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Ops;

/// <summary>The ops slice on the wire: parses, delegates, answers. Decides nothing.</summary>
sealed class OpsGrpc(ApiKeys keys, LedgerReader ledger, LedgerExport export, Health health, Db db, TimeProvider clock) : OpsService.OpsServiceBase
{
    public override async Task<CreateApiKeyResponse> CreateApiKey(CreateApiKeyRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var (key, token) = await keys.CreateAsync(caller, request.ToDomain(caller, clock), request, context.CancellationToken);
        return new() { Key = key.ToProto(), Token = token.Reveal() };
    }

    public override async Task<ListApiKeysResponse> ListApiKeys(ListApiKeysRequest request, ServerCallContext context)
    {
        var (after, size) = request.ToDomain();
        return (await keys.ListAsync(Caller.Of(context), after, size + 1, context.CancellationToken)).ToProto(size);
    }

    public override async Task<RotateApiKeyResponse> RotateApiKey(RotateApiKeyRequest request, ServerCallContext context)
    {
        var (id, grace, requestId) = request.ToDomain();
        var (key, token) = await keys.RotateAsync(Caller.Of(context), id, grace, requestId, request, context.CancellationToken);
        return new() { Key = key.ToProto(), Token = token.Reveal() };
    }

    public override async Task<RevokeApiKeyResponse> RevokeApiKey(RevokeApiKeyRequest request, ServerCallContext context) =>
        new() { Key = (await keys.RevokeAsync(Caller.Of(context), request.ToDomain(), context.CancellationToken)).ToProto() };

    public override async Task<GetLedgerHeadResponse> GetLedgerHead(GetLedgerHeadRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        return new() { Head = (await ledger.HeadAsync(store, context.CancellationToken)).ToProto(ledger.VerifierKey(store)) };
    }

    public override async Task<GetInclusionProofResponse> GetInclusionProof(GetInclusionProofRequest request, ServerCallContext context)
    {
        var (store, seq, size) = request.ToDomain(Caller.Of(context));
        return (await ledger.InclusionAsync(store, seq, size, context.CancellationToken)).ToProto(ledger.VerifierKey(store));
    }

    public override async Task<GetConsistencyProofResponse> GetConsistencyProof(GetConsistencyProofRequest request, ServerCallContext context)
    {
        var (store, first, second) = request.ToDomain(Caller.Of(context));
        return (await ledger.ConsistencyAsync(store, first, second, context.CancellationToken)).ToProto(ledger.VerifierKey(store));
    }

    public override async Task ExportProof(ExportProofRequest request, IServerStreamWriter<ExportProofResponse> responseStream, ServerCallContext context)
    {
        var (store, first, last) = request.ToDomain(Caller.Of(context));
        await foreach (var text in export.WriteAsync(store, first, last, context.CancellationToken))
            await responseStream.WriteAsync(new() { Text = text }, context.CancellationToken);
    }

    public override async Task<ListAuditEventsResponse> ListAuditEvents(ListAuditEventsRequest request, ServerCallContext context)
    {
        var (store, filter) = request.ToDomain(Caller.Of(context));
        return (await ledger.ListAsync(store, filter, context.CancellationToken)).ToProto();
    }

    public override async Task<GetHealthResponse> GetHealth(GetHealthRequest request, ServerCallContext context) =>
        (await health.LookAsync(context.CancellationToken)).ToProto(Caller.Of(context).BoundStore is null);

    public override Task<GetVersionResponse> GetVersion(GetVersionRequest request, ServerCallContext context) =>
        Task.FromResult(new GetVersionResponse { Version = ProductVersion.Text, OpencartPackageMin = ProductVersion.OpencartPackageMin, Engine = db.Engine == Engine.Sqlite ? "sqlite" : "postgres" });
}
