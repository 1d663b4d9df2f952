using System.Globalization;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Keyring;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Secret;

/// <summary>Changes of keys as callers ask for them over the wire.</summary>
sealed class KeyRotations(Db db, Rotation rotation, RotationStatus status, Repeats repeats)
{
    public Task<long> RotateAsync(Caller caller, Guid storeId, RotateKekRequest request, CancellationToken cancel)
    {
        var requestId = request.ToDomain();
        return db.WriteAsync(
            tx => repeats.OnceAsync(
                tx, caller, storeId, "SecretService/RotateKek", requestId, request,
                async () =>
                {
                    await Secrets.KnownStoreAsync(tx, storeId);
                    var generation = await rotation.StageAsync(tx, storeId, caller.Actor);
                    return (generation, generation.ToString(CultureInfo.InvariantCulture));
                },
                made => Task.FromResult(long.Parse(made, CultureInfo.InvariantCulture))),
            cancel);
    }

    public async Task<IReadOnlyList<string>> RetireAsync(Caller caller, Guid storeId, long generation, long loseValues, CancellationToken cancel)
    {
        var lost = await db.WriteAsync(tx => rotation.RetireAsync(tx, storeId, generation, loseValues, caller.Actor), cancel);
        // The wrapped key must not outlive its destruction in a log that nobody folded in yet.
        await db.FoldLogAsync(cancel);
        return lost;
    }

    public async Task<RootState> ReplaceRootAsync(Caller caller, string fingerprint, CancellationToken cancel)
    {
        await db.WriteAsync(tx => rotation.ReplaceRootAsync(tx, fingerprint, caller.Actor), cancel);
        return await status.OfRootAsync(cancel);
    }

    public async Task<GetRotationStatusResponse> StatusAsync(Caller caller, Guid storeId, CancellationToken cancel) =>
        (await status.OfStoreAsync(storeId, cancel)).ToProto(caller.BoundStore is null ? await status.OfRootAsync(cancel) : null);
}
