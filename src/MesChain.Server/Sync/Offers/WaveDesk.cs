using System.Globalization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Sync.Connections;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Offers;

/// <summary>What the owner sees of waves that the <see cref="Breaker"/> stopped, and what becomes of them.</summary>
public sealed class WaveDesk(ConnectionStore connections, IssueStore issues, Nudges nudges, LedgerRows ledger)
{
    const int ExamplesMax = 20;

    /// <summary>In order of connections. One more than the page holds says that there are more.</summary>
    public async Task<IReadOnlyList<WaveView>> ListAsync(Tx tx, Guid storeId, Guid? after, int limit)
    {
        var waves = await tx.QueryAsync<WaveRow>(
            """
            select o.connection_id, count(*) as offers,
                (select count(*) from offers l where l.store_id = @storeId and l.connection_id = o.connection_id and l.acked_qty > 0) as live,
                (select max(i.last_ms) from issues i where i.store_id = @storeId and i.connection_id = o.connection_id and i.code = @code) as held_ms
            from offers o
            where o.store_id = @storeId and o.stock_state = 'held' and o.connection_id > @after
            group by o.connection_id order by o.connection_id limit @limit
            """,
            new { storeId, code = IssueCatalog.WaveHeld, after = after ?? Guid.Empty, limit = limit + 1 });
        var views = new List<WaveView>(waves.Count);
        foreach (var wave in waves)
            views.Add(new(wave, await tx.QueryAsync<WaveExampleRow>(
                """
                select v.shop_variant_id, p.title as product_title, v.title as variant_title, o.barcode, coalesce(o.acked_qty, 0) as quantity
                from offers o
                join variants v on v.store_id = o.store_id and v.id = o.variant_id
                join products p on p.store_id = v.store_id and p.id = v.product_id
                where o.store_id = @storeId and o.connection_id = @ConnectionId and o.stock_state = 'held'
                order by o.acked_qty desc, o.barcode limit @ExamplesMax
                """,
                new { storeId, wave.ConnectionId, ExamplesMax })));
        return views;
    }

    /// <summary>Lets exactly the offers that wait go to zero.</summary>
    /// <param name="seen">How many the owner looked at.</param>
    /// <returns>How many went; none when none waited any more.</returns>
    /// <exception cref="ConflictException">Another number waits by now.</exception>
    public async Task<int> ReleaseAsync(Tx tx, Guid storeId, Guid connectionId, int seen, string actor)
    {
        var released = await DecideAsync(
            tx, storeId, connectionId, seen, actor, "wave.release",
            $"stock_state = 'dirty', stock_dirty_ms = {tx.Db.Now}, stock_not_before_ms = 0, released_version = desired_version");
        if (released > 0)
            await nudges.SendAsync(tx, storeId, connectionId, JobKinds.PushStock);
        return released;
    }

    /// <summary>
    /// The owner says that the shop's quantities are wrong: what stands there is what is wanted, until another version says otherwise. Where
    /// a sale may have moved the number since it was confirmed, it is read.
    /// </summary>
    /// <inheritdoc cref="ReleaseAsync"/>
    public async Task<int> RejectAsync(Tx tx, Guid storeId, Guid connectionId, int seen, string actor)
    {
        var rejected = await DecideAsync(
            tx, storeId, connectionId, seen, actor, "wave.reject",
            $"""
            stock_state = case when acked_version >= uncertain_version then 'clean' else 'uncertain' end, desired_qty = coalesce(acked_qty, 0), sent_qty = acked_qty,
            verify_due_ms = case when acked_version >= uncertain_version then verify_due_ms else {tx.Db.Now} end
            """);
        if (rejected > 0)
            await nudges.SendAsync(tx, storeId, connectionId, JobKinds.VerifyOffers);
        return rejected;
    }

    async Task<int> DecideAsync(Tx tx, Guid storeId, Guid connectionId, int seen, string actor, string kind, string change)
    {
        await connections.GetAsync(tx, storeId, connectionId);
        var held = await tx.QueryAsync<Guid>(
            $"select variant_id from offers where store_id = @storeId and connection_id = @connectionId and stock_state = 'held' order by variant_id {tx.Db.ForUpdate}",
            new { storeId, connectionId });
        if (held.Count == 0)
            return 0;
        if (held.Count != seen)
        {
            var moved = new ConflictException(Reasons.RevisionConflict, "Another number of offers waits by now: look at the wave again.");
            moved.Metadata["offers"] = Text(held.Count);
            throw moved;
        }

        await tx.ExecuteAsync($"update offers set {change} where store_id = @storeId and connection_id = @connectionId and stock_state = 'held'", new { storeId, connectionId });
        await issues.ResolveAsync(tx, storeId, IssueCatalog.WaveHeld, connectionId, connectionId.ToWire());
        await ledger.AppendAsync(tx, storeId, kind, $"connection:{connectionId.ToWire()}", actor, string.Join(' ', held.Select(id => id.ToWire())));
        return held.Count;
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A stopped wave of a connection.</summary>
public sealed record WaveView(WaveRow Wave, IReadOnlyList<WaveExampleRow> Examples);

public sealed record WaveRow
{
    public required Guid ConnectionId { get; init; }

    public long Offers { get; init; }

    public long Live { get; init; }

    public long? HeldMs { get; init; }
}

public sealed record WaveExampleRow
{
    public required string ShopVariantId { get; init; }

    public required string ProductTitle { get; init; }

    public required string VariantTitle { get; init; }

    public required string Barcode { get; init; }

    public long Quantity { get; init; }
}
