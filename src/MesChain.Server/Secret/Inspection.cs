using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Keyring;

namespace MesChain.Server.Secret;

/// <summary>Tries everything that proves itself: the store's keys, the names of its secrets, and every sealed value, page by page.</summary>
sealed class Inspection(Db db, Vault vault, Verification verification)
{
    /// <summary>In the place of a sealed column: the digests that tie names to secrets.</summary>
    const string Names = "secrets.mac";

    /// <summary>Whether a page may go on after such a place.</summary>
    public bool Knows(string column) => column == Names || verification.Place(column, Guid.Empty, 0) is not null;

    /// <param name="after">Where the last page ended; null begins.</param>
    public async Task<InspectionPage> PageAsync(Guid storeId, InspectionPlace? after, int limit, CancellationToken cancel)
    {
        var damaged = new List<string>();
        if (after is null)
            damaged.AddRange(await verification.KeysAsync(storeId, cancel));
        SealedPlace? values = null;
        if (after is null or { Column: Names })
        {
            var names = await db.ReadAsync(tx => SecretStore.NamesAsync(tx, storeId, after?.Id ?? Guid.Empty, limit), cancel);
            damaged.AddRange(names.Where(name => !vault.Proves(storeId, name)).Select(name => $"{Names} {name.Id.ToWire()} ({name.Path})"));
            if (names.Count == limit)
                return new(damaged, 0, new(Names, names[^1].Id, 0));
        }
        else
            values = verification.Place(after.Column, after.Id, after.Version);

        var (broken, tried, last) = await verification.ValuesAsync(storeId, values, limit, cancel);
        damaged.AddRange(broken);
        return new(damaged, tried, last is { } place ? new(place.Column.ToString(), place.Id, place.Version) : null);
    }
}

/// <summary>Where an inspection goes on.</summary>
sealed record InspectionPlace(string Column, Guid Id, long Version);

/// <param name="Next">Null at the end.</param>
sealed record InspectionPage(IReadOnlyList<string> Damaged, int Checked, InspectionPlace? Next);
