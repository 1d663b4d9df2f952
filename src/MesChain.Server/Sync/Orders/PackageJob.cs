using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Orders;

/// <summary>
/// Tells the marketplace what the shop wants done with packages. A wish stands at its package until it is taken or refused, or until the
/// package is read in a state that makes it void: said twice, it would take out or divide twice.
/// </summary>
public sealed class PackageJob(Feed feed, Nudges nudges, IssueStore issues, EventLog events) : ISyncJob
{
    const int PerRun = 50;

    public string Kind => JobKinds.Package;

    public Task RunAsync(JobRun run, CancellationToken cancel) =>
        Telling.AllAsync(run, nudges, tx => WaitingAsync(tx, run), (item, access) => PrepareAsync(run, item, access, cancel), JobKinds.PullOrders, cancel);

    async Task<Telling> PrepareAsync(JobRun run, Waiting item, SellerAccess access, CancellationToken cancel)
    {
        var held = await run.ReadAsync(tx => OrderWishes.HeldAsync(tx, run.StoreId, item.OrderId, item.PackageId), cancel);
        return new()
        {
            SentMs = item.WishDoubtMs,
            HeardCode = FaultCodes.InvoiceAlreadySent,
            Mark = (tx, sentMs) => MarkAsync(tx, run, item, sentMs),
            Say = () => item.ToWish().DoAsync(run.Marketplace, access, item.PackageId, held),
            Told = (tx, refusal) => ToldAsync(tx, run, item, refusal),
        };
    }

    /// <summary>Oldest order first.</summary>
    static Task<IReadOnlyList<Waiting>> WaitingAsync(Tx tx, JobRun run) =>
        tx.QueryAsync<Waiting>(
            """
            select o.id as order_id, o.order_number, p.package_id, p.wish, p.wish_detail, p.wish_doubt_ms
            from order_packages p
            join orders o on o.store_id = p.store_id and o.id = p.order_id
            join connections c on c.store_id = o.store_id and c.id = o.connection_id
            where p.store_id = @StoreId and o.connection_id = @ConnectionId and p.wish <> ''
              and (p.wish_doubt_ms is null or c.orders_read_started_ms > p.wish_doubt_ms + @OnItsWayMs)
            order by o.seq, p.package_id limit @PerRun
            """,
            new { run.StoreId, run.ConnectionId, PerRun, Telling.OnItsWayMs });

    static Task<int> MarkAsync(Tx tx, JobRun run, Waiting item, long? sentMs) =>
        tx.ExecuteAsync(
            """
            update order_packages set wish_doubt_ms = @sentMs
            where store_id = @StoreId and order_id = @OrderId and package_id = @PackageId and wish = @Wish and wish_detail = @WishDetail
            """,
            new { run.StoreId, item.OrderId, item.PackageId, item.Wish, item.WishDetail, sentMs });

    async Task ToldAsync(Tx tx, JobRun run, Waiting item, MarketplaceFault? refusal)
    {
        var picked = refusal is null && item.Wish == PackageWish.Kinds.Pick;
        var changed = await tx.ExecuteAsync(
            $"""
            update order_packages set wish = '', wish_detail = '', wish_doubt_ms = null,
                status = {(picked ? $"case when status = '{PackageStates.New}' then '{PackageStates.Picking}' else status end" : "status")}
            where store_id = @StoreId and order_id = @OrderId and package_id = @PackageId and wish = @Wish and wish_detail = @WishDetail
            """,
            new { run.StoreId, item.OrderId, item.PackageId, item.Wish, item.WishDetail });
        if (changed == 0)
            return;
        if (refusal is not null)
        {
            await issues.OpenAsync(
                tx, run.StoreId, IssueCatalog.OrderActionRefused, run.ConnectionId, item.OrderNumber,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["package_id"] = item.PackageId, ["action"] = item.Wish, ["cause"] = refusal.Code },
                refusal.MarketplaceText);
            return;
        }

        await issues.ResolveAsync(tx, run.StoreId, IssueCatalog.OrderActionRefused, run.ConnectionId, item.OrderNumber);
        await feed.ChangedAsync(tx, run.StoreId, item.OrderId);
        await events.AppendAsync(
            tx, run.StoreId, "order.changed", run.ConnectionId, item.OrderNumber, new Dictionary<string, string>(StringComparer.Ordinal) { ["done"] = item.Wish });
    }

    sealed class Waiting
    {
        public Guid OrderId { get; init; }

        public string OrderNumber { get; init; } = "";

        public string PackageId { get; init; } = "";

        public string Wish { get; init; } = "";

        public string WishDetail { get; init; } = "";

        public long? WishDoubtMs { get; init; }

        public PackageWish ToWish() => PackageWish.FromJson(WishDetail);
    }
}
