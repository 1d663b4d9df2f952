using System.Globalization;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Platform.Rpc;

namespace MesChain.Server.Secret;

/// <summary>Writing and looking back as callers over the wire do it.</summary>
sealed class Secrets(Db db, Vault vault, LedgerReader ledger, Repeats repeats)
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
                    var version = await vault.PutAsync(tx, storeId, secret, caller.Actor, caller.Has("secret:delete"));
                    return (await Vault.InfoAsync(tx, storeId, secret.Path, version), version.ToString(CultureInfo.InvariantCulture));
                },
                made => Vault.InfoAsync(tx, storeId, secret.Path, long.Parse(made, CultureInfo.InvariantCulture))),
            cancel);
    }

    /// <summary>Who did what, newest first.</summary>
    /// <param name="path">Empty: all secrets of the store, and its keys.</param>
    public async Task<LedgerPage> AuditAsync(Guid storeId, string path, long? before, int limit, CancellationToken cancel)
    {
        var subject = "";
        if (path.Length > 0)
            subject = "secret:" + (await db.ReadAsync(tx => SecretStore.FindAsync(tx, storeId, path), cancel) ?? throw new UnknownResourceException("secret", path)).Id.ToWire();
        var page = await ledger.ListAsync(storeId, new("", subject, "", 0, long.MaxValue, before, limit), cancel);
        return page with { Rows = [.. page.Rows.Where(row => row.Kind.StartsWith("secret.", StringComparison.Ordinal) || row.Kind.StartsWith("keyring.", StringComparison.Ordinal))] };
    }

    /// <summary>A key that is bound to no store may name one that does not exist.</summary>
    public static async Task KnownStoreAsync(Tx tx, Guid storeId)
    {
        if (storeId != Ids.SystemStore && await tx.ScalarAsync<long>("select count(*) from stores where id = @storeId", new { storeId }) == 0)
            throw new UnknownResourceException("store", storeId.ToWire());
    }
}
