using System.Globalization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Sync.Catalog;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Orders;

namespace MesChain.Server.Sync.Offers;

/// <summary>What the shop has on hand now, and which orders are already missing from it.</summary>
public sealed class StockReports(CatalogStore catalog, StockLedger movements, Reservations reservations, Desire desire, EventLog events, LedgerRows ledger)
{
    /// <summary>
    /// One fact: the reservations of booked orders end, the quantities that no longer hold those units take their place, and what is
    /// offered follows from both. Taken apart, either the units would be missing twice or, worse, be there once too often.
    /// </summary>
    public async Task<StockReportOutcome> RecordAsync(Tx tx, Guid storeId, StockReport report, string actor)
    {
        var closed = 0;
        if (report.Applied.Count > 0 && !await IsStaleAsync(tx, storeId, report))
        {
            foreach (var order in report.Applied)
                closed += await reservations.ConsumeAsync(tx, storeId, order.OrderId, order.ShopOrderId) > 0 ? 1 : 0;
        }

        var variants = (await catalog.HoldPresentAsync(tx, storeId, report.Levels.Select(level => level.ShopVariantId)))
            .ToDictionary(row => row.ShopVariantId, StringComparer.Ordinal);
        var changed = new List<Guid>();
        var results = new List<ItemOutcome>(report.Levels.Count);
        foreach (var level in report.Levels)
            results.Add(await RecordOneAsync(tx, storeId, report.ShopSequence, level, variants.GetValueOrDefault(level.ShopVariantId), changed));

        if (changed.Count > 0)
            await desire.RecomputeAsync(tx, storeId, changed);
        if (changed.Count > 0 || closed > 0)
            await TellAsync(tx, storeId, report, changed.Count, closed, actor);
        return new(results, closed);
    }

    /// <summary>
    /// Whether a quantity of the report will be refused for its age. Then its orders stay held as well: the quantity that no longer
    /// holds their units has not arrived, and a shop whose counter was set back by a restore sends both again.
    /// </summary>
    static async Task<bool> IsStaleAsync(Tx tx, Guid storeId, StockReport report) =>
        await tx.ScalarAsync<long>(
            $"""
            select count(*) from variants
            where store_id = @storeId and {tx.Db.AnyText("shop_variant_id", "ids")} and removed_ms is null and stock_shop_sequence > @ShopSequence
            """,
            new { storeId, ids = tx.Db.TextList(report.Levels.Select(level => level.ShopVariantId)), report.ShopSequence }) > 0;

    async Task<ItemOutcome> RecordOneAsync(Tx tx, Guid storeId, long sequence, StockLevelInput level, VariantRow? variant, List<Guid> changed)
    {
        if (variant is null)
            return ItemOutcome.Refused(level.ShopVariantId, Reasons.UnknownVariant, "the shop has not sent such a variant, or has removed it");
        // The very report again: the answer is the one it had.
        if (sequence == variant.StockShopSequence && level.Quantity == variant.OnHand)
            return ItemOutcome.Stored(level.ShopVariantId);

        var taken = await tx.ExecuteAsync(
            $"""
            update variants set on_hand = @Quantity, stock_shop_sequence = @sequence, stock_reported_ms = {tx.Db.Now}
            where store_id = @storeId and id = @Id and stock_shop_sequence < @sequence
            """,
            new { storeId, variant.Id, level.Quantity, sequence });
        if (taken == 0)
            return ItemOutcome.Refused(
                level.ShopVariantId, Reasons.StaleSequence, string.Create(CultureInfo.InvariantCulture, $"shop_sequence {variant.StockShopSequence} has been recorded already"));

        if (variant.OnHand != level.Quantity)
            await movements.RecordAsync(tx, storeId, variant, level.Quantity, string.Create(CultureInfo.InvariantCulture, $"shop:{variant.Id.ToWire()}:{sequence}"));
        // A first report of nothing is news too: until then the quantity was unknown.
        if (variant.OnHand != level.Quantity || variant.StockReportedMs is null)
            changed.Add(variant.Id);
        return ItemOutcome.Stored(level.ShopVariantId);
    }

    async Task TellAsync(Tx tx, Guid storeId, StockReport report, int changed, int closed, string actor)
    {
        await events.AppendAsync(
            tx, storeId, "stock.reported", null, report.Levels.Count == 1 ? report.Levels[0].ShopVariantId : "",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["changed"] = changed.ToString(CultureInfo.InvariantCulture),
                ["closed_orders"] = closed.ToString(CultureInfo.InvariantCulture),
            });
        var said = report.Levels.Select(level => string.Create(CultureInfo.InvariantCulture, $"{level.ShopVariantId} {level.Quantity}"))
            .Concat(report.Applied.Select(order => $"{order.OrderId.ToWire()} {order.ShopOrderId}"));
        await ledger.AppendAsync(tx, storeId, "stock.report", string.Create(CultureInfo.InvariantCulture, $"report:{report.ShopSequence}"), actor, string.Join('\n', said));
    }
}

public sealed record StockReport(long ShopSequence, IReadOnlyList<StockLevelInput> Levels, IReadOnlyList<AppliedOrderInput> Applied);

public readonly record struct StockLevelInput(string ShopVariantId, int Quantity);

public readonly record struct AppliedOrderInput(Guid OrderId, string ShopOrderId);

/// <param name="Closed">Orders whose reservations this call ended.</param>
public sealed record StockReportOutcome(IReadOnlyList<ItemOutcome> Results, int Closed);
