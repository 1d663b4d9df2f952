using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Keyring;
using MesChain.Server.Platform.Ledger;

namespace MesChain.Server.Secret;

/// <summary>
/// Keeps secrets sealed and every reading on the ledger. A value leaves only after the row that says so is on disk; when that row
/// cannot be written, nothing leaves.
/// </summary>
sealed class Vault(Db db, StoreKeys keyring, LedgerRows ledger, TimeProvider clock) : ISecrets
{
    /// <summary>An actor of the program itself: one row an hour and version, not one a reading.</summary>
    const string System = "system:";

    const long HourMs = 3_600_000;

    public Task<long> PutAsync(Tx tx, Guid storeId, string path, ReadOnlyMemory<byte> value, long? cas, string actor) =>
        PutAsync(tx, storeId, new(path, value, cas, null), actor);

    /// <exception cref="ConflictException">Another version stands than the caller saw.</exception>
    public async Task<long> PutAsync(Tx tx, Guid storeId, NewSecret secret, string actor)
    {
        var row = await SecretStore.FindAsync(tx, storeId, secret.Path, toChange: true);
        if (row is null)
        {
            var id = Ids.New(clock);
            await SecretStore.AddAsync(tx, storeId, secret.Path, id, PathMac(storeId, secret.Path, id));
            row = await SecretStore.FindAsync(tx, storeId, secret.Path, toChange: true) ?? throw Vanished(secret.Path);
        }

        Prove(storeId, secret.Path, row);
        if (secret.Cas is { } seen && seen != row.Version)
            throw Conflict(secret.Path, row.Version);

        var version = row.Version + 1;
        await SecretStore.AddVersionAsync(tx, storeId, row.Id, version, await keyring.SealAsync(tx, storeId, SecretStore.Envelopes.At(row.Id, version), secret.Value), secret.ExpireMs);
        await ledger.AppendAsync(tx, storeId, "secret.write", Subject(row.Id, version), actor, secret.Path);
        return version;
    }

    public async Task<SecretValue> GetAsync(Guid storeId, string path, string actor, CancellationToken cancel)
    {
        var reading = await ReadAsync(storeId, path, 0, actor, cancel);
        return new(reading.Value, reading.Version);
    }

    /// <param name="version">0 means the newest.</param>
    /// <exception cref="UnknownResourceException">There is no such secret or version.</exception>
    /// <exception cref="IntegrityException">What is stored is not what was stored; that is on the ledger as well.</exception>
    /// <exception cref="BusyException">The reading could not be put on the ledger.</exception>
    public async Task<Reading> ReadAsync(Guid storeId, string path, long version, string actor, CancellationToken cancel)
    {
        Reading reading;
        try
        {
            reading = await db.ReadAsync(tx => OpenAsync(tx, storeId, path, version), cancel);
        }
        catch (IntegrityException)
        {
            await RecordAsync(tx => ledger.AppendAsync(tx, storeId, "secret.integrity", "path:" + Convert.ToHexStringLower(PathMac(storeId, path, Guid.Empty)), actor, path), cancel);
            throw;
        }

        var hour = reading.NowMs / HourMs;
        if (!actor.StartsWith(System, StringComparison.Ordinal))
            await RecordAsync(tx => ledger.AppendAsync(tx, storeId, "secret.read", Subject(reading.Id, reading.Version), actor, path), cancel);
        else if (reading.ReadHour < hour)
        {
            await RecordAsync(
                async tx =>
                {
                    if (await SecretStore.MarkReadAsync(tx, storeId, reading.Id, reading.Version, hour))
                        await ledger.AppendAsync(tx, storeId, "secret.read", Subject(reading.Id, reading.Version), actor, path);
                },
                cancel);
        }

        return reading;
    }

    public async Task DeleteAsync(Tx tx, Guid storeId, string path, string actor)
    {
        if (await SecretStore.FindAsync(tx, storeId, path, toChange: true) is not { } row)
            return;
        await SecretStore.DeleteAsync(tx, storeId, row.Id);
        await ledger.AppendAsync(tx, storeId, "secret.delete", Subject(row.Id, row.Version), actor, path);
    }

