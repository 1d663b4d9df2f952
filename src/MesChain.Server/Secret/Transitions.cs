using System.Globalization;
using MesChain.Contracts.Secret.V1;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Platform.Rpc;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Secret;

/// <summary>What becomes of secrets and versions after they were stored: labels, states, deletion, destruction.</summary>
sealed class Transitions(Db db, Vault vault, LedgerRows ledger, Repeats repeats, IOptions<SecretOptions> options)
{
    public Task<SecretInfo> LabelAsync(Caller caller, Guid storeId, SetLabelRequest request, CancellationToken cancel)
    {
        var (requestId, path, label, version, cas) = request.ToDomain();
        return db.WriteAsync(
            tx => repeats.OnceAsync(
                tx, caller, storeId, "SecretService/SetLabel", requestId, request,
                async () => (await LabelAsync(tx, storeId, path, label, version, cas, caller.Actor), ""),
                async _ => SecretInfo.Of(await vault.ToChangeAsync(tx, storeId, path), null)),
            cancel);
    }

    /// <param name="version">0 takes the label away.</param>
    /// <param name="cas">Where the caller saw the label; null means wherever.</param>
    /// <exception cref="ConflictException">It stands elsewhere.</exception>
    public async Task<SecretInfo> LabelAsync(Tx tx, Guid storeId, string path, Label label, long version, long? cas, string actor)
    {
        var row = await vault.ToChangeAsync(tx, storeId, path);
        var stands = Wanted.At(row, label);
        if (cas is { } seen && seen != stands)
            throw Vault.Conflict(path, stands, row.DeletedMs is not null);
        if (version != 0)
            await StandingAsync(tx, storeId, row, version);

        var after = label switch
        {
            Label.Previous => row with { PreviousVersion = version },
            Label.Pending => row with { PendingVersion = version },
            _ => row with
            {
                CurrentVersion = version,
                PreviousVersion = version == stands || stands == 0 ? row.PreviousVersion : stands,
                // What was to be tried is in use now.
                PendingVersion = row.PendingVersion == version ? 0 : row.PendingVersion,
            },
        };
        await SecretStore.SaveAsync(tx, storeId, after);
        await ledger.AppendAsync(tx, storeId, "secret.label", Vault.Subject(row.Id, version), actor, $"{label} {path}");
        return SecretInfo.Of(after, null);
    }

    /// <summary>Disables or enables a version; enabling takes back a destruction that has not come yet.</summary>
    public Task<VersionChange> EnableAsync(Guid storeId, string path, long version, bool enabled, string actor, CancellationToken cancel) => db.WriteAsync(
        async tx =>
        {
            var row = await vault.ToChangeAsync(tx, storeId, path);
            var stored = await StandingAsync(tx, storeId, row, version);
            var state = enabled ? VersionRow.Enabled : VersionRow.Disabled;
            var destroyMs = enabled ? null : stored.DestroyMs;
            if (stored.State != state || stored.DestroyMs != destroyMs)
            {
                await SecretStore.SetStateAsync(tx, storeId, row.Id, version, state, destroyMs);
                await ledger.AppendAsync(tx, storeId, enabled ? "secret.enable" : "secret.disable", Vault.Subject(row.Id, version), actor, path);
            }

            return new VersionChange(row, stored with { State = state, DestroyMs = destroyMs });
        },
        cancel);

    /// <summary>Has a version's value destroyed after the delay, or at once where there is none.</summary>
    public async Task<VersionChange> DestroyAsync(Guid storeId, string path, long version, string actor, CancellationToken cancel)
    {
        var delay = (long)options.Value.DestroyDelay.TotalMilliseconds;
        var change = await db.WriteAsync(
            async tx =>
            {
                var row = await vault.ToChangeAsync(tx, storeId, path);
                var stored = await SecretStore.VersionAsync(tx, storeId, row.Id, version, toChange: true) ?? throw Unknown(path, version);
                if (stored.State == VersionRow.Destroyed || stored.DestroyMs is not null)
                    return new VersionChange(row, stored);
                if (row.CurrentVersion == version && row.DeletedMs is null)
                    throw new PreconditionException(Reasons.VersionLabelled, Vault.Named(path, version), "The version is labelled current; move the label or delete the secret first.");

                if (delay == 0)
                {
                    await SecretStore.DestroyAsync(tx, storeId, row.Id, version);
                    await ledger.AppendAsync(tx, storeId, "secret.destroy", Vault.Subject(row.Id, version), actor, path);
                    return new VersionChange(row, stored with { State = VersionRow.Destroyed });
                }

                var at = stored.NowMs + delay;
                await SecretStore.SetStateAsync(tx, storeId, row.Id, version, VersionRow.Disabled, at);
                await ledger.AppendAsync(tx, storeId, "secret.destroy.asked", Vault.Subject(row.Id, version), actor, path);
                return new VersionChange(row, stored with { State = VersionRow.Disabled, DestroyMs = at });
            },
            cancel);
        if (change.Version.State == VersionRow.Destroyed)
            await db.FoldLogAsync(cancel);
        return change;
    }

    public Task<SecretInfo> DeleteAsync(Guid storeId, string path, long? cas, string actor, CancellationToken cancel) => db.WriteAsync(
        async tx =>
        {
            var row = await vault.ToChangeAsync(tx, storeId, path);
            if (cas is { } seen && seen != row.Version)
                throw Vault.Conflict(path, row.Version, row.DeletedMs is not null);
            if (row.DeletedMs is not null)
                return SecretInfo.Of(row, null);
            var now = await tx.NowMsAsync();
            var after = row with { DeletedMs = now, PurgeMs = now + (long)options.Value.DeletedKept.TotalMilliseconds };
            await SecretStore.SaveAsync(tx, storeId, after);
            await ledger.AppendAsync(tx, storeId, "secret.delete", Vault.Subject(row.Id, row.Version), actor, path);
            return SecretInfo.Of(after, null);
        },
        cancel);

    public Task<SecretInfo> UndeleteAsync(Guid storeId, string path, string actor, CancellationToken cancel) => db.WriteAsync(
        async tx =>
        {
            var row = await vault.ToChangeAsync(tx, storeId, path);
            if (row.DeletedMs is null)
                return SecretInfo.Of(row, null);
            var after = row with { DeletedMs = null, PurgeMs = null };
            await SecretStore.SaveAsync(tx, storeId, after);
            await ledger.AppendAsync(tx, storeId, "secret.undelete", Vault.Subject(row.Id, row.Version), actor, path);
            return SecretInfo.Of(after, null);
        },
        cancel);

    /// <summary>A version that was not destroyed.</summary>
    static async Task<VersionRow> StandingAsync(Tx tx, Guid storeId, SecretRow row, long version)
    {
        var stored = await SecretStore.VersionAsync(tx, storeId, row.Id, version, toChange: true) ?? throw Unknown(row.Path, version);
        return stored.State == VersionRow.Destroyed
            ? throw new PreconditionException(Reasons.VersionDestroyed, Vault.Named(row.Path, version), "The value of this version was destroyed.")
            : stored;
    }

    static UnknownResourceException Unknown(string path, long version) => new("secret version", string.Create(CultureInfo.InvariantCulture, $"{path}@{version}"));
}

/// <summary>A version after a change, with the secret whose labels it may have.</summary>
sealed record VersionChange(SecretRow Secret, VersionRow Version);
