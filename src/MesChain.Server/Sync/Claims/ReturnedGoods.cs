using System.Globalization;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Orders;

namespace MesChain.Server.Sync.Claims;

/// <summary>
/// Where the goods of claims are, as the shop tells it; what was decided about a claim says nothing of that. The shop is the master of its stock,
/// so a unit that lies on the shelf again changes no quantity here: it raises the counter of restocked units of its order line, which the shop
/// follows once, as it follows the one of cancelled units. What the shop reports then makes the unit sellable, and nothing else does.
/// </summary>
public sealed class ReturnedGoods(Feed feed, IssueStore issues, EventLog events, LedgerRows ledger)
{
    /// <summary>So long after its claim was accepted a unit should have come. No marketplace names a time: our own measure.</summary>
    static readonly TimeSpan ComesWithin = TimeSpan.FromDays(14);

    /// <summary>Records what became of units. What stands so already is left as it is: a repeat changes nothing.</summary>
    /// <exception cref="UnknownResourceException">There is no such claim.</exception>
    /// <exception cref="InvalidInputException">An item is not of the claim, or its goods cannot be there; each one is named.</exception>
    public async Task RecordAsync(Tx tx, Guid storeId, Guid claimId, IReadOnlyList<GoodsStep> steps, string actor)
    {
        var claim = await tx.OneAsync<ClaimRow>($"select * from claims where store_id = @storeId and id = @claimId {tx.Db.ForUpdate}", new { storeId, claimId })
            ?? throw new UnknownResourceException("claim", claimId.ToWire());
        var items = await tx.QueryAsync<ClaimItemRow>("select * from claim_items where store_id = @storeId and claim_id = @claimId", new { storeId, claimId });
        var order = await FollowedAsync(tx, storeId, claim);
        var lines = order is null ? [] : await tx.QueryAsync<LineRow>("select * from order_lines where store_id = @storeId and order_id = @Id", new { storeId, order.Id });
        var taken = Judge(steps, items, lines);
        if (taken.Count == 0)
            return;

        foreach (var (step, line) in taken)
        {
            await StoreAsync(tx, storeId, claimId, step, line is null ? null : order);
            if (line is not null)
                await tx.ExecuteAsync(
                    "update order_lines set restocked = restocked + 1 where store_id = @storeId and order_id = @OrderId and line_id = @LineId", new { storeId, line.OrderId, line.LineId });
        }

        if (taken.Exists(one => one.Line is not null))
            await feed.ChangedAsync(tx, storeId, order!.Id);
        await SayAsync(tx, storeId, claim, [.. taken.Select(one => one.Step)], actor);
        await WatchAsync(tx, storeId, claim.ConnectionId);
    }

    /// <summary>
    /// Tells of goods that were paid back long ago and that nobody has seen, and of the end of that. One issue a connection: to a shop that keeps
    /// no record of goods, one a claim would only be noise.
    /// </summary>
    public async Task WatchAsync(Tx tx, Guid storeId, Guid connectionId)
    {
        var late = await tx.ScalarAsync<long>(
            $"""
            select count(*) from claims c join claim_items i on i.store_id = c.store_id and i.claim_id = c.id
            where c.store_id = @storeId and c.connection_id = @connectionId and c.changed_ms <= {tx.Db.Now} - @comesWithinMs and {Custody.Unseen}
            """,
            new { storeId, connectionId, comesWithinMs = (long)ComesWithin.TotalMilliseconds });
        await issues.StandAsync(tx, storeId, IssueCatalog.GoodsUnseen, connectionId, connectionId.ToWire(), late > 0);
    }

    /// <summary>
    /// The order that the goods were sold with, held, where the shop follows it. What was sold before the connection went live is not the shop's to
    /// book, and of what was never read nothing is known: somebody counts those units in the shop itself.
    /// </summary>
    static Task<OrderRow?> FollowedAsync(Tx tx, Guid storeId, ClaimRow claim) =>
        tx.OneAsync<OrderRow>(
            $"select * from orders where store_id = @storeId and connection_id = @ConnectionId and order_number = @OrderNumber and historical = @no {tx.Db.ForUpdate}",
            new { storeId, claim.ConnectionId, claim.OrderNumber, no = false });

    /// <summary>The steps that are none yet, each with the order line that it puts a unit of on the shelf.</summary>
    static List<(GoodsStep Step, LineRow? Line)> Judge(IReadOnlyList<GoodsStep> steps, IReadOnlyList<ClaimItemRow> items, IReadOnlyList<LineRow> lines)
    {
        var check = new Check();
        var taken = new List<(GoodsStep Step, LineRow? Line)>();
        foreach (var (step, i) in steps.Select((step, i) => (step, i)))
        {
            if (items.FirstOrDefault(item => item.ItemId == step.ItemId) is not { } item)
            {
                check.That(false, $"items[{i}].item_id", "must be an item of the claim");
                continue;
            }

            if (item.Custody == step.Custody)
                continue;
            check.That(Custody.MayBecome(item.Custody, step.Custody), $"items[{i}].custody", $"must be a step on from {item.Custody}");
            var line = step.Custody == Custody.Restocked ? LineOf(lines, item) : null;
            // Units that were cancelled never left, and no line gives back more than it sold.
            check.That(
                line is null || line.Quantity - line.Cancelled - line.Restocked > taken.Count(one => one.Line == line), $"items[{i}].custody",
                "must not put more units on the shelf than the order line sold");
            taken.Add((step, line));
        }

        check.ThrowIfAny();
        return taken;
    }

    /// <summary>Null when nothing says which line of the order it is.</summary>
    static LineRow? LineOf(IReadOnlyList<LineRow> lines, ClaimItemRow item)
    {
        var fitting = lines.Where(line => item.LineId.Length > 0 ? line.LineId == item.LineId : line.Barcode == item.Barcode).ToList();
        return fitting.Count == 1 ? fitting[0] : null;
    }

    /// <param name="order">The one that tells the shop; null when it is not told.</param>
    static async Task StoreAsync(Tx tx, Guid storeId, Guid claimId, GoodsStep step, OrderRow? order)
    {
        var args = new { storeId, claimId, step.ItemId, step.Custody, orderId = order?.Id, revision = order?.Revision + 1 };
        await tx.ExecuteAsync("update claim_items set custody = @Custody where store_id = @storeId and claim_id = @claimId and item_id = @ItemId", args);
        await tx.ExecuteAsync(
            $"""
            insert into claim_steps (store_id, claim_id, item_id, step, at_ms, order_id, revision)
            values (@storeId, @claimId, @ItemId, @Custody, {tx.Db.Now}, @orderId, @revision)
            """,
            args);
    }

    async Task SayAsync(Tx tx, Guid storeId, ClaimRow claim, IReadOnlyList<GoodsStep> steps, string actor)
    {
        await ledger.AppendAsync(tx, storeId, "claim.goods", $"claim:{claim.Id.ToWire()}", actor, string.Join('\n', steps.Select(step => $"{step.ItemId} {step.Custody}")));
        foreach (var same in steps.GroupBy(step => step.Custody, StringComparer.Ordinal))
            await events.AppendAsync(
                tx, storeId, "claim.changed", claim.ConnectionId, claim.OrderNumber,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["done"] = same.Key, ["units"] = same.Count().ToString(CultureInfo.InvariantCulture) });
    }
}

/// <summary>What became of the unit of a claim's item.</summary>
/// <param name="Custody">One of <see cref="Claims.Custody"/>.</param>
public sealed record GoodsStep(string ItemId, string Custody);
