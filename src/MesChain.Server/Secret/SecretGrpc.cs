using Grpc.Core;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Secret;

/// <summary>Secrets on the wire: parses, delegates, answers. Decides nothing.</summary>
sealed class SecretGrpc(Secrets secrets, Vault vault, KeyRotations rotations, Inspection inspection) : SecretService.SecretServiceBase
{
    public override async Task<PutSecretResponse> PutSecret(PutSecretRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        return new() { Secret = (await secrets.PutAsync(caller, store, request, context.CancellationToken)).ToProto() };
    }

    public override async Task<GetSecretResponse> GetSecret(GetSecretRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (path, version) = request.ToDomain();
        return (await vault.ReadAsync(store, path, version, caller.Actor, context.CancellationToken)).ToProto();
    }

    public override async Task<ListSecretsResponse> ListSecrets(ListSecretsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (prefix, after, limit) = request.ToDomain();
        return (await vault.ListAsync(store, prefix, after, limit + 1, context.CancellationToken)).ToProto(limit);
    }

    public override async Task<RotateKekResponse> RotateKek(RotateKekRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        return new() { Generation = await rotations.RotateAsync(caller, caller.Store(request.StoreId), request, context.CancellationToken) };
    }

    public override async Task<RetireKekResponse> RetireKek(RetireKekRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (generation, loseValues) = request.ToDomain();
        return new() { Lost = { await rotations.RetireAsync(caller, store, generation, loseValues, context.CancellationToken) } };
    }

    public override async Task<RotateRootResponse> RotateRoot(RotateRootRequest request, ServerCallContext context) =>
        new() { Root = (await rotations.ReplaceRootAsync(Caller.Of(context), request.ToDomain(), context.CancellationToken)).ToProto() };

    public override Task<GetRotationStatusResponse> GetRotationStatus(GetRotationStatusRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        return rotations.StatusAsync(caller, caller.Store(request.StoreId), context.CancellationToken);
    }

    public override async Task<VerifySecretsResponse> VerifySecrets(VerifySecretsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (after, limit) = request.ToDomain(inspection);
        return (await inspection.PageAsync(store, after, limit, context.CancellationToken)).ToProto();
    }
}
