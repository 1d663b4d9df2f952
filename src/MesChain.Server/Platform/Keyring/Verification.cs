using System.Security.Cryptography;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;

namespace MesChain.Server.Platform.Keyring;

/// <summary>Opens everything of a store that is sealed, straight from the tables and past all caches, and names what does not open.</summary>
public sealed class Verification(Db db, StoreKeys keyring)
{
    /// <summary>The store's keys, each unwrapped from its row.</summary>
    public Task<IReadOnlyList<string>> KeysAsync(Guid storeId, CancellationToken cancel) =>
        db.ReadAsync<IReadOnlyList<string>>(
            async tx => [.. (await KekStore.OfStoreAsync(tx, storeId)).Where(kek => kek.Wrapped is not null).Select(kek => Damage(() => keyring.Unwrap(kek))).OfType<string>()],
            cancel);

    /// <summary>Values after a place: the names of those that do not open, how many were tried, and the last place, or null at the end.</summary>
    /// <param name="after">Null begins.</param>
    public Task<(IReadOnlyList<string> Damaged, int Checked, SealedPlace? Last)> ValuesAsync(Guid storeId, SealedPlace? after, int limit, CancellationToken cancel) =>
        db.ReadAsync<(IReadOnlyList<string>, int, SealedPlace?)>(
            async tx =>
            {
                var place = after ?? keyring.Columns[0].At(Guid.Empty);
                var keks = (await KekStore.OfStoreAsync(tx, storeId)).ToDictionary(kek => kek.Generation);
                for (var at = IndexOf(place.Column); at < keyring.Columns.Count; at++)
                {
                    var column = keyring.Columns[at];
                    var rows = await SealedRows.PageAsync(tx, storeId, column == place.Column ? place : column.At(Guid.Empty), null, limit);
                    if (rows.Count > 0)
                        return ([.. rows.Select(row => Damage(() => Open(keks, storeId, column.At(row.Id, row.Version), row.Sealed))).OfType<string>()], rows.Count, column.At(rows[^1].Id, rows[^1].Version));
                }

                return ([], 0, null);
            },
            cancel);

    /// <summary>The place that a name of a column, a uuid and a version mean; null when there is no such column.</summary>
    public SealedPlace? Place(string column, Guid id, long version) => keyring.Columns.FirstOrDefault(one => one.ToString() == column)?.At(id, version);

    void Open(Dictionary<long, KekRow> keks, Guid storeId, SealedPlace place, byte[] blob)
    {
        try
        {
            // Each from its row, so that a key which only this process still knows does not hide that its row is broken.
            if (!keks.TryGetValue(SealedFormat.Generation(place.Column.Magic, blob), out var kek))
                throw IntegrityException.Of(place.ToString());
            CryptographicOperations.ZeroMemory(SealedFormat.Open(place.Column.Magic, keyring.Unwrap(kek), storeId, place.Binding(), blob));
        }
        catch (MesChainException fault) when (fault is IntegrityException or PreconditionException)
        {
            throw IntegrityException.Of(place.ToString());
        }
    }

    int IndexOf(SealedColumn column) => keyring.Columns.Select((one, at) => (one, at)).First(pair => pair.one == column).at;

    static string? Damage(Action open)
    {
        try
        {
            open();
            return null;
        }
        catch (IntegrityException broken)
        {
            return broken.Subject;
        }
    }
}
