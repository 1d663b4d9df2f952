using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;

namespace MesChain.Server.Platform.Keyring;

/// <summary>
/// The steps by which keys change, each one transaction that may be repeated: staged, active once every living node has followed,
/// decrypt-only, retired. <see cref="KeyringLoop"/> takes them; what is left to do is read off the tables, so a kill between any two
/// loses nothing. No step keeps a reader waiting.
/// </summary>
public sealed class Rotation(StoreKeys keyring, LedgerRows ledger, ISignal signal)
{
    /// <summary>Wakes the loops of all nodes.</summary>
    internal const string Topic = "keyring";

    /// <summary>How many of what becomes unreadable are named.</summary>
    const int NamedMax = 1_000;

    /// <summary>Stages a store's next generation and answers it; where one is staged already, that one.</summary>
    public async Task<long> StageAsync(Tx tx, Guid storeId, string actor)
    {
        await tx.LockAsync(Lock(storeId));
        var standing = await KekStore.OfStoreAsync(tx, storeId);
        if (standing.FirstOrDefault(kek => kek.State == KekState.Staged) is { } under)
            return under.Generation;
        if (!standing.Any(kek => kek.Generation > 0))
            await keyring.ActiveAsync(tx, storeId);

        var generation = Math.Max(standing.Count == 0 ? 0 : standing[0].Generation, 1) + 1;
        await keyring.CreateAsync(tx, storeId, generation, KekState.Staged, await KekStore.NextSeqAsync(tx));
        await ledger.AppendAsync(tx, storeId, "keyring.stage", Subject(generation), actor);
        tx.OnCommit(() => signal.Raise(Topic));
        return generation;
    }

    /// <summary>Makes a staged generation the active one, unless a living node has not loaded it yet.</summary>
    internal async Task<bool> ActivateAsync(Tx tx, Guid storeId, string actor)
    {
        await tx.LockAsync(Lock(storeId));
        if ((await KekStore.OfStoreAsync(tx, storeId)).FirstOrDefault(kek => kek.State == KekState.Staged) is not { } staged)
            return false;
        if ((await KekStore.BehindAsync(tx, staged.Seq)).Count > 0)
            return false;

        // Waits for those who are sealing under the old one at this moment; who comes after them finds the new one.
        var seq = await KekStore.NextSeqAsync(tx);
        await tx.ExecuteAsync(
            $"update keks set state = '{KekState.DecryptOnly}', seq = @seq where store_id = @storeId and state = '{KekState.Active}' and generation > 0",
            new { storeId, seq });
        await tx.ExecuteAsync(
            $"update keks set state = '{KekState.Active}', activated_ms = {tx.Db.Now} where store_id = @storeId and generation = @Generation",
            new { storeId, staged.Generation });
        await ledger.AppendAsync(tx, storeId, "keyring.activate", Subject(staged.Generation), actor);
        return true;
    }

