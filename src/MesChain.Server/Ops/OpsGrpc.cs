using Grpc.Core;
using MesChain.Contracts.Ops.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Hosting;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Ops;

/// <summary>The ops slice on the wire: parses, delegates, answers. Decides nothing.</summary>
sealed class OpsGrpc(ApiKeys keys, Health health, Db db, TimeProvider clock) : OpsService.OpsServiceBase
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

    public override async Task<RevokeApiKeyResponse> RevokeApiKey(RevokeApiKeyRequest request, ServerCallContext context) =>
        new() { Key = (await keys.RevokeAsync(Caller.Of(context), request.ToDomain(), context.CancellationToken)).ToProto() };

    public override async Task<GetHealthResponse> GetHealth(GetHealthRequest request, ServerCallContext context) =>
        (await health.LookAsync(context.CancellationToken)).ToProto();

    public override Task<GetVersionResponse> GetVersion(GetVersionRequest request, ServerCallContext context) =>
        Task.FromResult(new GetVersionResponse { Version = ProductVersion.Text, OpencartPackageMin = ProductVersion.OpencartPackageMin, Engine = db.Engine == Engine.Sqlite ? "sqlite" : "postgres" });
}
