using System.Globalization;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Secret;

/// <summary>Writing as callers over the wire do it: once per request id.</summary>
sealed class Secrets(Db db, Vault vault, Repeats repeats)
{
    public Task<SecretInfo> PutAsync(Caller caller, Guid storeId, PutSecretRequest request, CancellationToken cancel)
    {
        var (requestId, secret) = request.ToDomain();
        return db.WriteAsync(
            tx => repeats.OnceAsync(
                tx, caller, storeId, "SecretService/PutSecret", requestId, request,
                async () =>
                {
                    await KnownStoreAsync(tx, storeId);
                    var version = await vault.PutAsync(tx, storeId, secret, caller.Actor);
                    return (await Vault.InfoAsync(tx, storeId, secret.Path, version), version.ToString(CultureInfo.InvariantCulture));
                },
                made => Vault.InfoAsync(tx, storeId, secret.Path, long.Parse(made, CultureInfo.InvariantCulture))),
            cancel);
    }

    /// <summary>A key that is bound to no store may name one that does not exist.</summary>
    public static async Task KnownStoreAsync(Tx tx, Guid storeId)
    {
        if (storeId != Ids.SystemStore && await tx.ScalarAsync<long>("select count(*) from stores where id = @storeId", new { storeId }) == 0)
            throw new UnknownResourceException("store", storeId.ToWire());
    }
}
