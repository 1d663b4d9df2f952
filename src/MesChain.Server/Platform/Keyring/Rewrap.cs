using System.Collections.Concurrent;
using System.Security.Cryptography;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;

namespace MesChain.Server.Platform.Keyring;

/// <summary>
/// Moves what stands under an old key to the new one, a small unit at a time: read without a lock, sealed anew outside of any transaction,
/// put back only where nobody changed it meanwhile. A value is bound to its generation and is therefore sealed anew as a whole, under a
/// data key of its own; its version, its dates and everything else of its row stay. Where a walk was is kept in memory only: after a
/// kill it begins again and finds what was moved out of its way.
/// </summary>
sealed class Rewrap(Db db, StoreKeys keyring, LedgerRows ledger, TimeProvider clock)
{
    public const string Actor = "system:keyring";

    /// <summary>Values of one unit. Small enough that no writer waits for long.</summary>
    const int UnitMax = 100;

    /// <summary>When a walk that met something damaged is tried again.</summary>
    static readonly TimeSpan Rest = TimeSpan.FromHours(1);

    readonly ConcurrentDictionary<Guid, Walk> _walks = new();

    /// <summary>Stores with values that did not open; empty when all is well.</summary>
    public IReadOnlyList<Guid> Damaged => [.. _walks.Where(walk => walk.Value.Damaged > 0).Select(walk => walk.Key)];

    /// <summary>One unit of one store's values. False when nothing is to be moved.</summary>
    public async Task<bool> TurnAsync(CancellationToken cancel)
    {
        var waiting = await db.ReadAsync(tx => tx.QueryAsync<Guid>($"select distinct store_id from keks where state = '{KekState.DecryptOnly}' and rewrapped_ms is null order by store_id"), cancel);
        foreach (var store in _walks.Keys.Except(waiting))
            _walks.TryRemove(store, out _);
        foreach (var store in waiting)
        {
            var walk = _walks.GetOrAdd(store, _ => new(keyring.Columns));
            if (walk.RestsUntil > clock.GetUtcNow())
                continue;
            if (walk.RestsUntil is not null)
                walk.Begin(walk.Active);
            await UnitAsync(store, walk, cancel);
            return true;
        }

        return false;
    }

    /// <summary>One unit of wrapped keys that go from the old root key to the next. False when there is none.</summary>
    /// <param name="after">Where the last unit ended; a key that does not open is passed over.</param>
    public async Task<KekRow?> RootUnitAsync(KekRow? after, CancellationToken cancel)
    {
        var (next, rows) = await db.ReadAsync(
            async tx =>
            {
                var home = await KekStore.InstallationAsync(tx);
                return (home.RootNext, home.RootNext.Length == 0 ? [] : await KekStore.UnderOtherRootAsync(tx, home.RootNext, after?.StoreId ?? Guid.Empty, after?.Generation ?? -1, UnitMax));
            },
            cancel);
        if (rows.Count == 0)
            return null;

        var moved = new List<(KekRow Row, byte[] Wrapped)>();
        var damaged = new List<KekRow>();
        foreach (var row in rows)
        {
            try
            {
                moved.Add((row, keyring.Rewrap(row, next)));
            }
            catch (IntegrityException)
            {
                damaged.Add(row);
            }
        }

        await db.WriteAsync(
            async tx =>
            {
                foreach (var (row, wrapped) in moved)
                {
                    await tx.ExecuteAsync(
                        "update keks set wrapped = @wrapped, root = @next where store_id = @StoreId and generation = @Generation and wrapped = @old",
                        new { wrapped, next, row.StoreId, row.Generation, old = row.Wrapped });
                }

                foreach (var row in damaged)
                    await ledger.AppendAsync(tx, row.StoreId, "keyring.integrity", Rotation.Subject(row.Generation), Actor);
            },
            cancel);
        return rows[^1];
    }

    async Task UnitAsync(Guid store, Walk walk, CancellationToken cancel)
    {
        var unit = await db.ReadAsync(tx => ReadAsync(tx, store, walk), cancel);
        var moved = new List<(SealedPlace Place, byte[] Old, byte[] New, long From)>();
        foreach (var (place, old, plain) in unit.Opened)
        {
            moved.Add((place, old, keyring.SealUnder(unit.Kek, unit.Active, store, place, plain), SealedFormat.Generation(place.Column.Magic, old)));
            CryptographicOperations.ZeroMemory(plain);
        }

        var finished = unit.Last is null;
        if (!await db.WriteAsync(tx => WriteAsync(tx, store, unit, moved, finished && walk.Damaged == 0), cancel))
        {
            walk.Begin(unit.Active);
            return;
        }

        walk.Damaged += unit.Damaged.Count;
        if (unit.Last is { } last)
            walk.At = last;
        else if (walk.Damaged > 0)
            walk.RestsUntil = clock.GetUtcNow() + Rest;
        else
            _walks.TryRemove(store, out _);
    }

