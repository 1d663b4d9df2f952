using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Keyring;
using MesChain.Server.Platform.Ledger;
using Microsoft.Extensions.Options;

namespace MesChain.Server.Secret;

/// <summary>
/// Keeps secrets sealed and every reading on the ledger. A value leaves only after the row that says so is on disk; when that row
/// cannot be written, nothing leaves.
/// </summary>
sealed class Vault(Db db, StoreKeys keyring, LedgerRows ledger, ReadingBook readings, IOptions<SecretOptions> options, TimeProvider clock) : ISecrets
{
    /// <summary>An actor of the program itself: one row an hour and version, not one a reading.</summary>
    const string System = "system:";

    const long HourMs = 3_600_000;

    public Task<long> PutAsync(Tx tx, Guid storeId, string path, ReadOnlyMemory<byte> value, long? cas, string actor) =>
        PutAsync(tx, storeId, new(path, value, cas, null), actor, mayUndelete: true);

    /// <param name="mayUndelete">Whether the caller may write over a deleted secret without having seen it.</param>
    /// <exception cref="ConflictException">Another version stands than the caller saw.</exception>
    public async Task<long> PutAsync(Tx tx, Guid storeId, NewSecret secret, string actor, bool mayUndelete = true)
    {
        var row = await SecretStore.FindAsync(tx, storeId, secret.Path, toChange: true);
        if (row is null)
        {
            var id = Ids.New(clock);
            await SecretStore.AddAsync(tx, storeId, secret.Path, id, PathMac(storeId, secret.Path, id));
            row = await SecretStore.FindAsync(tx, storeId, secret.Path, toChange: true) ?? throw Conflict(secret.Path, 0, deleted: false);
        }

        Prove(storeId, row);
        if (secret.Cas is { } seen ? seen != row.Version : row.DeletedMs is not null && !mayUndelete)
            throw Conflict(secret.Path, row.Version, row.DeletedMs is not null);

        var version = row.Version + 1;
        var after = row with { Version = version, DeletedMs = null, PurgeMs = null };
        after = secret.Pending ? after with { PendingVersion = version } : after with { PreviousVersion = row.CurrentVersion == 0 ? row.PreviousVersion : row.CurrentVersion, CurrentVersion = version };
        await SecretStore.AddVersionAsync(tx, storeId, after, secret, await keyring.SealAsync(tx, storeId, SecretStore.Envelopes.At(row.Id, version), secret.Value));
        await SecretStore.PruneAsync(tx, storeId, after, options.Value.VersionsMax);
        await ledger.AppendAsync(tx, storeId, "secret.write", Subject(row.Id, version), actor, secret.Path);
        return version;
    }

    public async Task<SecretValue> GetAsync(Guid storeId, string path, string actor, CancellationToken cancel)
    {
        var reading = await ReadAsync(storeId, path, new(0, Label.Current), actor, cancel);
        return new(reading.Value, reading.Version);
    }

    /// <exception cref="UnknownResourceException">There is no such secret or version.</exception>
    /// <exception cref="PreconditionException">It is deleted, disabled, destroyed, or outside of its times.</exception>
    /// <exception cref="IntegrityException">What is stored is not what was stored; that is on the ledger as well.</exception>
    /// <exception cref="BusyException">The reading could not be put on the ledger.</exception>
    public async Task<Reading> ReadAsync(Guid storeId, string path, Wanted wanted, string actor, CancellationToken cancel)
    {
        var result = (await ReadAsync(storeId, [path], wanted, actor, cancel))[0];
        return result.Reading ?? throw result.Refusal!;
    }

    /// <summary>Several as they stood at one instant, in order. What cannot be answered is refused for itself.</summary>
    /// <exception cref="BusyException">The readings could not be put on the ledger; nothing is answered.</exception>
    public async Task<IReadOnlyList<ReadingResult>> ReadAsync(Guid storeId, IReadOnlyList<string> paths, Wanted wanted, string actor, CancellationToken cancel)
    {
        var results = await db.ReadAsync<IReadOnlyList<ReadingResult>>(
            async tx =>
            {
                var opened = new List<ReadingResult>(paths.Count);
                foreach (var path in paths)
                    opened.Add(await TryOpenAsync(tx, storeId, path, wanted));
                return opened;
            },
            cancel);

        var system = actor.StartsWith(System, StringComparison.Ordinal);
        var rows = results.Select(result => Row(storeId, result, actor, system)).OfType<LedgerFact>().ToList();
        if (rows.Count > 0)
            await readings.WriteAsync(rows, cancel);
        foreach (var reading in results.Select(result => result.Reading).OfType<Reading>().Where(reading => system && reading.ReadHour < reading.NowMs / HourMs))
            await MarkAsync(storeId, reading, actor, cancel);
        return results;
    }

