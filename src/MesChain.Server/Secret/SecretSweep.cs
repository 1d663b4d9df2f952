using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Platform.Loops;

namespace MesChain.Server.Secret;

/// <summary>Destroys the versions and purges the deleted secrets whose time has come. Several nodes may do it at once.</summary>
sealed class SecretSweep(Db db, LedgerRows ledger, TimeProvider clock, ILogger<SecretSweep> log) : Loop(clock, log, Every)
{
    const int TurnMax = 100;
    const string Actor = "system:secret";

    static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    public override async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        var gone = await db.WriteAsync(
            async tx =>
            {
                var versions = await SecretStore.DueVersionsAsync(tx, TurnMax);
                foreach (var due in versions)
                {
                    await SecretStore.DestroyAsync(tx, due.StoreId, due.Id, due.Version);
                    await ledger.AppendAsync(tx, due.StoreId, "secret.destroy", Vault.Subject(due.Id, due.Version), Actor);
                }

                var secrets = await SecretStore.DueSecretsAsync(tx, TurnMax);
                foreach (var due in secrets)
                {
                    await SecretStore.DeleteAsync(tx, due.StoreId, due.Id);
                    await ledger.AppendAsync(tx, due.StoreId, "secret.purge", Vault.Subject(due.Id, due.Version), Actor);
                }

                return versions.Count + secrets.Count;
            },
            stop);
        if (gone > 0)
            await db.FoldLogAsync(stop);
        return gone >= TurnMax;
    }
}
