using MesChain.Server.Platform.Data;

namespace MesChain.Server.Sync.Offers;

/// <summary>Offers at rest. Rows are made and removed by linking; here they are loaded under a lock and written back.</summary>
public sealed class OfferStore
{
    /// <summary>Offers of these variants at all connections, locked in one order so that two callers cannot wait for each other.</summary>
    public Task<IReadOnlyList<Offer>> OfVariantsAsync(Tx tx, Guid storeId, IReadOnlyCollection<Guid> variantIds) =>
        LoadAsync(
            tx,
            $"where store_id = @storeId and {tx.Db.AnyId("variant_id", "ids")} order by connection_id, variant_id {tx.Db.ForUpdate}",
            new { storeId, ids = tx.Db.IdList(variantIds) });

    /// <summary>These variants' offers at one connection, locked.</summary>
    public Task<IReadOnlyList<Offer>> OfConnectionAsync(Tx tx, Guid storeId, Guid connectionId, IReadOnlyCollection<Guid> variantIds) =>
        LoadAsync(
            tx,
            $"where store_id = @storeId and connection_id = @connectionId and {tx.Db.AnyId("variant_id", "ids")} order by variant_id {tx.Db.ForUpdate}",
            new { storeId, connectionId, ids = tx.Db.IdList(variantIds) });

    /// <summary>
    /// Offers with stock to send, most urgent first: waiting ones, and those on their way with more than is wanted now, which a
    /// change down may overtake; also where nobody knows whether what is on its way arrived, but never with that very value again.
    /// Rows that another unit holds are left to it. Each of the three is looked up by an index of its own, since a connection has
    /// many offers that want nothing; what was found is judged again under the lock.
    /// </summary>
    /// <param name="fresh">Otherwise only changes down are wanted; what is found still has to be asked <see cref="Offer.GoesDown"/>.</param>
    public async Task<IReadOnlyList<Offer>> StockToSendAsync(Tx tx, Guid storeId, Guid connectionId, int max, bool fresh)
    {
        const string Waiting = "stock_state in ('dirty', 'diverged') and (@fresh or desired_qty = 0 or desired_qty < acked_qty or desired_qty < sent_qty or stock_state = 'diverged')";
        const string Overtaken = "stock_state = 'awaiting' and desired_qty < sent_qty";
        const string Doubted = "stock_state = 'uncertain' and desired_qty <> sent_qty and (desired_qty < sent_qty or desired_qty < acked_qty)";
        var due = $"store_id = @storeId and connection_id = @connectionId and stock_not_before_ms <= {tx.Db.Now}";
        var found = await tx.QueryAsync<Guid>(
            $"""
            select variant_id from (
                select variant_id from offers where {due} and {Waiting} order by priority * 1000 - stock_dirty_ms desc limit @max) as waiting
            union all select variant_id from offers where {due} and {Overtaken}
            union all select variant_id from offers where {due} and {Doubted}
            """,
            new { storeId, connectionId, max, fresh });
        if (found.Count == 0)
            return [];
        return await LoadAsync(
            tx,
            $"""
            where {due} and {tx.Db.AnyId("variant_id", "ids")} and (({Waiting}) or ({Overtaken}) or ({Doubted}))
            order by priority * 1000 - coalesce(stock_dirty_ms, 0) desc, variant_id limit @max {tx.Db.SkipLocked}
            """,
            new { storeId, connectionId, max, fresh, ids = tx.Db.IdList(found) });
    }

    /// <summary>Whether stock waits that may only be sent once orders are freshly read.</summary>
    public async Task<bool> WaitsForOrdersAsync(Tx tx, Guid storeId, Guid connectionId) =>
        await tx.ScalarAsync<long>(
            "select count(*) from (select 1 from offers where store_id = @storeId and connection_id = @connectionId and stock_state in ('dirty', 'diverged') limit 1) as one",
            new { storeId, connectionId }) > 0;

    /// <summary>How long until a value may be sent that has to wait; null when none has to.</summary>
    public Task<long?> NextSendInAsync(Tx tx, Guid storeId, Guid connectionId, bool price)
    {
        var axis = price ? "price" : "stock";
        return tx.ScalarAsync<long?>(
            $"""
            select min({axis}_not_before_ms) - {tx.Db.Now} from offers
            where store_id = @storeId and connection_id = @connectionId and {axis}_state in ('dirty', 'diverged') and {axis}_not_before_ms > {tx.Db.Now}
            """,
            new { storeId, connectionId });
    }

    /// <summary>How long until the next look at the marketplace's own numbers is due; null when none is planned.</summary>
    public Task<long?> NextVerifyInAsync(Tx tx, Guid storeId, Guid connectionId) =>
        tx.ScalarAsync<long?>(
            $"select min(verify_due_ms) - {tx.Db.Now} from offers where store_id = @storeId and connection_id = @connectionId and verify_due_ms is not null",
            new { storeId, connectionId });

    /// <summary>Offers with a price to send, longest waiting first.</summary>
    public Task<IReadOnlyList<Offer>> PricesToSendAsync(Tx tx, Guid storeId, Guid connectionId, int max) =>
        LoadAsync(
            tx,
            $"""
            where store_id = @storeId and connection_id = @connectionId and price_state in ('dirty', 'diverged') and price_not_before_ms <= {tx.Db.Now}
            order by price_dirty_ms, variant_id limit @max {tx.Db.SkipLocked}
            """,
            new { storeId, connectionId, max });

    /// <summary>Offers whose number at the marketplace has to be looked at now. Not locked: the reading lies between.</summary>
    public Task<IReadOnlyList<Offer>> ToVerifyAsync(Tx tx, Guid storeId, Guid connectionId, int max) =>
        LoadAsync(
            tx,
            $"where store_id = @storeId and connection_id = @connectionId and verify_due_ms <= {tx.Db.Now} order by verify_due_ms, variant_id limit @max",
            new { storeId, connectionId, max });

    /// <summary>Clean, certain offers that were confirmed longest ago: sending their value again changes nothing but a body.</summary>
    public Task<IReadOnlyList<Offer>> ToReassertAsync(Tx tx, Guid storeId, Guid connectionId, int max) =>
        LoadAsync(
            tx,
            $"""
            where store_id = @storeId and connection_id = @connectionId and stock_state = 'clean' and acked_qty = desired_qty and acked_version >= uncertain_version
            order by acked_ms, variant_id limit @max {tx.Db.SkipLocked}
            """,
            new { storeId, connectionId, max });

    /// <summary>
    /// Writes offers back, each of which is named once. Their whole key comes with them: were the store an argument of its own, SQLite would
    /// rather go through all offers of it and look for each among the given ones.
    /// </summary>
    public async Task SaveAsync(Tx tx, IReadOnlyCollection<Offer> changed)
    {
        if (changed.Count == 0)
            return;
        await tx.ExecuteAsync(
            $"""
            update offers set {OfferRow.Rows.Sets} from {OfferRow.Rows.Given(tx.Db)}
            where offers.store_id = given.store_id and offers.connection_id = given.connection_id and offers.variant_id = given.variant_id
            """,
            OfferRow.Rows.Arguments(tx.Db, [.. changed.Select(OfferRow.From)]));
    }

    static async Task<IReadOnlyList<Offer>> LoadAsync(Tx tx, string where, object args)
    {
        var rows = await tx.QueryAsync<OfferRow>("select * from offers " + where, args);
        return [.. rows.Select(row => row.ToOffer())];
    }
}