    public async Task DeleteAsync(Tx tx, Guid storeId, string path, string actor)
    {
        if (await SecretStore.FindAsync(tx, storeId, path, toChange: true) is not { } row)
            return;
        await SecretStore.DeleteAsync(tx, storeId, row.Id);
        await ledger.AppendAsync(tx, storeId, "secret.purge", Subject(row.Id, row.Version), actor, path);
    }

    /// <summary>What is known of a secret at a version, without its value.</summary>
    public static async Task<SecretInfo> InfoAsync(Tx tx, Guid storeId, string path, long version)
    {
        var row = await SecretStore.FindAsync(tx, storeId, path) ?? throw new UnknownResourceException("secret", path);
        var stored = await SecretStore.VersionAsync(tx, storeId, row.Id, version) ?? throw new UnknownResourceException("secret version", Named(path, version));
        return SecretInfo.Of(row with { Version = version, UpdatedMs = stored.CreatedMs }, stored.ExpireMs);
    }

    public Task<IReadOnlyList<SecretInfo>> ListAsync(Guid storeId, string prefix, string after, bool deleted, int limit, CancellationToken cancel) =>
        db.ReadAsync(tx => SecretStore.ListAsync(tx, storeId, prefix, after, deleted, limit), cancel);

    /// <summary>Newest first, before a version.</summary>
    public Task<(SecretRow Secret, IReadOnlyList<VersionRow> Versions)> VersionsAsync(Guid storeId, string path, long before, int limit, CancellationToken cancel) =>
        db.ReadAsync(
            async tx =>
            {
                var row = await SecretStore.FindAsync(tx, storeId, path) ?? throw new UnknownResourceException("secret", path);
                return (row, await SecretStore.VersionsAsync(tx, storeId, row.Id, before, limit));
            },
            cancel);

    /// <summary>The secret of a name that proves to be its own, locked for a change.</summary>
    public async Task<SecretRow> ToChangeAsync(Tx tx, Guid storeId, string path)
    {
        var row = await SecretStore.FindAsync(tx, storeId, path, toChange: true) ?? throw new UnknownResourceException("secret", path);
        Prove(storeId, row);
        return row;
    }

    /// <summary>Whether a name is the one that this secret was given.</summary>
    public bool Proves(Guid storeId, SecretRow row) => CryptographicOperations.FixedTimeEquals(row.Mac, PathMac(storeId, row.Path, row.Id));

    public static string Subject(Guid id, long version) => string.Create(CultureInfo.InvariantCulture, $"secret:{id.ToWire()}@{version}");

    public static string Named(string path, long version) => string.Create(CultureInfo.InvariantCulture, $"{path}@{version}");

    public static ConflictException Conflict(string path, long current, bool deleted)
    {
        var version = current.ToString(CultureInfo.InvariantCulture);
        return new(Reasons.VersionConflict, $"Version {version} of {path} stands{(deleted ? ", and it is deleted" : "")}; read it and decide again.")
        {
            Metadata = { ["current_version"] = version, ["deleted"] = deleted ? "true" : "false" },
        };
    }

    async Task<ReadingResult> TryOpenAsync(Tx tx, Guid storeId, string path, Wanted wanted)
    {
        SecretRow? row = null;
        try
        {
            row = await SecretStore.FindAsync(tx, storeId, path) ?? throw new UnknownResourceException("secret", path);
            Prove(storeId, row);
            return new(path, await OpenAsync(tx, storeId, row, wanted), null, row.Id, 0);
        }
        catch (MesChainException refusal) when (refusal is not BusyException)
        {
            return new(path, null, refusal, row?.Id ?? Guid.Empty, row is null ? 0 : wanted.Of(row));
        }
    }