    /// <summary>
    /// Destroys a generation that nothing needs any more. Whoever says how many values he gives up gets it all the same, and the answer
    /// names what nobody can read from then on (the first 1,000 of it).
    /// </summary>
    /// <param name="loseValues">As many as are sealed under it, counted here: a number cannot be meant by mistake, as a flag can.</param>
    /// <exception cref="UnknownResourceException">The store has no such generation.</exception>
    /// <exception cref="PreconditionException">It is staged or active, or something is sealed under it.</exception>
    public async Task<IReadOnlyList<string>> RetireAsync(Tx tx, Guid storeId, long generation, long loseValues, string actor)
    {
        var name = StoreKeys.Name(storeId, generation);
        // Exclusive: whoever seals holds the row shared until his commit, so that after this nobody can.
        var kek = generation == 0 ? null : await KekStore.FindAsync(tx, storeId, generation, tx.Db.ForUpdate);
        if (kek is null)
            throw new UnknownResourceException("key generation", FormattableString.Invariant($"{generation}"));
        if (kek.State == KekState.Retired)
            return [];
        if (kek.State != KekState.DecryptOnly)
            throw new PreconditionException(Reasons.KekInUse, name, $"{name} is {kek.State}; only one that is decrypt_only can be retired.");

        var lost = new List<string>();
        foreach (var column in keyring.Columns)
        {
            var rows = await SealedRows.PageAsync(tx, storeId, column.At(Guid.Empty), [generation], NamedMax - lost.Count);
            lost.AddRange(rows.Select(row => column.At(row.Id, row.Version).ToString()));
        }

        var count = lost.Count < NamedMax ? lost.Count : (await SealedRows.CountAsync(tx, storeId, keyring.Columns)).GetValueOrDefault(generation);
        if (count > 0 && loseValues != count)
            throw new PreconditionException(Reasons.KekInUse, name, FormattableString.Invariant($"{count} values are still sealed under {name}, the first: {string.Join(", ", lost.Take(5))}. Wait until they are moved, or say that you lose {count}."));

        await tx.ExecuteAsync(
            $"update keks set state = '{KekState.Retired}', wrapped = null, seq = @seq, retired_ms = {tx.Db.Now} where store_id = @storeId and generation = @generation",
            new { storeId, generation, seq = await KekStore.NextSeqAsync(tx) });
        await ledger.AppendAsync(tx, storeId, lost.Count > 0 ? "keyring.retire.forced" : "keyring.retire", Subject(generation), actor);
        tx.OnCommit(() =>
        {
            keyring.Forget(storeId, generation);
            signal.Raise(Topic);
        });
        return lost;
    }

    /// <summary>Begins to take over another root key, which every living node must hold. Asked again, it says how things stand.</summary>
    /// <exception cref="PreconditionException">A node does not hold it, or another one is being taken over.</exception>
    public async Task ReplaceRootAsync(Tx tx, string fingerprint, string actor)
    {
        var home = await KekStore.InstallationAsync(tx, tx.Db.ForUpdate);
        if (home.RootNext == fingerprint || (home.RootNext.Length == 0 && home.RootFingerprint == fingerprint))
            return;
        if (home.RootNext.Length > 0)
            throw new PreconditionException(Reasons.RootRotationRuns, fingerprint, $"The root key with the fingerprint {home.RootNext} is being taken over.");
        var nodes = await KekStore.NodesAsync(tx);
        if (!nodes.Any(node => Holds(node, fingerprint)) || nodes.Any(node => !node.Silent && !Holds(node, fingerprint)))
        {
            var without = string.Join(", ", nodes.Where(node => !node.Silent && !Holds(node, fingerprint)).Select(node => node.Name));
            throw new PreconditionException(Reasons.RootKeyMissing, fingerprint, $"The root key with the fingerprint {fingerprint} is not held by: {(without.Length > 0 ? without : "any node")}. Offer it as the next one to each.");
        }

        await tx.ExecuteAsync("update installation set root_next = @fingerprint where one = 1", new { fingerprint });
        await ledger.AppendAsync(tx, Ids.SystemStore, "keyring.root.begin", "root:" + fingerprint, actor);
        tx.OnCommit(() => signal.Raise(Topic));
    }

    /// <summary>Ends the taking over, once nothing is wrapped by the old root key; false while something is.</summary>
    internal async Task<bool> FinishRootAsync(Tx tx, string actor)
    {
        // Waits for those who are wrapping a new key at this moment, and keeps others from beginning.
        var home = await KekStore.InstallationAsync(tx, tx.Db.ForUpdate);
        if (home.RootNext.Length == 0 || await tx.ScalarAsync<long>("select count(*) from keks where root <> @RootNext and wrapped is not null", home) > 0)
            return false;
        await tx.ExecuteAsync("update installation set root_fingerprint = root_next, root_next = '' where one = 1");
        await ledger.AppendAsync(tx, Ids.SystemStore, "keyring.root.end", "root:" + home.RootNext, actor);
        return true;
    }

    internal static string Subject(long generation) => FormattableString.Invariant($"kek:{generation}");

    static bool Holds(NodeRow node, string fingerprint) => node.Roots.Split(' ').Contains(fingerprint, StringComparer.Ordinal);

    static string Lock(Guid storeId) => "keyring:" + storeId.ToWire();
}
