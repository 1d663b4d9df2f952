using MesChain.Marketplaces;
using MesChain.Server.Platform.Data;
using MesChain.Server.Sync.Issues;
using MesChain.Server.Sync.Work;

namespace MesChain.Server.Sync.Orders;

/// <summary>Tells the marketplace which packages the shop has begun to pick. The wish stands at the package until it is told or refused.</summary>
public sealed class PickJob(Feed feed, Nudges nudges, IssueStore issues, EventLog events) : ISyncJob
{
    const int PerRun = 50;

    public string Kind => JobKinds.Pick;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        if (run.Can<IOrderActions>() is not { } actions)
            return;
        var access = await run.AccessAsync(cancel);
        var wishes = await run.ReadAsync(tx => WishesAsync(tx, run), cancel);
        foreach (var wish in wishes.GroupBy(line => (line.OrderId, line.OrderNumber, line.PackageId)))
        {
            MarketplaceFault? refusal = null;
            try
            {
                // Saying it twice is harmless: the package then stands where it should.
                await actions.PickAsync(access, wish.Key.PackageId, [.. wish.Select(line => new PackageUnits(line.LineId, (int)line.Quantity))], CancellationToken.None);
            }
            catch (MarketplaceFault fault) when (fault.Kind is FaultKind.Rejected or FaultKind.Missing)
            {
                refusal = fault;
            }
            catch (MarketplaceFault fault) when (fault.Kind is FaultKind.Uncertain or FaultKind.Malformed)
            {
                // The next read of orders shows it, and ends the wish; until then it is said again.
                continue;
            }

            await run.WriteAsync(tx => ToldAsync(tx, run, wish.Key.OrderId, wish.Key.OrderNumber, wish.Key.PackageId, refusal), cancel);
        }

        if (wishes.Count > 0)
            await run.WriteAsync(tx => nudges.SendAsync(tx, run.StoreId, run.ConnectionId, JobKinds.PullOrders), cancel);
    }

    static Task<IReadOnlyList<Wish>> WishesAsync(Tx tx, JobRun run) =>
        tx.QueryAsync<Wish>(
            """
            select o.id as order_id, o.order_number, l.package_id, l.line_id, l.quantity
            from (
                select p.store_id, p.order_id, p.package_id from order_packages p join orders o on o.store_id = p.store_id and o.id = p.order_id
                where p.store_id = @StoreId and o.connection_id = @ConnectionId and p.wish = 'pick' order by p.order_id, p.package_id limit @PerRun
            ) w
            join orders o on o.store_id = w.store_id and o.id = w.order_id
            join order_package_lines l on l.store_id = w.store_id and l.order_id = w.order_id and l.package_id = w.package_id
            order by o.seq, l.package_id, l.line_id
            """,
            new { run.StoreId, run.ConnectionId, PerRun });

    async Task ToldAsync(Tx tx, JobRun run, Guid orderId, string orderNumber, string packageId, MarketplaceFault? refusal)
    {
        var changed = await tx.ExecuteAsync(
            $"""
            update order_packages set wish = '', status = {(refusal is null ? "case when status = 'new' then 'picking' else status end" : "status")}
            where store_id = @StoreId and order_id = @orderId and package_id = @packageId and wish = 'pick'
            """,
            new { run.StoreId, orderId, packageId });
        if (changed == 0)
            return;
        if (refusal is not null)
        {
            await issues.OpenAsync(
                tx, run.StoreId, IssueCatalog.OrderActionRefused, run.ConnectionId, orderNumber,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["package_id"] = packageId, ["action"] = "pick" }, refusal.MarketplaceText);
            return;
        }

        await issues.ResolveAsync(tx, run.StoreId, IssueCatalog.OrderActionRefused, run.ConnectionId, orderNumber);
        await feed.ChangedAsync(tx, run.StoreId, orderId);
        await events.AppendAsync(tx, run.StoreId, "order.changed", run.ConnectionId, orderNumber);
    }

    sealed class Wish
    {
        public Guid OrderId { get; init; }

        public string OrderNumber { get; init; } = "";

        public string PackageId { get; init; } = "";

        public string LineId { get; init; } = "";

        public long Quantity { get; init; }
    }
}
