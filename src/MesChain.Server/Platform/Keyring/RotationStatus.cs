using MesChain.Server.Platform.Data;

namespace MesChain.Server.Platform.Keyring;

/// <summary>How the changes of keys stand, for people.</summary>
public sealed class RotationStatus(Db db, StoreKeys keyring)
{
    /// <summary>A store's generations, newest first, with what stands under each. Counts the store's sealed values, which reads them once.</summary>
    internal Task<IReadOnlyList<GenerationStatus>> OfStoreAsync(Guid storeId, CancellationToken cancel) =>
        db.ReadAsync<IReadOnlyList<GenerationStatus>>(
            async tx =>
            {
                var counts = await SealedRows.CountAsync(tx, storeId, keyring.Columns);
                var found = new List<GenerationStatus>();
                foreach (var kek in (await KekStore.OfStoreAsync(tx, storeId)).Where(kek => kek.Generation > 0))
                    found.Add(new(kek, counts.GetValueOrDefault(kek.Generation), kek.State == KekState.Staged ? await KekStore.BehindAsync(tx, kek.Seq) : []));
                return found;
            },
            cancel);

    internal Task<RootState> OfRootAsync(CancellationToken cancel) =>
        db.ReadAsync(
            async tx =>
            {
                var home = await KekStore.InstallationAsync(tx);
                var left = home.RootNext.Length == 0 ? 0 : await tx.ScalarAsync<long>("select count(*) from keks where root <> @RootNext and wrapped is not null", home);
                return new RootState(home, left, await KekStore.NodesAsync(tx));
            },
            cancel);
}

sealed record GenerationStatus(KekRow Kek, long Stored, IReadOnlyList<string> WaitsFor);

sealed record RootState(Installation Home, long Left, IReadOnlyList<NodeRow> Nodes);