    /// <summary>What is known of a secret at a version, without its value.</summary>
    public static async Task<SecretInfo> InfoAsync(Tx tx, Guid storeId, string path, long version)
    {
        var row = await SecretStore.FindAsync(tx, storeId, path) ?? throw new UnknownResourceException("secret", path);
        var stored = await SecretStore.VersionAsync(tx, storeId, row.Id, version) ?? throw new UnknownResourceException("secret version", Named(path, version));
        return new() { Path = path, Version = version, UpdatedMs = stored.CreatedMs, ExpireMs = stored.ExpireMs };
    }

    public Task<IReadOnlyList<SecretInfo>> ListAsync(Guid storeId, string prefix, string after, int limit, CancellationToken cancel) =>
        db.ReadAsync(tx => SecretStore.ListAsync(tx, storeId, prefix, after, limit), cancel);

    async Task<Reading> OpenAsync(Tx tx, Guid storeId, string path, long version)
    {
        var row = await SecretStore.FindAsync(tx, storeId, path) ?? throw new UnknownResourceException("secret", path);
        Prove(storeId, path, row);
        var asked = version == 0 ? row.Version : version;
        var stored = await SecretStore.VersionAsync(tx, storeId, row.Id, asked) ?? throw new UnknownResourceException("secret version", Named(path, asked));
        if (stored.ExpireMs <= stored.NowMs)
            throw new PreconditionException(Reasons.SecretExpired, path, "The secret has expired; store a new version.");
        var value = await keyring.OpenAsync(tx, storeId, SecretStore.Envelopes.At(row.Id, asked), stored.Envelope);
        var info = new SecretInfo { Path = path, Version = row.Version, UpdatedMs = row.UpdatedMs, ExpireMs = stored.ExpireMs };
        return new(info, row.Id, asked, value, stored.ReadHour, stored.NowMs);
    }

    async Task RecordAsync(Func<Tx, Task> unit, CancellationToken cancel)
    {
        try
        {
            await db.WriteAsync(unit, cancel);
        }
        catch (DbException)
        {
            throw new BusyException(Reasons.LedgerUnavailable, "The reading could not be recorded, so nothing is answered.", TimeSpan.FromSeconds(5));
        }
    }

    void Prove(Guid storeId, string path, SecretRow row)
    {
        if (!Proves(storeId, path, row))
            throw IntegrityException.Of($"the name of secret {row.Id.ToWire()}");
    }

    /// <summary>Whether a name is the one that this secret was given.</summary>
    public bool Proves(Guid storeId, string path, SecretRow row) => CryptographicOperations.FixedTimeEquals(row.Mac, PathMac(storeId, path, row.Id));

    byte[] PathMac(Guid storeId, string path, Guid id) =>
        keyring.Mac("path", [.. Ids.ToBytes(storeId), .. Ids.ToBytes(id), .. Encoding.UTF8.GetBytes(path)]);

    static ConflictException Conflict(string path, long current)
    {
        var version = current.ToString(CultureInfo.InvariantCulture);
        return new(Reasons.VersionConflict, $"Version {version} of {path} stands; read it and decide again.") { Metadata = { ["current_version"] = version } };
    }

    /// <summary>Deleted by somebody else between two statements of this transaction: a repeat finds the name free.</summary>
    static ConflictException Vanished(string path) => new(Reasons.VersionConflict, $"{path} was deleted just now; try again.") { Metadata = { ["current_version"] = "0" } };

    static string Subject(Guid id, long version) => string.Create(CultureInfo.InvariantCulture, $"secret:{id.ToWire()}@{version}");

    static string Named(string path, long version) => string.Create(CultureInfo.InvariantCulture, $"{path}@{version}");
}

/// <summary>A version to store.</summary>
/// <param name="Cas">The version seen; 0 means "must not exist"; null means "whatever stands".</param>
sealed record NewSecret(string Path, ReadOnlyMemory<byte> Value, long? Cas, long? ExpireMs)
{
    // The value in no log, exception or debugger line.
    public override string ToString() => Path;
}

/// <summary>A version in the clear. Its text form is fixed, so that no log, exception or debugger line holds it.</summary>
sealed record Reading(SecretInfo Info, Guid Id, long Version, byte[] Value, long ReadHour, long NowMs)
{
    public override string ToString() => "(secret)";
}
