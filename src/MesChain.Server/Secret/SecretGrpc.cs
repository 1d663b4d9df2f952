using Grpc.Core;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Secret;

/// <summary>Secrets on the wire: parses, delegates, answers. Decides nothing.</summary>
sealed class SecretGrpc(Secrets secrets, Vault vault, Transitions transitions, KeyRotations rotations, Inspection inspection) : SecretService.SecretServiceBase
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
        var (path, wanted) = request.ToDomain();
        return (await vault.ReadAsync(store, path, wanted, caller.Actor, context.CancellationToken)).ToProto();
    }

    public override async Task<ListSecretsResponse> ListSecrets(ListSecretsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (prefix, after, deleted, limit) = request.ToDomain();
        return (await vault.ListAsync(store, prefix, after, deleted, limit + 1, context.CancellationToken)).ToProto(limit);
    }

    public override async Task<GetSecretsResponse> GetSecrets(GetSecretsRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        return (await vault.ReadAsync(store, request.ToDomain(), new(0, Label.Current), caller.Actor, context.CancellationToken)).ToProto();
    }

    public override async Task<ListVersionsResponse> ListVersions(ListVersionsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (path, before, limit) = request.ToDomain();
        return (await vault.VersionsAsync(store, path, before, limit + 1, context.CancellationToken)).ToProto(limit);
    }

    public override async Task<SetLabelResponse> SetLabel(SetLabelRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        return new() { Secret = (await transitions.LabelAsync(caller, caller.Store(request.StoreId), request, context.CancellationToken)).ToProto() };
    }

    public override async Task<DisableVersionResponse> DisableVersion(DisableVersionRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (path, version) = VersionProto.ToDomain(request.Path, request.Version);
        return new() { Version = (await transitions.EnableAsync(store, path, version, enabled: false, caller.Actor, context.CancellationToken)).ToProto() };
    }

    public override async Task<EnableVersionResponse> EnableVersion(EnableVersionRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (path, version) = VersionProto.ToDomain(request.Path, request.Version);
        return new() { Version = (await transitions.EnableAsync(store, path, version, enabled: true, caller.Actor, context.CancellationToken)).ToProto() };
    }

    public override async Task<DestroyVersionResponse> DestroyVersion(DestroyVersionRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (path, version) = VersionProto.ToDomain(request.Path, request.Version);
        return new() { Version = (await transitions.DestroyAsync(store, path, version, caller.Actor, context.CancellationToken)).ToProto() };
    }

    public override async Task<DeleteSecretResponse> DeleteSecret(DeleteSecretRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        var (path, cas) = request.ToDomain();
        return new() { Secret = (await transitions.DeleteAsync(store, path, cas, caller.Actor, context.CancellationToken)).ToProto() };
    }

    public override async Task<UndeleteSecretResponse> UndeleteSecret(UndeleteSecretRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var store = caller.Store(request.StoreId);
        return new() { Secret = (await transitions.UndeleteAsync(store, request.ToDomain(), caller.Actor, context.CancellationToken)).ToProto() };
    }

    public override async Task<ListAuditRecordsResponse> ListAuditRecords(ListAuditRecordsRequest request, ServerCallContext context)
    {
        var store = Caller.Of(context).Store(request.StoreId);
        var (path, before, limit) = request.ToDomain();
        return (await secrets.AuditAsync(store, path, before, limit, context.CancellationToken)).ToProto();
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
