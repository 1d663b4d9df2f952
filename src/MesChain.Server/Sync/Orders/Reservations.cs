using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Offers;

namespace MesChain.Server.Sync.Orders;

/// <summary>
/// Units promised to orders. One row per order line; it holds what is neither cancelled nor yet missing from what the shop
/// reports (I1). Every change recomputes the offers in the same transaction.
/// </summary>
public sealed class Reservations(Desire desire, Feed feed, IssueStore issues)
{
    /// <summary>
    /// Ends the holds of an order that the shop has booked: its units are missing from the quantities reported with it. Lines
    /// without a variant stay held, because the shop could not take them from any stock. A repeat closes nothing and answers 0.
    /// </summary>
    /// <returns>How many holds were closed.</returns>
    public async Task<int> ConsumeAsync(Tx tx, Guid storeId, Guid orderId, string shopOrderId)
    {
        var order = await tx.OneAsync<BookedOrder>(
            $"select connection_id, order_number, shop_order_id from orders where store_id = @storeId and id = @orderId {tx.Db.ForUpdate}",
            new { storeId, orderId });
        if (order is null || (order.ShopOrderId.Length > 0 && order.ShopOrderId != shopOrderId))
            return 0;
        await tx.ExecuteAsync(
            $"update orders set shop_order_id = @shopOrderId, applied_ms = coalesce(applied_ms, {tx.Db.Now}) where store_id = @storeId and id = @orderId",
            new { storeId, orderId, shopOrderId });
        var closed = await tx.QueryAsync<Guid>(
            """
            update reservations set state = 'consumed', qty_open = 0
            where store_id = @storeId and connection_id = @ConnectionId and order_number = @OrderNumber and state = 'open' and variant_id is not null
            returning variant_id
            """,
            new { storeId, order.ConnectionId, order.OrderNumber });
        await desire.RecomputeAsync(tx, storeId, [.. closed.Distinct()]);
        return closed.Count;
    }

    /// <summary>
    /// Gives a variant to the units of a barcode that was sold before it was linked: they are held from the order's own time,
    /// and the shop is told which variant the lines are.
    /// </summary>
    public async Task AttachAsync(Tx tx, Guid storeId, Guid connectionId, string barcode, Guid variantId)
    {
        var held = await tx.ExecuteAsync(
            "update reservations set variant_id = @variantId where store_id = @storeId and connection_id = @connectionId and barcode = @barcode and variant_id is null",
            new { storeId, connectionId, barcode, variantId });
        var named = await tx.QueryAsync<Guid>(
            """
            update order_lines set variant_id = @variantId
            where store_id = @storeId and barcode = @barcode and variant_id is null
              and exists (select 1 from orders o where o.store_id = order_lines.store_id and o.id = order_lines.order_id and o.connection_id = @connectionId)
            returning order_id
            """,
            new { storeId, connectionId, barcode, variantId });
        foreach (var orderId in named.Distinct())
            await feed.ChangedAsync(tx, storeId, orderId);
        await issues.ResolveAsync(tx, storeId, IssueCatalog.UnknownBarcodeSold, connectionId, barcode);
        if (held > 0)
            await desire.RecomputeAsync(tx, storeId, [variantId]);
    }

    /// <summary>Sets what a line holds. The holding never begins twice and never ends twice: the row is the line.</summary>
    /// <returns>Whether anything changed.</returns>
    public static async Task<bool> SetAsync(Tx tx, Guid storeId, Hold hold)
    {
        var touched = await tx.ExecuteAsync(
            """
            insert into reservations (store_id, connection_id, order_number, line_id, variant_id, barcode, trial, qty_open, qty_cancelled, state, ordered_ms)
            values (@storeId, @ConnectionId, @OrderNumber, @LineId, @VariantId, @Barcode, @Trial, @Units, @Cancelled, case when @Units > 0 then 'open' else 'released' end, @OrderedMs)
            on conflict (store_id, connection_id, order_number, line_id) do update
            set qty_open = case when reservations.state = 'consumed' then 0 else excluded.qty_open end,
                qty_cancelled = excluded.qty_cancelled,
                state = case when reservations.state = 'consumed' then 'consumed' else excluded.state end
            where reservations.qty_cancelled <> excluded.qty_cancelled or (reservations.state <> 'consumed' and reservations.qty_open <> excluded.qty_open)
            """,
            new { storeId, hold.ConnectionId, hold.OrderNumber, hold.LineId, hold.VariantId, hold.Barcode, hold.Trial, hold.Units, hold.Cancelled, hold.OrderedMs });
        return touched > 0;
    }

    /// <summary>
    /// The shop left an order out on purpose. A trial order then holds nothing any more; a real one that has units holds them on,
    /// because somebody has bought them.
    /// </summary>
    public async Task SkippedAsync(Tx tx, Guid storeId, OrderStanding order)
    {
        if (!order.Trial)
            return;
        var released = await tx.QueryAsync<Guid?>(
            """
            update reservations set state = 'released', qty_open = 0
            where store_id = @storeId and connection_id = @ConnectionId and order_number = @OrderNumber and state = 'open'
            returning variant_id
            """,
            new { storeId, order.ConnectionId, order.OrderNumber });
        await desire.RecomputeAsync(tx, storeId, [.. released.OfType<Guid>().Distinct()]);
    }

    sealed class BookedOrder
    {
        public Guid ConnectionId { get; init; }

        public string OrderNumber { get; init; } = "";

        public string ShopOrderId { get; init; } = "";
    }
}

/// <summary>What one order line holds: units ordered and neither cancelled nor booked by the shop.</summary>
public sealed record Hold
{
    public required Guid ConnectionId { get; init; }

    public required string OrderNumber { get; init; }

    public required string LineId { get; init; }

    /// <summary>Null while the barcode is linked with no variant.</summary>
    public required Guid? VariantId { get; init; }

    public required string Barcode { get; init; }

    public required bool Trial { get; init; }

    public required long Units { get; init; }

    public required long Cancelled { get; init; }

    /// <summary>The buyer's time, not ours.</summary>
    public required long OrderedMs { get; init; }
}