    async Task<Unit> ReadAsync(Tx tx, Guid store, Walk walk)
    {
        var keks = await KekStore.OfStoreAsync(tx, store);
        var active = keks.First(kek => kek.State == KekState.Active && kek.Generation > 0).Generation;
        var old = keks.Where(kek => kek.State == KekState.DecryptOnly).Select(kek => kek.Generation).ToList();
        // The keys changed again: what was passed before may stand under a key that has become old since.
        if (walk.Active != active)
            walk.Begin(active);
        var rows = await SealedRows.PageAsync(tx, store, walk.At, old, UnitMax);
        while (rows.Count == 0 && walk.NextColumn())
            rows = await SealedRows.PageAsync(tx, store, walk.At, old, UnitMax);

        var column = walk.At.Column;
        var unit = new Unit(active, await keyring.KekAsync(tx, store, active)) { Last = rows.Count == 0 ? null : column.At(rows[^1].Id, rows[^1].Version) };
        foreach (var row in rows)
        {
            var place = column.At(row.Id, row.Version);
            try
            {
                unit.Opened.Add((place, row.Sealed, await keyring.OpenAsync(tx, store, place, row.Sealed)));
            }
            catch (IntegrityException)
            {
                unit.Damaged.Add(place);
            }
        }

        return unit;
    }

    /// <summary>False when the walk has to begin again: the keys changed, or it passed something over.</summary>
    async Task<bool> WriteAsync(Tx tx, Guid store, Unit unit, List<(SealedPlace Place, byte[] Old, byte[] New, long From)> moved, bool finished)
    {
        var counts = new Dictionary<long, long>();
        // Held until the commit, so that the generation cannot be given up in the meantime.
        if ((moved.Count > 0 || finished) && await KekStore.ActiveAsync(tx, store) != unit.Active)
            return false;
        // Believed from the tables and not from where a walk thinks it is: this mark is what lets a key be given up.
        if (finished && await AnyLeftAsync(tx, store))
            return false;
        foreach (var (place, old, anew, from) in moved)
        {
            if (await SealedRows.ReplaceAsync(tx, store, place, old, anew))
                counts[from] = counts.GetValueOrDefault(from) + 1;
        }

        foreach (var (generation, count) in counts)
            await tx.ExecuteAsync("update keks set rewrapped = rewrapped + @count where store_id = @store and generation = @generation", new { store, generation, count });
        foreach (var place in unit.Damaged)
            await ledger.AppendAsync(tx, store, "keyring.integrity", place.ToString(), Actor);
        if (finished)
        {
            await tx.ExecuteAsync($"update keks set rewrapped_ms = {tx.Db.Now} where store_id = @store and state = '{KekState.DecryptOnly}' and rewrapped_ms is null", new { store });
            await ledger.AppendAsync(tx, store, "keyring.rewrapped", Rotation.Subject(unit.Active), Actor);
        }

        return true;
    }

    /// <summary>Whether anything stands under an old key. While the active one is held, nothing can come to stand there.</summary>
    async Task<bool> AnyLeftAsync(Tx tx, Guid store)
    {
        var old = (await KekStore.OfStoreAsync(tx, store)).Where(kek => kek.State == KekState.DecryptOnly).Select(kek => kek.Generation).ToList();
        foreach (var column in keyring.Columns)
        {
            if ((await SealedRows.PageAsync(tx, store, column.At(Guid.Empty), old, 1)).Count > 0)
                return true;
        }

        return false;
    }

    sealed record Unit(long Active, byte[] Kek)
    {
        public SealedPlace? Last { get; init; }

        public List<(SealedPlace Place, byte[] Old, byte[] Plain)> Opened { get; } = [];

        public List<SealedPlace> Damaged { get; } = [];
    }

    /// <summary>Where one store's walk is: column after column, in the order of each one's key.</summary>
    sealed class Walk(IReadOnlyList<SealedColumn> columns)
    {
        int _column;

        /// <summary>The generation that everything goes to.</summary>
        public long Active { get; private set; }

        public SealedPlace At { get; set; } = columns[0].At(Guid.Empty);

        public int Damaged { get; set; }

        public DateTimeOffset? RestsUntil { get; set; }

        public void Begin(long active)
        {
            Active = active;
            Damaged = 0;
            RestsUntil = null;
            _column = 0;
            At = columns[0].At(Guid.Empty);
        }

        /// <summary>False when that was the last one; the walk then stands at the beginning again.</summary>
        public bool NextColumn()
        {
            _column = (_column + 1) % columns.Count;
            At = columns[_column].At(Guid.Empty);
            return _column > 0;
        }
    }
}