    async Task<Reading> OpenAsync(Tx tx, Guid storeId, SecretRow row, Wanted wanted)
    {
        if (row.DeletedMs is not null)
            throw new PreconditionException(Reasons.SecretDeleted, row.Path, "The secret is deleted; it can be brought back until it is purged.");
        var asked = wanted.Of(row);
        var stored = asked == 0 ? null : await SecretStore.VersionAsync(tx, storeId, row.Id, asked);
        if (stored is null)
            throw new UnknownResourceException("secret version", asked == 0 ? $"{row.Path}@{wanted.Label.ToString().ToLowerInvariant()}" : Named(row.Path, asked));
        if (stored.State == VersionRow.Destroyed)
            throw new PreconditionException(Reasons.VersionDestroyed, Named(row.Path, asked), "The value of this version was destroyed.");
        if (stored.State == VersionRow.Disabled)
            throw new PreconditionException(Reasons.VersionDisabled, Named(row.Path, asked), "The version is disabled.");

        var warning = Warning(stored);
        if (warning.Length > 0 && !stored.Advisory)
            throw new PreconditionException(warning, row.Path, warning == Reasons.SecretExpired ? "The secret has expired; store a new version." : "The secret is not valid yet.");
        var value = await keyring.OpenAsync(tx, storeId, SecretStore.Envelopes.At(row.Id, asked), stored.Envelope);
        return new(SecretInfo.Of(row, stored.ExpireMs), row.Id, asked, value, stored.ReadHour, stored.NowMs) { Warning = warning };
    }

    static string Warning(VersionRow stored) => stored switch
    {
        { ExpireMs: { } end, NowMs: var now } when end <= now => Reasons.SecretExpired,
        { NotBeforeMs: { } begin, NowMs: var now } when begin > now => Reasons.SecretNotYetValid,
        _ => "",
    };

    /// <summary>What of a result belongs on the ledger: a value that leaves, and damage. A refusal tells nothing and is no reading.</summary>
    static LedgerFact? Row(Guid storeId, ReadingResult result, string actor, bool system) => result switch
    {
        { Refusal: IntegrityException damage } => new(storeId, "secret.integrity", Subject(result.SecretId, result.Version), actor, damage.Subject),
        { Reading: { } reading } when !system => new(storeId, "secret.read", Subject(reading.Id, reading.Version), actor, result.Path),
        _ => null,
    };

    /// <summary>The program's own reading, once an hour and version.</summary>
    async Task MarkAsync(Guid storeId, Reading reading, string actor, CancellationToken cancel)
    {
        try
        {
            await db.WriteAsync(
                async tx =>
                {
                    if (await SecretStore.MarkReadAsync(tx, storeId, reading.Id, reading.Version, reading.NowMs / HourMs))
                        await ledger.AppendAsync(tx, storeId, "secret.read", Subject(reading.Id, reading.Version), actor, reading.Info.Path);
                },
                cancel);
        }
        catch (DbException)
        {
            throw ReadingBook.Unavailable();
        }
    }

    void Prove(Guid storeId, SecretRow row)
    {
        if (!Proves(storeId, row))
            throw IntegrityException.Of($"the name of secret {row.Id.ToWire()}");
    }

    byte[] PathMac(Guid storeId, string path, Guid id) =>
        keyring.Mac("path", [.. Ids.ToBytes(storeId), .. Ids.ToBytes(id), .. Encoding.UTF8.GetBytes(path)]);
}

/// <summary>A name for one of a secret's versions.</summary>
enum Label
{
    Current,
    Previous,
    Pending,
}

/// <summary>Which version is asked for.</summary>
/// <param name="Version">0 means the one that has the label.</param>
readonly record struct Wanted(long Version, Label Label)
{
    public long Of(SecretRow row) => Version != 0 ? Version : At(row, Label);

    /// <summary>Where a label stands; 0 is nowhere.</summary>
    public static long At(SecretRow row, Label label) => label switch
    {
        Label.Previous => row.PreviousVersion,
        Label.Pending => row.PendingVersion,
        _ => row.CurrentVersion,
    };
}

/// <summary>A version to store.</summary>
/// <param name="Cas">The version seen; 0 means "must not exist"; null means "whatever stands".</param>
sealed record NewSecret(string Path, ReadOnlyMemory<byte> Value, long? Cas, long? ExpireMs)
{
    public long? NotBeforeMs { get; init; }

    /// <summary>Outside of its times it is answered with a warning.</summary>
    public bool Advisory { get; init; }

    /// <summary>It becomes pending, and the current one stays.</summary>
    public bool Pending { get; init; }

    // The value in no log, exception or debugger line.
    public override string ToString() => Path;
}

/// <summary>A version in the clear. Its text form is fixed, so that no log, exception or debugger line holds it.</summary>
sealed record Reading(SecretInfo Info, Guid Id, long Version, byte[] Value, long ReadHour, long NowMs)
{
    /// <summary>Why it would have been refused, were its times not advisory; empty when all is well.</summary>
    public string Warning { get; init; } = "";

    public override string ToString() => "(secret)";
}

/// <summary>One of several: its reading, or why there is none.</summary>
/// <param name="SecretId">The nil uuid where there is no such secret.</param>
sealed record ReadingResult(string Path, Reading? Reading, MesChainException? Refusal, Guid SecretId, long Version);
