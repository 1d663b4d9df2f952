using MesChain.Server.Platform.Cluster;
using MesChain.Server.Platform.Data;
using MesChain.Server.Platform.Errors;
using MesChain.Server.Platform.Ledger;
using MesChain.Server.Sync.Issues;

namespace MesChain.Server.Sync.Orders;

/// <summary>
/// What the shop still has to do, oldest first. There is no cursor to lose: an entry comes again until it is acknowledged, and
/// an order has at most one open entry, which always carries the order as it is now.
/// </summary>
public sealed class Feed(TimeProvider clock, ISignal signal, EventLog events, IssueStore issues, LedgerRows ledger)
{
    /// <summary>The signal that wakes the knocking.</summary>
    public const string Topic = "feed";

    static readonly TimeSpan[] Pauses = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)];

    /// <summary>Raises an order's revision and makes sure that the shop sees it as it is now, if it is the shop's business.</summary>
    public async Task ChangedAsync(Tx tx, Guid storeId, Guid orderId)
    {
        await tx.ExecuteAsync("update orders set revision = revision + 1 where store_id = @storeId and id = @orderId", new { storeId, orderId });
        await NoteAsync(tx, storeId, orderId, "order.change");
        await OfferAsync(tx, storeId, orderId);
    }

    /// <summary>An order is here in its first revision.</summary>
    public async Task NewAsync(Tx tx, Guid storeId, Guid orderId)
    {
        await NoteAsync(tx, storeId, orderId, "order.new");
        await OfferAsync(tx, storeId, orderId);
    }

    /// <summary>One row of the ledger a revision (I7): how many units of each line are sold, cancelled and back on the shelf in it.</summary>
    async Task NoteAsync(Tx tx, Guid storeId, Guid orderId, string kind)
    {
        var lines = await tx.QueryAsync<string>(
            "select line_id || ' ' || quantity || ' ' || cancelled || ' ' || restocked from order_lines where store_id = @storeId and order_id = @orderId order by line_id", new { storeId, orderId });
        await ledger.AppendAsync(tx, storeId, kind, "order:" + orderId.ToWire(), "system:sync", string.Join('\n', lines));
    }

    /// <summary>
    /// Makes sure that an order has an open entry. Not for history, not while payment is unconfirmed, and not for an order that
    /// was closed before the shop ever had it.
    /// </summary>
    public async Task OfferAsync(Tx tx, Guid storeId, Guid orderId)
    {
        var order = await tx.OneAsync<Standing>(
            """
            select o.historical, o.shop_order_id,
                   (select count(*) from order_packages p where p.store_id = o.store_id and p.order_id = o.id and p.status not in ('awaiting', 'cancelled', 'superseded')) as confirmed,
                   (select cast(coalesce(sum(l.quantity - l.cancelled), 0) as bigint) from order_lines l where l.store_id = o.store_id and l.order_id = o.id) as units
            from orders o where o.store_id = @storeId and o.id = @orderId
            """,
            new { storeId, orderId });
        if (order is null || order.Historical || (order.ShopOrderId.Length == 0 && (order.Confirmed == 0 || order.Units == 0)))
            return;

        var made = await tx.ExecuteAsync(
            $"""
            insert into feed_entries (store_id, id, seq, order_id, kind, created_ms)
            values (@storeId, @id, @seq, @orderId, @kind, {tx.Db.Now})
            on conflict (store_id, order_id) where acked_ms is null do nothing
            """,
            new { storeId, id = Ids.New(clock), seq = await tx.NextAsync(storeId, "feed"), orderId, kind = order.ShopOrderId.Length == 0 ? "new" : "changed" });
        if (made > 0)
            tx.OnCommit(() => signal.Raise(Topic));
    }

    /// <summary>The oldest due entries; one more than <paramref name="max"/> says that more are waiting.</summary>
    public static Task<IReadOnlyList<FeedEntry>> DueAsync(Tx tx, Guid storeId, int max) =>
        tx.QueryAsync<FeedEntry>(
            $"""
            select id, seq, order_id, kind, created_ms from feed_entries
            where store_id = @storeId and acked_ms is null and not_before_ms <= {tx.Db.Now}
            order by seq limit @limit
            """,
            new { storeId, limit = max + 1 });

    /// <summary>Takes one acknowledgement. Repeating it changes nothing.</summary>
    /// <returns>Null when the entry is closed now; otherwise the reason.</returns>
    public async Task<string?> AcknowledgeAsync(Tx tx, Guid storeId, Acknowledged done, Func<Tx, OrderStanding, Task> skipped)
    {
        var orderId = await tx.ScalarAsync<byte[]>("select order_id from feed_entries where store_id = @storeId and id = @EntryId", new { storeId, done.EntryId });
        if (orderId is null)
            return Reasons.UnknownEntry;
        var order = (await tx.OneAsync<OrderStanding>(
            $"select id, connection_id, order_number, trial, revision, shop_order_id from orders where store_id = @storeId and id = @orderId {tx.Db.ForUpdate}",
            new { storeId, orderId }))!;
        var entry = (await tx.OneAsync<EntryStanding>("select acked_ms, failures from feed_entries where store_id = @storeId and id = @EntryId", new { storeId, done.EntryId }))!;

        if (done.Outcome == AcknowledgeKind.Applied && order.ShopOrderId.Length > 0 && order.ShopOrderId != done.ShopOrderId)
            return Reasons.ShopOrderMismatch;
        if (entry.AckedMs is not null)
            return null;
        if (done.Outcome == AcknowledgeKind.Failed)
        {
            await FailAsync(tx, storeId, done, order, entry.Failures);
            return null;
        }

        await tx.ExecuteAsync(
            $"update feed_entries set acked_ms = {tx.Db.Now}, outcome = @outcome where store_id = @storeId and id = @EntryId",
            new { storeId, done.EntryId, outcome = done.Outcome == AcknowledgeKind.Applied ? "applied" : "skipped" });
        if (done.Outcome == AcknowledgeKind.Applied)
            await tx.ExecuteAsync(
                """
                update orders set shop_order_id = @ShopOrderId, booked_revision = case when booked_revision < @booked then @booked else booked_revision end
                where store_id = @storeId and id = @Id
                """,
                new { storeId, done.ShopOrderId, order.Id, booked = Math.Min(done.Revision, order.Revision) });
        else
            await skipped(tx, order);

        // The shop booked what it saw; what came later is offered again.
        if (order.Revision > done.Revision)
            await OfferAsync(tx, storeId, order.Id);
        await issues.ResolveAsync(tx, storeId, IssueCatalog.OrderImportFailed, order.ConnectionId, order.OrderNumber);
        await events.AppendAsync(
            tx, storeId, "order.acknowledged", order.ConnectionId, order.OrderNumber,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["shop_order_id"] = done.ShopOrderId });
        return null;
    }

    async Task FailAsync(Tx tx, Guid storeId, Acknowledged done, OrderStanding order, long failures)
    {
        var pause = Pauses[Math.Min(failures, Pauses.Length - 1)];
        await tx.ExecuteAsync(
            $"update feed_entries set failures = failures + 1, not_before_ms = {tx.Db.Now} + @pauseMs, outcome = 'failed' where store_id = @storeId and id = @EntryId",
            new { storeId, done.EntryId, pauseMs = (long)pause.TotalMilliseconds });
        await issues.OpenAsync(
            tx, storeId, IssueCatalog.OrderImportFailed, order.ConnectionId, order.OrderNumber,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["detail"] = done.Detail });
    }

    sealed class Standing
    {
        public bool Historical { get; init; }

        public string ShopOrderId { get; init; } = "";

        public long Confirmed { get; init; }

        public long Units { get; init; }
    }

    sealed class EntryStanding
    {
        public long? AckedMs { get; init; }

        public long Failures { get; init; }
    }
}

public sealed class FeedEntry
{
    public Guid Id { get; init; }

    public long Seq { get; init; }

    public Guid OrderId { get; init; }

    public string Kind { get; init; } = "";

    public long CreatedMs { get; init; }
}

public enum AcknowledgeKind
{
    Applied,
    Skipped,
    Failed,
}

/// <summary>What the shop says of one entry.</summary>
public sealed record Acknowledged(Guid EntryId, long Revision, AcknowledgeKind Outcome, string ShopOrderId, string Detail);

/// <summary>An order as an acknowledgement finds it.</summary>
public sealed class OrderStanding
{
    public Guid Id { get; init; }

    public Guid ConnectionId { get; init; }

    public string OrderNumber { get; init; } = "";

    public bool Trial { get; init; }

    public long Revision { get; init; }

    public string ShopOrderId { get; init; } = "";
}
